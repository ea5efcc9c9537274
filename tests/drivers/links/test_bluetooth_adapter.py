"""One scanner, one connect at a time, turns between programs, and what a backend may do to us."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakDBusError, BleakError

from ketamon_drivers.links import locks
from ketamon_drivers.links.bluetooth_adapter import SERVICE_GONE, SLICE_S, BluetoothAdapter
from ketamon_drivers.links.bluetooth_connection import CALL_S, DISCONNECT_S
from ketamon_drivers.links.bluetooth_errors import (
    BluetoothError,
    DeviceNotFoundError,
    GoneError,
    NoBluetoothError,
)
from ketamon_drivers.links.bluetooth_radio import Radio
from ketamon_drivers.links.loops import VirtualLoop, run

ADDRESS = "F0:00:00:00:00:01"
FOREVER = 1e6


class Made:
    """A backend in place of bleak's: what it does, and what was asked of it when."""

    def __init__(self) -> None:
        self.log: list[tuple[float, str]] = []
        self.heard_after_s: float | None = 0.5
        self.connect_s = self.read_s = self.disconnect_s = 0.1
        self.scan_error: Exception | None = None
        self.connect_error: Exception | None = None
        self.connected: list[str] = []
        self.scanning = self.connecting = 0

    def note(self, what: str) -> None:
        self.log.append((round(asyncio.get_running_loop().time(), 3), what))

    def asked(self) -> list[str]:
        return [what for _, what in self.log]

    def radio(self) -> Radio:
        made = self

        class MadeRadio(Radio):
            def scanner(self, seen: Any) -> Any:
                return Scanner(made, seen)

            def client(self, device: Any, _gone: Any, **_how: Any) -> Any:
                return Client(made, device)

            async def connected(self, _services: list[str]) -> list[BLEDevice]:
                return [BLEDevice(address, None, {}) for address in made.connected]

        return MadeRadio("made", is_virtual=True, scanner_backend=object)  # type: ignore[arg-type]


class Scanner:
    def __init__(self, made: Made, seen: Callable[[Any, Any], None]) -> None:
        self.made, self.seen = made, seen
        self.timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        self.made.note("scan")
        self.made.scanning += 1
        assert (self.made.scanning, self.made.connecting) == (1, 0)
        if self.made.scan_error is not None:
            self.made.scanning -= 1
            raise self.made.scan_error
        if self.made.heard_after_s is not None:
            said = AdvertisementData("made", {}, {}, [], None, -60, ())
            loop = asyncio.get_running_loop()
            device = BLEDevice(ADDRESS, "made", {})
            self.timer = loop.call_later(self.made.heard_after_s, self.seen, device, said)

    async def stop(self) -> None:
        self.made.note("stop")
        self.made.scanning -= 1
        if self.timer is not None:
            self.timer.cancel()


class Client:
    def __init__(self, made: Made, device: BLEDevice) -> None:
        self.made, self.address = made, device.address

    async def connect(self) -> None:
        self.made.note("connect")
        self.made.connecting += 1
        assert (self.made.scanning, self.made.connecting) == (0, 1)
        try:
            await asyncio.sleep(self.made.connect_s)
        finally:
            self.made.connecting -= 1
        if self.made.connect_error is not None:
            raise self.made.connect_error

    async def disconnect(self) -> None:
        self.made.note("disconnect")
        await asyncio.sleep(self.made.disconnect_s)

    async def read_gatt_char(self, _uuid: str) -> bytearray:
        await asyncio.sleep(self.made.read_s)
        return bytearray(b"\x53")


def open_at(adapter: BluetoothAdapter, within_s: float | None = None) -> Any:
    return adapter.connection(
        lambda sighting: sighting.address == ADDRESS, address=ADDRESS, pair=False, within_s=within_s
    )


def play(scene: Callable[[Made, BluetoothAdapter], Coroutine[Any, Any, None]]) -> Made:
    made = Made()

    async def played() -> None:
        adapter = BluetoothAdapter(made.radio())
        await scene(made, adapter)
        await adapter.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(played(), VirtualLoop())
    return made


def test_the_scan_ends_before_the_connect_and_a_device_is_let_go_in_any_case() -> None:
    async def scene(_made: Made, adapter: BluetoothAdapter) -> None:
        with pytest.raises(ZeroDivisionError):
            async with open_at(adapter):
                raise ZeroDivisionError

    assert play(scene).asked() == ["scan", "stop", "connect", "disconnect"]


def test_a_call_that_hangs_ends_in_its_own_time_and_so_does_letting_go() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        loop = asyncio.get_running_loop()
        made.read_s = made.disconnect_s = FOREVER
        async with open_at(adapter) as connection:
            began_s = loop.time()
            with pytest.raises(GoneError, match="not answered in time"):
                await connection.read("2A19")
            assert loop.time() - began_s == pytest.approx(CALL_S)
            began_s = loop.time()
        assert loop.time() - began_s == pytest.approx(DISCONNECT_S)

    play(scene)


