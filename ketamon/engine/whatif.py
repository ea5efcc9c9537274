"""What other limits would have told of a recording: the same entries, a fresh core each (DESIGN 2).

| what | how it is counted |
|---|---|
| an alarm | one episode of a patient's condition, from `raised` to `cleared` or `latched` |
| its priority | the worst it reached; its value the worst in it, from its first violation on |
| ended by itself | not acknowledged, not ended by a change of limits, within 10 s |
| acknowledged after | from `raised` to the first acknowledgement at the chair |
| beyond a limit | while the vital's standing value (held until the next one, or its loss) is strictly beyond its mildest, or a HIGH, limit |
| missed by another | no alarm of the same condition stood there at any moment of this one |
| milder at another | such alarms stood, and none of them reached this one's priority |

Technical conditions depend on devices and not on limits: they are not counted.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

import msgspec

from ketamon.core import alarms
from ketamon.core.profile import Profile
from ketamon.core.state import State
from ketamon.core.tracks import Track
from ketamon.entries import Acknowledge, Alarm, Entry
from ketamon.vitals import CONDITIONS, PRIORITY_RANK, Number

SHORT_MS = 10_000
HOUR_MS = 3_600_000
PRIORITIES = ("high", "medium")  # of the patient's conditions


@dataclass(slots=True)
class Episode:
    """One alarm of one condition; `ended_ms` None: it stood when the recording ended."""

    condition: str
    raised_ms: int
    priority: str
    worst: Number | None
    limit: Number | None
    basis: str | None
    ended_ms: int | None = None
    acknowledged_ms: int | None = None
    by_limits: bool = False  # ended because its limits were taken away

    @property
    def was_short(self) -> bool:
        """Ended by itself within 10 s."""
        if self.ended_ms is None or self.by_limits or self.ended_ms - self.raised_ms > SHORT_MS:
            return False
        return self.acknowledged_ms is None or self.acknowledged_ms >= self.ended_ms

    def see(self, track: Track) -> None:
        """Takes the worst of the violating values that stand; one from before a latch is not of it."""
        value = track.run_worst
        if value is not None and self.worst is not None:
            self.worst = max(value, self.worst) if track.high else min(value, self.worst)

    def meets(self, other: "Episode") -> bool:
        """True where both stood at some moment, of the same condition."""
        if self.condition != other.condition:
            return False
        return _begins_within(self, other) or _begins_within(other, self)


def _begins_within(one: Episode, other: Episode) -> bool:
    return one.raised_ms <= other.raised_ms and (
        one.ended_ms is None or other.raised_ms <= one.ended_ms
    )


@dataclass(slots=True)
class Outcome:
    """What one set of limits told of a recording of `duration_ms`."""

    duration_ms: int = 0
    episodes: list[Episode] = field(default_factory=list)
    beyond_ms: dict[str, int] = field(default_factory=dict)  # by condition: any limit
    beyond_high_ms: dict[str, int] = field(default_factory=dict)  # by condition: a HIGH one

    def count(self, priority: str) -> int:
        """How many alarms reached this priority and no worse."""
        return sum(episode.priority == priority for episode in self.episodes)

    def per_hour(self, count: int) -> float | None:
        """A count as so many an hour; None for a recording of one moment."""
        return count * HOUR_MS / self.duration_ms if self.duration_ms else None

    @property
    def short(self) -> int:
        """How many ended by themselves within 10 s."""
        return sum(episode.was_short for episode in self.episodes)

    @property
    def answer_times_ms(self) -> list[int]:
        """From raised to acknowledged, of those that were acknowledged."""
        return [
            episode.acknowledged_ms - episode.raised_ms
            for episode in self.episodes
            if episode.acknowledged_ms is not None
        ]

    @property
    def median_answer_ms(self) -> float | None:
        """The median of these times; None where nothing was acknowledged."""
        times = self.answer_times_ms
        return median(times) if times else None


class Difference(NamedTuple):
    """An alarm of one outcome of several that another had milder (its priority) or not (None)."""

    place: int  # whose it is
    episode: Episode
    had: dict[int, str | None]  # by the others' places


def differences(outcomes: Sequence[Outcome]) -> list[Difference]:
    """Alarms that not all of these outcomes have at that priority, in order of time."""
    found = []
    for place, of in enumerate(outcomes):
        for episode in of.episodes:
            rank = PRIORITY_RANK[episode.priority]
            others = ((at, other) for at, other in enumerate(outcomes) if at != place)
            had = {at: _best_beside(episode, other) for at, other in others}
            less = {at: p for at, p in had.items() if p is None or PRIORITY_RANK[p] < rank}
            if less:
                found.append(Difference(place, episode, less))
    return sorted(found, key=lambda one: (one.episode.raised_ms, one.place))


def _best_beside(episode: Episode, other: Outcome) -> str | None:
    """The highest priority among the other's alarms of this condition that stood beside it."""
    met = (one.priority for one in other.episodes if one.meets(episode))
    return max(met, key=PRIORITY_RANK.__getitem__, default=None)


