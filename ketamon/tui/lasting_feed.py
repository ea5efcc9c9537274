"""A chair's feed that comes back: its keeper starts a dead engine again within seconds, and a lost
way to another machine is tried again for as long as somebody looks.

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
from ketamon.feed.ssh import SshAddress, SshError
from ketamon.tui.abilities import REPLAY

RETRY_S = 0.5
RETRY_FAR_S = 2.0
LEAVE_S = 0.5  # how long leaving waits for an engine that reads nothing
SILENT_S = 10.0  # a beat comes each second: a way from afar that brings none for so long is dead


class LastingFeed:
    """One viewer's feed over as many connections as it takes."""

    def __init__(self, to: Path | SshAddress, client: FeedClient, seat: str | None = None) -> None:
        self._to, self._client, self._seat = to, client, seat
        self._first: FromEngine | None = None

    @classmethod
    async def connect(cls, to: Path | SshAddress, seat: str | None = None) -> "LastingFeed":
        """Connects; raises OSError where there is no engine, with what to do about it from afar.

        Another machine may ask for a passphrase first, so its first word is waited for.
        """
        feed = cls(to, await FeedClient.connect(to, seat, viewer="screen", asks=True), seat)
        if isinstance(to, SshAddress):
            feed._first = await anext(feed._client.messages(), None)
            if feed._first is None:
                why = await feed._client.why_ended()
                await feed.close()
                raise SshError(f"{to.shown}: {why or 'the connection was closed'}")
        return feed

    async def messages(self) -> AsyncIterator[FromEngine]:
        """Yields what the chair's engines say; ends with a recording's, or after a goodbye."""
        chair = isinstance(self._to, SshAddress)
        while True:
            beaten, bye = False, None
            async for message in self._heard():
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

    async def _heard(self) -> AsyncIterator[FromEngine]:
        """What this connection brings; a way from afar ends when it has been silent for long."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        messages = self._client.messages()
        while True:
            try:
                async with asyncio.timeout(SILENT_S if isinstance(self._to, SshAddress) else None):
                    message = await anext(messages, None)
            except TimeoutError:
                return
            if message is None:
                return
            yield message

    async def _again(self, *, once: bool) -> bool:
        """Connects anew, trying until it works, or once; False where it did not."""
        while True:
            await asyncio.sleep(RETRY_FAR_S if isinstance(self._to, SshAddress) else RETRY_S)
            try:
                self._client = await FeedClient.connect(self._to, self._seat, viewer="screen")
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
