"""Entries in words: the line that an event list, a tail or a screen reader gets."""

from collections.abc import Callable, Mapping

from ketamon.charting import EVENTS, value_words
from ketamon.core.plausible import implausible_pressure
from ketamon.core.profile import refusal
from ketamon.engine.quarantine import FROM_CUFF, WORDS
from ketamon.entries import (
    Alarm,
    Announced,
    Away,
    Chart,
    Correction,
    Cuff,
    Device,
    Entry,
    Fault,
    Gap,
    Limits,
    Other,
    PauseAudio,
    Person,
    Phase,
    Placement,
    Review,
    Rhythm,
)
from ketamon.feed.messages import EventLine
from ketamon.feed.settings import setting_figure, setting_words
from ketamon.ledger.importers.marks import why_not_judged
from ketamon.vitals import TECHNICAL, Number, condition_label, condition_sign
from ketamon_drivers.readings import BloodPressure, Manual, printable

ALARM_WORDS = {
    "escalated": "worse",
    "deescalated": "less",
    "unresolved": "no data",
    "latched": "ended, not acknowledged",
    "realarmed": "again",
    "unanswered": "unanswered",
    "reading_flagged": "again beyond the limit",
    "held": "held: the cuff squeezes the probe's arm",
    "released": "no longer held",
}
"""A change in words where its own name doesn't say it to a nurse."""

CUFF_WORDS = {
    "start": "cuff started",
    "started": "START pressed on the cuff",
    "stop": "cuff stopped",
    "failed": "cuff failed",
    "skipped": "BP skipped",
    "inflated": "cuff stood inflated and was told to let go",
}

FAULT_WORDS = {
    ("record", "failing"): "entries wait to be recorded",
    ("record", "failing_long"): "entries wait for long to be recorded",
    ("record", "back"): "all is recorded again",
    ("record", "moved"): "the record goes on in another file",
    ("clock", "back"): "the clock is right again",
    ("audio", "failing"): "no sound can be given",
    ("audio", "back"): "sound is given again",
    ("viewer", "lost"): "a viewer does not answer",
    ("viewer", "back"): "a viewer answers again",
    ("screen", "lost"): "no nurse's screen draws",
    ("screen", "back"): "a nurse's screen draws again",
    ("keeper", "lost"): "the engine's keeper is gone",
    ("keeper", "back"): "another keeper watches over the engine",
}
"""What a fault entry says; another one is told as it came."""


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
    strikes = (entry.body.of_seq or 0) if isinstance(entry.body, Correction) else 0
    charted = isinstance(entry.body, Chart) and not isinstance(entry.body, Correction)
    return EventLine(
        entry.t_ms / 1000,
        entry.seq,
        printable(text)[:200],
        printable(who),
        priority,
        charted,
        strikes,
    )


def figures(value: Number | None) -> str:
    """A number as it is read out."""
    return "–" if value is None else f"{value:g}"


def _alarm(entry: Entry) -> str:
    body: Alarm = entry.body
    if body.condition in TECHNICAL:
        return _technical(body)
    label, beyond = condition_label(body.condition), condition_sign(body.condition)
    change = ALARM_WORDS.get(body.change, body.change)
    if body.reason == "limits":
        return f"{label} {change}: limit removed"
    if body.change == "cleared":
        return f"{label} cleared at {figures(body.value)}"
    was = "was " if body.change in ("latched", "unresolved") else ""
    words = f"{label} {was}{figures(body.value)} {beyond} {figures(body.limit)} {change}"
    return _with_reason(words, body.reason if isinstance(body.reason, str) else None)


def _technical(body: Alarm) -> str:
    """A technical condition's change, and why: `CUFF FAILED: no reading within 90 s of START`."""
    label = condition_label(body.condition)
    change = "again" if body.change == "reading_flagged" else ALARM_WORDS.get(body.change)
    words = f"{label} {change or body.change}"
    if body.change == "raised":
        words = label
    return _with_reason(words, body.reason if isinstance(body.reason, str) else None)


def _with_reason(words: str, reason: str | None) -> str:
    return f"{words}: {reason}" if reason else words


def _blood_pressure(entry: Entry) -> str:
    body: BloodPressure = entry.body
    reason = why_not_judged(entry) or implausible_pressure(
        body.systolic_mmhg, body.diastolic_mmhg, body.mean_mmhg
    )
    if WORDS.issubset(body.status):
        return f"cuff reading with a wrong clock, waits for review: {_pressure(body)}"
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
    how = "taken from the cuff's memory as of now:" if body.source == FROM_CUFF else "typed"
    return f"{how} {', '.join(given)}" if given else ""


def _review(entry: Entry) -> str:
    body: Review = entry.body
    return "" if body.verdict == "accept" else "cuff reading set aside"


def _device(entry: Entry) -> str:
    body: Device = entry.body
    role = entry.device or "device"
    if body.state not in ("lost", "silent"):
        return ""
    return _with_reason(f"{role} {body.state}", body.reason)


def _cuff(entry: Entry) -> str:
    body: Cuff = entry.body
    return _with_reason(CUFF_WORDS.get(body.action or "", f"cuff {body.action or ''}"), body.reason)


def _fault(entry: Entry) -> str:
    body: Fault = entry.body
    what, detail = body.what or "fault", body.detail or ""
    words = FAULT_WORDS.get((what, detail)) or f"{what} {detail}".replace("_", " ").strip()
    if body.seconds is not None:
        words += f" {body.seconds:+g} s" if what == "clock" else f" {body.seconds:g} s"
    if what == "viewer" and body.who:
        words = words.replace("a viewer", f"viewer {body.who}")
    return _with_reason(words, body.reason)


