"""Every kind of entry, defined once: one JSON object a line.

| field | meaning |
|---|---|
| `t` | seconds since the session began, three decimals, never decreasing |
| `kind` | one of `KINDS`, or a kind that a newer version knows: kept and passed on |
| `device` | the role in this session: cuff, oximeter, strap, monitor, person |
| `by` | who gave the command: account, seat, person |
| the rest | the body: a reading (`ketamon_drivers.readings`) or one of the structs below |

The same line is the export, the ledger's stored body and the feed's event, so a decoded entry
keeps its line verbatim: fields that this version doesn't know are never lost.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ketamon_drivers import readings
from ketamon_drivers.readings import printable

Number = int | float
Mode = Literal["LIVE", "SIMULATED", "REPLAY"]
DEVICE_ROLES = ("cuff", "oximeter", "strap", "monitor", "person")
PHASES = ("setup", "baseline", "dosing", "recovery", "ended")
Arm = Literal["left", "right"]
Site = Literal["upper_arm", "forearm", "wrist", "leg"]


class EntryError(ValueError):
    """A line that is no entry; the message says which field, and what it should be."""


class _Body(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True):
    """What all bodies share: tagged by kind, fields left at their default left out."""


class Session(_Body, frozen=True, tag="session"):
    """Opens a session; `started`: the wall clock at t = 0 (ISO 8601), for display; `mode`: if known."""

    title: str | None = None
    chair: str | None = None
    mode: Mode | None = None
    versions: dict[str, str] = {}
    started: str | None = None


class Device(_Body, frozen=True, tag="device"):
    """Binds a role to a device, or says how it is; a cadence left out stays as it was.

    `reason` is a sentence that says why it is silent or lost; `can_start` binds a cuff that a
    program can start (false: only a thumb can).
    """

    family: str | None = None
    identity: str | None = None
    cadence_s: Number | None = None
    state: Literal["streaming", "silent", "lost"] | None = None
    reason: str | None = None
    can_start: bool | None = None


class Phase(_Body, frozen=True, tag="phase"):
    """The session enters a phase."""

    phase: str


class Baseline(_Body, frozen=True, tag="baseline"):
    """Locks the baseline: medians of what was measured in the last 30 minutes."""


class Limits(_Body, frozen=True, tag="limits"):
    """A limits profile comes into force, in the shape of its TOML file.

    With `changed` it is the one before with single limits changed at the chair: by name, what each
    was and is (null: OFF), `reason` why.
    """

    profile: dict[str, Any]
    approval: dict[str, Any] | None = None
    changed: dict[str, tuple[Number | None, Number | None]] | None = None
    reason: str | None = None


class Chart(_Body, frozen=True):
    """What a person charted: `event` is the whole id (`dose.im`, `symptom.nausea`, …).

    `t_event`: when it was, where that was before it was charted, and `reason` why so late.
    """

    event: str | None = None
    value: Number | str | None = None
    text: str | None = None
    t_event: Number | None = None
    reason: str | None = None


class Dose(Chart, frozen=True, tag="dose"):
    """A dose event."""


class Symptom(Chart, frozen=True, tag="symptom"):
    """A symptom, `value` its severity 0 to 3."""


class Score(Chart, frozen=True, tag="score"):
    """A score; `scale.moaas` is judged against limits."""

    moaas: Number | None = None


class Intervention(Chart, frozen=True, tag="intervention"):
    """Something that was done."""


class Position(Chart, frozen=True, tag="position"):
    """A change of the patient's position."""


class Note(Chart, frozen=True, tag="note"):
    """Free text."""


class Patient(Chart, frozen=True, tag="patient"):
    """Who is treated and what is planned: `patient.identified`, `patient.weight`, `patient.plan`."""


class Check(Chart, frozen=True, tag="check"):
    """Something was checked before the dose, or `check.override`: gone on without, and why."""


class Discharge(Chart, frozen=True, tag="discharge"):
    """Something was checked before the patient leaves, or how the criteria stood then."""


class Correction(Chart, frozen=True, tag="correction"):
    """Strikes or replaces an earlier entry without hiding it."""

    of_seq: int | None = None


class Acknowledge(_Body, frozen=True, tag="acknowledge"):
    """Acknowledges a condition, or all; covers nothing later than `up_to_seq`."""

    condition: str | None = None
    up_to_seq: int | None = None


