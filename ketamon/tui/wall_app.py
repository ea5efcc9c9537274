"""The wall as a program: the board drawn, a chair opened over it and left again.

The ways to the machines are followed all the while, whichever screen is in front.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ketamon.feed.board import HERE, Board, Key
from ketamon.feed.chairs import running_chairs
from ketamon.feed.paths import RunFolderError
from ketamon.feed.ssh import SshAddress
from ketamon.feed.ways import Way, begin, follow
from ketamon.tui.app import MonitorApp
from ketamon.tui.lasting_feed import LastingFeed
from ketamon.tui.palette import THEMES
from ketamon.tui.program import Program
from ketamon.tui.screens.wall import WallScene, chosen, draw_wall, lines_of
from ketamon.tui.wall_keys import KEYS, LEAVING, find
from ketamon.vitals import PRIORITY_RANK

FRAME_S = 0.5  # readings of many chairs that come nearer together than this are drawn once
NEWS_S = 0.1  # what somebody should see at once
NOTICE_S = 6.0
LEFT, STOPPED = "left", "stopped"


class WallApp(Program[Key]):
    """One viewer's wall; gives the chair that is to be opened, or None when it was left."""

    WHAT = "wall"
    UNTOUCHED = "no chair is touched by it: open it again"

    def __init__(
        self, board: Board, *, clock: Callable[[], float], at: Key | None = None,
        theme: str | None = None, ascii_glyphs: bool | None = None, notice: str = "",
    ) -> None:  # fmt: skip
        super().__init__(theme, ascii_glyphs)
        self._board, self._clock = board, clock
        self.theme_name = self.first_theme
        self.chosen = at
        self._help, self._leaving = 0, False
        self._notice, self._notice_until = notice, clock() + NOTICE_S
        self._drawn = clock()
        self._loud: set[Key] = set()

    def on_mount(self) -> None:
        """Draws once a second at least."""
        self._loud = self._high()
        self._second()

    # -- drawing ---------------------------------------------------------------------------------

    def changed(self, *, news: bool) -> None:
        """The board has changed: draws soon, and sooner where somebody should see it at once.

        Called from beside the program, where no timer of it can be set: its own messages do that.
        """
        attached = self._surface is not None and self._surface.is_attached
        if attached and (news or self._frame is None):
            self.call_later(self._draw_soon, news)

    def _draw_soon(self, news: bool) -> None:
        wait = (NEWS_S if news else FRAME_S) - (self._clock() - self._drawn)
        if news and self._frame is not None:
            self._frame.stop()
            self._frame = None
        if self._frame is None:
            self._frame = self.set_timer(max(0.01, wait), self.redraw)

    def _second(self) -> None:
        self.redraw()
        self.set_timer(1.0 - time.time() % 1.0 + 0.01, self._second)

    def scene(self) -> WallScene:
        """What is to be seen at this moment."""
        at = self._clock()
        notice = self._notice if at < self._notice_until else ""
        return WallScene(
            self._board,
            at,
            time.strftime("%H:%M:%S"),
            self.chosen,
            self._help,
            self._leaving,
            notice,
        )

    def redraw(self) -> None:
        """Draws what has changed."""
        surface = self._canvas_is_due()
        if surface is None:
            return
        driver: Any = self._driver
        anew = getattr(driver, "behind", False)
        if anew and not driver.caught_up():
            return
        self._drawn = self._clock()
        theme = THEMES[self.theme_name]
        width, height = self.size
        canvas = draw_wall(width, height, self.scene(), theme.means(ascii_only=self._ascii))
        surface.show(canvas, theme, anew=anew)
        high = self._high()
        if high - self._loud:
            self.bell()
        self._loud = high

    def _high(self) -> set[Key]:
        """The chairs that are at their worst, for the one ring when one becomes so."""
        at, high = self._clock(), PRIORITY_RANK["high"]
        return {c.key for c in self._board.chairs.values() if self._board.rank(c, at) >= high}

    # -- keys ------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        """Does what a key means now."""
        key = find(name, LEAVING if self._leaving else KEYS)
        self._notice = ""
        action = key.action if key is not None else "back" if self._leaving else ""
        if action == "yes":
            self.exit()
            return
        lines = lines_of(self.scene())
        at = chosen(self.scene(), lines)
        if action == "open" and lines:
            self.exit(lines[at].seen.key)
            return
        if action in ("up", "down", "top") and lines:
            to = {"up": at - 1, "down": at + 1, "top": 0}[action]
            self.chosen = lines[max(0, min(len(lines) - 1, to))].seen.key
        elif action == "theme":
            here = self.themes.index(self.theme_name) if self.theme_name in self.themes else -1
            self.theme_name = self.themes[(here + 1) % len(self.themes)]
        self._help = int(action == "help" and not self._help)
        self._leaving = action == "leave"
        self.redraw()


class ChairApp(MonitorApp):
    """A chair's screen over the wall: esc and q lead back when nothing else is open on it."""

    back = False

    def press(self, name: str) -> None:
        """Leads back to the wall, or does what the key means on any screen."""
        open_now = self.choices.panel or self.choices.view or self.choices.help_page
        if name in ("escape", "q") and not open_now and not self.choices.leaving:
            self.back = True
            self.exit()
            return
        super().press(name)


async def run_wall(
    ways: Sequence[Way], *, seat: str | None, theme: str | None = None
) -> str | None:
    """Shows the wall until somebody leaves; gives the reason if it ended otherwise."""
    board, clock = Board(), time.monotonic
    await begin(ways, board, clock)
    front: list[WallApp] = []

    def tell(news: bool) -> None:
        if front:
            front[0].changed(news=news)

    following = [asyncio.create_task(follow(way, board, clock, tell)) for way in ways]
    at: Key | None = None
    notice = ""
    try:
        while True:
            app = WallApp(board, clock=clock, at=at, theme=theme, notice=notice)
            front[:] = [app]
            at = await app.run_async(mouse=False)
            front.clear()
            theme = app.theme_name
            if at is None:
                return app.fault
            notice = await _open(ways, at, seat, theme)
            if notice in (LEFT, STOPPED):
                return None
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)


async def _open(ways: Sequence[Way], key: Key, seat: str | None, theme: str) -> str:
    """Shows one chair until somebody goes back; gives what the wall is to say, or LEFT."""
    to = _address(ways, key)
    if to is None:
        return f"chair {key[1]} does not run any more"
    try:
        feed = await LastingFeed.connect(to, seat)
    except OSError as error:
        return f"chair {key[1]}: {error.strerror or error}"
    app = ChairApp(feed, theme=theme, asked=seat)
    try:
        await app.run_async(mouse=False)
    finally:
        await feed.close()
    return app.fault or "" if app.back or app.fault else LEFT


def _address(ways: Sequence[Way], key: Key) -> Path | SshAddress | None:
    host, chair = key
    if host == HERE:
        try:
            running = {info.chair: Path(info.socket) for info in running_chairs()}
        except RunFolderError:
            return None
        return running.get(chair)
    given = next((way.address for way in ways if way.name == host), None)
    return None if given is None else SshAddress(given.host, given.user, given.port, chair)
