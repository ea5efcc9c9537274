"""The virtual radio at a loopback port: hosts come, go, and are killed."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from ketamon_drivers.links.loops import ScaledLoop, run
from ketamon_drivers.virtual.radio.central import Central
from ketamon_drivers.virtual.radio.hci_tcp import HciServer
from ketamon_drivers.virtual.radio.opening import over_tcp
from tests.drivers.virtual.radio.room import Room, listen

FAST = 20


class FarRoom(Room):
    """A room whose adapter is reached over TCP."""

    def __init__(self) -> None:
        super().__init__()
        self.server = HciServer(self.air)

    def host(self) -> Central:
        """A fresh host, as another process would be."""
        self.radio = over_tcp("127.0.0.1", self.server.port)
        central: Central = self.radio.scanner_kwargs["central"]
        return central


def play_far(scene: Callable[[FarRoom], Coroutine[Any, Any, None]]) -> None:
    async def played() -> None:
        room = FarRoom()
        await room.server.serve()
        await scene(room)
        await room.radio.finish()
        room.server.close()
        await room.close()
        await asyncio.sleep(1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(played(), ScaledLoop(FAST))


@pytest.mark.slow
def test_hosts_come_one_after_the_other_and_one_that_is_killed_leaves_nothing() -> None:
    async def scene(room: FarRoom) -> None:
        oximeter = await room.oximeter()
        for is_killed in (False, True, True, False):
            host = room.host()
            client = await room.connected(oximeter)
            heard = await listen(client, "sig-oximeter")
            await asyncio.sleep(2.5)
            assert len(heard.readings) >= 2
            if is_killed:
                assert host.hci is not None
                host.hci.close()
                await asyncio.sleep(2)
                assert not client.is_connected
            else:
                await client.disconnect()
                await room.radio.finish()
            await asyncio.sleep(1)
            assert oximeter.link is None
            assert len(room.air.controllers) == 1

    play_far(scene)


def test_an_adapter_that_is_off_and_one_that_is_not_there_are_told_apart() -> None:
    async def scene(room: FarRoom) -> None:
        oximeter = await room.oximeter()
        room.host()
        client = await room.connected(oximeter)
        room.server.switch_off()
        await asyncio.sleep(1)
        assert not client.is_connected
        with pytest.raises(BleakBluetoothNotAvailableError) as off:
            await room.scan()
        assert off.value.reason == BleakBluetoothNotAvailableReason.POWERED_OFF
        room.server.switch_on()
        client = await room.connected(oximeter)
        assert client.is_connected
        room.server.close()
        await asyncio.sleep(1)
        with pytest.raises(BleakBluetoothNotAvailableError) as gone:
            await room.scan()
        assert gone.value.reason == BleakBluetoothNotAvailableReason.NO_BLUETOOTH

    play_far(scene)


@pytest.mark.slow
def test_a_bonded_host_that_was_started_anew_can_bond_again() -> None:
    async def scene(room: FarRoom) -> None:
        cuff = await room.cuff()
        for _ in range(2):
            cuff.store(2)
            host = room.host()
            heard = await listen(await room.connected(cuff, pair=True), "and-cuff")
            await asyncio.sleep(1)
            assert len(heard.packets) == 2
            assert host.hci is not None
            host.hci.close()
            await asyncio.sleep(2)

    play_far(scene)


def test_noise_at_the_port_is_hung_up_on_and_the_next_host_is_served() -> None:
    async def scene(room: FarRoom) -> None:
        oximeter = await room.oximeter()
        reader, writer = await asyncio.open_connection("127.0.0.1", room.server.port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        await asyncio.sleep(1)
        room.host()
        assert list(await room.scan()) == [oximeter.address]

    play_far(scene)
