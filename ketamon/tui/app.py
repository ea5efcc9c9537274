"""The screen as a program: takes a feed's messages, draws the picture, sends commands.

Nothing of the patient is kept here but the picture. Messages are drawn at most every `FRAME_S`;
between them only the clock moves, at the session's whole seconds. When the engine says nothing for
more than `LINK_LOST_S`, the picture is shown as the last one.
"""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from textual.timer import Timer

from ketamon.feed.messages import Answer, Beat, EntryMessage, FeedError, FromEngine, Hello
from ketamon.feed.picture import Picture
from ketamon.feed.sounding import TEST, realarmed
from ketamon.feed.ssh import SshAddress, SshError
from ketamon.tui.abilities import why_other_seat
from ketamon.tui.actions import Actions
from ketamon.tui.bell import Bell
from ketamon.tui.canvas import Canvas
from ketamon.tui.desk import Choices, Then
from ketamon.tui.flash import Flash
from ketamon.tui.keys import WINDOW_FIRST, WINDOWS
from ketamon.tui.lasting_feed import LastingFeed
from ketamon.tui.lesson import Lesson
from ketamon.tui.named import Named
from ketamon.tui.palette import THEMES
from ketamon.tui.panels.panel import NO_ANSWER
from ketamon.tui.program import Program
from ketamon.tui.scene import LINK_LOST_S, Scene
from ketamon.tui.screens.bands import HUGE
from ketamon.tui.screens.monitor import draw, help_pages, page_end
from ketamon.tui.terminal import is_forced

FRAME_S = 0.05  # messages that come nearer together than this are drawn once
NOTICE_S = 4.0  # how long a sentence stays where no key is pressed
SEAT_NOTICE_S = 20.0  # one that comes while a person still looks where things are
WINDOW_LONG = 3  # index in WINDOWS of what a screen of 200x60, or a charted recording, begins with


class Feed(Protocol):
    """Where the picture comes from and commands go; `command` gives None if no answer came."""

    def messages(self) -> AsyncIterator[FromEngine]:
        """The engine's messages; ends when the link is gone for good."""
        ...

    async def command(self, name: str, **args: Any) -> Answer | None:
        """Sends a command and waits for its answer."""
        ...

    async def ping(self, drawn: int | None = None, trip_s: float | None = None) -> None:
        """Asks for a sign of life, and says what was drawn."""
        ...


