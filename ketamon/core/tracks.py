"""One alarm condition over time: its levels' runs, its state, and the lines it gives out.

A `Track` is told values and moments by `ketamon.core.alarms` and knows nothing of devices.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ketamon.core.levels import Levels, Run, Standing
from ketamon.core.limits import EffectiveLevel
from ketamon.core.profile import OFF, Profile
from ketamon.core.transitions import TRANSITIONS
from ketamon.entries import Alarm
from ketamon.vitals import PRIORITY_RANK, Condition, Number

RESTING = ("normal", "latched")
REANNOUNCED = ("sys", "dia", "map")  # acknowledged cuff conditions come again when much worse


class Line(NamedTuple):
    """An alarm line before it has a number."""

    t_ms: int
    alarm: Alarm
    track: "Track"


@dataclass(slots=True, eq=False)
class Track(Levels):
    """One condition's state; changed only by its methods, which append to `lines`."""

    condition: Condition
    lines: list[Line]
    high: bool = False
    runs: list[Run] = field(default_factory=list)
    profile: Profile = OFF
    state: str = "normal"
    priority: str = ""
    value: Number | None = None  # the newest valid one
    run_worst: Number | None = None  # of the violating values that stand unbroken
    worst: Number | None = None  # since the first violation of this episode, latched or not
    latched_worst: Number | None = None
    limit: Number | None = None
    basis: str | None = None
    answered: bool = False  # while unresolved: acknowledged before or during the loss
    was_high: bool = False  # HIGH at any time since raised or last acknowledged
    confirmed: bool = False
    unanswered: bool = False
    realarmed: bool = False
    raised_ms: int = 0
    changed_ms: int = 0
    acknowledged_ms: int | None = None
    acknowledged_value: Number | None = None
    unanswered_due: int | None = None
    realarm_due: int | None = None
    seq: int = 0
    attention_seq: int = 0  # number of the line since which it is as it is, at this priority
    latched_as_it_was: bool = False  # latching did not change the priority
    on_hold: bool = False  # no level is reached that was not
    held: EffectiveLevel | None = None  # the worst that was told to wait
    by_median: bool = False  # what is judged may be the median of several readings
    told_reason: str | None = None  # goes with the lines of what is judged now
    by: str | None = None
    seen: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.high = self.condition.direction == "high"

    # -- questions ------------------------------------------------------------------------------

    @property
    def awake(self) -> bool:
        """False while a value within all limits can change nothing."""
        waits = self.held is not None or any(r.run_t is not None for r in self.runs)
        return waits or self.state != "normal"

    def level_due(self) -> int | None:
        """When the next level is reached if its values go on violating; never while unresolved."""
        if self.state == "unresolved":
            return None
        due = [
            run.run_t + run.level.delay_ms
            for run in self.runs
            if run.run_t is not None
            and not run.reached
            and not (self.on_hold and run.held_run == run.run_t)
        ]
        return min(due, default=None)

    # -- values ---------------------------------------------------------------------------------

    def arrive(self, t: int, value: Number) -> None:
        """Judges a valid value of a continuous source that has just come."""
        self._note(value)
        self._resume_if_outside(t, value)
        for run in self.runs:
            if self.beyond(run.level, value):
                run.break_clear()
                run.run_t = t if run.run_t is None else run.run_t
                continue
            run.run_t = None
            if not run.reached or not self.inside(run.level, value):
                run.break_clear()
                continue
            run.clear_t = t if run.clear_t is None else run.clear_t
            run.clear_count += 1
            if run.clear_count >= 2 and t - run.clear_t >= self.profile.clear_for_ms:
                run.reached = False
                run.break_clear()
        waits = self._reach(t, value, self.priority)
        self._settle(t)
        self._hold(t, waits, self.priority)

    def stand(self, t: int, value: Number) -> None:
        """Takes another source's newest value as the standing one: no arrival, so it ends nothing."""
        self._note(value)
        for run in self.runs:
            if self.beyond(run.level, value):
                run.break_clear()
                run.run_t = t if run.run_t is None else run.run_t
                continue
            run.run_t = None
            if not run.reached or not self.inside(run.level, value):
                run.break_clear()
            elif run.clear_t is None:
                run.clear_t, run.clear_count = t, 1

    def decide(self, t: int, value: Number, reason: str | None) -> None:
        """Judges what stands for readings that came before: it neither confirms nor re-alarms."""
        self.told_reason = reason
        self._note(value)
        self.set_reached(value)
        self._settle(t)
        self.told_reason = None

    def release(self, t: int) -> None:
        """Nothing is held any longer; what is due by now is reached by `reach_due`."""
        self.on_hold = False
        for run in self.runs:
            run.held_run = None  # how it stands is found by `reach_due`
        if self.held is not None:
            level, self.held = self.held, None
            self._apply(t, "release", level=level)

    def judge(self, t: int, value: Number, before: Number | None) -> None:
        """Judges an episodic reading; `before` is the one that stood until now."""
        count = len(self.lines)
        self._note(value)
        self._resume_if_outside(t, value)
        self.set_reached(value)
        self._settle(t)
        if not self.beyond_any(value) or self.state not in ("active", "acknowledged"):
            return
        moved = any(line.alarm.change != "resumed" for line in self.lines[count:])
        if not moved and not self.confirmed and self.beyond_any(before):
            self.confirmed = True
            self._apply(t, "confirm")
        if self.state == "acknowledged" and self._worse_by_much(value):
            self.realarm(t)
        if len(self.lines) == count:
            self._apply(t, "flag")

    def hold(self, value: Number) -> None:
        """Takes a charted source's newest value as the standing one: it breaks all runs, no more."""
        self._note(value)
        self.drop_runs()

    def reach_due(self, t: int) -> None:
        """Reaches the levels whose delay has passed by now."""
        if self.value is not None:
            waits = self._reach(t, self.value, self.priority)
            self._settle(t)
            self._hold(t, waits, self.priority)

    def lose(self, t: int) -> None:
        """The vital is lost: runs are dropped, what stood becomes unresolved."""
        self.drop_runs()
        self.run_worst = None
        if self.state in ("active", "acknowledged"):
            self.answered = self.state == "acknowledged"
            self.unanswered_due = None
            self._apply(t, "lost")

    def relimit(
        self, t: int, levels: tuple[EffectiveLevel, ...], profile: Profile, standing: Standing
    ) -> None:
        """Takes new limits; judges the standing value at once, which counts as no new reading."""
        self.profile = profile
        value, top = standing.value, self.top()
        left = {run.level.name: run for run in self.runs}
        runs = []
        for level in levels:
            run = left.pop(level.name, None)
            if run is None or run.level.limit != level.limit:
                run = run or Run(level)
                run.break_clear()
                run.run_t = t if value is not None and self.beyond(level, value) else None
            run.level = level
            runs.append(run)
            if top is not None and level.name == top.name:
                self.limit, self.basis = level.limit, level.basis
        self.runs = runs
        if self.by_median and value is not None and not self.is_high(value):
            value = self.value  # the newest reading may be one of several that wait
        waits: EffectiveLevel | None = None
        kept = any(run.reached for run in runs)
        removed = any(run.reached for run in left.values())
        if value is not None:
            self._note(value)
            self._resume_if_outside(t, value)
            if standing.episodic:
                self.set_reached(value)
            elif standing.may_reach:
                now = self.top()
                waits = self._reach(t, value, now.priority if now is not None else "")
        if removed and not kept and not any(run.reached for run in runs):
            self._apply(t, "limits_removed", reason="limits")
            self._finish()
        else:
            self._settle(t)
        self._hold(t, waits, self.priority)

    # -- people and time ------------------------------------------------------------------------

    def covered(self, up_to_seq: int | None) -> bool:
        """True if an acknowledgement of what was drawn up to that number means this, as it is."""
        waits = self.state in ("active", "latched") or (
            self.state == "unresolved" and not self.answered
        )
        return waits and (up_to_seq is None or self.attention_seq <= up_to_seq)

    def acknowledge(self, t: int, by: str | None) -> None:
        """A person at the chair answers."""
        was_latched = self.state == "latched"
        self.by, self.acknowledged_ms, self.acknowledged_value = by, t, self.value
        self.answered, self.unanswered, self.unanswered_due = True, False, None
        self.was_high = self.priority == "high"
        wait = self.profile.realarm_again_ms if self.realarmed else self.profile.realarm_ms
        self.realarm_due = t + wait
        self._apply(t, "acknowledge")
        if was_latched:
            self._finish()
            self.by = by  # for whoever tells the episode's end

    def see(self, t: int, by: str) -> None:
        """A person who is not at the chair answers; counted once each."""
        if by not in self.seen:
            self.seen = (*self.seen, by)
            self._apply(t, "see")

    def realarm(self, t: int) -> None:
        """Comes again after an acknowledgement."""
        self.realarmed = True
        self._ask(t)
        self._apply(t, "realarm")

    def time_out(self, t: int) -> None:
        """Nobody answered in time; told once each time it became active."""
        self.unanswered, self.unanswered_due = True, None
        self._apply(t, "timeout")

    # -- inside ---------------------------------------------------------------------------------

    def _settle(self, t: int) -> None:
        """Compares what is reached with the state and takes the step between, if there is one."""
        top = self.top()
        if top is None:
            if self.state not in RESTING:
                self._end(t)
            return
        self.limit, self.basis = top.limit, top.basis
        if self.state in RESTING:
            again = self.state == "latched"  # nobody answered: it latches again
            self.priority, self.raised_ms = top.priority, t
            self.was_high = again or top.priority == "high"
            self.worst = self.worst if again else self.run_worst
            self.confirmed = self.realarmed = False
            self.latched_worst = None
            self._ask(t)
            self._apply(t, "reached")
            return
        rise = PRIORITY_RANK[top.priority] - PRIORITY_RANK[self.priority]
        if rise == 0:
            return
        self.priority, self.realarmed = top.priority, False
        if rise > 0:
            self.was_high = self.was_high or top.priority == "high"
            self._ask(t)
        self._apply(t, "rose" if rise > 0 else "fell")

    def _apply(
        self, t: int, event: str, reason: str | None = None, level: EffectiveLevel | None = None
    ) -> None:
        """Takes the table's step and writes its line; a pair not in the table changes nothing.

        With a level the line is about that one, which is not reached.
        """
        step = TRANSITIONS.get((self.state, event))
        if step is None:
            return
        about_latched = event != "reached" and level is None and "latched" in (self.state, step[0])
        self.state, change = step
        self.changed_ms = t
        reason = reason or self.told_reason
        alarm = Alarm(
            self.condition.name,
            change,
            self.state,
            level.priority if level else self.priority,
            self.latched_worst if about_latched else self.value,
            level.limit if level else self.limit,
            level.basis if level else self.basis,  # type: ignore[arg-type]
            **({"reason": reason} if reason else {}),
        )
        self.lines.append(Line(t, alarm, self))

    def _note(self, value: Number) -> None:
        """Remembers the value, and the worst ones."""
        self.value = value
        self.worst = self.worse_of(value, self.worst)
        self.run_worst = self.worse_of(value, self.run_worst) if self.beyond_any(value) else None

    def _reach(self, t: int, value: Number, stands: str) -> EffectiveLevel | None:
        """Reaches what is due; a reached level reaches the milder ones that the value violates.

        Gives the worst one that is due and has to wait; `stands` is the priority that it is told against.
        """
        waits = None
        for index, run in enumerate(self.runs):
            if run.reached or run.run_t is None or t - run.run_t < run.level.delay_ms:
                continue
            if self.on_hold:
                run.held_run, waits = run.run_t, run.level
                continue
            for milder in self.runs[: index + 1]:
                if not milder.reached and self.beyond(milder.level, value):
                    milder.reached = True
                    milder.break_clear()
        self._hold(t, waits, stands)
        return waits

    def _hold(self, t: int, worst: EffectiveLevel | None, stands: str) -> None:
        """Tells that this level waits, where it would raise or escalate what stands by now."""
        if worst is None:
            return
        told = self.held.priority if self.held is not None else ""
        stands = "" if self.state in RESTING else stands
        rank = max(PRIORITY_RANK.get(told, 0), PRIORITY_RANK.get(stands, 0))
        if PRIORITY_RANK[worst.priority] > rank:
            self.held = worst
            self._apply(t, "hold", level=worst)

    def _resume_if_outside(self, t: int, value: Number) -> None:
        """Back from unresolved: beyond any level, or not inside a reached one by its margin."""
        if self.state != "unresolved":
            return
        reached = [run.level for run in self.runs if run.reached]
        if not self.beyond_any(value) and all(self.inside(level, value) for level in reached):
            return
        if not self.answered:
            self.unanswered, self.unanswered_due = False, t + self.profile.escalate_ms
        self._apply(t, "back_answered" if self.answered else "back")

    def _worse_by_much(self, value: Number) -> bool:
        if self.condition.vital not in REANNOUNCED or self.acknowledged_value is None:
            return False
        rise = value - self.acknowledged_value
        return (rise if self.high else -rise) >= self.profile.reannounce_mmhg

    def _ask(self, t: int) -> None:
        """Waits for an answer from now on."""
        self.unanswered, self.unanswered_due = False, t + self.profile.escalate_ms
        self.answered, self.by, self.seen = False, None, ()
        self.realarm_due = self.acknowledged_ms = None

    def _end(self, t: int) -> None:
        """The last level ended: latched if it was HIGH and nobody answered, else cleared."""
        waits = self.state == "active" or (self.state == "unresolved" and not self.answered)
        if not (waits and self.was_high):
            self._apply(t, "ended")
            self._finish()
            return
        levels = [run.level for run in self.runs]
        level = next((level for level in levels if level.priority == "high"), levels[0])
        self.limit, self.basis = level.limit, level.basis
        self.latched_as_it_was = self.priority == "high"
        self.priority, self.latched_worst = "high", self.worst
        self.unanswered_due = self.realarm_due = None
        self._apply(t, "ended_after_high")

    def _finish(self) -> None:
        """Nothing of the episode stays."""
        self.priority, self.limit, self.basis, self.latched_worst = "", None, None, None
        self.worst = None
        self.unanswered_due = self.realarm_due = None
        self.acknowledged_ms = self.acknowledged_value = None
        self.unanswered = self.answered = self.was_high = False
        self.confirmed = self.realarmed = False
        self.by, self.seen = None, ()
