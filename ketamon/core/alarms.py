"""The alarm core: entries in, alarm lines out (DESIGN 7).

`step` hands one entry to the core, `due` says when something falls due without one, `advance`
lets time pass. Between inputs every transition happens at the exact millisecond at which it falls
due, before an input of the same `t`; further calls of `advance` change no line.
"""

from ketamon.core import continuous, equipment
from ketamon.core.cuff import StartCuff
from ketamon.core.intake import HANDLERS, take_limits
from ketamon.core.profile import Profile
from ketamon.core.sources import Sources
from ketamon.core.state import CONTINUOUS, FAR, Quiet, State
from ketamon.core.tracks import Track
from ketamon.entries import Entry, make
from ketamon.vitals import CONDITIONS

__all__ = ["State", "advance", "due", "start", "step", "take_effects"]


def start(profile: Profile | None = None) -> State:
    """A fresh core; with a profile, limits entries in the stream are ignored."""
    state = State()
    for condition in CONDITIONS.values():
        track = Track(condition, state.lines)
        state.tracks[condition.name] = track
        state.by_vital.setdefault(condition.vital, []).append(track)
    for vital in CONTINUOUS:
        state.sources[vital] = Sources(vital, state.cadences)
        state.quiet[vital] = Quiet()
    equipment.begin(state)
    if profile is not None:
        take_limits(state, profile)
        equipment.take_limits(state)
        state.fixed = True
    return state


def step(state: State, entry: Entry) -> list[Entry]:
    """Takes one entry and gives the alarm entries it caused, those fallen due before it first.

    An entry without a number (`seq` 0) gets the next one; outputs are numbered after it.
    """
    out = advance(state, entry.t_ms) if entry.t_ms >= state.soonest else []
    if entry.kind == "alarm":
        return out  # a recorded output: computed anew, not taken in
    state.seq = entry.seq or state.seq + 1
    if state.ended:
        return out
    state.t = max(state.t, entry.t_ms)
    handle = HANDLERS.get(entry.kind)
    if handle is not None:
        handle(state, entry)
    equipment.take(state, entry)
    return out + _number(state) if state.lines else out


def due(state: State) -> int | None:
    """The next moment at which something happens without an entry; None if nothing will."""
    patient, beside = continuous.due(state), equipment.due(state)
    if patient is None or beside is None:
        return beside if patient is None else patient
    return min(patient, beside)


def advance(state: State, t: int) -> list[Entry]:
    """Lets time pass until `t`, and gives the alarm entries that fell due up to and at it."""
    if state.ended:
        return []
    out: list[Entry] = []
    moment = due(state)
    while moment is not None and moment <= t:
        state.t = max(state.t, moment)
        continuous.fall_due(state, state.t)
        equipment.fall_due(state, state.t)
        if state.lines:
            out += _number(state)
        moment = due(state)
    state.soonest = FAR if moment is None else moment
    return out


def take_effects(state: State) -> list[StartCuff]:
    """Gives what the engine is asked to do, once; nothing that has come about meanwhile.

    A recording that is played asks nobody: what isn't taken is replaced by the next.
    """
    effect, state.effect = state.effect, None
    return [effect] if effect is not None and state.cuff.wants_start() and not state.ended else []


def _number(state: State) -> list[Entry]:
    """Numbers the lines that wait, in their order, and gives them as entries."""
    out = []
    for t, alarm, track in state.lines:
        state.seq += 1
        track.seq = state.seq
        anew = alarm.change in ("raised", "escalated", "deescalated", "realarmed")
        if anew or (alarm.change == "latched" and not track.latched_as_it_was):
            track.attention_seq = state.seq
        out.append(make(state.seq, t, alarm))
    state.lines.clear()
    return out
