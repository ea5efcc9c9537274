"""Watches the machine under the session: whether we stood still, it slept, or its clock was set.

Ages and delays don't suffer, since the session's time counts sleep and knows no wall clock; but
nobody watched while we stood still, and times on the screen are others after a step.
"""

from dataclasses import dataclass

from ketamon.engine.live_session import LiveSession
from ketamon.engine.wall import HostClocks
from ketamon.entries import Fault, Gap

NOTICED_S = 2.0
"""Less than this between two looks is the machine being busy, or its clock being corrected."""

STOOD_STILL_S = 5.0
"""So long between two looks a second apart, nobody watched."""


@dataclass(slots=True)
class HostWatch:
    """Looked at each second; enters a `fault` for what happened since the last look."""

    session: LiveSession
    before: HostClocks | None = None
    before_ms: int = 0  # session time then
    stepped_s: float = 0.0  # how far the wall clock is from where it was

    def look(self, now: HostClocks) -> None:
        """Compares the machine's clocks with those of the last look."""
        before, self.before = self.before, now
        since_ms, self.before_ms = self.before_ms, self.session.now_ms()
        if before is None:
            return
        passed_s = now.boot_s - before.boot_s
        if passed_s > STOOD_STILL_S:
            self.session.take(Gap(since_ms / 1000, f"the engine stood still for {passed_s:.0f} s"))
        slept_s = passed_s - (now.awake_s - before.awake_s)
        if slept_s > NOTICED_S:
            reason = f"the machine stood still for {slept_s:.0f} s: nothing was measured"
            self.session.take(Fault("host", "slept", reason, round(slept_s, 1)))
        step_s = now.utc_s - before.utc_s - passed_s
        if abs(step_s) > NOTICED_S:
            self._stepped(step_s)

    def _stepped(self, step_s: float) -> None:
        """Tells a step, or that the clock is where it was."""
        self.stepped_s += step_s
        if abs(self.stepped_s) <= NOTICED_S:
            self.stepped_s = 0.0
            self.session.take(Fault("clock", "back"))
            return
        way = "forward" if step_s > 0 else "back"
        reason = f"the machine's clock was set {way} by {abs(step_s):.0f} s"
        self.session.take(Fault("clock", "stepped", reason, round(step_s, 1)))
