"""One alarm condition: which levels are reached, in which state it is, what it prints."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.history_oracle import History
from tests.oracle.limits_oracle import (
    ALWAYS_EPISODIC,
    LEVELS,
    PRESSURES,
    RANK,
    Limit,
    Profile,
    inside,
    priority_of,
    violates,
    worse,
    worst_of,
)


class Snapshot(NamedTuple):
    """How a condition stood after one of its lines."""

    state: str
    acked: bool
    priority: str | None
    stamp: int


Emit = Callable[[dict[str, Any]], None]
SIGNALS = {"raised", "escalated", "realarmed", "resumed"}


def number(value: Fraction | None) -> float | int | None:
    """The number as JSON has it."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


@dataclass
class Condition:
    """One (vital, side), judged by rules 1 to 5 and 8 of the design's alarm chapter."""

    vital: str
    side: str
    history: History
    emit: Emit
    profile: Profile
    seen_by: set[str] = field(default_factory=set)
    limits: dict[str, Limit] = field(default_factory=dict)
    state: str = "normal"
    reached: set[str] = field(default_factory=set)
    acked: bool = False
    was_high: bool = False  # since raised (and latched, if it was) or last acknowledged
    confirmed: bool = False
    again: bool = False
    answered: bool = False  # `unanswered` was printed since the last signal
    signal_t: int = 0
    ack_t: int = 0
    ack_wait: int = 0
    ack_value: Fraction | None = None
    since: int | None = None  # where in the history the unbroken run of violations began
    first: int = 0
    stamp: int = 0
    shown: Limit | None = None
    tide: Fraction | None = None  # the worst value, once latched
    told: str | None = None  # the worst level that a line told to wait
    told_limit: Limit | None = None
    reason: str | None = None  # of what is judged now
    newest: Fraction | None = None  # the newest reading, judged or waiting for others
    by_median: bool = False
    held_until: int | None = None

    @property
    def name(self) -> str:
        """As in the condition table."""
        return f"{self.vital}_{self.side}"

    @property
    def on(self) -> bool:
        """True while an episode runs."""
        return self.state in {"active", "acknowledged", "unresolved"}

    @property
    def priority(self) -> str | None:
        """The priority that a line carries."""
        return "high" if self.state == "latched" else priority_of(self.reached)

    def snapshot(self) -> Snapshot:
        """What a later acknowledgement is compared with."""
        return Snapshot(self.state, self.acked, self.priority, self.stamp)

    def covered_by(self, then: Snapshot | None) -> bool:
        """True if what stands now stood then, with that priority."""
        if then is None or then.state in {"normal", "acknowledged"} or then.acked:
            return False
        return (then.priority, then.stamp) == (self.priority, self.stamp)

    def violated(self, value: Fraction) -> set[str]:
        """The levels that this value lies beyond."""
        return {
            level
            for level, limit in self.limits.items()
            if violates(self.side, value, limit.number)
        }

    # --- lines

    def say(
        self,
        t: int,
        change: str,
        priority: str | None = None,
        value: Fraction | None = None,
        limit: Limit | None = None,
        reason: str | None = None,
    ) -> None:
        """Prints one line; what isn't given is the newest value and the worst level's limit."""
        if change in SIGNALS:
            self.signal_t, self.answered = t, False
        if change in {"raised", "escalated", "deescalated", "realarmed"}:
            self.stamp += 1
        if change in {"raised", "escalated", "realarmed"}:
            self.seen_by.clear()
        if value is None:
            value = self.tide if self.state == "latched" else self.history.latest()
        if limit is None and self.reached:
            worst = worst_of(self.reached)
            limit = self.limits.get(worst) if worst else None
        if limit is None:
            limit = self.shown
        self.shown = limit
        line = {
            "t": t / 1000,
            "kind": "alarm",
            "condition": self.name,
            "change": change,
            "state": self.state,
            "priority": priority or self.priority,
            "value": number(value),
            "limit": number(limit.number) if limit else None,
            "basis": limit.basis if limit else None,
        }
        if reason or self.reason:
            line["reason"] = reason or self.reason
        self.emit(line)

    def settle(
        self, t: int, before: set[str], reason: str | None = None, *, latches: bool = True
    ) -> bool:
        """Prints the rise, fall or end that the change of reached levels amounts to."""
        had, has = priority_of(before), priority_of(self.reached)
        if not self.on:
            if has is None:
                return False
            latched = self.state == "latched"
            assert self.since is not None
            if not latched:
                self.first = self.since
            self.state, self.acked = "active", False
            self.confirmed = self.again = False
            self.was_high = latched or has == "high"
            self.say(t, "raised")
            return True
        if has is None:
            self.end(t, before, reason, latches)
            return True
        if RANK[has] > RANK[had]:
            self.state, self.acked, self.again, self.was_high = "active", False, False, True
            self.say(t, "escalated")
            return True
        if RANK[has] < RANK[had]:
            self.again = False
            self.say(t, "deescalated")
            return True
        return False

    def end(self, t: int, before: set[str], reason: str | None, latches: bool) -> None:
        """The last level has ended."""
        worst = worst_of(before)
        limit = self.limits.get(worst) if worst else None
        if self.was_high and not self.acked and latches:
            self.state = "latched"
            self.tide = self.history.worst_from(self.first, self.side)
            limits = [self.limits.get(level) for level in ("high", "high_now", "medium")]
            limit = next((one for one in limits if one), None)
            self.say(t, "latched", "high", self.tide, limit)
        else:
            self.state, self.acked = "normal", False
            self.say(t, "cleared", priority_of(before), None, limit, reason)

    # --- values

    def watch(self) -> None:
        """A value stands newly, or against new limits, or none does any more."""
        value = self.history.held()
        if value is None or not self.violated(value):
            self.since = None
        elif self.since is None:
            self.since = self.history.newest()

    def resume_if_outside(self, t: int, value: Fraction) -> None:
        """An unresolved condition is back once a value isn't inside by the margin."""
        margin = self.profile.margin(self.vital)
        safe = all(
            inside(self.side, value, self.limits[level].number, margin) for level in self.reached
        )
        if self.state == "unresolved" and (not safe or self.violated(value)):
            self.state = "acknowledged" if self.acked else "active"
            self.say(t, "resumed")

    def arrival(self, t: int, value: Fraction) -> None:
        """A valid value of a continuous source has come; it stands in the history already."""
        self.watch()
        self.resume_if_outside(t, value)
        before = set(self.reached)
        self.reach(t)
        margin = self.profile.margin(self.vital)
        for level in sorted(self.reached):
            limit = self.limits[level].number
            start, count = self.history.inside_since(self.side, level, limit, margin)
            if count >= 2 and t - start >= self.profile.alarm_ms("clear_for_s"):
                self.reached.discard(level)
        self.settle(t, before)
        self.realarm_if_due(t)

    def reach(self, t: int) -> None:
        """Adds the levels whose delay has passed, and the lower ones violated with them."""
        source, value = self.history.in_use, self.history.held()
        if source is None or source.in_invalid_run or source.charted or value is None:
            return
        waiting: set[str] = set()  # levels that are due, but held
        for level, limit in self.limits.items():
            if level in self.reached:
                continue
            start = self.history.violating_since(self.side, level, limit.number)
            if start is not None and t - start >= self.profile.delay_ms(self.vital, level):
                if self.held_until is not None:
                    waiting.add(level)
                    continue
                lower = LEVELS[: LEVELS.index(level) + 1]
                self.reached |= self.violated(value) & set(lower)
        self.tell_waiting(t, waiting)

    def tell_waiting(self, t: int, waiting: set[str]) -> None:
        """A level that would raise or escalate waits: told once, and again if a worse one does."""
        worst = worst_of(waiting)
        stands = priority_of(self.reached) if self.on else None
        before = priority_of({self.told} if self.told else set())
        if worst and RANK[priority_of({worst})] > max(RANK[stands], RANK[before]):
            self.told, self.told_limit = worst, self.limits[worst]
            self.say_of(t, "held")

    def say_of(self, t: int, change: str) -> None:
        """A line about the level that waits, which is not reached."""
        assert self.told_limit is not None
        self.emit(
            {
                "t": t / 1000,
                "kind": "alarm",
                "condition": self.name,
                "change": change,
                "state": self.state,
                "priority": priority_of({self.told} if self.told else set()),
                "value": number(self.history.latest()),
                "limit": number(self.told_limit.number),
                "basis": self.told_limit.basis,
            }
        )

    def release(self, t: int) -> None:
        """Nothing is held any more; what is due is reached right after."""
        self.held_until = None
        if self.told:
            self.say_of(t, "released")
        self.told = None

    def single(self, t: int, value: Fraction, previous: Fraction | None) -> None:
        """A value judged by itself has come; `previous` is the one that stood before it."""
        self.watch()
        before, violated = set(self.reached), self.violated(value)
        told = False
        if self.state == "unresolved":
            self.resume_if_outside(t, value)
            told = self.state != "unresolved"
        was_on = self.on
        self.reached = set(violated)
        changed = self.settle(t, before)
        told = told or changed
        twice = previous is not None and bool(self.violated(previous))
        if was_on and violated and not changed and twice and not self.confirmed:
            self.confirmed = told = True
            self.say(t, "confirmed")
        if self.state == "acknowledged" and violated and self.vital in PRESSURES:
            assert self.ack_value is not None
            if worse(self.side, value, self.ack_value) >= self.profile.reannounce():
                self.state, self.acked, self.again, told = "active", False, True, True
                self.say(t, "realarmed")
        if violated and not told:
            self.say(t, "reading_flagged")

    def late(self, t: int, value: Fraction) -> None:
        """What stands is decided by readings that came before."""
        self.watch()
        before, self.reached = set(self.reached), self.violated(value)
        self.settle(t, before)

    def lost(self, t: int) -> None:
        """The vital is lost: an alarm that stood can't be judged any more."""
        self.watch()
        if self.state in {"active", "acknowledged"}:
            self.state = "unresolved"
            self.say(t, "unresolved")

    # --- time

    def levels_due(self, t: int) -> None:
        """The levels whose delay has passed by now."""
        if self.state != "unresolved":  # nothing rises before it is resumed
            before = set(self.reached)
            self.reach(t)
            if self.reached != before:
                self.settle(t, before)

    def unanswered_if_due(self, t: int) -> None:
        """Active for so long since the latest signal, and nobody came."""
        if self.state != "active" or self.answered:
            return
        if t - self.signal_t >= self.profile.alarm_ms("escalate_s"):
            self.answered = True
            self.say(t, "unanswered")

    def realarm_if_due(self, t: int) -> None:
        """An acknowledged continuous condition that is still violated speaks again."""
        if self.state != "acknowledged" or self.vital in ALWAYS_EPISODIC:
            return
        value = self.history.held()
        if value is None or self.history.standing_mark() in {"once", "typed"}:
            return
        if self.violated(value) and t - self.ack_t >= self.ack_wait:
            self.state, self.acked, self.again = "active", False, True
            self.say(t, "realarmed")

    # --- people

    def acknowledge(self, t: int, viewer: str | None) -> None:
        """The chair answers; a viewer (any other seat) has only seen it, and once."""
        if viewer is not None:
            if viewer in self.seen_by:
                return
            if self.state in {"active", "latched"} or (self.on and not self.acked):
                self.seen_by.add(viewer)
                self.say(t, "seen")
        elif self.state == "latched":
            self.state = "normal"
            self.say(t, "acknowledged", "high", self.tide)
        elif self.on and not self.acked:
            self.acked, self.ack_t, self.ack_value = True, t, self.history.latest()
            self.ack_wait = self.profile.alarm_ms("realarm_again_s" if self.again else "realarm_s")
            self.was_high = self.priority == "high"
            if self.state == "active":
                self.state = "acknowledged"
            self.say(t, "acknowledged")

    def judge_anew(self, t: int, limits: dict[str, Limit]) -> None:
        """Limits or baseline have changed: what stands is judged at once."""
        before = set(self.reached)
        worst = worst_of(before)
        if worst:
            self.shown = self.limits.get(worst)
        self.limits = limits
        self.reached &= set(limits)
        mark, value = self.history.standing_mark(), self.history.held()
        if mark != "typed":
            self.watch()
        if mark == "once":
            assert value is not None
            self.reached = self.violated(value)
            removed = not before & set(limits)
        else:
            if value is not None and mark != "typed":
                self.resume_if_outside(t, value)
            self.reach(t)
            removed = True
        if removed and self.on and not self.reached:
            self.settle(t, before, "limits", latches=False)
        else:
            self.settle(t, before)
        self.realarm_if_due(t)
