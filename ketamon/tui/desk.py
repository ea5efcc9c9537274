"""The screen as keys and panels see it: what was chosen, what was drawn, what can be asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ketamon.feed.messages import Answer
from ketamon.feed.picture import Picture
from ketamon.tui.panels.panel import Panel
from ketamon.tui.typed import Typed

if TYPE_CHECKING:
    from ketamon.tui.scene import Scene

Then = Callable[[Answer | None], None]


@dataclass(slots=True)
class Choices:
    """What one viewer has set up on the own screen; nobody else sees it.

    `view` is the page in the trends' place, of `ketamon.tui.views.VIEWS`, from its row `scroll` on;
    `panel` lies over it and takes the keys.
    """

    theme: str
    themes: tuple[str, ...]
    window: int | None = None
    hide: bool = True
    help_page: int = 0
    leaving: bool = False
    panel: Panel | None = None
    view: str = ""
    scroll: int = 0

    @property
    def typed(self) -> Typed | None:
        """The reading that is being typed, if that is what is open."""
        return self.panel if isinstance(self.panel, Typed) else None


class Desk(Protocol):
    """The screen, as far as keys touch it. `seen` and `seen_seq`: what was last drawn."""

    picture: Picture
    choices: Choices
    seen: "Scene | None"
    seen_seq: int
    ran: float

    def say(self, text: str) -> None:
        """Shows a sentence for some seconds."""
        ...

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Sends a command; `then` gets its answer, else a refusal is said."""
        ...

    def redraw(self) -> None:
        """Draws at once."""
        ...

    def leave(self) -> None:
        """Closes the screen, and ends the session where leaving does."""
        ...

    def window_index(self) -> int:
        """Which of WINDOWS the trends show."""
        ...

    def help_pages(self) -> int:
        """How many pages the help takes on this screen."""
        ...

    def page_end(self) -> int:
        """The last row from which the open view can be shown."""
        ...

    def clock(self) -> float:
        """The viewer's own time, in seconds."""
        ...

    def long_drawn(self) -> tuple[str, ...]:
        """The waiting conditions that were named on the screen for at least a second, till now."""
        ...


def open_panel(desk: Desk, panel: Panel | None) -> None:
    """Opens a panel, puts a changed one in its place, or closes it."""
    desk.choices.panel = panel
    desk.redraw()


def is_linked(desk: Desk) -> bool:
    """True while commands reach the engine."""
    return desk.seen is not None and not desk.seen.lost
