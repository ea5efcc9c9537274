"""What a form's lines share: a text that is typed, and commands whose refusal is said in the form."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import WORDS, Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER

LONGEST = 60
LIST = ""


@dataclass(frozen=True)
class Form(ABC):
    """`at`: what is open in it, empty for its lines; `text`: what is typed; `said`: a refusal."""

    TABLES: ClassVar[Mapping[str, tuple[Key, ...]]] = {}
    TYPED: ClassVar[frozenset[str]] = frozenset()

    at: str = LIST
    text: str = ""
    said: str = ""
    sending: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of what is open; while words are typed only those that end that."""
        if self.at in self.TYPED:
            return WORDS
        return self.TABLES.get(self.at, self.TABLES[LIST])

    @property
    def takes_text(self) -> bool:
        """While words are typed."""
        return self.at in self.TYPED

    @property
    def takes_back(self) -> bool:
        """While something in it is open `esc` closes only that."""
        return self.at != LIST

    @abstractmethod
    def act(self, action: str, name: str, desk: Desk) -> None:
        """Does what a key means in it."""

    def written(self, action: str, name: str) -> Self | None:
        """The form after a character was typed or erased; None for any other key."""
        if action == "erase":
            return replace(self, text=self.text[:-1], said="")
        char = " " if name == "space" else name
        if action or len(char) != 1 or not char.isprintable():
            return None
        return replace(self, text=(self.text + char)[:LONGEST], said="")

    def saying(self, said: str, **changes: Any) -> Self:
        """The same with something said."""
        return replace(self, said=said, sending=False, **changes)

    def tick(self, desk: Desk, event: str, done: Mapping[str, int]) -> None:
        """Ticks an event, or strikes its tick; `done`: the seq of each that is ticked."""

        def told(_answer: Answer) -> None:
            open_panel(desk, self.saying(""))

        if event in done:
            self.ask(desk, "strike", told, seq=done[event], reason="ticked by mistake")
        else:
            self.ask(desk, "chart", told, event=event)

    def ask(self, desk: Desk, name: str, then: Callable[[Answer], None], **args: Any) -> None:
        """Sends a command; `then` is called if it was carried out, else the refusal is said."""
        if not is_linked(desk):
            open_panel(desk, self.saying(LOST))
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.ok:
                then(answer)
            else:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                open_panel(desk, self.saying(why))

        open_panel(desk, replace(self, sending=True))
        desk.send(name, answered, **args)
