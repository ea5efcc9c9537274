"""What every screen is as a program: one widget, no key but ours, an end that leaves the terminal whole.

A screen of a kind says what is drawn (`redraw`) and what a key means (`press`).
"""

import asyncio
import signal
import sys
from abc import abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from ketamon.tui.driver import driver_class
from ketamon.tui.palette import THEMES, cycle_for
from ketamon.tui.surface import Surface
from ketamon.tui.terminal import ascii_only

Result = TypeVar("Result")


class Bare(Screen[None], inherit_bindings=False):
    """A screen without keys of its own: ours are in one table."""


class Program(App[Result], Generic[Result], inherit_bindings=False):
    """One screen. `fault` says in a sentence why it stopped, where it did by itself.

    `theme`: a palette's name; one that this terminal can't show, or none, is its first.
    """

    ENABLE_COMMAND_PALETTE = False
    ANIMATION_LEVEL: ClassVar[str] = "none"
    CSS = "Screen { overflow: hidden; background: black; }"
    WHAT: ClassVar[str] = "screen"
    UNTOUCHED: ClassVar[str] = "the engine is not touched by it: open the screen again"

    def __init__(self, theme: str | None = None, ascii_glyphs: bool | None = None) -> None:
        super().__init__(driver_class=driver_class(), ansi_color=True)
        self.animation_level = "none"
        self.themes = cycle_for(self.console.color_system, no_color=self.no_color)
        self.first_theme = theme if theme in THEMES else self.themes[0]
        self._ascii = ascii_only() if ascii_glyphs is None else ascii_glyphs
        self._surface: Surface | None = None
        self._frame: Timer | None = None
        self.fault: str | None = None

    @abstractmethod
    def redraw(self) -> None:
        """Draws at once."""

    @abstractmethod
    def press(self, name: str) -> None:
        """Does what a key means now."""

    def get_default_screen(self) -> Screen[None]:
        """A screen that takes no key away."""
        return Bare(id="_default")

    def compose(self) -> ComposeResult:
        """The screen is one widget."""
        self._surface = Surface(THEMES[self.first_theme])
        yield self._surface

    def on_mount(self) -> None:
        """From now on a signal leaves as a key does, with the terminal restored."""
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                with suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, self.exit)

    def on_resize(self, _event: events.Resize) -> None:
        """A new size is drawn at once."""
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """Looks the key up in the one table."""
        event.stop()
        event.prevent_default()
        self.press(event.character if event.is_printable and event.character else event.key)

    def on_surface_touched(self, message: Surface.Touched) -> None:
        """What is touched is its key."""
        self.press(message.key)

    def _handle_exception(self, error: Exception) -> None:
        """Leaves with one sentence: a traceback with its locals could show who is treated."""
        error = getattr(error, "error", error)  # what a worker failed of
        if self.fault is None:
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            at = (
                f" at {Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}"
                if where
                else ""
            )
            self.fault = (
                f"the {self.WHAT} stopped by a fault of its own ({type(error).__name__}{at}); "
                f"{self.UNTOUCHED}"
            )
        self._return_code = 1
        self.exit()

    def _canvas_is_due(self) -> Surface | None:
        """The surface to draw on now, with no frame waiting any more; None before there is one."""
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        surface = self._surface
        return surface if surface is not None and surface.is_attached else None
