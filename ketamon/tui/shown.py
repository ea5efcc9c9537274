"""What may be shown of a vital: the one place where a number becomes `---`.

| the value | state | figures |
|---|---|---|
| never came | none | `---` |
| its source is lost, or it is older than `stale_after_s` | lost | `---`, the last one in words |
| older than `old_after_s` | old | dim, with its age |
| holds until the next (cuff, score, charted) | held | as they are, always with their age |
| else | live | as they are; an age only when it is over 3 s |

Missing data never looks like recovery, and an old number never like a live one: also where the
engine said nothing, because age is counted here.
"""

from dataclasses import dataclass
from typing import Literal

from ketamon.feed.messages import VitalView
from ketamon.feed.picture import Picture
from ketamon.tui.times import QUIET_AGE_S, age_words

UNDER_WAY_S = 0.1
"""Real time that a value may be under way: at more than real speed that is no age of its own."""

Number = int | float
State = Literal["none", "lost", "old", "held", "live"]
MISSING = "---"


@dataclass(frozen=True, slots=True)
class Shown:
    """A vital as it may be drawn. `value` is None unless it counts; `last` is for words only."""

    state: State
    value: Number | None = None
    last: Number | None = None
    age_s: float | None = None
    mark: str = ""
    source: str = ""
    status: tuple[str, ...] = ()
    view: VitalView | None = None

    @property
    def figures(self) -> str:
        """The number as it is drawn, or `---`."""
        return MISSING if self.value is None else whole(self.value)

    @property
    def age(self) -> str:
        """How old the number is, in words; empty while that goes without saying."""
        if self.age_s is None or (self.state == "live" and self.age_s <= QUIET_AGE_S):
            return ""
        return age_words(self.age_s)

    @property
    def dim(self) -> bool:
        """True for a number that is not to be read as present."""
        return self.state == "old"


def whole(value: Number) -> str:
    """A value as figures: rounded half up, as monitors do."""
    return str(int(value + 0.5))


def exact(value: Number) -> str:
    """A value or a limit in words: with one decimal where it has one."""
    return f"{round(value, 1):g}"


def _source(picture: Picture, view: VitalView) -> str:
    """The device's role; `recorded` where a recording does not say which device it was."""
    source = view.source or ""
    if picture.mode != "REPLAY" or source == "person":
        return source
    device = picture.devices.get(source)
    return source if device is not None and device.identity else "recorded"


def show(picture: Picture, name: str, now: float) -> Shown:
    """Judges how old a vital is at session time `now`, and what of it may be shown."""
    view = picture.vitals.get(name)
    if view is None or view.value is None or view.t is None or view.state == "none":
        status = view.status if view else ()
        return Shown("none", status=status, source=(view.source or "") if view else "", view=view)
    age = max(0.0, now - view.t)
    rest = (age, view.mark, _source(picture, view), view.status, view)
    stale = view.stale_after_s
    if stale is not None and picture.speed > 1:
        age = max(0.0, age - UNDER_WAY_S * (picture.speed - 1))
        rest = (age, *rest[1:])
    if view.state == "lost" or (stale is not None and age >= stale):
        return Shown("lost", None, view.value, *rest)
    if stale is None:
        return Shown("held", view.value, view.value, *rest)
    old = view.old_after_s is not None and age >= view.old_after_s
    return Shown("old" if old else "live", view.value, view.value, *rest)
