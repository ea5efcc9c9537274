"""From afar: somebody takes the worst alarm on, or can't; the chair is told."""

from dataclasses import dataclass
from typing import ClassVar

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER
from ketamon.tui.panels.reasons import BACK, DIGITS, SPACE
from ketamon.vitals import condition_label

CHOICES = (("take", "taking it"), ("cannot", "can't"))


@dataclass(frozen=True, slots=True)
class Answering:
    """Asks which of the two, of the alarm that was the worst when it was opened."""

    KEYS: ClassVar[tuple[Key, ...]] = (SPACE, DIGITS, BACK)
    takes_text: ClassVar[bool] = False
    takes_back: ClassVar[bool] = False

    condition: str

    @property
    def keys(self) -> tuple[Key, ...]:
        """Which it is, or neither."""
        return self.KEYS

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Tells the chair."""
        if action != "choose" or int(name) > len(CHOICES):
            return
        open_panel(desk, None)
        if not is_linked(desk):
            desk.say(LOST)
            return
        command, words = CHOICES[int(name) - 1]

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.ok:
                desk.say(f"the chair was told of {condition_label(self.condition)}: {words}")
            else:
                desk.say(NO_ANSWER if answer is None else answer.reason or "refused")

        desk.send(command, answered, condition=self.condition)
