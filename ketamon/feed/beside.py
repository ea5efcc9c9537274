"""What is shown beside the picture: how the chair sounds, who watches, what people say to one another.

Each is a message of its own: they change without an entry, in real time, and the newest replaces
the one before.
"""

import msgspec

FRESH_S = 3.0
"""A viewer that has said so long nothing of what it drew is no longer fresh."""


class AudioView(msgspec.Struct, frozen=True, tag_field="type", tag="audio", omit_defaults=True):
    """How this chair sounds now, for `AUDIO: …`.

    | by | meaning |
    |---|---|
    | (empty) | not yet known: the session has just begun |
    | device | the sound process plays on `device` |
    | bell | it can't (`why`) or isn't there: a nurse's screen rings its terminal's bell |
    | none | neither: no sound is given, `why` says what is wrong |

    `test` is how the newest of `tests` sound tests stands: `asked`, `played` (somebody is to say
    whether it was heard), `failed`, `heard`, `not_heard`; empty before the first.
    """

    by: str = ""
    device: str = ""
    why: str = ""
    tests: int = 0
    test: str = ""

    @property
    def ok(self) -> bool:
        """True unless no sound can be given, or the test was not heard."""
        return self.by != "none" and self.test not in ("failed", "not_heard")


class MessageView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A few words, by whom and when; `from_chair`, else to it; who read them at the other end."""

    seq: int
    t: float
    who: str
    text: str
    from_chair: bool = False
    read_by: str = ""
    read_t: float | None = None


class Messages(msgspec.Struct, frozen=True, tag_field="type", tag="messages", omit_defaults=True):
    """The newest messages, oldest first."""

    messages: tuple[MessageView, ...] = ()


class ViewerView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One who watches: account, seat, and how fresh the picture is that this viewer has.

    `silent_s`: real seconds, when this was sent, since it last said that it had drawn; a reader
    counts on by itself once that is `FRESH_S` or more. `trip_s`: how long its terminal took to
    answer, None where that can't be known. `takes`: said to be taking responsibility.
    """

    who: str
    seat: str
    silent_s: float = 0.0
    trip_s: float | None = None
    takes: bool = False


class Viewers(msgspec.Struct, frozen=True, tag_field="type", tag="viewers", omit_defaults=True):
    """All who watch, in the order in which they came."""

    viewers: tuple[ViewerView, ...] = ()