class Review(_Body, frozen=True, tag="review"):
    """A person looked at a reading that waited in quarantine: `accept` or `set_aside`."""

    of_seq: int | None = None
    verdict: str | None = None


class PauseAudio(_Body, frozen=True, tag="pause_audio"):
    """Pauses one seat's sound."""

    seconds: Number | None = None


class Away(_Body, frozen=True, tag="away"):
    """The patient is away from named sensors (roles): toilet, walk, probe change.

    `minutes`: 5, 10 or 15, added once while it lasts; 0: the patient is back. While dosing it
    counts only with a reason. One that doesn't count changes nothing.
    """

    minutes: Number | None = None
    sensors: tuple[str, ...] = ()
    reason: str | None = None


class Placement(_Body, frozen=True, tag="placement"):
    """Where cuff, probe and infusion line are on the patient; what is left out stays as it was."""

    cuff_arm: Arm | None = None
    cuff_site: Site | None = None
    cuff_size: str | None = None
    probe_arm: Arm | None = None
    line_arm: Arm | None = None


class Rhythm(_Body, frozen=True, tag="rhythm"):
    """The patient's pulse is irregular, or is not: three pressures then decide where one would."""

    irregular: bool = False


class Person(_Body, frozen=True, tag="person"):
    """Somebody `takes` an alarm or `cannot`, is `watching` (by ssh `key`), has `left`, or `reviewed`."""

    person: str | None = None
    seat: str | None = None
    state: str | None = None
    condition: str | None = None
    key: str | None = None


class Message(_Body, frozen=True, tag="message"):
    """A few words to the chair, or from it; with `read`: those of that seq were read at the other end."""

    text: str = ""
    read: int | None = None


class Handover(_Body, frozen=True, tag="handover"):
    """One nurse hands over to another."""

    person: str | None = None


class Cuff(_Body, frozen=True, tag="cuff"):
    """What was asked of the cuff, or done by hand.

    `action`: `start` (sent to the cuff), `started` (a person pressed START on it), `stop`, `failed`
    (said the cuff), `skipped` (the one that is due), `inflated` (for too long: it was told to let
    go); `reason` in words.
    """

    action: str | None = None
    reason: str | None = None


class Fault(_Body, frozen=True, tag="fault"):
    """Something outside patient and devices went wrong, or is right again; `reason` in words.

    | what | detail | meaning |
    |---|---|---|
    | record | failing, failing_long | entries wait for more than 2 s / for long to be recorded |
    | record | back, moved | all is recorded / its file was taken away; it goes on in another |
    | clock | stepped, back | the wall clock moved by `seconds` against the session's / is right |
    | host | slept | the machine stood still for `seconds` |
    | audio | failing, back | no sound can be given / sound is given again |
    | viewer | lost, back | a viewer that somebody relies on, `who`, no longer answers / does |
    | screen | lost, back | no nurse's screen has drawn for 10 s / one has drawn |
    | keeper | lost, back | nobody would start the engine again / somebody would |

    Without `seconds`, a step or a sleep is taken as one that counts (over 2 s, over 10 s).
    """

    what: str | None = None
    detail: str | None = None
    reason: str | None = None
    seconds: Number | None = None
    who: str | None = None


class Announced(_Body, frozen=True, tag="announced"):
    """A sound was given: where, and whether it worked (null: nobody can know).

    `where`: the device that played it, `bell` (a screen's terminal), or the chair that sounded
    instead, because it was worse. `what` is `burst`, of which the worst `condition` is named, or
    `test`; of a test, `heard` is what a person said.
    """

    where: str | None = None
    ok: bool | None = None
    what: str | None = None
    condition: str | None = None
    priority: str | None = None
    reason: str | None = None
    heard: bool | None = None


class Alarm(msgspec.Struct, frozen=True, tag_field="kind", tag="alarm"):
    """One change of one condition: what the core gives out (DESIGN 7)."""

    condition: str
    change: str
    state: str
    priority: str
    value: Number | None = None
    limit: Number | None = None
    basis: Literal["absolute", "baseline"] | None = None
    reason: str | UnsetType = UNSET


class Gap(_Body, frozen=True, tag="gap"):
    """Nothing was recorded since `since_t`."""

    since_t: float | None = None
    reason: str | None = None


