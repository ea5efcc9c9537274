"""A viewer's end of the feed: messages in, commands out, over a Unix-domain socket or through ssh."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any, Self

from ketamon.feed.messages import (
    PROTOCOL,
    SNAPSHOT_LIMIT,
    Answer,
    Attach,
    Bye,
    Command,
    FeedError,
    FromEngine,
    FromViewer,
    Hello,
    Ping,
    decode_from_engine,
    encode,
)
from ketamon.feed.ssh import SshAddress, SshConnection, SshError
from ketamon.feed.ssh_key import ssh_key

ANSWER_WITHIN_S = 5.0


class FeedClient:
    """One connection to an engine. Made by `connect`; `messages` ends when the engine is gone."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        through: SshConnection | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._through = through
        self._ids = count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}

    @classmethod
    async def connect(
        cls,
        to: Path | SshAddress,
        seat: str | None = None,
        epoch: str | None = None,
        since: int | None = None,
        viewer: str = "",
        *,
        asks: bool = False,
    ) -> Self:
        """Connects and attaches; raises OSError where there is no engine.

        `asks`: the way to another machine may ask for a passphrase. That it leads nowhere shows
        only when `messages` ends at once; `why_ended` then says why.
        """
        through_ssh = isinstance(to, SshAddress)
        if isinstance(to, SshAddress):
            through = await SshConnection.open(to, asks=asks)
            client = cls(through.reader, through.writer, through)
        else:
            client = cls(*await asyncio.open_unix_connection(to, limit=SNAPSHOT_LIMIT))
        try:
            key = "" if through_ssh else ssh_key()
            await client._send(Attach(PROTOCOL, seat, epoch, since, viewer, key))
        except ConnectionError:
            why = await client.why_ended()
            await client.close()
            if isinstance(to, SshAddress):
                raise SshError(f"{to.shown}: {why or 'the connection was closed'}") from None
            raise
        return client

    async def why_ended(self) -> str:
        """What the way from afar said last; empty for an engine of this machine."""
        return await self._through.reason() if self._through is not None else ""

    async def messages(self) -> AsyncIterator[FromEngine]:
        """Yields what the engine says; raises FeedError on another protocol or a broken line."""
        while True:
            try:
                line = await self._reader.readuntil(b"\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            except asyncio.LimitOverrunError:
                raise FeedError("the engine sent a line that is too long") from None
            message = decode_from_engine(line)
            if isinstance(message, Hello) and message.protocol != PROTOCOL:
                raise FeedError(
                    f"the engine speaks feed protocol {message.protocol}, this screen {PROTOCOL}; "
                    "use the same version of ketamon at both ends"
                )
            if isinstance(message, Answer):
                waiting = self._waiting.pop(message.id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
            yield message
            if isinstance(message, Bye):
                return

    async def command(self, name: str, **args: Any) -> Answer | None:
        """Sends a command and gives its answer; None where none came in time."""
        number = next(self._ids)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._send(Command(number, name, args))
                return await future
        except (TimeoutError, ConnectionError):
            return None
        finally:
            self._waiting.pop(number, None)

    async def ping(self, drawn: int | None = None, trip_s: float | None = None) -> None:
        """Asks for a pong; a screen says what it has drawn, and how its terminal answers."""
        await self._send(Ping(next(self._ids), drawn, trip_s))

    async def close(self) -> None:
        """Leaves."""
        if self._through is not None:
            await self._through.close()
            return
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, BrokenPipeError):
            return

    async def _send(self, message: FromViewer) -> None:
        self._writer.write(encode(message))
        await self._writer.drain()
