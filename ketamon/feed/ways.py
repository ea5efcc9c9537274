"""The ways to all machines of a board: each is followed for ever, and tried again when it is lost.

A way may need a passphrase; that is asked for once, before there is a screen. Later nothing is asked.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from ketamon.feed.board import HERE, Board
from ketamon.feed.many import Told, chairs_here, chairs_there
from ketamon.feed.messages import FeedError
from ketamon.feed.paths import RunFolderError
from ketamon.feed.ssh import SshAddress

RETRY_S = 2.0
FIRST_WORD_S = 15.0  # ssh itself gives up after ten
PERSON_WITHIN_S = 60.0
NEEDS_A_PERSON = ("Permission denied", "Host key verification failed")
LOST = (FeedError, RunFolderError, OSError)

Stream = AsyncGenerator[Told, None]


@dataclass(slots=True)
class Way:
    """The way to one machine; `address` None: this one. `begun`: it has been opened already."""

    name: str
    address: SshAddress | None = None
    begun: Stream | None = None
    first: Told | None = None

    def open(self, *, asks: bool = False) -> Stream:
        """What that machine says; nothing is begun before the first word is asked for."""
        if self.address is None:
            return cast(Stream, chairs_here())
        return cast(Stream, chairs_there(self.address, asks=asks))


def ways_to(addresses: Sequence[SshAddress], *, here: bool) -> list[Way]:
    """A way to each machine, named as it was given; this one first."""
    found = {HERE: Way(HERE)} if here else {}
    for address in addresses:
        name = address.shown if address.chair is None else f"{address.shown}/{address.chair}"
        found[name] = Way(name, address)
    return list(found.values())


async def begin(ways: Sequence[Way], board: Board, clock: Callable[[], float]) -> None:
    """Opens all ways at once; those that need a person then one by one, while there is no screen."""
    for way in ways:
        board.look_at(way.name)
    far = [way for way in ways if way.address is not None]
    whys = await asyncio.gather(*(_first(way, asks=False) for way in far))
    for way, silent in zip(far, whys, strict=True):
        asks = any(words in silent for words in NEEDS_A_PERSON)
        why = await _first(way, asks=True) if asks else silent
        if why:
            board.lose(way.name, why, clock())


async def _first(way: Way, *, asks: bool) -> str:
    """Waits for the first word; gives why none came."""
    stream = way.open(asks=asks)
    try:
        async with asyncio.timeout(PERSON_WITHIN_S if asks else FIRST_WORD_S):
            way.first = await anext(stream, None)
    except LOST as error:
        return str(error)
    except TimeoutError:
        await stream.aclose()
        return "no answer"
    way.begun = stream
    return ""


async def follow(
    way: Way, board: Board, clock: Callable[[], float], tell: Callable[[bool], None]
) -> None:
    """Keeps the board up to date with what a machine says; `tell` is called after each word.

    It is told True where somebody should see the change at once.
    """
    while True:
        stream, way.begun = way.begun or way.open(), None
        why = "the connection was closed"
        try:
            if way.first is not None:
                first, way.first = way.first, None
                tell(board.hear(way.name, first, clock()))
            async for told in stream:
                tell(board.hear(way.name, told, clock()))
        except LOST as error:
            why = str(error) or why
        finally:
            with suppress(*LOST):
                await stream.aclose()
        board.lose(way.name, why, clock())
        tell(True)
        await asyncio.sleep(RETRY_S)
