"""Continuous vitals: arrivals, the loss of a source, and what falls due without an entry."""

from ketamon.core.levels import Standing
from ketamon.core.placement import PRESSURES
from ketamon.core.rhythm import Values, median
from ketamon.core.sources import Held, Source
from ketamon.core.squeeze import HELD
from ketamon.core.state import CONTINUOUS, FAR, State
from ketamon.core.tracks import Track
from ketamon.entries import Entry
from ketamon.vitals import Number


def due(state: State) -> int | None:
    """The next moment at which something happens without an entry; None if nothing will."""
    if state.ended:
        return None
    soonest = FAR
    for vital in CONTINUOUS:
        source = state.sources[vital].in_use
        if source is not None:
            stale_t = source.stale_t()
            if stale_t is not None and stale_t < soonest:
                soonest = stale_t
        if state.quiet[vital].awake:
            for track in state.by_vital[vital]:
                soonest = min(soonest, level_due(state, track), realarm_due(state, track))
    for track in state.tracks.values():
        if track.unanswered_due is not None and track.unanswered_due < soonest:
            soonest = track.unanswered_due
    for moment in (state.squeeze.until_ms, state.rhythm.due()):
        if moment is not None and moment < soonest:
            soonest = moment
    return soonest if soonest < FAR else None


def fall_due(state: State, t: int) -> None:
    """Does what is due by `t`: loss or switch, what was held or waited, levels, re-alarm, unanswered."""
    for vital in CONTINUOUS:
        source = state.sources[vital].in_use
        stale_t = source.stale_t() if source is not None else None
        if source is not None and stale_t is not None and stale_t <= t:
            lose_source(state, vital, source, t)
    if state.squeeze.until_ms is not None and state.squeeze.until_ms <= t:
        release(state, t)
    waits = state.rhythm.due()
    if waits is not None and waits <= t:
        decide_late(state, t)
    for track in state.tracks.values():
        if level_due(state, track) <= t:
            track.reach_due(t)
    realarm(state, t)
    for track in state.tracks.values():
        if track.unanswered_due is not None and track.unanswered_due <= t:
            track.time_out(t)
    wake(state)


def release(state: State, t: int) -> None:
    """Nothing is held any longer; levels that are due by now are reached next."""
    state.squeeze.over()
    for name in HELD:
        state.tracks[name].release(t)


def decide_late(state: State, t: int) -> None:
    """The repeats of an irregular pulse did not come in time: the readings that did decide."""
    decides = state.rhythm.decided()
    for vital in PRESSURES:
        for track in state.by_vital[vital]:
            weigh(track, t, decides, late=True)


def weigh(track: Track, t: int, decides: list[Values], *, late: bool = False) -> None:
    """Judges the median of these readings; late ones neither confirm nor re-alarm."""
    vital = track.condition.vital
    given = [values[vital] for values in decides if vital in values]
    if not given:
        return
    value = median(given, high=track.high)
    words = f"median of {len(given)}" if len(given) > 1 else None
    if late:
        track.decide(t, value, words)
    else:
        track.told_reason = words
        track.judge(t, value, track.value)
        track.told_reason = None


def level_due(state: State, track: Track) -> int:
    """When a level of this track is reached; FAR in a run of invalid readings."""
    sources = state.sources.get(track.condition.vital)
    if sources is None or sources.in_use is None or sources.in_use.invalid:
        return FAR
    if sources.in_use.charted:
        return FAR
    moment = track.level_due()
    return FAR if moment is None else moment


def realarm_due(state: State, track: Track) -> int:
    """When this track comes again: at its time, if its newest value is then beyond any level."""
    sources = state.sources.get(track.condition.vital)
    if track.state != "acknowledged" or track.realarm_due is None or sources is None:
        return FAR
    if sources.in_use is None or sources.in_use.charted or not track.beyond_any(track.value):
        return FAR
    return track.realarm_due


def realarm(state: State, t: int) -> None:
    for track in state.tracks.values():
        if realarm_due(state, track) <= t:
            track.realarm(t)


def wake(state: State) -> None:
    for vital in CONTINUOUS:
        state.quiet[vital].awake = any(track.awake for track in state.by_vital[vital])


def continuous(state: State, vital: str, entry: Entry, value: Number | None) -> None:
    """Takes one source's reading of a vital; None is one of a run of invalid readings."""
    sources = state.sources[vital]
    source = sources.of(entry.device or "", entry.kind)
    if value is None:
        source.invalid = True
        return
    t = entry.t_ms
    before = sources.standing() if source.charted else None
    source.value, source.t, source.alive, source.invalid = value, t, True, False
    source.past = False
    if source is not sources.in_use:
        state.soonest = 0
        sources.in_use = sources.best(t)
        if source is not sources.in_use:
            return
        sources.lost_ms = sources.once = None
    quiet = state.quiet[vital]
    if not quiet.awake and quiet.low <= value <= quiet.high:
        return
    state.soonest = 0
    for track in state.by_vital[vital]:
        if source.charted:
            track.judge(t, value, before)
        else:
            track.arrive(t, value)
            if realarm_due(state, track) <= t:
                track.realarm(t)
    quiet.awake = any(track.awake for track in state.by_vital[vital])


def lose_source(state: State, vital: str, source: Source, t: int) -> None:
    """A source is gone: the next one alive is taken, or the vital is lost."""
    source.alive = False
    sources = state.sources[vital]
    if sources.in_use is not source:
        return
    sources.in_use = sources.best(t)
    tracks = state.by_vital[vital]
    if sources.in_use is None:
        sources.lost_ms = t
        for track in tracks:
            track.lose(t)
    elif sources.in_use.value is not None:
        sources.in_use.past = True
        for track in tracks:
            if sources.in_use.charted:
                track.hold(sources.in_use.value)
            else:
                track.stand(t, sources.in_use.value)
    state.soonest = 0
    wake(state)


def once(state: State, vital: str, entry: Entry, value: Number | None, measured: int) -> None:
    """Judges a cuff's or a person's value once, while no device gives the vital."""
    sources = state.sources[vital]
    if value is None or sources.in_use is not None:
        return
    if sources.lost_ms is not None and measured < sources.lost_ms:
        return
    if sources.once is not None and measured < sources.once.t:
        return
    before = sources.standing()
    role = entry.device or ("person" if entry.kind == "manual" else "cuff")
    sources.once = Held(value, measured, role)
    for track in state.by_vital[vital]:
        track.judge(entry.t_ms, value, before)
    state.soonest = 0
    wake(state)


def standing(state: State, vital: str) -> Standing:
    """What new limits judge; a charted value from before another source was lost they don't."""
    sources = state.sources.get(vital)
    if sources is None:
        held = state.episodic.get(vital)
        return Standing(held.value if held else None, True, True)
    source = sources.in_use
    if source is None or (source.charted and source.past):
        return Standing(None, False, False)
    return Standing(source.value, source.charted, not source.invalid)
