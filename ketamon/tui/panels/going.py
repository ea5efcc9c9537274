"""How the session goes on: baseline locked, dosing, recovery; a digit chooses, `y` does it.

Dosing that waits for the set-up goes on with a reason in own words, which is recorded.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import WORDS, Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER
from ketamon.tui.panels.reasons import BACK, DIGITS, LONGEST, OWN, SPACE, YES

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
class Going:
    """`at`: the chosen step; None where nothing follows."""

    KEYS: ClassVar[tuple[Key, ...]] = (SPACE, YES, DIGITS, OWN, BACK)

    at: int | None = None
    said: str = ""
    reason: str = ""
    writing: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """A digit, and `y`; while a reason is typed only those that end that."""
        return WORDS if self.writing else self.KEYS

    @property
    def takes_text(self) -> bool:
        """While a reason is typed."""
        return self.writing

    @property
    def takes_back(self) -> bool:
        """While a reason is typed `esc` ends only that."""
        return self.writing

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Chooses, or does it."""
        if self.writing:
            self._write(action, name, desk)
        elif action == "choose" and int(name) <= len(STEPS):
            open_panel(desk, replace(self, at=int(name) - 1, said=""))
        elif action == "own_words":
            open_panel(desk, replace(self, at=DOSING, reason="", writing=True))
        elif action == "yes" and self.at is not None:
            self._send(desk, self.at)

    def _write(self, action: str, name: str, desk: Desk) -> None:
        """Takes the reason's characters."""
        text, char = self.reason, " " if name == "space" else name
        match action:
            case "send":
                open_panel(desk, replace(self, reason=text.strip(), writing=False))
            case "back":
                open_panel(desk, replace(self, reason="", writing=False))
            case "erase":
                open_panel(desk, replace(self, reason=text[:-1]))
            case _:
                if len(char) == 1 and char.isprintable() and len(text) < LONGEST:
                    open_panel(desk, replace(self, reason=text + char))

    def _send(self, desk: Desk, at: int) -> None:
        if not is_linked(desk):
            open_panel(desk, replace(self, said=LOST))
            return
        words, name, args = STEPS[at]
        if at == DOSING and self.reason:
            args = {**args, "override": self.reason}

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