def _away(entry: Entry) -> str:
    body: Away = entry.body
    if body.minutes == 0:
        return _with_reason("back", body.reason)
    minutes = "away" if body.minutes is None else f"away {body.minutes:g} min"
    return _with_reason(", ".join((minutes, *body.sensors)), body.reason)


def _placement(entry: Entry) -> str:
    body: Placement = entry.body
    cuff = [body.cuff_arm, body.cuff_site, body.cuff_size]
    told = {"cuff": " ".join(w for w in cuff if w), "probe": body.probe_arm, "line": body.line_arm}
    words = ", ".join(f"{what} {where}" for what, where in told.items() if where)
    return words.replace("_", " ")


def _rhythm(entry: Entry) -> str:
    body: Rhythm = entry.body
    return f"pulse {'irregular' if body.irregular else 'regular'}"


def _gap(entry: Entry) -> str:
    body: Gap = entry.body
    if body.since_t is None:
        return _with_reason("nothing was recorded for a while", body.reason)
    passed = f"{max(0.0, entry.t_ms / 1000 - body.since_t):.0f} s"
    return _with_reason(f"nothing was recorded for {passed}", body.reason)


def _limits(entry: Entry) -> str:
    body: Limits = entry.body
    reason = refusal(body.profile)
    if reason is not None:
        return f"limits refused: {reason}: the old ones stay"
    if body.changed is not None:
        return _with_reason(_changes(body.changed), body.reason)
    about = body.profile.get("profile")
    name = about.get("name") if isinstance(about, dict) else None
    return f"limits: {name}" if isinstance(name, str) and name else "limits changed"


def _changes(changed: Mapping[str, tuple[Number | None, Number | None]]) -> str:
    """`limits: SYS high, medium 160 → 170`, all that were changed at once."""
    parts = (
        f"{setting_words(key)} {setting_figure(old)} → {setting_figure(new)}"
        for key, (old, new) in changed.items()
    )
    return "limits: " + "; ".join(parts)


def _phase(entry: Entry) -> str:
    body: Phase = entry.body
    return f"phase {body.phase}"


def _chart(entry: Entry) -> str:
    body: Chart = entry.body
    known = EVENTS.get(body.event or "")
    what = known.words if known else (body.event or entry.kind).replace(".", " ").replace("_", " ")
    value = "" if body.value is None else str(body.value)
    if known is not None:
        value = value_words(known, body.value)
    text = "" if body.text is None else f": {body.text}"
    late = (
        ""
        if body.t_event is None
        else f", {(entry.t_ms / 1000 - body.t_event) / 60:.0f} min before"
    )
    return f"{what} {value}".rstrip() + text + late


def _correction(entry: Entry) -> str:
    body: Correction = entry.body
    return _with_reason(f"struck: {body.text or f'entry {body.of_seq}'}", body.reason)


def _pause_audio(entry: Entry) -> str:
    body: PauseAudio = entry.body
    if body.seconds == 0:
        return "audio pause ended"
    return "audio paused" if body.seconds is None else f"audio paused for {body.seconds:g} s"


def _announced(entry: Entry) -> str:
    """What a person said of a sound test, and that a sound did not work; bursts are no news."""
    body: Announced = entry.body
    if body.heard is not None:
        return "sound test heard" if body.heard else "sound test NOT heard"
    return _with_reason("a sound did not work", body.reason) if body.ok is False else ""


VISITS = {"watching": "watches", "left": "watches no more", "reviewed": "has reviewed the session"}


def _message(entry: Entry) -> str:
    return f"{'message' if entry.body.read is None else 'has read'}: {entry.body.text}"


def _person(entry: Entry) -> str:
    """How somebody has answered an alarm; who it was stands beside it."""
    body: Person = entry.body
    if body.state in VISITS:
        return VISITS[body.state]
    if body.state not in ("takes", "cannot"):
        return ""
    what = condition_label(body.condition) if body.condition else "the alarm"
    return f"is taking {what}" if body.state == "takes" else f"can't take {what}"


def _kind(entry: Entry) -> str:
    return entry.kind.replace("_", " ")


_WORDS: dict[str, Callable[[Entry], str]] = {
    "alarm": _alarm,
    "blood_pressure": _blood_pressure,
    "manual": _manual,
    "review": _review,
    "device": _device,
    "limits": _limits,
    "phase": _phase,
    "baseline": lambda _: "baseline locked",
    "acknowledge": lambda _: "acknowledged",
    "end": lambda _: "session ended",
    **dict.fromkeys(("dose", "symptom", "score", "intervention", "position", "note"), _chart),
    **dict.fromkeys(("patient", "check", "discharge"), _chart),
    "correction": _correction,
    "cuff": _cuff,
    "fault": _fault,
    "gap": _gap,
    "away": _away,
    "placement": _placement,
    "rhythm": _rhythm,
    "handover": _kind,
    "pause_audio": _pause_audio,
    "announced": _announced,
    "person": _person,
    "message": _message,
    **dict.fromkeys(
        ("oximetry", "heart_rate", "respiration", "pleth", "cuff_pressure", "device_info"),
        lambda _: "",
    ),
    **dict.fromkeys(("reply", "rejected", "session"), lambda _: ""),
}
