"""How the session goes on: baseline locked, dosing, recovery; a digit chooses, `y` does it."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER
from ketamon.tui.panels.reasons import BACK, DIGITS, SPACE, YES

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("baseline begins", "phase", {"phase": "baseline"}),
    ("lock the baseline", "baseline", {}),
    ("dosing begins", "phase", {"phase": "dosing"}),
    ("recovery begins", "phase", {"phase": "recovery"}),
)
"""In words, and the command."""
USUAL = {"setup": 0, "baseline": 2, "dosing": 3}
"""What is chosen when it is opened, by phase."""


@dataclass(frozen=True)
class Going:
    """`at`: the chosen step; None where nothing follows."""

    KEYS: ClassVar[tuple[Key, ...]] = (SPACE, YES, DIGITS, BACK)
    takes_text: ClassVar[bool] = False
    takes_back: ClassVar[bool] = False

    at: int | None = None
    said: str = ""

    @property
    def keys(self) -> tuple[Key, ...]:
        """A digit, and `y`."""
        return self.KEYS

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Chooses, or does it."""
        if action == "choose" and int(name) <= len(STEPS):
            open_panel(desk, replace(self, at=int(name) - 1, said=""))
        elif action == "yes" and self.at is not None:
            self._send(desk, self.at)

    def _send(self, desk: Desk, at: int) -> None:
        if not is_linked(desk):
            open_panel(desk, replace(self, said=LOST))
            return
        words, name, args = STEPS[at]

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.ok:
                desk.choices.panel = None
                desk.say(words)
            else:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                open_panel(desk, replace(self, said=why))

        desk.send(name, answered, **args)


def opened(phase: str | None) -> Going:
    """The panel for this phase."""
    return Going(USUAL.get(phase or "setup"))
