"""All chairs of a machine, for those who look at many: this machine's, or another's through ssh.

| line of `ketamon feed --all` | means |
|---|---|
| `{"chairs":["1","2"]}` | these chairs run: said at first, at each change, and each few seconds |
| `{"chair":"1","message":{…}}` | one message of that chair's feed, as an observer gets it |

A chair that is no longer named is not running; whoever looks goes on showing it, with since when.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec

from ketamon.feed.chairs import ChairInfo, running_chairs
from ketamon.feed.client import FeedClient
from ketamon.feed.messages import FeedError, FromEngine, decode_from_engine, encode
from ketamon.feed.ssh import ALL, SshAddress, SshConnection, SshError

LOOK_AGAIN_S = 2.0
SILENT_S = 10.0
WAITING_AT_MOST = 2_000


class Chairs(msgspec.Struct, frozen=True):
    """The chairs that run at this moment, by name."""

    chairs: tuple[str, ...]


class Said(msgspec.Struct, frozen=True):
    """What one chair's engine said."""

    chair: str
    message: FromEngine


class _Line(msgspec.Struct, frozen=True):
    chairs: tuple[str, ...] | None = None
    chair: str | None = None
    message: msgspec.Raw = msgspec.Raw(b"")


Told = Chairs | Said
_decode = msgspec.json.Decoder(_Line).decode


def encode_told(told: Told) -> bytes:
    """Gives one line of `ketamon feed --all`, newline included."""
    if isinstance(told, Chairs):
        return msgspec.json.encode({"chairs": told.chairs}) + b"\n"
    chair = msgspec.json.encode(told.chair)
    return b'{"chair":' + chair + b',"message":' + encode(told.message).rstrip() + b"}\n"


def decode_told(line: bytes) -> Told:
    """Reads one line of `ketamon feed --all`; raises FeedError."""
    try:
        found = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"not a line of `ketamon feed --all`: {error}") from None
    if found.chairs is not None:
        return Chairs(found.chairs)
    if found.chair is None or not bytes(found.message):
        raise FeedError("not a line of `ketamon feed --all`: it names no chair")
    return Said(found.chair, decode_from_engine(bytes(found.message)))


async def chairs_here() -> AsyncIterator[Told]:
    """What all chairs of this machine say, for ever; raises RunFolderError."""
    told: asyncio.Queue[Told] = asyncio.Queue(WAITING_AT_MOST)
    listening: dict[str, asyncio.Task[None]] = {}

    async def look() -> None:
        while True:
            running = {info.chair: info for info in running_chairs()}
            await told.put(Chairs(tuple(sorted(running))))
            for name, info in running.items():
                if name not in listening or listening[name].done():
                    listening[name] = asyncio.create_task(_listen(info, told))
            await asyncio.sleep(LOOK_AGAIN_S)

    looking = asyncio.create_task(look())
    try:
        while not looking.done() or not told.empty():
            waiting = asyncio.create_task(told.get())
            await asyncio.wait((waiting, looking), return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
                break
            yield waiting.result()
        await looking
    finally:
        for task in (looking, *listening.values()):
            task.cancel()
        await asyncio.gather(looking, *listening.values(), return_exceptions=True)


async def _listen(info: ChairInfo, told: "asyncio.Queue[Told]") -> None:
    """Puts what one chair says into the queue, until its engine is gone."""
    try:
        client = await FeedClient.connect(Path(info.socket), seat="observer", viewer="wall")
    except OSError:
        return
    try:
        async for message in client.messages():
            await told.put(Said(info.chair, message))
    except FeedError:
        return
    finally:
        with suppress(OSError):
            await client.close()


async def chairs_there(address: SshAddress, *, asks: bool = False) -> AsyncIterator[Told]:
    """What all chairs of another machine say, or the one that the address names.

    Raises SshError, with what ssh said, when it ends or says nothing for 10 s.
    """
    if address.chair is not None:
        async for told in _one_there(address, asks=asks):
            yield told
        return
    through = await SshConnection.open(address, asks=asks, what=ALL)
    try:
        while True:
            try:
                async with asyncio.timeout(SILENT_S if not asks else None):
                    line = await through.reader.readuntil(b"\n")
            except TimeoutError:
                raise SshError(f"nothing came for {SILENT_S:g} s") from None
            except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
                raise SshError(await through.reason() or "the connection was closed") from None
            asks = False
            yield decode_told(line)
    finally:
        await through.close()


async def _one_there(address: SshAddress, *, asks: bool) -> AsyncIterator[Told]:
    chair = address.chair or ""
    client = await FeedClient.connect(address, seat="observer", viewer="wall", asks=asks)
    messages = client.messages()
    try:
        while True:
            try:
                async with asyncio.timeout(SILENT_S if not asks else None):
                    message = await anext(messages, None)
            except TimeoutError:
                raise SshError(f"nothing came for {SILENT_S:g} s") from None
            if message is None:
                raise SshError(await client.why_ended() or "the connection was closed")
            asks = False
            yield Chairs((chair,))
            yield Said(chair, message)
    finally:
        await client.close()
