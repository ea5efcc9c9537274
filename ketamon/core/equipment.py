"""What happens to cuff and record, and the technical conditions that come of it (DESIGN 7.7).

It acts after the patient's conditions: an entry's lines, and those of one due moment, are the
physiological ones first, then these, in the order of the table `TECHNICAL`; `unanswered` last.
"""

from collections.abc import Callable

from ketamon.core.cuff import CuffNow
from ketamon.core.plausible import NOT_LIVE, implausible_pressure, pressure_values
from ketamon.core.state import FAR, State
from ketamon.core.technical import RECORD_LONG_AFTER_MS, TechnicalTrack
from ketamon.entries import Chart, Cuff, Device, Entry, Fault, Phase
from ketamon.vitals import TECHNICAL
from ketamon_drivers.readings import BloodPressure

NOT_GIVEN = frozenset(
    {"dose.iv_rate", "dose.iv_pause", "dose.iv_resume", "dose.iv_stop", "dose.iv_complete"}
)
"""Dose entries that tell how an infusion goes on, not that something is given anew."""


def begin(state: State) -> None:
    """Makes the technical conditions of a fresh core."""
    for condition in TECHNICAL.values():
        state.technical[condition.name] = TechnicalTrack(condition, state.lines)


def cuff_view(state: State, t: int | None = None) -> CuffNow | None:
    """What is to be shown of the cuff now; None where the session has neither cuff nor schedule."""
    return state.cuff.now(state.t if t is None else t) if state.cuff.known else None


# -- moments ------------------------------------------------------------------------------------


def due(state: State) -> int | None:
    """The next moment at which something happens without an entry; None if nothing will."""
    if state.ended:
        return None
    flow, overdue = state.cuff, state.technical["bp_overdue"]
    soonest = min(flow.deadline_ms(), flow.ask_ms())
    if flow.next is not None:
        soonest = min(soonest, flow.next.t)
    if flow.missed and overdue.level != 1:
        wait = state.profile.overdue_low_ms if overdue.level is None else _medium_ms(state)
        soonest = min(soonest, flow.missed[0].t + wait)
    record = state.record
    if record.failing_ms is not None and state.technical["record_failing"].level == 0:
        soonest = min(soonest, record.failing_ms + RECORD_LONG_AFTER_MS)
    for track in state.technical.values():
        if track.unanswered_due is not None:
            soonest = min(soonest, track.unanswered_due)
    return soonest if soonest < FAR else None


def fall_due(state: State, t: int) -> None:
    """Does what is due by `t`, and lets every condition stand as it now is."""
    flow = state.cuff
    flow.come_due(t)
    if flow.deadline_ms() <= t:
        flow.time_out(t)
    _stand(state, t)
    for track in state.technical.values():
        if track.unanswered_due is not None and track.unanswered_due <= t:
            track.time_out(t)
    if flow.ask_ms() <= t:
        state.effect = flow.ask(t)
    state.soonest = 0


def _stand(state: State, t: int) -> None:
    flow, dosing, tracks = state.cuff, state.cuff.phase == "dosing", state.technical
    failed, before = tracks["cuff_failed"], len(state.lines)
    failed.put(t, min(flow.failures, 2) - 1 if flow.failures else None, dosing=dosing,
               reason=flow.failed)  # fmt: skip
    if flow.untold and len(state.lines) == before:
        failed.flag(t, flow.failed)
    flow.untold = False
    level = _overdue(state, t)
    wait = state.profile.overdue_low_ms if level == 0 else _medium_ms(state)
    late = f"no reading {wait / 60_000:g} min after it was due"
    tracks["bp_overdue"].put(t, level, dosing=dosing, reason=late)
    inflated = 0 if flow.inflated else None
    tracks["cuff_inflated"].put(t, inflated, dosing=dosing, reason=flow.failed)
    tracks["record_failing"].put(
        t, state.record.level(t), dosing=dosing, reason=state.record.reason
    )


def _overdue(state: State, t: int) -> int | None:
    """The level of `bp_overdue` at `t`: how long the oldest missed measurement is due."""
    if not state.cuff.missed:
        return None
    late = t - state.cuff.missed[0].t
    if late >= _medium_ms(state):
        return 1
    return 0 if late >= state.profile.overdue_low_ms else None


