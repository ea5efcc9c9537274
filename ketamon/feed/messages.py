"""The feed's messages and their codec: one JSON object a line, `type` first.

Engine to viewer:  hello → snapshot → entry… , a beat each second, pong, answer, bye.
Viewer to engine:  attach, then ping and command.

| message | carries |
|---|---|
| hello | who is speaking: protocol, session, epoch, mode, seat, t, speed |
| snapshot | the whole picture at `seq`: screens read no files |
| entry | one entry with its `seq`, and in `view` what it changed in the picture |
| beat | each second: t, highest committed seq, speed, mode |
| answer | to a command: ok or the reason in a sentence |

A viewer never compares clocks: age = last beat's t + own time since it came × speed − reading's t.
Unknown fields are ignored, unknown entry kinds shown as text; a line is at most 64 KiB but for the
snapshot. The picture's parts are derived by the engine, so no screen judges a value itself.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

PROTOCOL = 1
LINE_LIMIT = 64 * 1024
SNAPSHOT_LIMIT = 4 * 1024 * 1024
BIN_S = 10  # width of a history bin, in session seconds
HISTORY_S = 2 * 3600

Number = int | float


class FeedError(ValueError):
    """A line that is no message; the message says what was wrong with it."""


# -- the parts of the picture -------------------------------------------------------------------


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
    """One thing that happened, in words, for the event list."""

    t: float
    seq: int
    text: str
    who: str = ""
    priority: str = ""


class DeviceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One device of the chair as its newest `device` entry left it.

    `state`: `opening`, `silent` (nothing comes), `wrong_protocol`, `streaming`, `lost`; `since_t`
    is when it became so and `reason` why, in a sentence. `can_start`: a cuff that we can start.
    """

    device: str
    state: str = "opening"
    since_t: float = 0.0
    family: str = ""
    identity: str = ""
    reason: str = ""
    can_start: bool = False


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


class View(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an entry changed in the picture; parts that it didn't change are left out."""

    vitals: tuple[VitalView, ...] = ()
    conditions: tuple[ConditionView, ...] = ()
    bins: tuple[Bin, ...] = ()
    bar: CuffBar | None = None
    event: EventLine | None = None
    phase: str | None = None
    devices: tuple[DeviceView, ...] = ()
    cuff: CuffView | None = None
    away: AwayView | None = None
    placement: PlacementView | None = None
    rhythm: RhythmView | None = None


# -- engine to viewer ---------------------------------------------------------------------------


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """The first line: what session this is, and which seat the viewer was given."""

    protocol: int
    session: str
    epoch: str
    mode: str
    seat: str
    t: float
    speed: float


class Snapshot(msgspec.Struct, frozen=True, tag_field="type", tag="snapshot", omit_defaults=True):
    """The whole picture at `seq`; a new one replaces whatever the viewer had.

    `profile` is the limits profile's name. `started` is the wall clock at t = 0 (ISO 8601), for
    display. Bins are `bin_s` wide and reach back `history_s`: 10 s and two hours while a session
    runs; a recording's whole length, in wider bins where it is long.
    """

    seq: int
    t: float
    mode: str
    title: str | None = None
    chair: str | None = None
    started: str | None = None
    phase: str | None = None
    phase_t: float | None = None
    profile: str | None = None
    vitals: tuple[VitalView, ...] = ()
    conditions: tuple[ConditionView, ...] = ()
    bars: tuple[CuffBar, ...] = ()
    bins: tuple[Bin, ...] = ()
    events: tuple[EventLine, ...] = ()
    bin_s: float = BIN_S
    history_s: float = HISTORY_S
    transport: Transport | None = None
    devices: tuple[DeviceView, ...] = ()
    cuff: CuffView | None = None
    away: AwayView | None = None
    placement: PlacementView | None = None
    rhythm: RhythmView | None = None


class EntryMessage(msgspec.Struct, frozen=True, tag_field="type", tag="entry", omit_defaults=True):
    """One entry, verbatim, and what it changed."""

    seq: int
    entry: msgspec.Raw
    view: View | None = None


class Beat(msgspec.Struct, frozen=True, tag_field="type", tag="beat", omit_defaults=True):
    """Proof of life; `recorded` is the highest committed seq. `transport` without its marks."""

    t: float
    recorded: int
    speed: float
    mode: str
    transport: Transport | None = None


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    """The answer to a ping, with its number."""

    id: int


class Answer(msgspec.Struct, frozen=True, tag_field="type", tag="answer", omit_defaults=True):
    """What became of a command; `seq` is its entry's."""

    id: int
    ok: bool
    reason: str | None = None
    seq: int | None = None


class Bye(msgspec.Struct, frozen=True, tag_field="type", tag="bye"):
    """The last line, with the reason."""

    reason: str


FromEngine = Hello | Snapshot | EntryMessage | Beat | Pong | Answer | Bye


# -- viewer to engine ---------------------------------------------------------------------------


class Attach(msgspec.Struct, frozen=True, tag_field="type", tag="attach", omit_defaults=True):
    """Asks for the feed; `since` resumes after a seq of the same epoch."""

    protocol: int = PROTOCOL
    seat: str | None = None
    epoch: str | None = None
    since: int | None = None
    viewer: str = ""


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """Asks for a pong with the same number."""

    id: int


class Command(msgspec.Struct, frozen=True, tag_field="type", tag="command", omit_defaults=True):
    """Something a person wants done.

    | name | arguments | answered by |
    |---|---|---|
    | acknowledge | condition (or all), up_to_seq | chair, recording |
    | play, pause | | recording, simulated chair |
    | speed | speed | recording, simulated chair |
    | seek | t, or by (seconds, may be negative) | recording |
    | step | what: alarm, event; direction: 1, -1 | recording |
    | cuff | action: start, started, stop, skipped; reason | chair |
    | manual | systolic, diastolic, pulse_rate, spo2, rr, moaas; measured_t, source | chair |
    | away | minutes (5, 10, 15; 0: back), sensors, reason | chair |
    | placement | any of cuff_arm, cuff_site, cuff_size, probe_arm, line_arm | chair |
    | rhythm | irregular (true, false) | chair |
    | phase | phase | chair |
    | baseline | | chair |
    | chart | event (`dose.im`, `note`, …), value, text | chair |
    | end | reason | chair |
    """

    id: int
    name: str
    args: dict[str, Any] | UnsetType = UNSET


FromViewer = Attach | Ping | Command

_encoder = msgspec.json.Encoder()
_from_engine = msgspec.json.Decoder(FromEngine)
_from_viewer = msgspec.json.Decoder(FromViewer)


def encode(message: FromEngine | FromViewer) -> bytes:
    """Gives the message's line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_from_engine(line: bytes) -> FromEngine:
    """Reads a line that an engine sent; raises FeedError."""
    try:
        message: FromEngine = _from_engine.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"the engine sent a line that is no feed message: {error}") from None
    return message


def decode_from_viewer(line: bytes) -> FromViewer:
    """Reads a line that a viewer sent; raises FeedError."""
    try:
        message: FromViewer = _from_viewer.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"not a feed message: {error}") from None
    return message
