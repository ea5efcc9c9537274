"""The room as a process: simulated patient and virtual devices, in step with an engine's speed.

`python -m ketamon.commands.room` prints one JSON line (the devices' addresses, or the error), is
then told the engine's feed in one line on standard input, follows the speed that its beats tell,
and ends when standard input closes.
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from ketamon.feed.client import FeedClient
from ketamon.feed.messages import Beat, FeedError, Hello
from ketamon.training.demo_patient import demo_patient
from ketamon.training.room import Room
from ketamon_drivers.links.loops import ScaledLoop, run

FAMILIES = {"cuff": "suntech", "oximeter": "nonin-df8"}


async def serve(request: dict[str, Any]) -> None:
    """Runs the room until standard input closes."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ScaledLoop)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    seed = int(request["seed"])
    room = Room(seed, patient=demo_patient(seed))
    try:
        served = room.serve_ptys(Path(request["folder"]))
    except OSError as error:
        print(
            json.dumps({"error": f"no virtual devices can be made: {error.strerror}"}), flush=True
        )
        return
    print(json.dumps({"ready": {r: f"{FAMILIES[r]}:{at}" for r, at in served.items()}}), flush=True)
    feed = (await told.readline()).decode().strip()
    tasks = [loop.create_task(room.run())]
    if feed:
        tasks.append(loop.create_task(follow(Path(feed), loop)))
    while await told.read(1024):
        pass
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await room.close()


async def follow(feed: Path, loop: ScaledLoop) -> None:
    """Keeps the room's time as fast as the engine's."""
    with suppress(OSError, FeedError):
        client = await FeedClient.connect(feed, seat="observer", viewer="room")
        async for message in client.messages():
            if isinstance(message, Hello | Beat) and message.speed != loop.speed:
                loop.set_speed(message.speed)


def main() -> None:
    """Runs the process."""
    request = json.loads(sys.argv[1])
    run(serve(request), ScaledLoop(request.get("speed", 1.0)))


if __name__ == "__main__":
    main()