def _medium_ms(state: State) -> int:
    return state.profile.overdue_medium_ms


# -- entries ------------------------------------------------------------------------------------


def _phase(state: State, entry: Entry) -> None:
    body: Phase = entry.body
    state.cuff.enter_phase(state.t, body.phase, state.profile.schedule)


def _limits(state: State, entry: Entry) -> None:
    del entry
    take_limits(state)


def take_limits(state: State) -> None:
    """Puts the profile in force into force here too."""
    for track in state.technical.values():
        track.profile = state.profile
    state.cuff.reschedule(state.t, state.profile.schedule)


def _dose(state: State, entry: Entry) -> None:
    body: Chart = entry.body
    if body.event not in NOT_GIVEN:
        _event(state, entry)


def _event(state: State, entry: Entry) -> None:
    body: Chart = entry.body
    names = (entry.kind,) if body.event is None else (entry.kind, body.event)
    state.cuff.happened(state.t, *names)


def _device(state: State, entry: Entry) -> None:
    body: Device = entry.body
    if entry.device == "cuff" and body.can_start is not None:
        state.cuff.known, state.cuff.can_start = True, body.can_start


def _cuff(state: State, entry: Entry) -> None:
    """What was asked of the cuff, or done by hand."""
    body: Cuff = entry.body
    flow, t, reason = state.cuff, state.t, body.reason or ""
    match body.action:
        case "start" | "started":
            flow.begin(t, body.action)
        case "failed":
            flow.fail(t, reason or "the cuff gave no reason")
        case "stop":
            flow.stop(t)
        case "inflated":
            flow.stood_inflated(t, reason or "stood inflated for too long")
        case "skipped" if reason:
            flow.skip(t)


def _blood_pressure(state: State, entry: Entry) -> None:
    body: BloodPressure = entry.body
    if pressure_values(body) is not None:
        _reading(state, entry)
    elif not NOT_LIVE.intersection(body.status):
        state.cuff.failed_reading(state.t, entry.device or "cuff", _why(body))


def _reading(state: State, entry: Entry) -> None:
    """A pressure that the core has just accepted, if it did (a copy of one it did not)."""
    if state.pressures_taken == state.pressures_seen or state.newest_pressure is None:
        return
    state.pressures_seen = state.pressures_taken
    role = entry.device or ("person" if entry.kind == "manual" else "cuff")
    state.cuff.reading(state.t, state.newest_pressure[0], role)


def _why(body: BloodPressure) -> str:
    """Why a reading failed: its own words, or what can't be right with its numbers."""
    if body.status:
        return ", ".join(word.replace("_", " ") for word in body.status)
    reason = implausible_pressure(body.systolic_mmhg, body.diastolic_mmhg, body.mean_mmhg)
    return reason or f"pulse {body.pulse_rate_per_min:g} can't be right"


def _acknowledge(state: State, entry: Entry) -> None:
    """Acknowledged, an inflated cuff is dealt with."""
    del entry
    if state.technical["cuff_inflated"].state == "acknowledged":
        state.cuff.inflated = False


def _fault(state: State, entry: Entry) -> None:
    body: Fault = entry.body
    if body.what != "record":
        return
    record = state.record
    if body.detail == "back":
        record.failing_ms, record.long, record.reason = None, False, ""
    elif body.detail in ("failing", "failing_long"):
        record.failing_ms = state.t if record.failing_ms is None else record.failing_ms
        record.reason = body.reason or record.reason
        record.long = record.long or body.detail == "failing_long"


HANDLERS: dict[str, Callable[[State, Entry], None]] = {
    "phase": _phase,
    "limits": _limits,
    "dose": _dose,
    **dict.fromkeys(("intervention", "symptom", "position", "score"), _event),
    "device": _device,
    "cuff": _cuff,
    "blood_pressure": _blood_pressure,
    "manual": _reading,
    "acknowledge": _acknowledge,
    "fault": _fault,
}
"""What touches cuff and record; each is followed by `fall_due`."""


def take(state: State, entry: Entry) -> None:
    """Takes an entry that may touch cuff or record."""
    handle = HANDLERS.get(entry.kind)
    if handle is not None:
        handle(state, entry)
        fall_due(state, state.t)
