"""What a panel is: something that lies over trends or view and takes the keys.

A panel never changes: what a key does to it is a new one, put in its place by `open_panel`. How it
looks stands in `ketamon.tui.screens.panels`.
"""

from typing import TYPE_CHECKING, Protocol

from ketamon.tui.keys import Key

if TYPE_CHECKING:
    from ketamon.tui.desk import Desk

LOST = "the link is lost: nothing can be sent from here"
NO_ANSWER = "no answer came"


class Panel(Protocol):
    """One open panel."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys that it takes; they mean what they mean everywhere."""
        ...

    @property
    def takes_text(self) -> bool:
        """True while every other key is a character for it, and does nothing else."""
        ...

    @property
    def takes_back(self) -> bool:
        """True while `esc` is to end something within it, not the panel."""
        ...

    def act(self, action: str, name: str, desk: "Desk") -> None:
        """Does what a key of it means; `action` is empty for a character."""
        ...