def test_a_call_that_hangs_ends_at_once_when_the_link_is_known_to_be_over() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        loop = asyncio.get_running_loop()
        made.read_s = FOREVER
        async with open_at(adapter) as connection:
            loop.call_later(0.2, connection.end, "it was carried away")
            began_s = loop.time()
            with pytest.raises(GoneError, match="carried away"):
                await connection.read("2A19")
            assert loop.time() - began_s == pytest.approx(0.2)

    play(scene)


def test_a_connect_that_fails_is_told_and_what_it_left_is_let_go() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        made.connect_error = BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort"])
        with pytest.raises(GoneError):
            async with open_at(adapter):
                raise AssertionError
        made.connect_error = None
        async with open_at(adapter):
            pass

    assert play(scene).asked().count("disconnect") == 2


def test_somebody_who_gives_up_while_it_connects_leaves_nothing_behind() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        made.connect_s = FOREVER

        async def connect() -> None:
            async with open_at(adapter):
                raise AssertionError

        task = asyncio.get_running_loop().create_task(connect())
        await asyncio.sleep(2)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()

    assert play(scene).asked() == ["scan", "stop", "connect", "disconnect"]


def test_each_slice_has_a_scanner_of_its_own_and_not_found_counts_scanning_only() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        made.heard_after_s = None
        began_s = asyncio.get_running_loop().time()
        with pytest.raises(DeviceNotFoundError, match="switch it on"):
            async with open_at(adapter, within_s=2 * SLICE_S):
                raise AssertionError
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(2 * SLICE_S, abs=0.5)

    assert play(scene).asked() == ["scan", "stop"] * 2


def test_an_error_of_the_scan_reaches_all_who_wait_and_the_next_ones_look_again() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        made.scan_error = BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["gone"])

        async def tried() -> BluetoothError | None:
            try:
                async with open_at(adapter):
                    return None
            except BluetoothError as error:
                return error

        found = await asyncio.gather(tried(), tried())
        assert [type(error) for error in found] == [NoBluetoothError] * 2
        made.scan_error = None
        assert await tried() is None

    play(scene)


def test_what_a_crashed_program_left_connected_is_taken_over_without_a_scan() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        made.connected = ["F0:00:00:00:00:99", ADDRESS]
        made.heard_after_s = None
        async with open_at(adapter):
            pass

    assert play(scene).asked() == ["connect", "disconnect"]


def test_a_restarted_service_ends_every_link_and_the_scan_that_it_forgot() -> None:
    async def scene(made: Made, adapter: BluetoothAdapter) -> None:
        async with open_at(adapter) as connection:
            adapter._service_gone()
            assert await connection.ended == SERVICE_GONE
        made.heard_after_s = None
        scans = made.asked().count("scan")

        async def look() -> None:
            async with open_at(adapter):
                raise AssertionError

        task = asyncio.get_running_loop().create_task(look())
        await asyncio.sleep(0.5)
        adapter._service_gone()
        await asyncio.sleep(0.5)
        assert made.asked().count("scan") == scans + 2
        task.cancel()
        await asyncio.wait({task})

    play(scene)


def test_programs_take_turns_at_one_lock_and_a_standing_connection_needs_none(
    tmp_path: Path,
) -> None:
    made = Made()

    async def played() -> None:
        one = BluetoothAdapter(made.radio(), tmp_path)
        two = BluetoothAdapter(made.radio(), tmp_path)  # an assert in Scanner holds them apart
        async with open_at(one), open_at(two):
            await asyncio.sleep(0.1)
            lock = locks.hold("Bluetooth made", tmp_path)
            assert lock is not None
            lock.release()
        theirs = locks.hold("Bluetooth made", tmp_path)
        assert theirs is not None
        asyncio.get_running_loop().call_later(3, theirs.release)
        began_s = asyncio.get_running_loop().time()
        async with open_at(one):
            assert asyncio.get_running_loop().time() - began_s > 3
        await one.close()
        await two.close()

    run(played(), VirtualLoop())


def test_a_radio_that_can_not_be_reached_is_one_sentence() -> None:
    async def begin() -> None:
        raise BleakError("nothing listens there")

    async def played() -> None:
        adapter = BluetoothAdapter(Radio("gone", scanner_backend=object, begin=begin))  # type: ignore[arg-type]
        with pytest.raises(BluetoothError, match="tried again"):
            async with open_at(adapter):
                raise AssertionError
        await adapter.close()

    run(played(), VirtualLoop())
