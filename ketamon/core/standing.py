"""Where each technical condition stands at a moment, and why: facts, no advice (DESIGN 7.7).

Each is a function of what is remembered, so asking more often changes nothing. What the patient's
being away covers does not stand; the one line of it is shown instead.
"""

from collections.abc import Callable, Mapping

from ketamon.core.faults import events
from ketamon.core.signals import BATTERY_EMPTY_PCT, BATTERY_LOW_PCT, SHOWN_AS, USUAL_ROLE, Signal
from ketamon.core.sources import Source
from ketamon.core.state import State
from ketamon.core.technical import NOTHING, Stands, of_each
from ketamon.vitals import stale_after_ms

NO_DATA = {"oximeter_no_data": "spo2", "hr_no_data": "hr", "rr_no_data": "rr"}
"""Condition: the vital whose loss it tells."""

ENDED_BY_VALUES = (*NO_DATA, "device_lost", "sensor_off", "signal_poor", "implausible_spo2")
"""Conditions that a plain valid value may end."""

AWAY = "away"


# -- values and signals -------------------------------------------------------------------------


def no_data(state: State, vital: str) -> Stands:
    """A vital that a device gave is lost; a charted one never is."""
    sources = state.sources[vital]
    if sources.in_use is not None or sources.lost_ms is None:
        return NOTHING
    given = {key: source for key, source in sources.all.items() if source.value is not None}
    if all(state.away.covers(role or USUAL_ROLE.get(kind, "")) for role, kind in given):
        return Stands(None, AWAY, (vital,))
    (role, kind), newest = max(given.items(), key=lambda one: one[1].t)
    missing = _missing(state, role or USUAL_ROLE.get(kind, ""), kind, newest, sources.lost_ms)
    return Stands(0, missing, (vital,))


def _missing(state: State, role: str, kind: str, source: Source, lost_ms: int) -> str:
    """Why the newest source gives no value."""
    if role in state.gear.lost:
        return f"{role} lost: {state.gear.lost[role]}"
    signal = state.gear.signals.get((role, kind))
    if signal is not None and signal.off_ms is not None:
        return f"{role}: {signal.off}"
    stale = stale_after_ms(source.cadence_ms) or 0
    if signal is not None and signal.newest_ms > max(source.t, lost_ms - stale):
        return f"{role} sends no valid value"
    return f"nothing comes from the {role}"


def device_lost(state: State) -> Stands:
    """Links that are gone, until a valid value comes."""
    return _uncovered(state, {role: (role, why) for role, why in state.gear.lost.items()})


def sensor_off(state: State) -> Stands:
    """Sensors that are off."""
    off = [signal for signal in state.gear.signals.values() if signal.is_off]
    return _uncovered(state, {_named(state, s): (s.role, s.off) for s in off})


def signal_poor(state: State) -> Stands:
    """Signals that are poor."""
    poor = [signal for signal in state.gear.signals.values() if signal.is_poor]
    return _uncovered(state, {_named(state, s): (s.role, s.poor) for s in poor})


def _uncovered(state: State, found: Mapping[str, tuple[str, str]]) -> Stands:
    """Stands for those that the patient's being away doesn't cover; who: (role, what)."""
    told = {who: what for who, (role, what) in found.items() if not state.away.covers(role)}
    return of_each(told) if told or not found else Stands(None, AWAY, tuple(found))


def _named(state: State, signal: Signal) -> str:
    """Who a signal is: its device, and which of its signals where it has several."""
    alone = len(state.gear.of(signal.role)) == 1
    return signal.role if alone else f"{signal.role} {SHOWN_AS.get(signal.kind, signal.kind)}"


def rates_disagree(state: State, t: int) -> Stands:
    """Heart rates of several devices that are apart for long, with all of them."""
    return Stands(0, state.rates.words) if state.rates.apart(t) else NOTHING


def implausible_spo2(state: State) -> Stands:
    """An SpO2 of 1 to 39: neither physiology nor recovery."""
    signals = state.gear.signals.values()
    return of_each({s.role: f"SpO2 {s.doubtful:g} %" for s in signals if s.doubtful is not None})


# -- the cuff -----------------------------------------------------------------------------------


def cuff_failed(state: State) -> Stands:
    """Failures in a row, since the last reading."""
    failures = state.cuff.failures
    return Stands(min(failures, 2) - 1, state.cuff.failed) if failures else NOTHING


def bp_overdue(state: State, t: int) -> Stands:
    """How long the oldest missed measurement is due."""
    if not state.cuff.missed:
        return NOTHING
    late, profile = t - state.cuff.missed[0].t, state.profile
    for level, wait in ((1, profile.overdue_medium_ms), (0, profile.overdue_low_ms)):
        if late >= wait:
            return Stands(level, f"no reading {wait / 60_000:g} min after it was due")
    return NOTHING


def cuff_inflated(state: State) -> Stands:
    """It stood under pressure for too long, and nobody has answered."""
    return Stands(0, state.cuff.failed) if state.cuff.inflated else NOTHING


# -- what a device says of itself ---------------------------------------------------------------


def battery_low(state: State) -> Stands:
    """Charges below 20 %, below 10 %, no bars, or a device's own word for it."""
    gear = state.gear
    found = {role: "says that its battery is low" for role, _ in sorted(gear.says_low)}
    found |= {role: "battery 0 bars" for role, bars in gear.bars.items() if bars <= 0}
    low = {role: pct for role, pct in gear.charge_pct.items() if pct < BATTERY_LOW_PCT}
    found |= {role: f"battery {pct:g} %" for role, pct in low.items()}
    return of_each(found, int(any(pct < BATTERY_EMPTY_PCT for pct in low.values())))


def reading_rejected(state: State) -> Stands:
    """Devices whose bytes are malformed, and how."""
    return of_each({role or "device": why for role, why in state.gear.rejecting.items()})


def patient_not_back(state: State) -> Stands:
    """Away for longer than was said."""
    if not state.away.late:
        return NOTHING
    return Stands(0, f"no valid signal since: {', '.join(state.away.sensors)}")


STANDS: dict[str, Callable[[State, int], Stands]] = {
    **{
        name: lambda state, _, vital=vital: no_data(state, vital)  # type: ignore[misc]
        for name, vital in NO_DATA.items()
    },
    "device_lost": lambda state, _: device_lost(state),
    "sensor_off": lambda state, _: sensor_off(state),
    "signal_poor": lambda state, _: signal_poor(state),
    "rates_disagree": rates_disagree,
    "implausible_spo2": lambda state, _: implausible_spo2(state),
    "cuff_failed": lambda state, _: cuff_failed(state),
    "bp_overdue": bp_overdue,
    "cuff_inflated": lambda state, _: cuff_inflated(state),
    "battery_low": lambda state, _: battery_low(state),
    "reading_rejected": lambda state, _: reading_rejected(state),
    "record_failing": lambda state, t: state.faults.record.stands(t),
    "no_screen_at_chair": lambda state, _: state.faults.screen_missing(state.cuff.phase),
    "audio_failing": lambda state, _: state.faults.silent(),
    "clock_step": lambda state, _: events(state.faults.steps),
    "viewer_lost": lambda state, _: state.faults.viewers_lost(),
    "host_slept": lambda state, _: events(state.faults.sleeps),
    "patient_not_back": lambda state, _: patient_not_back(state),
}
"""Each technical condition's standing at a moment."""