class MonitorApp(Program[None]):
    """One viewer's screen; `clock` is the viewer's own, in seconds.

    `ends`: leaving ends the session, as in a demonstration; else a chair's session goes on.
    `asked`: the seat that was asked for. `lesson`: what a demonstration teaches first.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        clock: Callable[[], float] = time.monotonic,
        theme: str | None = None,
        ascii_glyphs: bool | None = None,
        ends: bool = False,
        asked: str | None = None,
        lesson: Lesson | None = None,
    ) -> None:
        super().__init__(theme, ascii_glyphs)
        self.picture = Picture()
        self._feed, self._clock = feed, clock
        self._heard, self._drawn = clock(), 0.0
        self._due_seq = self._beat_seq = 0  # what was known at the beat before, and at this one
        self.ran = 1.0  # the newest speed at which time ran
        self.choices = Choices(self.first_theme, self.themes)
        self.seen: Scene | None = None
        self.seen_seq = 0
        self._actions = Actions(self)
        self._ends, self._asked, self._lesson = ends, asked, lesson
        self._notice, self._notice_until = "", 0.0
        self._tick: Timer | None = None
        self._flash = Flash(clock)
        self._named = Named()
        self._bell = Bell()

    # -- life ------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begins to listen."""
        self.run_worker(self._listen(), exit_on_error=True)
        self._second()

    async def _listen(self) -> None:
        try:
            async for message in self._feed.messages():
                self._heard = self._clock()
                if isinstance(message, Beat):
                    self._due_seq, self._beat_seq = self._beat_seq, self.picture.seq
                self.picture.apply(message, self._heard)
                self.ran = self.picture.speed or self.ran
                self._ring(realarmed(message))
                if isinstance(message, Hello) and self._asked is not None:
                    why, self._asked = why_other_seat(self.picture, self._asked), None
                    self.say(why, SEAT_NOTICE_S)
                self._draw_soon(reading=isinstance(message, EntryMessage))
        except FeedError as error:
            self.picture.bye = str(error)
        if self.picture.bye is None:
            self.picture.bye = "its engine is gone"
        self._draw_soon()

    # -- drawing ---------------------------------------------------------------------------------

    def _draw_soon(self, *, reading: bool = False) -> None:
        """Draws at once, or when the last reading's frame is old enough; what comes shares it.

        Ticks and beats keep no reading waiting: they come once a second.
        """
        if self._frame is not None:
            return
        wait = FRAME_S - (self._clock() - self._drawn)
        if wait <= 0:
            if reading:
                self._drawn = self._clock()
            self._draw()
        else:
            self._frame = self.set_timer(wait, self._draw_late)

    def _draw_late(self) -> None:
        """Draws what was gathered meanwhile."""
        self._drawn = self._clock()
        self._draw()

    def _second(self) -> None:
        """Draws when the session's clock shows a new second, and at least once a second."""
        self._draw()
        self._tell_drawn()
        self._ring()
        now, speed = self.picture.now(self._clock()), self.picture.speed
        wait = 1.0
        if 0 < speed <= 1:
            wait = min(1.0, (1.0 - now % 1.0) / speed + 0.01)
        self._tick = self.set_timer(wait, self._second)

    def _tell_drawn(self) -> None:
        """Tells the engine what the terminal shows, if it shows it: who relies on it can see that."""
        driver: Any = self._driver
        if self.seen is None or self.seen.lost:
            return
        if getattr(driver, "shows", True):
            trip_s = getattr(driver, "trip_s", None)
            pinging = self._feed.ping(self.seen_seq, trip_s)
            self.run_worker(pinging, group="drawn", exclusive=True, exit_on_error=False)
        if hasattr(driver, "ask"):
            driver.ask()

    def _ring(self, again: tuple[str, ...] = ()) -> None:
        """Rings the terminal's bell where the chair has no other sound, and tells that it did."""
        now = self._clock()
        burst = self._bell.due(self.picture, now, again, lost=now - self._heard > LINK_LOST_S)
        if burst is None:
            return
        self.bell()
        self.send(
            "announced", lambda _answer: None, where="bell", priority=burst.priority,
            condition=burst.condition, what="test" if burst.condition == TEST else "burst",
        )  # fmt: skip

    def scene(self) -> Scene:
        """What is to be seen at this moment."""
        at = self._clock()
        silent = max(0.0, at - self._heard)
        lost = silent > LINK_LOST_S or self.picture.bye is not None
        # nothing is known of what the session's time did after the last word
        now = self.picture.now(min(at, self._heard)) if lost else self.picture.now(at)
        tape = self.picture.transport
        if tape is not None:
            now = min(now, tape.duration_s)
        chosen = self.choices
        return Scene(
            self.picture, now, silent, WINDOWS[self.window_index()], chosen.hide,
            chosen.help_page, chosen.leaving, self._notice if at < self._notice_until else "",
            self._flash.high, self._flash.medium, chosen.panel, self._ends, self._due_seq,
            chosen.view, chosen.scroll, at,
        )  # fmt: skip

    def _draw(self) -> None:
        surface = self._canvas_is_due()
        if surface is None:
            return
        driver: Any = self._driver
        anew = False
        if getattr(driver, "behind", False):
            if not driver.caught_up():
                return
            anew = True
        scene = self.scene()
        if self._lesson is not None and not scene.notice:
            scene = replace(scene, notice=self._lesson.line(scene))
        self.seen, self.seen_seq = scene, self.picture.seq
        theme = THEMES[self.choices.theme]
        width, height = self.size
        canvas: Canvas = draw(width, height, scene, theme.means(ascii_only=self._ascii))
        self._named.drew(scene.standing, canvas.drawn, self._clock())
        surface.show(canvas, theme, anew=anew)
        self._flash.follow(self, scene, self._draw)

    def redraw(self) -> None:
        """Draws at once."""
        self._draw()

    def window_index(self) -> int:
        """Which of WINDOWS the trends show: the chosen one, else by size, age and what comes."""
        if self.choices.window is not None:
            return self.choices.window
        large = self.size.width >= HUGE[0] and self.size.height >= HUGE[1]
        usual = WINDOW_LONG if large or self.is_charted() else WINDOW_FIRST
        if self.picture.transport is not None or self.is_charted():
            return usual
        # a young session would lie in a corner of an hour
        age_min = self.picture.t / 60
        return next((i for i, w in enumerate(WINDOWS[:usual]) if age_min < (w.minutes or 0)), usual)

    def is_charted(self) -> bool:
        """True where rates come so rarely that they hold until the next: an hour shows too few."""
        rates = (self.picture.vitals.get(name) for name in ("hr", "spo2"))
        return any(v is not None and v.t is not None and v.stale_after_s is None for v in rates)

    def say(self, text: str, seconds: float = NOTICE_S) -> None:
        """Shows a sentence in the newest event's place, until the next key or for some seconds."""
        self._notice, self._notice_until = text, self._clock() + seconds
        self._draw()

    # -- keys ------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        """Does what a key means now; what was said before it has been read."""
        said, self._notice = self._notice, ""
        if name == "escape" and self._lesson is not None and "back" not in self.scene().able:
            self._lesson.end()
        self._actions.press(name)
        if said and not self._notice:
            self._draw()

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Sends a command; `then` gets its answer, else a refusal is said."""
        self.run_worker(self._ask(name, then, args), exit_on_error=False)

    async def _ask(self, name: str, then: Then | None, args: dict[str, Any]) -> None:
        answer = await self._feed.command(name, **args)
        if then is not None:
            then(answer)
        elif answer is None:
            self.say(f"{name}: {NO_ANSWER}")
        elif not answer.ok:
            self.say(answer.reason or f"{name}: refused")

    def help_pages(self) -> int:
        """How many pages the help takes on this screen."""
        return help_pages(self.size.width, self.size.height, self.scene())

    def page_end(self) -> int:
        """The last row from which the open view can be shown."""
        return page_end(self.size.width, self.size.height, self.scene())

    def clock(self) -> float:
        """The viewer's own time."""
        return self._clock()

    def long_drawn(self) -> tuple[str, ...]:
        """The waiting conditions that were named here for a second, till now."""
        return self._named.long(self._clock())

    def leave(self) -> None:
        """Closes the screen; where leaving ends the session, that first."""
        if not self._ends or self.picture.bye is not None:
            self.exit()
            return

        def ended(answer: Answer | None) -> None:
            if answer is not None and not answer.ok:
                self.fault = f"the session was not ended: {answer.reason or 'refused'}"
            self.exit()

        self.say("ending the session")
        self.send("end", ended, reason="left the screen")


async def run_screen(
    to: Path | SshAddress,
    *,
    theme: str | None = None,
    mouse: bool = True,
    seat: str | None = None,
    ends: bool = False,
    teaches: bool = False,
) -> str | None:
    """Draws the feed of a chair until somebody leaves; gives the reason if it ended otherwise.

    `seat` is the one asked for. `ends`: leaving ends the session; else a chair's goes on.
    `teaches`: it begins with a lesson.
    """
    try:
        feed = await LastingFeed.connect(to, seat)
    except SshError as error:
        return str(error)
    except OSError as error:
        return f"no engine answers at {to}: {error.strerror or 'it went away'}; start it again"
    lesson = Lesson() if teaches else None
    app = MonitorApp(feed, theme=theme, ends=ends, asked=seat, lesson=lesson)
    try:
        await app.run_async(mouse=mouse and not is_forced())
    finally:
        await feed.close()
    return app.fault