def outcome(entries: Iterable[Entry], profile: Profile | None = None) -> Outcome:
    """Feeds a recording to a fresh core; without a profile by the limits that are in it."""
    run = _Run(alarms.start(profile))
    for entry in entries:
        if run.state.ended:
            break
        run.take(entry)
    run.outcome.duration_ms = run.state.t
    return run.outcome


@dataclass(slots=True)
class _Run:
    """One recording going through one core, and what is counted of it."""

    state: State
    outcome: Outcome = field(default_factory=Outcome)
    newest: dict[str, Episode] = field(default_factory=dict)  # by condition, ended or not
    counted_ms: int = 0
    taken: list[tuple[int, int]] = field(default_factory=list)  # recorded number, number here

    def take(self, entry: Entry) -> None:
        """Takes one entry and all that falls due before it."""
        if entry.kind == "alarm":
            return
        ordinal = entry.seq
        if ordinal and entry.kind == "acknowledge":
            entry = self._translated(entry)
        self._pass(max(self.state.t, entry.t_ms))
        self.state.seq += 1
        number = self.state.seq
        if ordinal:
            self.taken.append((ordinal, number))
        self._note(alarms.step(self.state, msgspec.structs.replace(entry, seq=number)))

    def _pass(self, t: int) -> None:
        """Lets time pass, from one moment at which something falls due to the next."""
        while t >= self.state.soonest and (moment := alarms.due(self.state)) is not None:
            if moment > t:
                break
            self._count(moment)
            self._note(alarms.advance(self.state, moment))
        self._count(t)

    def _count(self, t: int) -> None:
        """Counts the span up to `t`, in which nothing changed."""
        span = t - self.counted_ms
        if span <= 0:
            return
        self.counted_ms = t
        for track, value in _beyond(self.state):
            name, of = track.condition.name, self.outcome
            of.beyond_ms[name] = of.beyond_ms.get(name, 0) + span
            high = (run.level for run in track.runs if run.level.priority == "high")
            if any(track.beyond(level, value) for level in high):
                of.beyond_high_ms[name] = of.beyond_high_ms.get(name, 0) + span

    def _note(self, lines: Iterable[Entry]) -> None:
        for line in lines:
            if line.body.condition in CONDITIONS:
                self._change(line.t_ms, line.body)
        for name, episode in self.newest.items():
            if episode.ended_ms is None:
                episode.see(self.state.tracks[name])

    def _change(self, t: int, alarm: Alarm) -> None:
        """Takes one change of one condition."""
        if alarm.change == "raised":
            episode = Episode(
                alarm.condition, t, alarm.priority, alarm.value, alarm.limit, alarm.basis
            )
            self.newest[alarm.condition] = episode
            self.outcome.episodes.append(episode)
            return
        episode = self.newest[alarm.condition]
        if alarm.change == "acknowledged" and episode.acknowledged_ms is None:
            episode.acknowledged_ms = t
        elif alarm.change == "escalated":
            if PRIORITY_RANK[alarm.priority] > PRIORITY_RANK[episode.priority]:
                episode.priority, episode.limit = alarm.priority, alarm.limit
                episode.basis = alarm.basis
        elif alarm.change in ("cleared", "latched"):
            episode.ended_ms = t
            episode.by_limits = alarm.reason == "limits"

    def _translated(self, entry: Entry) -> Entry:
        """A recorded acknowledgement: it means all that this core had told by what was drawn then."""
        drawn = entry.body.up_to_seq
        if drawn is None:
            return entry
        later = bisect_right(self.taken, drawn, key=lambda pair: pair[0])
        up_to = self.taken[later][1] - 1 if later < len(self.taken) else self.state.seq
        return msgspec.structs.replace(entry, body=Acknowledge(entry.body.condition, up_to))


def _beyond(state: State) -> Iterator[tuple[Track, Number]]:
    """Conditions whose standing value is beyond a limit now, with that value."""
    for vital, tracks in state.by_vital.items():
        value = _standing(state, vital)
        if value is not None:
            yield from ((track, value) for track in tracks if track.beyond_any(value))


def _standing(state: State, vital: str) -> Number | None:
    sources = state.sources.get(vital)
    if sources is not None:
        return sources.standing()
    held = state.episodic.get(vital)
    return held.value if held is not None else None
