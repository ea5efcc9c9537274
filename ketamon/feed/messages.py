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
| audio, viewers, messages | how the chair sounds, who watches, what they say (`ketamon.feed.beside`) |

A viewer never compares clocks: age = last beat's t + own time since it came × speed − reading's t.
Unknown fields are ignored, unknown entry kinds shown as text; a line is at most 64 KiB but for the
snapshot. The picture's parts are derived by the engine, so no screen judges a value itself.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ketamon.feed.alarm_views import EpisodeView, LimitsView
from ketamon.feed.beside import AudioView, Messages, Viewers
from ketamon.feed.flow_views import BaselineView, DischargeView, SetupView
from ketamon.feed.parts import (
    AwayView,
    Bin,
    ConditionView,
    CuffBar,
    CuffView,
    DeviceView,
    EventLine,
    LimitView,
    Mark,
    PauseView,
    PlacementView,
    QuarantineView,
    RhythmView,
    Transport,
    VitalView,
)

__all__ = [
    "BIN_S",
    "HISTORY_S",
    "LINE_LIMIT",
    "PROTOCOL",
    "SNAPSHOT_LIMIT",
    "Answer",
    "Attach",
    "AudioView",
    "AwayView",
    "Beat",
    "Bin",
    "Bye",
    "Command",
    "ConditionView",
    "CuffBar",
    "CuffView",
    "DeviceView",
    "EntryMessage",
    "EpisodeView",
    "EventLine",
    "FeedError",
    "FromEngine",
    "FromViewer",
    "Hello",
    "LimitView",
    "LimitsView",
    "Mark",
    "Messages",
    "PauseView",
    "Ping",
    "PlacementView",
    "Pong",
    "QuarantineView",
    "RhythmView",
    "Snapshot",
    "Transport",
    "View",
    "Viewers",
    "VitalView",
    "decode_from_engine",
    "decode_from_viewer",
    "encode",
]

PROTOCOL = 1
LINE_LIMIT = 64 * 1024
SNAPSHOT_LIMIT = 4 * 1024 * 1024
BIN_S = 10  # width of a history bin, in session seconds
HISTORY_S = 2 * 3600


class FeedError(ValueError):
    """A line that is no message; the message says what was wrong with it."""


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
    pause: PauseView | None = None
    limits: LimitsView | None = None
    episodes: tuple[EpisodeView, ...] = ()
    quarantine: tuple[QuarantineView, ...] | None = None
    """All readings that wait for review, where that changed."""
    setup: SetupView | None = None
    baseline: BaselineView | None = None
    discharge: DischargeView | None = None


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
    pause: PauseView | None = None
    limits: LimitsView | None = None
    episodes: tuple[EpisodeView, ...] = ()
    quarantine: tuple[QuarantineView, ...] = ()
    setup: SetupView | None = None
    baseline: BaselineView | None = None
    discharge: DischargeView | None = None


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


FromEngine = (
    Hello | Snapshot | EntryMessage | Beat | Pong | Answer | Bye | AudioView | Viewers | Messages
)


# -- viewer to engine ---------------------------------------------------------------------------


class Attach(msgspec.Struct, frozen=True, tag_field="type", tag="attach", omit_defaults=True):
    """Asks for the feed; `since` resumes after a seq of the same epoch.

    `key`: by which ssh let this viewer in, as `ketamon feed` and `ketamon watch` say it there.
    """

    protocol: int = PROTOCOL
    seat: str | None = None
    epoch: str | None = None
    since: int | None = None
    viewer: str = ""
    key: str = ""


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping", omit_defaults=True):
    """Asks for a pong with the same number.

    A screen says with it, each second, that it has drawn all up to `drawn`; `trip_s` is how long
    its terminal took to answer, where that can be known.
    """

    id: int
    drawn: int | None = None
    trip_s: float | None = None


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
    | review_reading | seq (of a QuarantineView), verdict: accept, set_aside | chair |
    | placement | any of cuff_arm, cuff_site, cuff_size, probe_arm, line_arm | chair |
    | rhythm | irregular (true, false) | chair |
    | limits | changes (name → number, null: OFF), was (as seen), or back; reason; check: only try | chair |
    | phase | phase; override: why dosing begins with open items | chair |
    | baseline | | chair |
    | chart | event (`dose.im`, `note`, …), value, text | chair |
    | end | reason; discharge: only if nothing is open, or override (why) and person | chair |
    | pause_audio | seconds (0 ends it) | chair |
    | test_sound | | chair |
    | heard | heard: whether the test was | chair |
    | take, cannot | condition: of the alarm that is answered so | chair |
    | message | text | chair |
    | read_message | seq (of a MessageView) | chair |
    | reviewed | | chair |
    | sound | can, device, why: of the sound process alone | chair |
    | announced | what, where, ok, condition, priority, reason: of who sounds alone | chair |
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
