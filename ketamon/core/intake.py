"""What each kind of entry does to the core; every other kind neither changes nor times anything."""

from collections.abc import Callable

from ketamon.core import baseline
from ketamon.core.baseline import Measured
from ketamon.core.continuous import (
    continuous,
    fall_due,
    lose_source,
    once,
    realarm_due,
    standing,
    wake,
)
from ketamon.core.limits import effective_levels
from ketamon.core.plausible import counted, pressure_values
from ketamon.core.profile import Profile, ProfileError, parse_profile
from ketamon.core.sources import Held
from ketamon.core.state import CONTINUOUS, FAR, CuffReading, State
from ketamon.entries import Acknowledge, Device, Entry, Limits, Score
from ketamon.vitals import Number
from ketamon_drivers.readings import BloodPressure, HeartRate, Manual, Oximetry, Respiration

COPY_WITHIN_MS = 15_000
LONGEST_S = 1e9
AT_CHAIR = (None, "nurse", "trainer")


def _oximetry(state: State, entry: Entry) -> None:
    body: Oximetry = entry.body
    pulse = counted("hr", body.pulse_rate_per_min, body.status)
    continuous(state, "hr", entry, pulse)
    continuous(state, "spo2", entry, counted("spo2", body.spo2_pct, body.status))


def _heart_rate(state: State, entry: Entry) -> None:
    body: HeartRate = entry.body
    value = None if body.contact is False else counted("hr", body.heart_rate_per_min)
    continuous(state, "hr", entry, value)


def _respiration(state: State, entry: Entry) -> None:
    body: Respiration = entry.body
    continuous(state, "rr", entry, counted("rr", body.rr_per_min, body.status))


def _blood_pressure(state: State, entry: Entry) -> None:
    """A cuff reading: judged at once; a failed one leaves what stands as it is."""
    body: BloodPressure = entry.body
    t = entry.t_ms
    values = pressure_values(body)
    if values is None:
        return
    recent = [one for one in state.cuff_readings if t - one.t <= COPY_WITHIN_MS]
    state.cuff_readings = recent
    if any(one.device == entry.device and one.reading == body for one in recent):
        return
    recent.append(CuffReading(t, entry.device, body))
    pulse = counted("hr", body.pulse_rate_per_min)
    _pressures(state, entry, t, values, pulse)
    once(state, "hr", entry, pulse, t)


def _manual(state: State, entry: Entry) -> None:
    """What a person typed: pressures and scores as episodic, the rest once if no device gives it."""
    body: Manual = entry.body
    t = entry.t_ms
    given = _typed(body.measured_t)
    measured = t if given is None or abs(given) > LONGEST_S else min(t, round(given * 1000))
    systolic, diastolic = _typed(body.systolic_mmhg), _typed(body.diastolic_mmhg)
    pulse = counted("hr", _typed(body.pulse_rate_per_min))
    if systolic is not None or diastolic is not None:
        newest = state.newest_pressure
        if (
            newest is not None
            and newest[1:] == (systolic, diastolic)
            and abs(measured - newest[0]) <= COPY_WITHIN_MS
        ):
            return
        values = pressure_values(BloodPressure(systolic, diastolic))
        if values is not None:
            _pressures(state, entry, measured, values, pulse)
    once(state, "hr", entry, pulse, measured)
    once(state, "spo2", entry, counted("spo2", _typed(body.spo2_pct)), measured)
    once(state, "rr", entry, counted("rr", _typed(body.rr_per_min)), measured)
    _score_moaas(state, t, _typed(body.moaas))


def _score(state: State, entry: Entry) -> None:
    body: Score = entry.body
    is_moaas = body.event is not None and body.event.endswith(".moaas")
    value = body.value if is_moaas and not isinstance(body.value, str) else body.moaas
    _score_moaas(state, entry.t_ms, value)


def _score_moaas(state: State, t: int, value: Number | None) -> None:
    value = counted("moaas", value)
    if value is not None:
        _episodic(state, "moaas", t, Held(value, t, "person"))


def _typed(value: object) -> Number | None:
    return value if isinstance(value, int | float) else None


