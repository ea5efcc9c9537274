"""The virtual radio lives on any loop: it reads no clock and takes no real time where there is none."""

import asyncio
import time

import pytest

from ketamon_drivers.readings import Oximetry
from tests.drivers.virtual.radio.room import Room, listen, play

SESSION_S = 600


def ten_minutes() -> list[tuple[float, Oximetry]]:
    """What a host hears of an oximeter in that time, with when."""
    told: list[tuple[float, Oximetry]] = []

    async def scene(room: Room) -> None:
        client = await room.connected(await room.oximeter())
        heard = await listen(client, "sig-oximeter")
        await asyncio.sleep(SESSION_S)
        told.extend((t, r) for t, r in heard.readings if isinstance(r, Oximetry))
        await client.disconnect()

    play(scene)
    return told


def test_ten_minutes_with_a_radio_oximeter_take_less_than_a_second() -> None:
    began_s = time.perf_counter()
    assert len(ten_minutes()) == SESSION_S
    assert time.perf_counter() - began_s < 1


def test_the_same_is_heard_at_the_same_times_each_time() -> None:
    assert ten_minutes() == ten_minutes()


def test_no_clock_is_read_but_the_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    def caught(*_args: object) -> float:
        raise AssertionError("something read a clock that is not the loop's")

    names = [
        name
        for name in dir(time)
        if callable(getattr(time, name)) and name not in {"struct_time", "get_clock_info"}
    ]
    with monkeypatch.context() as patched:
        for name in names:
            patched.setattr(time, name, caught)
        assert len(ten_minutes()) == SESSION_S


@pytest.mark.slow
def test_two_hundred_reconnects_leave_nothing_behind() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        found = await room.found(oximeter)
        counts = []
        for number in range(200):
            client = room.client(found)
            await client.connect()
            await listen(client, "sig-oximeter")
            await asyncio.sleep(1.5)
            if number % 2:
                await client.disconnect()
            else:
                oximeter.drop()
                await asyncio.sleep(0.2)
            counts.append(len(asyncio.all_tasks()))
        assert len(set(counts[2:])) <= 2
        assert not room.central.clients
        assert len(room.gone) == 200

    play(scene)
