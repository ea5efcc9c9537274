"""The room goes as fast as the engine's feed says, whichever engine that is."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ketamon.commands import room
from ketamon.engine.feed_server import FeedServer
from ketamon.engine.playback import Playback
from ketamon.engine.replay import ReplayHost, Tape
from ketamon_drivers.links.loops import ScaledLoop, run
from tests.engine.recordings import PRESSURES


@asynccontextmanager
async def engine(socket: Path, speed: float) -> AsyncIterator[None]:
    """An engine that says this speed."""
    playback = Playback(PRESSURES)
    tape = Tape(playback.duration_ms, speed=speed)
    server = FeedServer(socket, ReplayHost(playback, tape, "made"))
    await server.start()
    yield
    await server.close("gone")


async def until(loop: ScaledLoop, speed: float) -> None:
    """Waits, a short while of real time at most, for the loop to have this speed."""
    left = asyncio.Event()
    limit = loop.pulse(5, left.set)
    while loop.speed != speed:
        assert not left.is_set(), f"the speed is {loop.speed:g}"
        turn = asyncio.Event()
        loop.pulse(0.01, turn.set)
        await turn.wait()
    limit.cancel()


def test_a_room_follows_the_speed_of_its_engine_and_of_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RETRY_S", 0.02)
    loop = ScaledLoop(10)

    async def main() -> None:
        socket = tmp_path / "f.sock"
        async with engine(socket, 20):
            room.obey(json.dumps({"feed": str(socket)}).encode(), loop)
            await until(loop, 20)
        async with engine(socket, 4):
            await until(loop, 4)
        room.obey(b'{"speed": 7}', loop)
        assert loop.speed == 7

    run(main(), loop)
