"""A session without whom, where and when: a copy for teaching.

Only what is listed here comes along, so a field that a later version adds stays out until somebody
lists it. Times count from zero; notes, reasons, names, serial numbers, addresses, raw bytes and
kinds that aren't known stay out, and are counted. Numbers of entries stay, so that an
acknowledgement still means the same alarms.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from ketamon import entries as kinds
from ketamon.entries import DEVICE_ROLES, By, Entry, make
from ketamon.ledger.exporters.flat import FIELDS
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.marks import marked
from ketamon.vitals import CONDITIONS, TECHNICAL, VITALS
from ketamon_drivers import readings
from ketamon_drivers.readings import STATUS_WORDS

SEATS = {"nurse", "physician", "observer", "trainer"}
SOURCES = {"monitor", "auscultation", "palpation", "counted", "oximeter"}
PROFILE_TABLES = {*VITALS, "cuff", "alarm"}
PROFILE_TEXTS = {"from", "restart_on"}
_WORD = re.compile(r"[a-z]+(?:[._-][a-z0-9]{1,16}){0,4}")
_VERSION = re.compile(r"[0-9][0-9a-z.+]{0,20}")
Keep = Callable[[Any, int], Any]


def teaching_copy(entries: Sequence[Entry], losses: Flags) -> tuple[Entry, ...]:
    """Gives the entries that tell nobody from another; `losses` counts what stays out."""
    start = entries[0].t_ms if entries else 0
    kept = []
    for entry in entries:
        keep = _KEEP.get(type(entry.body))
        body = None if keep is None else keep(entry.body, start)
        if body is None:
            losses.add(f"{entry.kind if entry.kind in kinds.KINDS else 'other kind'} left out")
            continue
        kept.append(_made(entry, body, start))
    return tuple(kept)


def _made(entry: Entry, body: Any, start: int) -> Entry:
    device = entry.device if entry.device in DEVICE_ROLES else None
    seat = entry.by.seat if entry.by is not None and entry.by.seat in SEATS else None
    by = None if seat is None else By(seat=seat)
    new = make(entry.seq, entry.t_ms - start, body, device, by)
    fields = FIELDS.get(entry.kind)
    return new if fields is None else _raw(entry, new, fields)


class _Marks(msgspec.Struct):
    raw: dict[str, Any] = {}
    not_judged: str | None = None


def _raw(entry: Entry, new: Entry, fields: dict[str, str]) -> Entry:
    """Keeps the numbers that stood in a recording and aren't judged; a text might say anything."""
    if b'"raw":' not in entry.line:
        return new
    try:
        marks = msgspec.json.decode(entry.line, type=_Marks)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return new
    numbers = {c: v for c, v in marks.raw.items() if c in fields and isinstance(v, int | float)}
    causes = [channel for channel in fields if f"{channel} " in (marks.not_judged or "")]
    return marked(new, numbers, ", ".join(causes) if marks.not_judged else None)


def _word(text: str | None) -> str | None:
    """A word of ours, as `dose.iv_start`; None for anything else."""
    return text if text is not None and len(text) <= 40 and _WORD.fullmatch(text) else None


def _session(body: kinds.Session, _start: int) -> Any:
    versions = {k: v for k, v in body.versions.items() if k == "ketamon" and _VERSION.fullmatch(v)}
    return kinds.Session(mode=body.mode, versions=versions)


def _device(body: kinds.Device, _start: int) -> Any:
    return kinds.Device(
        family=_word(body.family), cadence_s=body.cadence_s, state=body.state,
        can_start=body.can_start,
    )  # fmt: skip


def _phase(body: kinds.Phase, _start: int) -> Any:
    return body if body.phase in kinds.PHASES else None


def _limits(body: kinds.Limits, _start: int) -> Any:
    return kinds.Limits(
        profile={k: _numbers(v) for k, v in body.profile.items() if k in PROFILE_TABLES}
    )


def _numbers(value: Any, key: str = "") -> Any:
    """A profile's numbers and the few words that steer it; no text that somebody wrote."""
    if isinstance(value, dict):
        return {
            k: kept for k, v in value.items() if _word(k) and (kept := _numbers(v, k)) is not None
        }
    if isinstance(value, list | tuple):
        return [kept for v in value if (kept := _numbers(v, key)) is not None]
    if isinstance(value, str):
        return _word(value) if key in PROFILE_TEXTS else None
    return value


