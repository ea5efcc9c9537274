"""A chair's feed that comes back: its keeper starts a dead engine again within seconds.

A recording's engine is started by the screen's own command and never comes back; a goodbye is
final unless the chair answers anew (it drops a screen that was stopped for too long).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ketamon.feed.client import FeedClient
from ketamon.feed.messages import Answer, Beat, Bye, FromEngine, Hello
from ketamon.tui.abilities import REPLAY

RETRY_S = 0.5
LEAVE_S = 0.5  # how long leaving waits for an engine that reads nothing


class LastingFeed:
    """One viewer's feed over as many connections as it takes."""

    def __init__(self, path: Path, client: FeedClient, seat: str | None = None) -> None:
        self._path, self._client, self._seat = path, client, seat

    @classmethod
    async def connect(cls, path: Path, seat: str | None = None) -> "LastingFeed":
        """Connects; raises OSError where there is no engine."""
        return cls(path, await FeedClient.connect(path, seat, viewer="screen"), seat)

    async def messages(self) -> AsyncIterator[FromEngine]:
        """Yields what the chair's engines say; ends with a recording's, or after a goodbye."""
        chair = False
        while True:
            beaten, bye = False, None
            async for message in self._client.messages():
                if isinstance(message, Bye):
                    bye = message
                    break
                chair = message.mode != REPLAY if isinstance(message, Hello) else chair
                beaten = beaten or isinstance(message, Beat)
                yield message
            if not chair or (bye is not None and not beaten):
                break
            await self.close()
            if not await self._again(once=bye is not None):
                break
        if bye is not None:
            yield bye

    async def _again(self, *, once: bool) -> bool:
        """Connects anew, trying until it works, or once; False where it did not."""
        while True:
            await asyncio.sleep(RETRY_S)
            try:
                self._client = await FeedClient.connect(self._path, self._seat, viewer="screen")
            except OSError:
                if once:
                    return False
                continue
            return True

    async def command(self, name: str, **args: Any) -> Answer | None:
        """Sends a command and gives its answer; None where none came."""
        return await self._client.command(name, **args)

    async def ping(self, drawn: int | None = None, trip_s: float | None = None) -> None:
        """Asks for a sign of life, and says what was drawn; an engine that is away hears nothing."""
        with suppress(ConnectionError):
            await self._client.ping(drawn, trip_s)

    async def close(self) -> None:
        """Leaves; an engine that stands still is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self._client.close()
