"""Why something is done: the usual reasons by one digit, `0` for own words.

What asks for a reason is a `Reasoned` panel: nothing is sent without one, and `y` sends it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import WORDS, Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER

LONGEST = 60
DIGITS = Key(tuple("123456789"), "1-9", "choose", "", "choose")
OWN = Key(("0",), "0", "own words", "", "own_words")
YES = Key(("y",), "y", "{yes}", "", "yes", stays=True)
BACK = Key(("escape",), "esc", "back", "", "back", stays=True)
SPACE = Key(("space",), "space", "{answer}", "", "acknowledge", "answer", stays=True)


@dataclass(frozen=True)
class Reasoned(ABC):
    """`reason` so far; `writing`: it is being typed; `said`: a refusal or what is asked."""

    REASONS: ClassVar[tuple[str, ...]] = ()
    KEYS: ClassVar[tuple[Key, ...]] = (SPACE, YES, DIGITS, OWN, BACK)
    MISSING: ClassVar[str] = "why? a digit, or 0 and own words"

    reason: str = ""
    writing: bool = False
    said: str = ""
    sending: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its keys; while words are typed only those that end that."""
        return WORDS if self.writing else self.KEYS

    @property
    def takes_text(self) -> bool:
        """While words are typed."""
        return self.writing

    @property
    def takes_back(self) -> bool:
        """While words are typed `esc` ends only that."""
        return self.writing

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Does what a key means here."""
        if self.sending:
            return
        if self.writing:
            self._write(action, name, desk)
        elif action == "choose":
            index = int(name) - 1
            if index < len(self.REASONS):
                open_panel(desk, self.saying("", reason=self.REASONS[index]))
        elif action == "own_words":
            open_panel(desk, self.saying("", reason="", writing=True))
        elif action == "yes":
            self._send(desk)
        else:
            self.move(action, desk)

    def move(self, _action: str, _desk: Desk) -> None:
        """Does what a key of the kind of panel itself means; by itself there is none."""
        return

    @abstractmethod
    def command(self) -> tuple[str, dict[str, Any]] | str:
        """What is to be sent, without the reason; or why it can't be yet."""

    @abstractmethod
    def done(self) -> str:
        """What is said when it has been done."""

    @property
    def asks(self) -> bool:
        """Whether it is not done without a reason."""
        return True

    def saying(self, said: str, **changes: Any) -> Self:
        """The same with something else said."""
        return replace(self, said=said, sending=False, **changes)

    def _write(self, action: str, name: str, desk: Desk) -> None:
        text = self.reason
        match action:
            case "send":
                text, writing = text.strip(), False
            case "back":
                text, writing = "", False
            case "erase":
                text, writing = text[:-1], True
            case _:
                char = " " if name == "space" else name
                fits = len(char) == 1 and char.isprintable() and len(text) < LONGEST
                text, writing = text + char if fits else text, True
        open_panel(desk, self.saying("", reason=text, writing=writing))

    def _send(self, desk: Desk) -> None:
        asked = self.command()
        if not is_linked(desk):
            asked = LOST
        elif not isinstance(asked, str) and not self.reason and self.asks:
            asked = self.MISSING
        if isinstance(asked, str):
            open_panel(desk, self.saying(asked))
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.ok:
                desk.choices.panel = None
                desk.say(self.done())
            else:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                open_panel(desk, self.saying(why))

        open_panel(desk, replace(self, sending=True))
        name, args = asked
        desk.send(name, answered, **args, **({"reason": self.reason} if self.reason else {}))
