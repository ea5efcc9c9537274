"""The cuff: when it is due, whether it measures now, and what became of it (DESIGN 6 and 7.7).

| what happens | what it does |
|---|---|
| a moment of the schedule comes | a measurement is due until it is satisfied |
| `cuff` start (by us) / started (by hand) | it measures: 200 s / 90 s at most |
| a valid reading, typed too | satisfies what is due, also what comes due soon |
| a failed reading, `failed`, nothing in time | the measurement failed; what is due stays due |
| `stop`, `inflated` | the measurement is over; what is due stays due |
| `skipped`, with a reason | satisfies what is due |
| phase, limits, dose | the schedule goes on by the new plan; what is due stays due |

A `CuffFlow` is told moments and knows nothing of entries; the conditions are raised elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ketamon.core.schedule import PHASE, Plan, Slot, plan_of
from ketamon.vitals import PRESS_START_MS

FAR = 1 << 62
STARTED_WITHIN_MS = 90_000  # a thumb on START, a measurement, and a reading over the air
START_WITHIN_MS = 200_000  # the cuff is told to let go at 180 s (A44), and may say so late
BETWEEN_STARTS_MS = 30_000  # asked for
REST_MS = 30_000  # deflated after each measurement (A43), so starts are further apart still
RETRY_AFTER_MS = 60_000
TRIES = 3  # a start and two retries
AFTERMATH_MS = 10_000  # what a cuff says so soon after its end is about that measurement
BY_HAND = "started"


@dataclass(frozen=True, slots=True)
class StartCuff:
    """Asks the engine to start a measurement."""

    reason: str


@dataclass(frozen=True, slots=True)
class CuffNow:
    """What is to be shown of the cuff: `idle`, `press_start` or `measuring`, and since when."""

    state: str
    since_ms: int
    due_ms: int | None
    can_start: bool
    failed: str


@dataclass(slots=True, eq=False)
class CuffFlow:
    """The cuff's schedule and its present measurement; changed only by its methods."""

    known: bool = False  # there is a cuff or a schedule in this session
    can_start: bool = False
    # the schedule
    phase: str | None = None
    phase_ms: int = 0
    given: Mapping[str, Any] | None = None
    plan: Plan | None = None
    start_ms: int = 0  # the plan counts from here
    anchored: bool = False  # at the event that the plan names, not for want of it at the phase
    events: dict[str, int] = field(default_factory=dict)  # newest moment of each, since last phase
    cursor_ms: int = -FAR  # moments up to here have come
    next: Slot | None = None
    missed: list[Slot] = field(default_factory=list)  # come and not satisfied
    newest_ms: int | None = None  # when the newest valid reading was measured
    # the measurement
    measuring: str | None = None  # `start` or `started`
    since_ms: int = 0
    ended_ms: int | None = None
    inflated: bool = False  # stood under pressure for too long, and nobody answered yet
    failed: str = ""
    failures: int = 0  # in a row
    failed_ms: int | None = None
    failed_since_ms: int = 0  # when the measurement that failed began
    untold: bool = False  # a failure that no line has told yet
    # automatic starts
    slot_ms: int = -FAR  # the newest moment that has come
    tries: int = 0
    asked_ms: int = -FAR

    # -- questions ------------------------------------------------------------------------------

    def due_ms(self) -> int | None:
        """Since when a measurement is due, or when the next will be; None without a schedule."""
        slot = self.missed[0] if self.missed else self.next
        return None if slot is None else slot.t

    def deadline_ms(self) -> int:
        """When the present measurement has failed if nothing comes."""
        if self.measuring is None:
            return FAR
        by_hand = self.measuring == BY_HAND
        return self.since_ms + (STARTED_WITHIN_MS if by_hand else START_WITHIN_MS)

    def ask_ms(self) -> int:
        """When the engine is to be asked for a start; FAR where it is not."""
        if not self.wants_start() or self.tries >= TRIES:
            return FAR
        pause = RETRY_AFTER_MS if self.tries else BETWEEN_STARTS_MS
        moment = max(self.slot_ms, self.asked_ms + pause)
        if self.failures and self.failed_ms is not None:
            moment = max(moment, self.failed_ms + RETRY_AFTER_MS)
        if self.ended_ms is not None:
            moment = max(moment, self.ended_ms + REST_MS)
        return moment

    def wants_start(self) -> bool:
        """True while something is due that we could start, and nothing stands in the way."""
        return self.can_start and bool(self.missed) and self.measuring is None and not self.inflated

    def now(self, t: int) -> CuffNow:
        """What is to be shown at `t`."""
        due = self.due_ms()
        if self.measuring is not None:
            state, since = "measuring", self.since_ms
        elif due is not None and not self.can_start and due - PRESS_START_MS <= t:
            state, since = "press_start", due - PRESS_START_MS
        else:
            state, since = "idle", self.ended_ms or 0
        return CuffNow(state, since, due, self.can_start, self.failed)

    # -- the schedule ---------------------------------------------------------------------------

    def enter_phase(self, t: int, phase: str, schedule: Mapping[str, Mapping[str, Any]]) -> None:
        """A phase begins, perhaps anew: its plan counts from here; what is due stays due."""
        before = self.phase_ms if self.phase is not None else -FAR
        self.events = {name: at for name, at in self.events.items() if at >= before}
        self.phase, self.phase_ms = phase, t
        self._follow(t, schedule.get(phase))

    def reschedule(self, t: int, schedule: Mapping[str, Mapping[str, Any]]) -> None:
        """A profile comes into force; where this phase's plan is the same, nothing changes."""
        given = schedule.get(self.phase) if self.phase is not None else None
        if given != self.given:
            self._follow(t, given)

    def happened(self, t: int, *names: str) -> None:
        """An event was charted: a plan that waits for it, or restarts on it, counts from here."""
        self.events.update(dict.fromkeys(names, t))
        plan = self.plan
        if plan is None:
            return
        if plan.restart_on in names or (plan.anchor in names and not self.anchored):
            self._count_from(t, t, anchored=True)

    def come_due(self, t: int) -> None:
        """Moments up to `t` have come."""
        while self.next is not None and self.next.t <= t:
            slot = self.next
            self.cursor_ms = slot.t
            if not self.missed or self.missed[-1].t < slot.t:
                self.missed.append(slot)
            if slot.t > self.slot_ms:
                self.slot_ms, self.tries = slot.t, 0
            self._look()

    def skip(self, t: int) -> None:
        """What is due, or is being prompted for, will not be taken."""
        self.missed.clear()
        if self.next is not None and self.next.t - max(self.next.lead_ms, PRESS_START_MS) <= t:
            self.cursor_ms = self.next.t
            self._look()

    def ask(self, t: int) -> StartCuff:
        """Asks for a start, at a moment that `ask_ms` gave."""
        self.tries, self.asked_ms = self.tries + 1, t
        return StartCuff("scheduled" if self.tries == 1 else f"scheduled, try {self.tries}")

    # -- the measurement ------------------------------------------------------------------------

    def begin(self, t: int, how: str) -> None:
        """A measurement was started."""
        self.known, self.measuring, self.since_ms = True, how, t

    def reading(self, t: int, measured: int, role: str) -> None:
        """A valid reading came, from a device or a person."""
        self.newest_ms = measured if self.newest_ms is None else max(self.newest_ms, measured)
        self.missed = [slot for slot in self.missed if slot.t - slot.lead_ms > measured]
        self._look()
        if self.measuring is not None:
            by_hand = self.measuring == BY_HAND
            # one started by hand is read off the cuff and typed where nothing sends it
            if role == "cuff" or (by_hand and measured >= self.since_ms):
                self._over(t)
        if measured >= self.failed_since_ms:
            self.failures, self.failed = 0, ""

    def failed_reading(self, t: int, role: str, reason: str) -> None:
        """A reading without values came; in a recording of somebody's own it means nothing."""
        counts = self.known or self.measuring is not None or self.plan is not None
        if role == "cuff" and counts and not self._is_aftermath(t):
            self.fail(t, reason)

    def fail(self, t: int, reason: str) -> None:
        """A measurement failed; the same one told again has only better words."""
        if self._is_aftermath(t):
            self.failed = reason if self.failures else ""
            return
        self.failed_since_ms = self.since_ms if self.measuring is not None else t
        self._over(t)
        self.failed, self.failed_ms = reason, t
        self.failures += 1
        self.untold = True

    def stop(self, t: int) -> None:
        """A person stopped the measurement, here or at the cuff: it is not tried again."""
        self._over(t)
        self.tries = TRIES

    def stood_inflated(self, t: int, reason: str) -> None:
        """It stood under pressure for too long and was told to let go."""
        self._over(t)
        self.failed, self.inflated, self.tries = reason, True, TRIES

    def time_out(self, t: int) -> None:
        """Nothing came in time."""
        by_hand = self.measuring == BY_HAND
        within = STARTED_WITHIN_MS if by_hand else START_WITHIN_MS
        self.fail(
            t, f"no reading within {within // 1000} s of {'START' if by_hand else 'the start'}"
        )

    # -- inside ---------------------------------------------------------------------------------

    def _over(self, t: int) -> None:
        self.known, self.measuring, self.ended_ms = True, None, t

    def _is_aftermath(self, t: int) -> bool:
        ended = self.ended_ms
        return self.measuring is None and ended is not None and t - ended <= AFTERMATH_MS

    def _follow(self, t: int, given: Mapping[str, Any] | None) -> None:
        """Takes another plan from `t` on, nothing earlier than that."""
        self.given, self.plan = given, plan_of(given)
        if self.plan is None:
            self.next = None
            self.missed.clear()
            return
        self.known = True
        anchor = self.events.get(self.plan.anchor) if self.plan.anchor != PHASE else self.phase_ms
        start = self.phase_ms if anchor is None else anchor
        self._count_from(t, start, anchored=anchor is not None)

    def _count_from(self, t: int, start_ms: int, *, anchored: bool) -> None:
        self.start_ms, self.anchored, self.cursor_ms = start_ms, anchored, t - 1
        self._look()

    def _look(self) -> None:
        """Finds the next moment that no reading has satisfied yet."""
        slot = self.plan.first_after(self.start_ms, self.cursor_ms) if self.plan else None
        while slot is not None and self.plan is not None and self._satisfied(slot):
            slot = self.plan.first_after(self.start_ms, slot.t)
        self.next = slot

    def _satisfied(self, slot: Slot) -> bool:
        return self.newest_ms is not None and slot.t - slot.lead_ms <= self.newest_ms
