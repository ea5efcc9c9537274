"""What is shown of limits that can be changed at the chair, and of the session's alarms so far."""

import msgspec

Number = int | float


class SettingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One limit of the profile by name (`sys.high.medium`): what it is, and was at the start.

    None is OFF. Of one that differs: when it was changed, by whom, why.
    """

    key: str
    value: Number | None = None
    first: Number | None = None
    t: float | None = None
    by: str = ""
    reason: str = ""

    @property
    def is_changed(self) -> bool:
        """True where it is not what the session began with."""
        return self.value != self.first


class LimitsView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The limits profile: all limits that can be changed at the chair, in order.

    `approved`: who approved the profile that the session began with, and when. `audio_pause_s`: how
    long a pause of the sound lasts. `physician`: this site lets a physician change limits.
    """

    name: str = ""
    version: int = 1
    approved: str = ""
    settings: tuple[SettingView, ...] = ()
    audio_pause_s: float = 120.0
    physician: bool = False

    @property
    def changed(self) -> tuple[SettingView, ...]:
        """The limits that are not what the session began with."""
        return tuple(setting for setting in self.settings if setting.is_changed)


class EpisodeView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One alarm of the session's history, from when it was raised until it ended.

    `seq` is that of its first line and names it; `priority` the worst it had, `value` the worst
    value with the `limit` of that moment. `acknowledged_t`, `by`: first answered when, by whom.
    `over` says how it ended: the change of its last line (`cleared`, …); empty while it stands.
    """

    seq: int
    condition: str
    priority: str
    began_t: float
    ended_t: float | None = None
    value: Number | None = None
    limit: Number | None = None
    acknowledged_t: float | None = None
    by: str = ""
    seen: tuple[str, ...] = ()
    reason: str = ""
    over: str = ""