def _pressures(
    state: State, entry: Entry, measured: int, values: dict[str, Number], pulse: Number | None
) -> None:
    """Judges an accepted pressure reading and keeps it for the baseline."""
    t, role = entry.t_ms, entry.device or ("person" if entry.kind == "manual" else "cuff")
    state.pressures_taken += 1
    state.newest_pressure = (measured, values.get("sys"), values.get("dia"))
    in_use = state.sources["hr"].in_use
    hr = in_use.value if in_use is not None else pulse
    state.measured.append(Measured(measured, values if hr is None else {**values, "hr": hr}))
    for vital, value in values.items():
        _episodic(state, vital, t, Held(value, measured, role))


def _episodic(state: State, vital: str, t: int, held: Held) -> None:
    before = state.episodic.get(vital)
    state.episodic[vital] = held
    for track in state.by_vital[vital]:
        track.judge(t, held.value, before.value if before else None)
    state.soonest = 0


def _device(state: State, entry: Entry) -> None:
    """A cadence, or a loss; a charted source holds its value even then, as a cuff's does."""
    body: Device = entry.body
    role, t = entry.device or "", entry.t_ms
    if body.cadence_s is not None and 0 < body.cadence_s < LONGEST_S:
        state.cadences[role] = round(body.cadence_s * 1000)
    for vital in CONTINUOUS:
        for source in state.sources[vital].all.values():
            if source.role != role:
                continue
            stale_t = source.stale_t()
            source.alive = source.alive and (stale_t is None or stale_t > t)
            source.cadence_ms = state.cadences.get(role, source.cadence_ms)
            if body.state == "lost" and source.alive and not source.charted:
                lose_source(state, vital, source, t)
    fall_due(state, t)
    state.soonest = 0


def _limits(state: State, entry: Entry) -> None:
    body: Limits = entry.body
    if state.fixed:
        return
    try:
        profile = parse_profile(body.profile, "the limits entry")
    except ProfileError as error:
        state.refused.append((entry.seq, str(error)))
        return
    take_limits(state, profile)


def _baseline(state: State, entry: Entry) -> None:
    state.baseline = baseline.lock(state.measured, entry.t_ms, state.baseline)
    take_limits(state, state.profile)


def take_limits(state: State, profile: Profile) -> None:
    """Puts a profile, or a new baseline, into force."""
    state.profile = profile
    for track in state.tracks.values():
        levels = effective_levels(track.condition, profile, state.baseline)
        track.relimit(state.t, levels, profile, standing(state, track.condition.vital))
        if realarm_due(state, track) <= state.t:
            track.realarm(state.t)
    for vital in CONTINUOUS:
        quiet = state.quiet[vital]
        runs = [
            (track.high, run.level.limit) for track in state.by_vital[vital] for run in track.runs
        ]
        quiet.high = min((limit for high, limit in runs if high), default=FAR)
        quiet.low = max((limit for high, limit in runs if not high), default=-FAR)
    wake(state)
    state.soonest = 0


def _acknowledge(state: State, entry: Entry) -> None:
    body: Acknowledge = entry.body
    seat = entry.by.seat if entry.by else None
    who = (entry.by.person or entry.by.account or seat) if entry.by else None
    for track in (*state.tracks.values(), *state.technical.values()):
        if body.condition not in (None, "all", track.condition.name):
            continue
        if not track.covered(body.up_to_seq):
            continue
        if seat in AT_CHAIR:
            track.acknowledge(entry.t_ms, who)
        else:
            track.see(entry.t_ms, who or seat or "")
    state.soonest = 0


def _end(state: State, entry: Entry) -> None:
    del entry
    state.ended = True


HANDLERS: dict[str, Callable[[State, Entry], None]] = {
    "oximetry": _oximetry,
    "heart_rate": _heart_rate,
    "respiration": _respiration,
    "blood_pressure": _blood_pressure,
    "manual": _manual,
    "score": _score,
    "device": _device,
    "limits": _limits,
    "baseline": _baseline,
    "acknowledge": _acknowledge,
    "end": _end,
}
"""What the core listens to; every other kind neither changes nor times anything."""
