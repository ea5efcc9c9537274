"""What happens to devices, record and host, and the technical conditions that come of it (DESIGN 7.7).

It acts after the patient's conditions: an entry's lines, and those of one due moment, are the
physiological ones first, then these, in the order of the table `TECHNICAL`; `unanswered` last.
"""

from collections.abc import Callable

from ketamon.core.cuff import CuffNow
from ketamon.core.faults import ENDED_BY_ANSWER
from ketamon.core.plausible import NOT_LIVE, counted, implausible_pressure, pressure_values
from ketamon.core.signals import USUAL_ROLE
from ketamon.core.standing import ENDED_BY_VALUES, STANDS
from ketamon.core.state import FAR, State
from ketamon.core.technical import TechnicalTrack
from ketamon.entries import Away, Chart, Cuff, Device, Entry, Fault, Phase
from ketamon.vitals import TECHNICAL, VITALS
from ketamon_drivers.readings import BloodPressure, DeviceInfo, HeartRate, Oximetry, Rejected

NOT_GIVEN = frozenset(
    {"dose.iv_rate", "dose.iv_pause", "dose.iv_resume", "dose.iv_stop", "dose.iv_complete"}
)
"""Dose entries that tell how an infusion goes on, not that something is given anew."""

GIVES_RATES = ("oximetry", "heart_rate")

SPO2, HR = VITALS["spo2"], VITALS["hr"]


def begin(state: State) -> None:
    """Makes the technical conditions of a fresh core."""
    for condition in TECHNICAL.values():
        state.technical[condition.name] = TechnicalTrack(condition, state.lines)


def cuff_view(state: State, t: int | None = None) -> CuffNow | None:
    """What is to be shown of the cuff now; None where the session has neither cuff nor schedule."""
    return state.cuff.now(state.t if t is None else t) if state.cuff.known else None


# -- moments ------------------------------------------------------------------------------------


def due(state: State) -> int | None:
    """The next moment at which something happens without an entry; None if nothing will.

    Each change of what it comes from ends in `fall_due`, which finds it anew.
    """
    return None if state.ended else state.beside_due


def _due(state: State) -> int | None:
    flow, tracks = state.cuff, state.technical
    soonest = min(flow.deadline_ms(), flow.ask_ms())
    if flow.next is not None:
        soonest = min(soonest, flow.next.t)
    overdue = tracks["bp_overdue"].level
    if flow.missed and overdue != 1:
        profile = state.profile
        wait = profile.overdue_low_ms if overdue is None else profile.overdue_medium_ms
        soonest = min(soonest, flow.missed[0].t + wait)
    for moment in (
        state.gear.due(),
        state.away.until_ms,
        state.faults.record.due(tracks["record_failing"].level),
        state.rates.due(stands=tracks["rates_disagree"].level is not None),
        *(track.unanswered_due for track in tracks.values()),
    ):
        if moment is not None and moment < soonest:
            soonest = moment
    return soonest if soonest < FAR else None


def fall_due(state: State, t: int) -> None:
    """Does what is due by `t`, and lets every condition stand as it now is."""
    flow, away = state.cuff, state.away
    flow.come_due(t)
    if flow.deadline_ms() <= t:
        flow.time_out(t)
    state.gear.fall_due(t)
    _compare_rates(state, t)
    if away.until_ms is not None and away.until_ms <= t:
        away.time_up(t, state.gear.signals.values())
    _stand(state, t)
    for track in state.technical.values():
        if track.unanswered_due is not None and track.unanswered_due <= t:
            track.time_out(t)
    if flow.ask_ms() <= t:
        state.effect = flow.ask(t)
    state.beside_due = _due(state)
    state.soonest = 0


def _compare_rates(state: State, t: int) -> bool:
    """Compares heart rates of several devices; True if that may change a line, now or later."""
    return state.rates.look(t, state.sources["hr"], squeezed=state.squeeze.until_ms is not None)


def _rates_moved(state: State) -> bool:
    """The same after a reading, spared where nothing can be compared."""
    several = len(state.sources["hr"].all) > 1 or state.rates.cuff_counts(state.t)
    return several and _compare_rates(state, state.t)


def is_dosing(state: State) -> bool:
    """True while the phase is the one in which losses weigh more."""
    return state.cuff.phase == "dosing"


