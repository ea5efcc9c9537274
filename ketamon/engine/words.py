"""Entries in words: the line that an event list, a tail or a screen reader gets."""

from collections.abc import Callable

from ketamon.core.plausible import implausible_pressure
from ketamon.entries import Alarm, Chart, Device, Entry, Limits, Other, Phase
from ketamon.feed.messages import EventLine
from ketamon.vitals import CONDITIONS, Number
from ketamon_drivers.readings import BloodPressure, Manual, printable

ALARM_WORDS = {
    "escalated": "worse",
    "deescalated": "less",
    "unresolved": "no data",
    "latched": "ended, not acknowledged",
    "realarmed": "again",
    "unanswered": "unanswered",
    "reading_flagged": "again beyond the limit",
}
"""A change in words where its own name doesn't say it to a nurse."""


def describe(entry: Entry) -> EventLine | None:
    """Gives the entry as an event line; None for what is no event (a value each second)."""
    words = _WORDS.get(entry.kind)
    if words is None:
        text = printable(entry.kind) if isinstance(entry.body, Other) else None
    else:
        text = words(entry)
    if not text:
        return None
    who = (entry.by.person or entry.by.account or entry.by.seat or "") if entry.by else ""
    priority = entry.body.priority if isinstance(entry.body, Alarm) else ""
    return EventLine(entry.t_ms / 1000, entry.seq, printable(text)[:200], printable(who), priority)


def figures(value: Number | None) -> str:
    """A number as it is read out."""
    return "–" if value is None else f"{value:g}"


def _alarm(entry: Entry) -> str:
    body: Alarm = entry.body
    condition = CONDITIONS.get(body.condition)
    label = condition.label if condition else body.condition
    beyond = ">" if body.condition.endswith("_high") else "<"
    change = ALARM_WORDS.get(body.change, body.change)
    if body.reason == "limits":
        return f"{label} {change}: limit removed"
    if body.change == "cleared":
        return f"{label} cleared at {figures(body.value)}"
    was = "was " if body.change in ("latched", "unresolved") else ""
    return f"{label} {was}{figures(body.value)} {beyond} {figures(body.limit)} {change}"


def _blood_pressure(entry: Entry) -> str:
    body: BloodPressure = entry.body
    reason = implausible_pressure(body.systolic_mmhg, body.diastolic_mmhg, body.mean_mmhg)
    if "from_storage" in body.status:
        return f"stored cuff reading, not used: {_pressure(body)}"
    if reason is not None:
        return f"cuff reading not used: {reason}"
    return f"cuff {_pressure(body)}"


def _pressure(body: BloodPressure) -> str:
    return f"{figures(body.systolic_mmhg)}/{figures(body.diastolic_mmhg)}"


def _manual(entry: Entry) -> str:
    body: Manual = entry.body
    given = [
        f"{name} {value:g}"
        for name, value in (
            ("SYS", body.systolic_mmhg),
            ("DIA", body.diastolic_mmhg),
            ("pulse", body.pulse_rate_per_min),
            ("SpO2", body.spo2_pct),
            ("RR", body.rr_per_min),
            ("MOAA/S", body.moaas),
        )
        if isinstance(value, int | float)
    ]
    return f"typed {', '.join(given)}" if given else ""


def _device(entry: Entry) -> str:
    body: Device = entry.body
    role = entry.device or "device"
    return f"{role} {body.state}" if body.state in ("lost", "silent") else ""


def _limits(entry: Entry) -> str:
    body: Limits = entry.body
    about = body.profile.get("profile")
    name = about.get("name") if isinstance(about, dict) else None
    return f"limits: {name}" if isinstance(name, str) and name else "limits changed"


def _phase(entry: Entry) -> str:
    body: Phase = entry.body
    return f"phase {body.phase}"


def _chart(entry: Entry) -> str:
    body: Chart = entry.body
    what = (body.event or entry.kind).replace(".", " ").replace("_", " ")
    value = "" if body.value is None else f" {body.value}"
    text = "" if body.text is None else f": {body.text}"
    return f"{what}{value}{text}"


def _kind(entry: Entry) -> str:
    return entry.kind.replace("_", " ")


_WORDS: dict[str, Callable[[Entry], str]] = {
    "alarm": _alarm,
    "blood_pressure": _blood_pressure,
    "manual": _manual,
    "device": _device,
    "limits": _limits,
    "phase": _phase,
    "baseline": lambda _: "baseline locked",
    "acknowledge": lambda _: "acknowledged",
    "end": lambda _: "session ended",
    **dict.fromkeys(
        ("dose", "symptom", "score", "intervention", "position", "note", "correction"), _chart
    ),
    **dict.fromkeys(("handover", "cuff", "fault", "gap", "away", "pause_audio"), _kind),
    **dict.fromkeys(
        ("oximetry", "heart_rate", "respiration", "pleth", "cuff_pressure", "device_info"),
        lambda _: "",
    ),
    **dict.fromkeys(("reply", "rejected", "session", "person", "announced"), lambda _: ""),
}
