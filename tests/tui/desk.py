"""A desk without a terminal: keys go in, commands come out."""

from dataclasses import dataclass, field, replace
from typing import Any

from ketamon.feed.messages import Answer
from ketamon.feed.picture import Picture
from ketamon.tui.actions import Actions
from ketamon.tui.desk import Choices, Then
from ketamon.tui.keys import WINDOW_FIRST
from ketamon.tui.scene import Scene
from ketamon.tui.screens.monitor import page_end
from tests.tui.scenes import scene


@dataclass
class FakeDesk:
    """Keeps what keys did; `answer` is what the engine says to every command."""

    shown: Scene = field(default_factory=scene)
    answer: Answer | None = field(default_factory=lambda: Answer(1, True))
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    left: bool = False
    at: float = 1000.0
    named: tuple[str, ...] | None = None
    ran: float = 1.0
    seen: Scene | None = None
    seen_seq: int = 0
    picture: Picture = field(init=False)
    choices: Choices = field(default_factory=lambda: Choices("dark", ("dark", "night")))

    def __post_init__(self) -> None:
        self.picture = self.shown.picture
        self.seen, self.seen_seq = self.shown, self.picture.seq
        self.actions = Actions(self)

    def press(self, *names: str) -> None:
        """Presses keys one after the other; a string of one word is one key."""
        for name in names:
            self.actions.press(name)

    def drawn(self) -> Scene:
        """The scene as it would be drawn now."""
        c = self.choices
        return replace(
            self.shown,
            hide=c.hide,
            help_page=c.help_page,
            leaving=c.leaving,
            panel=c.panel,
            view=c.view,
            scroll=c.scroll,
        )

    def say(self, text: str) -> None:
        """Keeps what is said."""
        self.said.append(text)

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Keeps the command and answers it."""
        self.sent.append((name, args))
        if then is not None:
            then(self.answer)

    def redraw(self) -> None:
        """Takes what would be drawn as seen."""
        self.seen = self.drawn()

    def leave(self) -> None:
        """Keeps that somebody left."""
        self.left = True

    def window_index(self) -> int:
        """The chosen window."""
        return WINDOW_FIRST if self.choices.window is None else self.choices.window

    def page_end(self) -> int:
        """As on a small screen."""
        return page_end(80, 24, self.drawn())

    def clock(self) -> float:
        """What the test says."""
        return self.at

    def long_drawn(self) -> tuple[str, ...]:
        """All that stands, or what the test says."""
        if self.named is not None:
            return self.named
        return tuple(c.condition for c in self.shown.standing)

    def help_pages(self) -> int:
        """Two, as on a small screen."""
        return 2