def _stand(state: State, t: int) -> None:
    flow, tracks, dosing = state.cuff, state.technical, is_dosing(state)
    for name, track in tracks.items():
        count, reason = len(state.lines), track.reason
        track.put(t, STANDS[name](state, t), dosing=dosing)
        if name == "cuff_failed":
            if flow.untold and len(state.lines) == count:
                track.flag(t, flow.failed)
            flow.untold = False
        state.reworded += track.reason != reason
    away = state.away.until_ms is not None or state.away.late
    state.gear.uneasy = away or any(tracks[name].level is not None for name in ENDED_BY_VALUES)


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
    state.gear.bound(entry.device or "device", body, state.cadences)
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
    role = entry.device or "cuff"
    if not NOT_LIVE.intersection(body.status):
        state.gear.battery_word(role, entry.kind, low="low_battery" in body.status)
    if pressure_values(body) is not None:
        state.gear.lost.pop(role, None)
        state.away.measured(role)
        _reading(state, entry)
    elif not NOT_LIVE.intersection(body.status):
        state.cuff.failed_reading(state.t, role, _why(body))


def _reading(state: State, entry: Entry) -> None:
    """A pressure that the core has just accepted, if it did (a copy of one it did not)."""
    if state.pressures_taken == state.pressures_seen or state.newest_pressure is None:
        return
    state.pressures_seen = state.pressures_taken
    role = entry.device or ("person" if entry.kind == "manual" else "cuff")
    if isinstance(entry.body, BloodPressure):
        state.rates.pulse(state.t, counted("hr", entry.body.pulse_rate_per_min))
    state.cuff.reading(state.t, state.newest_pressure[0], role)


def _why(body: BloodPressure) -> str:
    """Why a reading failed: its own words, or what can't be right with its numbers."""
    if body.status:
        return ", ".join(word.replace("_", " ") for word in body.status)
    reason = implausible_pressure(body.systolic_mmhg, body.diastolic_mmhg, body.mean_mmhg)
    return reason or f"pulse {body.pulse_rate_per_min:g} can't be right"


def _device_info(state: State, entry: Entry) -> None:
    body: DeviceInfo = entry.body
    state.gear.info(entry.device or "device", body)


def _rejected(state: State, entry: Entry) -> None:
    body: Rejected = entry.body
    state.gear.reject(state.t, entry.device or "device", body.reason)


def _acknowledge(state: State, entry: Entry) -> None:
    """Acknowledged, an inflated cuff is dealt with, and so are some faults."""
    del entry
    if state.technical["cuff_inflated"].state == "acknowledged":
        state.cuff.inflated = False
    for name in ENDED_BY_ANSWER:
        if state.technical[name].state == "acknowledged":
            state.faults.answered(name)


def _fault(state: State, entry: Entry) -> None:
    body: Fault = entry.body
    state.faults.told(state.t, body)


def _away(state: State, entry: Entry) -> None:
    body: Away = entry.body
    state.away.told(state.t, body, dosing=is_dosing(state))


HANDLERS: dict[str, Callable[[State, Entry], None]] = {
    "phase": _phase,
    "limits": _limits,
    "dose": _dose,
    **dict.fromkeys(("intervention", "symptom", "position", "score"), _event),
    "device": _device,
    "cuff": _cuff,
    "blood_pressure": _blood_pressure,
    "manual": _reading,
    "device_info": _device_info,
    "rejected": _rejected,
    "acknowledge": _acknowledge,
    "fault": _fault,
    "away": _away,
}
"""What touches devices, record and host; each is followed by `fall_due`."""


def take(state: State, entry: Entry) -> None:
    """Takes an entry that may touch devices, record or host."""
    handle = HANDLERS.get(entry.kind)
    if handle is not None:
        handle(state, entry)
        fall_due(state, state.t)
    elif entry.kind in USUAL_ROLE:
        plain = _is_plain(state, entry)
        if (entry.kind in GIVES_RATES and _rates_moved(state)) or not plain:
            fall_due(state, state.t)


def _is_plain(state: State, entry: Entry) -> bool:
    """Takes a reading of a signal; True for a good value that changes nothing but the time.

    These come each second and more, so the rest is spared wherever nothing can have changed.
    """
    gear, t, body, kind = state.gear, state.t, entry.body, entry.kind
    role = entry.device or USUAL_ROLE[kind]
    signal = gear.signals.get((role, kind))
    if signal is None:
        signal = gear.signal(role, kind, state.cadences)
    elif signal.calm and not gear.uneasy and t < signal.until_ms and _is_good(body):
        signal.newest_ms = signal.valid_ms = t
        signal.until_ms = t + signal.gap_ms
        return True
    gear.hear(signal, t, body)
    if signal.valid_ms == t:
        state.away.valid(t, signal)
    return False


def _is_good(body: object) -> bool:
    if isinstance(body, Oximetry):
        value = body.spo2_pct
        return not body.status and value is not None and SPO2.lowest <= value <= SPO2.highest
    if isinstance(body, HeartRate):
        value = body.heart_rate_per_min
        return body.contact is not False and value is not None and HR.lowest <= value <= HR.highest
    return False
