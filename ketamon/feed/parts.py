"""The parts of the picture: what is known of each vital, condition, device and of the chair.

They are derived by the engine, so no screen judges a value itself; `ketamon.feed.messages` carries
them.
"""

from collections.abc import Sequence

import msgspec

Number = int | float


class LimitView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One effective limit: its level (`medium`, `high`, `high_now`), priority and number."""

    level: str
    priority: str
    limit: Number
    basis: str = "absolute"


class VitalView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one vital now.

    `value` is the newest plausible one and stays after a loss, for "last 86"; `state` says whether
    it counts: `none` (never came), `valid`, `lost`. `source` is a device role. `stale_after_s` is
    None for values that hold until the next (cuff, score, charted). `mark` is `?` where the
    number's accuracy is unspecified; `status` holds the reading's words (`sensor_off`,
    `irregular_pulse`, …). While the cuff squeezes the probe's arm, `cuff_until_t` is when that
    counts no longer at the latest: until then the value is marked `CUFF` and no level of its low
    side is reached; `held` is the priority of the alarm that waits for it. `suspended` says why
    limits relative to the baseline don't count now.
    """

    vital: str
    value: Number | None = None
    t: float | None = None
    source: str | None = None
    state: str = "none"
    old_after_s: float | None = None
    stale_after_s: float | None = None
    mark: str = ""
    status: tuple[str, ...] = ()
    baseline: Number | None = None
    high: tuple[LimitView, ...] = ()
    low: tuple[LimitView, ...] = ()
    cuff_until_t: float | None = None
    held: str = ""
    suspended: str = ""


class ConditionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One alarm condition that is not normal (a `state` of `normal` removes it).

    `since_t`: when it was raised; `changed_t`, `seq`: its newest line; `worst` since its first
    violation; `unanswered`: nobody answered within the profile's time; `by` acknowledged it or,
    from afar, has `seen` it; `reason`: why a technical one stands.
    """

    condition: str
    state: str
    priority: str
    value: Number | None = None
    limit: Number | None = None
    basis: str | None = None
    worst: Number | None = None
    since_t: float = 0.0
    changed_t: float = 0.0
    seq: int = 0
    unanswered: bool = False
    confirmed: bool = False
    acknowledged_t: float | None = None
    by: str | None = None
    seen: tuple[str, ...] = ()
    reason: str = ""


class CuffBar(msgspec.Struct, frozen=True, omit_defaults=True):
    """One accepted pressure reading, for the trend; `flagged`: beyond a limit at its time.

    `irregular`: the cuff found an irregular pulse; `moved`: the cuff was elsewhere before it.
    """

    t: float
    systolic: Number | None = None
    diastolic: Number | None = None
    mean: Number | None = None
    pulse_rate: Number | None = None
    source: str = "cuff"
    flagged: str = ""
    irregular: bool = False
    moved: bool = False


class Bin(msgspec.Struct, frozen=True, array_like=True):
    """Lowest and highest valid value of a vital in the bin that begins at `t`."""

    vital: str
    t: float
    low: Number
    high: Number


class EventLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened, in words, for the event list.

    One that was `charted` can be struck; `strikes` is the seq of the one that this one struck.
    """

    t: float
    seq: int
    text: str
    who: str = ""
    priority: str = ""
    charted: bool = False
    strikes: int = 0


def kept(events: Sequence[EventLine], most: int) -> list[EventLine]:
    """The newest `most`, and of the older ones what was charted: doses are never forgotten."""
    older = events[:-most] if len(events) > most else ()
    return [*(one for one in older if one.charted or one.strikes), *events[-most:]]


class DeviceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One device of the chair as its newest `device` entry left it.

    `state`: `opening`, `silent` (nothing comes), `wrong_protocol`, `streaming`, `lost`; `since_t`
    is when it became so and `reason` why, in a sentence. `can_start`: a cuff that we can start.
    `battery_level`: 0 to 3 bars, of a device that tells no percents.
    """

    device: str
    state: str = "opening"
    since_t: float = 0.0
    family: str = ""
    identity: str = ""
    reason: str = ""
    can_start: bool = False
    battery_pct: Number | None = None
    battery_level: Number | None = None


class CuffView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the cuff's schedule and its present measurement stand.

    | state | meaning |
    |---|---|
    | idle | nothing is being measured; `due_t`, where there is a schedule, is when the next is due |
    | press_start | a person must press START on the cuff, which no program can start |
    | measuring | started at `since_t`, by us or by hand; `pressure_mmhg` where the cuff tells it |

    `failed` says why the last measurement gave no reading, until one does.
    """

    state: str = "idle"
    since_t: float = 0.0
    due_t: float | None = None
    can_start: bool = False
    pressure_mmhg: Number | None = None
    failed: str = ""


class AwayView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The patient is away from these sensors until `until_t`; without sensors it is over.

    The loss of their values is told by this alone. It was asked for at `since_t`; one that was
    `extended` can't be again.
    """

    since_t: float = 0.0
    until_t: float = 0.0
    sensors: tuple[str, ...] = ()
    extended: bool = False


class PlacementView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where cuff, probe and line are, as entered; `conflicts` in sentences where they disturb."""

    cuff_arm: str | None = None
    cuff_site: str | None = None
    cuff_size: str | None = None
    probe_arm: str | None = None
    line_arm: str | None = None
    conflicts: tuple[str, ...] = ()


class RhythmView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether the pulse is irregular, so that the median of three pressures decides MEDIUM.

    `proposed`: two readings said so, and nobody has. While three are taken, `repeats` more are
    asked for, the next from `repeat_t` on; at `decided_t` those that came decide alone.
    """

    irregular: bool = False
    proposed: bool = False
    repeats: int = 0
    repeat_t: float | None = None
    decided_t: float | None = None


class QuarantineView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cuff reading that came at `t` with a time that can't be trusted: a person has to review it.

    `seq` is what `review_reading` names; `device_time` is what the cuff's own clock said.
    """

    seq: int
    t: float
    device: str = "cuff"
    systolic: Number | None = None
    diastolic: Number | None = None
    pulse_rate: Number | None = None
    device_time: str | None = None
    user: int | None = None


class PauseView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The chair's sound is paused from `since_t` until `until_t`, by `who`; 0 and 0: it is not.

    It covers what was active when it began; whatever comes anew, rises or re-alarms ends it.
    """

    since_t: float = 0.0
    until_t: float = 0.0
    who: str = ""


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to step to in a recording: an alarm line, a cuff reading, an event, a phase."""

    t: float
    what: str
    priority: str = ""
    text: str = ""


class Transport(msgspec.Struct, frozen=True, omit_defaults=True):
    """A recording's tape: how long, whether it runs, and what lies on it."""

    duration_s: float
    playing: bool = True
    speed: float = 1.0
    at_end: bool = False
    marks: tuple[Mark, ...] = ()
