"""A desk without a terminal: keys go in, commands come out."""

from dataclasses import dataclass, field, replace
from typing import Any

from ketamon.feed.messages import Answer
from ketamon.feed.picture import Picture
from ketamon.tui.actions import Actions, Choices, Then
from ketamon.tui.keys import WINDOW_FIRST
from ketamon.tui.scene import Scene
from tests.tui.scenes import scene


@dataclass
class FakeDesk:
    """Keeps what keys did; `answer` is what the engine says to every command."""

    shown: Scene = field(default_factory=scene)
    answer: Answer | None = field(default_factory=lambda: Answer(1, True))
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    left: bool = False
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
            self.shown, hide=c.hide, help_page=c.help_page, leaving=c.leaving, typed=c.typed
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
        """Draws nothing."""

    def leave(self) -> None:
        """Keeps that somebody left."""
        self.left = True

    def window_index(self) -> int:
        """The chosen window."""
        return WINDOW_FIRST if self.choices.window is None else self.choices.window

    def help_pages(self) -> int:
        """Two, as on a small screen."""
        return 2
