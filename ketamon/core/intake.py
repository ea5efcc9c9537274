"""What each kind of entry does to the core; every other kind neither changes nor times anything."""

from collections.abc import Callable

from ketamon.core import baseline
from ketamon.core.baseline import Measured
from ketamon.core.continuous import (
    continuous,
    fall_due,
    level_due,
    lose_source,
    once,
    realarm_due,
    release,
    standing,
    wake,
    weigh,
)
from ketamon.core.limits import effective_levels
from ketamon.core.placement import PRESSURES
from ketamon.core.plausible import NOT_LIVE, counted, pressure_values
from ketamon.core.profile import Profile, ProfileError, parse_profile
from ketamon.core.sources import Held
from ketamon.core.squeeze import HELD
from ketamon.core.state import CONTINUOUS, FAR, CuffReading, State
from ketamon.entries import (
    Acknowledge,
    Cuff,
    Device,
    Entry,
    Limits,
    Placement,
    Rhythm,
    Score,
)
from ketamon.vitals import Number
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    HeartRate,
    Manual,
    Oximetry,
    Respiration,
)

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
    if not NOT_LIVE.intersection(body.status):
        _lets_go(state, t)
    values = pressure_values(body)
    if values is None:
        return
    recent = [one for one in state.cuff_readings if t - one.t <= COPY_WITHIN_MS]
    state.cuff_readings = recent
    if any(one.device == entry.device and one.reading == body for one in recent):
        return
    recent.append(CuffReading(t, entry.device, body))
    state.rhythm.said_so += "irregular_pulse" in body.status
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
    with_hr = values if hr is None else {**values, "hr": hr}
    state.measured.append(Measured(measured, with_hr, state.placed.cuff))
    if state.rhythm.irregular:
        _one_of_three(state, t, measured, values, role)
        return
    for vital, value in values.items():
        _episodic(state, vital, t, Held(value, measured, role))


def _one_of_three(
    state: State, t: int, measured: int, values: dict[str, Number], role: str
) -> None:
    """A pressure of an irregular pulse: HIGH alone, else with the repeats that it asks for."""
    tracks = [track for vital in values for track in state.by_vital[vital]]
    turning = [track for track in tracks if track.turns(values[track.condition.vital])]
    anew = any(track.is_high(values[track.condition.vital]) for track in turning)
    decides = state.rhythm.take(t, measured, values, turns=bool(turning), anew=anew)
    for vital in PRESSURES:
        value = values.get(vital)
        if value is not None:
            state.episodic[vital] = Held(value, measured, role)
        for track in state.by_vital[vital]:
            if value is not None and track.is_high(value):
                track.judge(t, value, track.value)
            elif decides:
                weigh(track, t, decides)
    state.soonest = 0


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
    fresh = baseline.lock(state.measured, entry.t_ms, state.placed.cuff, state.rhythm.fewest)
    state.baseline = state.baseline | fresh
    state.placed.locked(fresh)
    take_limits(state, state.profile)


def _placement(state: State, entry: Entry) -> None:
    """Cuff, probe or line was moved: what is relative counts or doesn't, what is held may not be."""
    body: Placement = entry.body
    before = relative(state)
    state.placed.told(body, {id(m.place): m.place for m in state.measured}.values())
    if relative(state) != before:
        _relimit(state, PRESSURES)
    if state.squeeze.until_ms is not None and not state.placed.on_probe_arm:
        release(state, entry.t_ms)
        for name in HELD:
            if level_due(state, state.tracks[name]) <= entry.t_ms:
                state.tracks[name].reach_due(entry.t_ms)
        wake(state)
    state.soonest = 0


def _rhythm(state: State, entry: Entry) -> None:
    """The pulse is irregular, or is not: then what stands is judged as it was read last."""
    body: Rhythm = entry.body
    state.rhythm.told(irregular=body.irregular)
    for vital in PRESSURES:
        for track in state.by_vital[vital]:
            track.by_median = body.irregular
    _relimit(state, PRESSURES)
    state.soonest = 0


def _cuff(state: State, entry: Entry) -> None:
    body: Cuff = entry.body
    match body.action:
        case "start" | "started":
            _inflates(state, entry.t_ms)
        case "stop" | "failed" | "inflated":
            _lets_go(state, entry.t_ms)


def _cuff_pressure(state: State, entry: Entry) -> None:
    body: CuffPressure = entry.body
    pressure = body.pressure_mmhg
    if pressure is not None and state.squeeze.pressed(entry.t_ms, pressure):
        _inflates(state, entry.t_ms)


def _inflates(state: State, t: int) -> None:
    if state.placed.on_probe_arm and state.squeeze.begins(t):
        for name in HELD:
            state.tracks[name].on_hold = True
        state.soonest = 0


def _lets_go(state: State, t: int) -> None:
    state.squeeze.ends(t)
    state.soonest = 0


def relative(state: State) -> dict[str, Number]:
    """The baseline as far as limits are relative to it now."""
    base = state.baseline
    return {vital: base[vital] for vital in base if not state.placed.suspended(vital)}


def _relimit(state: State, vitals: tuple[str, ...]) -> None:
    """Judges what stands of these by the limits that are in force now."""
    base = relative(state)
    for track in [track for vital in vitals for track in state.by_vital[vital]]:
        levels = effective_levels(track.condition, state.profile, base)
        track.relimit(state.t, levels, state.profile, standing(state, track.condition.vital))
        if realarm_due(state, track) <= state.t:
            track.realarm(state.t)


def take_limits(state: State, profile: Profile) -> None:
    """Puts a profile, or a new baseline, into force."""
    state.profile = profile
    _relimit(state, tuple(state.by_vital))
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
    "placement": _placement,
    "rhythm": _rhythm,
    "cuff": _cuff,
    "cuff_pressure": _cuff_pressure,
    "acknowledge": _acknowledge,
    "end": _end,
}
"""What the core listens to; every other kind neither changes nor times anything."""
