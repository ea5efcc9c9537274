"""How the session goes on: baseline locked, dosing, recovery; a digit chooses, `y` does it.

Dosing that waits for the set-up goes on with a reason in own words, which is recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.forms import LIST, Form
from ketamon.tui.panels.reasons import BACK, DIGITS, OWN, SPACE, YES

WHY = "why"
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("baseline begins", "phase", {"phase": "baseline"}),
    ("lock the baseline", "baseline", {}),
    ("dosing begins", "phase", {"phase": "dosing"}),
    ("recovery begins", "phase", {"phase": "recovery"}),
)
"""In words, and the command."""
DOSING = 2
USUAL = {"setup": 0, "baseline": 2, "dosing": 3}
"""What is chosen when it is opened, by phase."""


@dataclass(frozen=True)
class Going(Form):
    """`step`: the chosen one, None where nothing follows; `reason`: why dosing does not wait."""

    KEYS: ClassVar[tuple[Key, ...]] = (SPACE, YES, DIGITS, OWN, BACK)
    TABLES: ClassVar[Mapping[str, tuple[Key, ...]]] = {LIST: KEYS}
    TYPED: ClassVar[frozenset[str]] = frozenset({WHY})

    step: int | None = None
    reason: str = ""

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Chooses, or does it."""
        if self.at == WHY:
            self._write(action, name, desk)
        elif action == "choose" and int(name) <= len(STEPS):
            open_panel(desk, replace(self, step=int(name) - 1, said=""))
        elif action == "own_words":
            open_panel(desk, replace(self, step=DOSING, reason="", at=WHY, text=""))
        elif action == "yes" and self.step is not None:
            self._send(desk, self.step)

    def _write(self, action: str, name: str, desk: Desk) -> None:
        """Takes the reason's characters."""
        if action in ("send", "back"):
            reason = self.text.strip() if action == "send" else ""
            open_panel(desk, replace(self, at=LIST, reason=reason))
            return
        written = self.written(action, name)
        if written is not None:
            open_panel(desk, replace(written, said=self.said))

    def _send(self, desk: Desk, step: int) -> None:
        words, name, args = STEPS[step]
        if step == DOSING and self.reason:
            args = {**args, "override": self.reason}

        def done(_answer: Answer) -> None:
            desk.choices.panel = None
            desk.say(words)

        self.ask(desk, name, done, **args)


def opened(phase: str | None) -> Going:
    """The panel for this phase."""
    return Going(step=USUAL.get(phase or "setup"))
