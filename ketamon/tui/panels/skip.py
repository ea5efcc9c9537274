"""Skipping the pressure that is due: why, and `y`."""

from dataclasses import dataclass
from typing import Any, ClassVar

from ketamon.tui.panels.reasons import Reasoned


@dataclass(frozen=True)
class Skip(Reasoned):
    """Asks why."""

    REASONS: ClassVar[tuple[str, ...]] = (
        "the arm is not free", "the patient sleeps", "the patient declines", "just measured by hand",
    )  # fmt: skip

    def command(self) -> tuple[str, dict[str, Any]] | str:
        """The one command there is."""
        return "cuff", {"action": "skipped"}

    def done(self) -> str:
        """What is said afterwards."""
        return f"BP skipped: {self.reason}"
