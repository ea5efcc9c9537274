"""The room beside an engine: the room's process, in step with the speed that the feed's beats tell.

`python -m ketamon.commands.room REQUEST` is `ketamon.training.room_process` and takes one line more
on standard input, `{"feed": PATH}`: from then on the room's time goes as fast as the engine's.
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from ketamon.feed.client import FeedClient
from ketamon.feed.messages import Beat, FeedError, Hello
from ketamon.training import room_process
from ketamon_drivers.links.loops import ScaledLoop

RETRY_S = 0.5


class FeedToFollow(msgspec.Struct):
    """A line that names the engine's socket."""

    feed: str


_following: set[asyncio.Task[None]] = set()


def obey(line: bytes, loop: ScaledLoop) -> None:
    """Follows the feed that a line names; every other line is the room's own."""
    try:
        socket = msgspec.json.decode(line, type=FeedToFollow).feed
    except msgspec.DecodeError:
        room_process.follow(line, loop)
        return
    task = loop.create_task(follow(Path(socket), loop))
    _following.add(task)  # the loop itself keeps no hold of it
    task.add_done_callback(_following.discard)


async def follow(socket: Path, loop: ScaledLoop) -> None:
    """Keeps the room's time as fast as the engine's, also of the next one if it is started again."""
    while True:
        with suppress(OSError, FeedError):
            client = await FeedClient.connect(socket, seat="observer", viewer="room")
            async for message in client.messages():
                if isinstance(message, Hello | Beat) and message.speed != loop.speed:
                    loop.set_speed(message.speed)
            await client.close()
        again = asyncio.Event()
        loop.pulse(RETRY_S, again.set)  # real seconds: a paused room waits too
        await again.wait()


if __name__ == "__main__":
    sys.exit(room_process.main(sys.argv[1:], obey))
