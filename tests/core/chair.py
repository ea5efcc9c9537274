"""A core at a chair with a cuff: what is told to it, and its technical lines in short."""

from typing import Any

from ketamon.core import alarms
from ketamon.core.cuff import CuffNow
from ketamon.core.equipment import cuff_view
from ketamon.core.profile import parse_profile
from tests.core.session import Core

SCHEDULE: dict[str, Any] = {
    "baseline": {"interval_min": 5},
    "dosing": {"interval_min": 10, "first": {"minutes": 10, "interval_min": 5}},
    "recovery": {"interval_min": 15},
}


class Chair(Core):
    """A core with a cuff's schedule; minutes for what is far, seconds for what is near."""

    def __init__(self, schedule: dict[str, Any] | None = None, *, can_start: bool = False) -> None:
        super().__init__({})
        given = {"schedule": SCHEDULE if schedule is None else schedule}
        self.state = alarms.start(parse_profile({"cuff": given}))
        if can_start:
            self.tell(0, "device", "cuff", can_start=True)

    def tell(self, t: float, kind: str, device: str | None = None, **body: Any) -> list[str]:
        """Hands one entry over and gives the lines that came."""
        return self._came(super().tell(t, kind, device, **body))

    def wait(self, t: float) -> list[str]:
        """Time passes."""
        return self._came(super().wait(t))

    def phase(self, t: float, phase: str) -> list[str]:
        """A phase begins."""
        return self.tell(t, "phase", phase=phase)

    def did(self, t: float, action: str, **more: Any) -> list[str]:
        """A `cuff` entry."""
        return self.tell(t, "cuff", "cuff", action=action, **more)

    def typed(self, t: float, systolic: float = 120, **more: Any) -> list[str]:
        """A pressure that a person typed."""
        return self.tell(t, "manual", systolic=systolic, diastolic=70, **more)

    def failing(self, t: float) -> list[str]:
        """A cuff's report without values."""
        return self.cuff(t, None, None, status=["cuff_too_loose"])

    @property
    def now(self) -> CuffNow:
        """What would be shown of the cuff."""
        view = cuff_view(self.state)
        assert view is not None
        return view

    @property
    def due_s(self) -> float | None:
        """When a measurement is or was due."""
        due = self.state.cuff.due_ms()
        return None if due is None else due / 1000

    def asked(self) -> list[str]:
        """Which starts the engine is asked for now."""
        return [effect.reason for effect in alarms.take_effects(self.state)]

    def due_times(self, until_min: float) -> list[float]:
        """Minutes at which a measurement falls due, each satisfied a second later."""
        found: list[float] = []
        while (due := self.due_s) is not None and due <= until_min * 60:
            found.append(due / 60)
            self.cuff(max(due, self.state.t / 1000) + 1, 120 + len(found))
        return found

    def _came(self, lines: list[str]) -> list[str]:
        del lines
        new, self.out = self.out, []
        return [technical(entry) for entry in new]


def technical(entry: Any) -> str:
    """`125.000 bp_overdue raised active low: no reading …`."""
    a = entry.body
    reason = f": {a.reason}" if isinstance(a.reason, str) else ""
    return f"{entry.t_ms / 1000:.3f} {a.condition} {a.change} {a.state} {a.priority}{reason}"
