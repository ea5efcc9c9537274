"""A chair's sound: a viewer of its feed that plays what stands, and tells the engine what it played.

It goes on while the engine is away: what stood then still stands, and that nobody judges any more
is itself sounded. It ends when the engine says goodbye for good, or the chair's folder is gone.
"""

import asyncio
import os
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ketamon.feed.beside import AudioView
from ketamon.feed.client import FeedClient
from ketamon.feed.messages import Bye, FeedError, FromEngine
from ketamon.feed.picture import Picture
from ketamon.feed.sounding import (
    ENGINE_SILENT,
    SILENCE_S,
    TEST,
    Burst,
    Sounding,
    is_paused,
    realarmed,
    sounding,
)
from ketamon.sound.neighbours import Neighbours
from ketamon.sound.sinks import Sink
from ketamon.vitals import PRIORITY_RANK

SEAT = "sound"
RETRY_S = 0.5
LOOK_S = 1.0
TRIED_AGAIN_S = 10.0  # a device that could not play
ALONE_AT_MOST_S = 1800.0  # without an engine: by then somebody has come, or nobody is there
UNSENT_AT_MOST = 100


@dataclass(slots=True)
class Sounder:
    """One chair's sound process; `run` ends with the session."""

    socket: Path
    sink: Sink
    neighbours: Neighbours
    picture: Picture = field(default_factory=Picture)
    state: Sounding = field(default_factory=Sounding)
    why: str | None = None  # why the sink can't play; None: not yet known
    client: FeedClient | None = None
    heard: float = 0.0
    tests: int | None = None  # as many were asked for, when last seen
    ends: bool = False
    _unsent: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=UNSENT_AT_MOST))
    _playing: asyncio.Task[None] | None = None
    _timer: asyncio.TimerHandle | None = None
    _tried: float = 0.0
    _sending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Sounds until the session has ended."""
        keeper = os.getppid()
        while not self.neighbours.hold():  # the process that we replace is still going
            if not self.socket.parent.exists() or os.getppid() != keeper:
                return
            await asyncio.sleep(LOOK_S)
        self.heard = self._now()
        looking = asyncio.create_task(self._look())
        try:
            await self._listen()
        finally:
            looking.cancel()
            if self._playing is not None:
                self._playing.cancel()
            self.neighbours.leave()

    # -- the feed -------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Takes what the engine says, over as many connections as it takes."""
        while not self._is_over():
            try:
                self.client = await FeedClient.connect(self.socket, SEAT, viewer=SEAT)
            except OSError:
                if self.ends:
                    return
                await asyncio.sleep(RETRY_S)
                continue
            with suppress(FeedError):
                async for message in self.client.messages():
                    self.take(message)
            client, self.client = self.client, None
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S):
                    await client.close()
            await asyncio.sleep(RETRY_S)

    def take(self, message: FromEngine) -> None:
        """One message: the picture, what comes again, a test."""
        self.heard = self._now()
        self.ends = isinstance(message, Bye)
        self.picture.apply(message, self.heard)
        if isinstance(message, AudioView):
            self._tested(message)
        self.evaluate(realarmed(message))

    def _is_over(self) -> bool:
        alone = self._now() - self.heard > ALONE_AT_MOST_S
        return alone or not self.socket.parent.exists()

    # -- sounding -------------------------------------------------------------------------------

    def evaluate(self, again: Collection[str] = ()) -> None:
        """Begins a burst if one is due, and waits for the next."""
        now = self._now()
        stands = self._stands(now)
        paused = is_paused(self.picture, now) and ENGINE_SILENT not in stands
        burst = self.state.step(now, stands, again, paused=paused)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.state.due is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self.state.due, self.evaluate)
        if burst is not None:
            self._begin(burst, "burst")
        elif not stands or paused:
            self._silence()

    def _stands(self, now: float) -> dict[str, str]:
        stands = sounding(self.picture)
        if now - self.heard >= SILENCE_S and not self.ends:
            stands[ENGINE_SILENT] = "medium"
        return stands

    def _silence(self) -> None:
        """What was answered is heard no longer, not even to the end of its burst."""
        playing = self._playing
        if playing is not None and playing.get_name() == "burst":
            playing.cancel()
            self._playing = None

    def _begin(self, burst: Burst, what: str) -> None:
        if self._playing is not None:
            self._playing.cancel()
        self._playing = asyncio.create_task(self._play(burst, what), name=what)

    async def _play(self, burst: Burst, what: str) -> None:
        """Plays a burst where it is this chair's turn, and tells what came of it."""
        if self.why:
            return  # the screens ring, and tell it themselves
        rank = PRIORITY_RANK[burst.priority]
        self.neighbours.tell(rank)
        worse = self.neighbours.worse_than(rank) if what == "burst" else None
        if worse is not None:
            reason = f"chair {worse} sounds: it is worse"
            self._report(burst, what, f"chair {worse}", None, reason)
            return
        turn = await self.neighbours.turn()
        try:
            why = await self.sink.play(burst)
        except asyncio.CancelledError:
            self._report(burst, what, self.sink.device, None, "cut short")
            raise
        finally:
            if turn is not None:
                turn.release(remove=True)
        self._report(burst, what, self.sink.device, not why, why)
        if why:
            self.why, self._tried = why, self._now()
            await self._tell_state()

    def _tested(self, view: AudioView) -> None:
        """Plays a test that was asked for since this was looked at last."""
        before = self.tests
        if before is None:
            before = view.tests - (view.test == "asked")
        self.tests = view.tests
        if view.tests > before and view.test == "asked" and view.by == "device":
            self._begin(Burst("high", TEST), "test")

    # -- what the engine is told ----------------------------------------------------------------

    async def _look(self) -> None:
        """Each second: what the sink can do, how bad it is here, that we live."""
        while True:
            now = self._now()
            if self.why is None or (self.why and now - self._tried >= TRIED_AGAIN_S):
                self._tried = now
                self.why = await self.sink.refusal()
            stands = self._stands(now)
            ranks = [PRIORITY_RANK[priority] for priority in stands.values()]
            self.neighbours.tell(max(ranks, default=0))
            self.evaluate()
            await self._tell_state()
            if self._unsent and (self._sending is None or self._sending.done()):
                await self._send_reports()
            await asyncio.sleep(LOOK_S)

    async def _tell_state(self) -> None:
        can = self.why == ""
        await self._send("sound", can=can, device=self.sink.device, why=self.why or "")

    def _report(self, burst: Burst, what: str, where: str, ok: bool | None, reason: str) -> None:
        """Tells what was played; while the engine is away it is kept until it is back."""
        self._unsent.append(
            {
                "what": what, "where": where, "ok": ok, "priority": burst.priority,
                "condition": burst.condition, "reason": reason,
            }
        )  # fmt: skip
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_reports())

    async def _send_reports(self) -> None:
        while self._unsent and await self._send("announced", **self._unsent[0]):
            self._unsent.popleft()

    async def _send(self, name: str, **args: Any) -> bool:
        """True if the engine has answered."""
        if self.client is None:
            return False
        with suppress(ConnectionError):
            return await self.client.command(name, **args) is not None
        return False

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
