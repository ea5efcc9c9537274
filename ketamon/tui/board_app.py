"""The board as a program: the feeds of up to four chairs in, one screen, commands out.

Each chair has a connection of its own, in a nurse's seat; one that is gone is looked for again for
as long as the board is open. Drawn at most every `FRAME_S`, and once a second.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ketamon.feed.chairs import running_chairs
from ketamon.feed.messages import Answer, Bye, FeedError
from ketamon.feed.paths import RunFolderError
from ketamon.feed.sounding import TEST, realarmed
from ketamon.tui.bell import Bell
from ketamon.tui.board import Board, ChairDesk
from ketamon.tui.desk import Then
from ketamon.tui.flash import Flash
from ketamon.tui.lasting_feed import LastingFeed
from ketamon.tui.palette import THEMES
from ketamon.tui.panels.panel import NO_ANSWER
from ketamon.tui.program import Program
from ketamon.tui.scene import LINK_LOST_S

FRAME_S = 0.1  # readings of several chairs that come nearer together than this are drawn once
LOOK_AGAIN_S = 2.0


class BoardApp(Program[None]):
    """One nurse's board. `names`: these chairs and no others; else all that run, four at most."""

    WHAT = "board"
    UNTOUCHED = "no chair is touched by it: open it again"

    def __init__(
        self, names: Sequence[str] = (), *, seat: str | None = None, theme: str | None = None
    ) -> None:
        super().__init__(theme)
        self._names, self._seat = tuple(names), seat
        self._flash = Flash(time.monotonic)
        self.board = Board(
            time.monotonic, self._send, self.themes, self.redraw, lambda: time.strftime("%H:%M:%S"),
            lambda: (self._flash.high, self._flash.medium),
            lambda: getattr(self._driver, "shows", True),
            theme=self.first_theme,
        )  # fmt: skip
        self._feeds: dict[str, LastingFeed] = {}
        self._bells: dict[str, Bell] = {}
        self._drawn = 0.0

    def on_mount(self) -> None:
        """Begins to look for the chairs."""
        for name in self._names:
            self.board.chair(name)
        self.run_worker(self._look(), exit_on_error=True)
        self._second()

    # -- feeds -----------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Connects to the chairs that run and are not heard."""
        while True:
            with suppress(RunFolderError):
                for info in sorted(running_chairs(), key=lambda info: info.chair):
                    if self._names and info.chair not in self._names:
                        continue
                    desk = self.board.chair(info.chair)
                    if desk is not None and info.chair not in self._feeds and info.socket:
                        await self._connect(desk, Path(info.socket))
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _connect(self, desk: ChairDesk, socket: Path) -> None:
        try:
            feed = await LastingFeed.connect(socket, self._seat)
        except OSError:
            return
        self._feeds[desk.name] = feed
        self.run_worker(self._listen(desk, feed), exit_on_error=True)

    async def _listen(self, desk: ChairDesk, feed: LastingFeed) -> None:
        try:
            async for message in feed.messages():
                desk.hear(message)
                if isinstance(message, Bye):
                    desk.gone = f"LINK ENDED: {message.reason}"
                self._ring(desk, realarmed(message))
                self._draw_soon()
        except FeedError as error:
            desk.gone = str(error)
        finally:
            self._feeds.pop(desk.name, None)
            with suppress(OSError):
                await feed.close()
        self._draw_soon()

    def _send(self, chair: str, name: str, then: Then | None, args: dict[str, Any]) -> None:
        self.run_worker(self._ask(chair, name, then, args), exit_on_error=False)

    async def _ask(self, chair: str, name: str, then: Then | None, args: dict[str, Any]) -> None:
        feed, desk = self._feeds.get(chair), self.board.chair(chair)
        answer: Answer | None = None if feed is None else await feed.command(name, **args)
        if then is not None:
            then(answer)
        elif desk is not None and answer is None:
            desk.say(f"{name}: {NO_ANSWER}")
        elif desk is not None and answer is not None and not answer.ok:
            desk.say(answer.reason or f"{name}: refused")

    def _ring(self, desk: ChairDesk, again: tuple[str, ...] = ()) -> None:
        """Rings the terminal's bell where the chair has no other sound, and tells that it did."""
        now = time.monotonic()
        bell = self._bells.setdefault(desk.name, Bell())
        burst = bell.due(desk.picture, now, again, lost=now - desk.heard > LINK_LOST_S)
        if burst is not None:
            self.bell()
            desk.send(
                "announced", lambda _answer: None, where="bell", priority=burst.priority,
                condition=burst.condition, what="test" if burst.condition == TEST else "burst",
            )  # fmt: skip

    # -- drawing ---------------------------------------------------------------------------------

    def _second(self) -> None:
        """Draws, and tells each engine that its chair is on a screen."""
        self.redraw()
        driver: Any = self._driver
        for desk in self.board.chairs:
            feed = self._feeds.get(desk.name)
            if feed is None or desk.seen is None or desk.seen.lost:
                continue
            if getattr(driver, "shows", True):
                pinging = feed.ping(desk.seen_seq, getattr(driver, "trip_s", None))
                self.run_worker(pinging, group=f"drawn {desk.digit}", exclusive=True,
                                exit_on_error=False)  # fmt: skip
            self._ring(desk)
        if hasattr(driver, "ask"):
            driver.ask()
        self.set_timer(1.0 - time.time() % 1.0 + 0.01, self._second)

    def _draw_soon(self) -> None:
        if self._frame is None:
            wait = FRAME_S - (time.monotonic() - self._drawn)
            self._frame = self.set_timer(max(0.01, wait), self.redraw)

    def redraw(self) -> None:
        """Draws at once."""
        surface = self._canvas_is_due()
        if surface is None:
            return
        driver: Any = self._driver
        self._drawn = time.monotonic()
        anew = getattr(driver, "behind", False)
        self.board.size = (self.size.width, self.size.height)
        theme = THEMES[self.board.theme]
        canvas, scene, named = self.board.draw(theme.means(ascii_only=self._ascii))
        if anew and not driver.caught_up():
            self.board.shown(scene, named, taken=False)
            return
        surface.show(canvas, theme, anew=anew)
        self.board.shown(scene, named, taken=not getattr(driver, "behind", False))
        scenes = [chair.scene for chair in scene.chairs]
        if scenes:
            self._flash.follow(self, scenes[0], self.redraw, *scenes[1:])

    # -- keys ------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        """Does what a key means now."""
        self.board.press(name)
        if self.board.left:
            self.exit()


async def run_board(
    names: Sequence[str] = (), *, seat: str | None = None, theme: str | None = None
) -> str | None:
    """Shows the board until somebody leaves; gives the reason if it ended otherwise."""
    app = BoardApp(names, seat=seat, theme=theme)
    await app.run_async(mouse=True)
    return app.fault