class End(_Body, frozen=True, tag="end"):
    """The session is over."""

    reason: str | None = None


class Other(msgspec.Struct, frozen=True):
    """A kind that this version doesn't know."""

    kind: str


_OWN_KINDS: tuple[type[msgspec.Struct], ...] = (
    Session, Device, Phase, Baseline, Limits, Dose, Symptom, Score, Intervention, Position, Note,
    Patient, Check, Discharge, Correction, Review, Acknowledge, PauseAudio, Away, Placement, Rhythm, Person, Message, Handover, Cuff, Fault,
    Announced, Alarm, Gap, End,
)  # fmt: skip
KINDS: dict[str, type[msgspec.Struct]] = {
    str(cls.__struct_config__.tag): cls for cls in (*readings.READING_TYPES, *_OWN_KINDS)
}
READING_KINDS = frozenset(str(cls.__struct_config__.tag) for cls in readings.READING_TYPES)

Body = Any  # one of KINDS' types, or Other: a union of 33 would say no more


class By(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who gave a command."""

    account: str | None = None
    seat: str | None = None
    person: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """An entry as the engine hands it to the core: numbered, timed, with its line kept."""

    seq: int
    t_ms: int
    kind: str
    body: Body
    device: str | None = None
    by: By | None = None
    line: bytes = b""

    @property
    def is_reading(self) -> bool:
        """True for what a device or a person measured."""
        return self.kind in READING_KINDS


class _Head(msgspec.Struct, frozen=True):
    t: float
    kind: str
    device: str | None = None
    by: By | str | None = None


_decode_head = msgspec.json.Decoder(_Head).decode
_decoders = {kind: msgspec.json.Decoder(cls).decode for kind, cls in KINDS.items()}
_encoder = msgspec.json.Encoder()


def decode(line: bytes, seq: int = 0) -> Entry:
    """Reads one line; raises EntryError with one sentence where it is no entry."""
    try:
        head = _decode_head(line)
        decoder = _decoders.get(head.kind)
        body = decoder(line) if decoder else Other(head.kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EntryError(_sentence(error)) from None
    except RecursionError:
        raise EntryError("lists or objects stand too deep in each other") from None
    if not -1e9 < head.t < 1e9:
        raise EntryError(f"`t` is {head.t:g} s; give seconds since the session began")
    by = By(person=printable(head.by)) if isinstance(head.by, str) else head.by
    return Entry(seq, round(head.t * 1000), head.kind, body, head.device, by, line)


def make(seq: int, t_ms: int, body: Body, device: str | None = None, by: By | None = None) -> Entry:
    """Builds an entry from a body, its line with it."""
    kind = str(type(body).__struct_config__.tag)
    return Entry(seq, t_ms, kind, body, device, by, encode(t_ms, body, device, by))


def encode(t_ms: int, body: Body, device: str | None = None, by: By | None = None) -> bytes:
    """Gives an entry's line: `t` with three decimals first, then kind, device, the body, by."""
    text = _encoder.encode(body)
    head = b'{"t":' + seconds(t_ms)
    if device is not None:
        cut = text.find(b'"', len(b'{"kind":"')) + 1  # after the kind's closing quote
        text = text[:cut] + b',"device":' + _encoder.encode(device) + text[cut:]
    tail = b',"by":' + _encoder.encode(by) + b"}" if by is not None else b"}"
    return head + b"," + text[1:-1] + tail


def seconds(t_ms: int) -> bytes:
    """Writes milliseconds as seconds with three decimals: 75000 is 75.000."""
    sign, whole = ("-", -t_ms) if t_ms < 0 else ("", t_ms)
    return f"{sign}{whole // 1000}.{whole % 1000:03d}".encode()


def _sentence(error: Exception) -> str:
    """Turns msgspec's message into one that names the field first."""
    message = str(error)
    what, _, path = message.partition(" - at `$")
    field = path.strip("`.").removeprefix(".")
    if field == "" and "missing required field" in message:
        return f"{what[0].lower()}{what[1:]}; an entry is one JSON object with `t` and `kind`"
    if not path and "Expected" not in message:
        return "not JSON; an entry is one JSON object a line, as `ketamon export` writes it"
    return f"{f'`{field}`: ' if field else ''}{what[0].lower()}{what[1:]}"