def _chart(body: kinds.Chart, _start: int) -> Any:
    event = _word(body.event)
    value = body.value if isinstance(body.value, int | float) else None
    if isinstance(body, kinds.Score):
        return kinds.Score(event=event, value=value, moaas=body.moaas)
    return None if event is None else type(body)(event=event, value=value)


def _correction(body: kinds.Correction, _start: int) -> Any:
    value = body.value if isinstance(body.value, int | float) else None
    return kinds.Correction(event=_word(body.event), value=value, of_seq=body.of_seq)


def _acknowledge(body: kinds.Acknowledge, _start: int) -> Any:
    if body.condition is not None and body.condition not in (*CONDITIONS, *TECHNICAL):
        return None
    return body


def _away(body: kinds.Away, _start: int) -> Any:
    sensors = tuple(sensor for sensor in body.sensors if sensor in (*VITALS, *DEVICE_ROLES))
    return kinds.Away(minutes=body.minutes, sensors=sensors)


def _placement(body: kinds.Placement, _start: int) -> Any:
    return msgspec.structs.replace(body, cuff_size=None)


def _cuff(body: kinds.Cuff, _start: int) -> Any:
    return kinds.Cuff(action=_word(body.action))


def _fault(body: kinds.Fault, _start: int) -> Any:
    return kinds.Fault(what=_word(body.what))


def _announced(body: kinds.Announced, _start: int) -> Any:
    return kinds.Announced(ok=body.ok)


def _alarm(body: kinds.Alarm, _start: int) -> Any:
    known = body.condition in CONDITIONS or body.condition in TECHNICAL
    words = (body.change, body.state, body.priority)
    if not known or not all(_word(word) for word in words):
        return None
    reason = body.reason if body.reason is UNSET or _word(body.reason) else UNSET
    return msgspec.structs.replace(body, reason=reason)


def _gap(body: kinds.Gap, start: int) -> Any:
    since = None if body.since_t is None else round(body.since_t - start / 1000, 3)
    return kinds.Gap(since_t=since)


def _reading(body: Any, _start: int) -> Any:
    changes: dict[str, Any] = {}
    if hasattr(body, "status"):
        changes["status"] = tuple(word for word in body.status if word in STATUS_WORDS)
    for name in ("device_time", "user"):
        if hasattr(body, name):
            changes[name] = None
    return msgspec.structs.replace(body, **changes)


def _device_info(body: readings.DeviceInfo, _start: int) -> Any:
    return readings.DeviceInfo(battery_pct=body.battery_pct, battery_level=body.battery_level)


def _reply(body: readings.Reply, _start: int) -> Any:
    return readings.Reply(command=_word(body.command), ok=body.ok)


def _manual(body: readings.Manual, start: int) -> Any:
    measured = body.measured_t
    if isinstance(measured, int | float):
        measured = round(measured - start / 1000, 3)
    source = body.source if body.source in SOURCES else UNSET
    return msgspec.structs.replace(body, measured_t=measured, source=source, by=UNSET)


def _as_it_is(body: Any, _start: int) -> Any:
    return body


def _without_reason(body: kinds.End, _start: int) -> Any:
    return type(body)()


_KEEP: dict[type, Keep] = {
    kinds.Session: _session, kinds.Device: _device, kinds.Phase: _phase,
    kinds.Baseline: _as_it_is, kinds.Limits: _limits, kinds.Dose: _chart, kinds.Symptom: _chart,
    kinds.Score: _chart, kinds.Intervention: _chart, kinds.Position: _chart,
    kinds.Correction: _correction, kinds.Acknowledge: _acknowledge,
    kinds.PauseAudio: _as_it_is, kinds.Away: _away, kinds.Placement: _placement,
    kinds.Rhythm: _as_it_is, kinds.Cuff: _cuff, kinds.Fault: _fault,
    kinds.Announced: _announced, kinds.Alarm: _alarm, kinds.Gap: _gap, kinds.End: _without_reason,
    readings.BloodPressure: _reading, readings.CuffPressure: _as_it_is,
    readings.Oximetry: _reading, readings.HeartRate: _reading, readings.Pleth: _as_it_is,
    readings.Respiration: _reading, readings.DeviceInfo: _device_info, readings.Reply: _reply,
    readings.Manual: _manual,
}  # fmt: skip
"""What comes along of each kind. Left out whole: note, person, handover, rejected (raw bytes)."""
