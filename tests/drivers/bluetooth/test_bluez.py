"""The daemon made for tests behaves as BlueZ does, seen through bleak's own unmodified backend."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakError
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.loops import RealLoop, run
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.radio.advertising import Identity
from ketamon_drivers.virtual.radio.air import Air, Transceiver
from ketamon_drivers.virtual.radio.streams import StreamDevice
from ketamon_drivers.virtual.streaming_oximeter import VirtualStreamingOximeter
from tests.drivers.bluetooth.bluez import ABORTED, BlueZ
from tests.drivers.bluetooth.bluez_found import path_of
from tests.drivers.bluetooth.private_bus import PrivateBus, needs_dbus, private_bus

pytestmark = [needs_dbus, pytest.mark.slow]

FAMILY = FAMILIES["sig-oximeter"]
ADDRESS = "F0:00:00:00:18:22"
PATH = path_of(ADDRESS)
BATTERY, MEASUREMENT = "2a19", "2a5f"


class Bench:
    """An oximeter in the air, a daemon, and the bus between it and bleak."""

    def __init__(self, bus: PrivateBus) -> None:
        self.bus = bus
        air = Air()
        radio = Transceiver("host", air)
        config = DeviceConfiguration(name="host", address=Address("F0:F0:F0:F0:F0:F0"))
        self.host = Device.from_config_with_hci(config, radio, radio)
        inside = VirtualStreamingOximeter(FAMILY, lambda: Oximetry(97, 72))
        identity = Identity("Oximeter", ADDRESS, "made", "model", "serial")
        assert FAMILY.bluetooth is not None
        self.oximeter = StreamDevice(air, identity, FAMILY.bluetooth, inside)
        self.daemon = BlueZ(self.host, bus.address)

    async def found(self) -> BLEDevice:
        device = await BleakScanner.find_device_by_address(ADDRESS, 3)
        assert device is not None
        return device

    async def restarted(self) -> None:
        await self.daemon.crash()
        self.daemon = BlueZ(self.host, self.bus.address)
        await self.daemon.start()


def at_the_bench(act: Callable[[Bench], Awaitable[None]]) -> None:
    """Plays a scene in real time."""

    async def scene(bus: PrivateBus) -> None:
        bench = Bench(bus)
        await bench.host.power_on()
        await bench.oximeter.serve()
        await bench.daemon.start()
        try:
            await asyncio.wait_for(act(bench), 10)
        finally:
            await bench.oximeter.close()
            await bench.daemon.stop()
            bus.kill()
            await asyncio.sleep(0.02)  # bleak hears that the bus is gone, and lets its socket go

    with private_bus() as bus:
        run(scene(bus), RealLoop())


def test_a_device_is_found_connected_read_and_heard_and_let_go() -> None:
    came: list[bytes] = []

    async def act(bench: Bench) -> None:
        async with BleakClient(await bench.found()) as client:
            assert client.services.get_characteristic(MEASUREMENT) is not None
            assert await client.read_gatt_char(BATTERY) == bytes([83])
            heard = asyncio.Event()

            def take(_sender: object, data: bytearray) -> None:
                came.append(bytes(data))
                heard.set()

            await client.start_notify(MEASUREMENT, take)
            await heard.wait()
        assert not bench.host.connections

    at_the_bench(act)
    assert came[0].hex() == "0061004800"


def test_a_link_that_is_lost_is_told_and_what_waits_for_an_answer_with_it() -> None:
    async def act(bench: Bench) -> None:
        lost = asyncio.Event()
        client = BleakClient(await bench.found(), lambda _: lost.set())
        await client.connect()
        bench.oximeter.radio.is_hushed = True
        reading = asyncio.ensure_future(client.read_gatt_char(BATTERY))
        await asyncio.sleep(0.05)
        bench.oximeter.radio.drop()
        with pytest.raises(BleakError):
            await reading
        await lost.wait()
        assert not client.is_connected

    at_the_bench(act)


def test_after_a_crash_bleak_believes_in_its_link_and_its_scanner_is_silent_for_ever() -> None:
    async def act(bench: Bench) -> None:
        seen: list[str] = []
        client = BleakClient(await bench.found())
        await client.connect()
        scanner = BleakScanner(lambda device, _: seen.append(device.address))
        await scanner.start()
        await bench.restarted()
        await asyncio.sleep(0.3)
        assert client.is_connected
        assert not seen
        with pytest.raises(BleakDBusError, match="UnknownObject"):
            await client.read_gatt_char(BATTERY)
        with pytest.raises(BleakDBusError, match="No discovery started"):
            await scanner.stop()
        async with BleakClient(await bench.found()) as fresh:
            assert await fresh.read_gatt_char(BATTERY)

    at_the_bench(act)


def test_a_crash_of_the_bus_is_told() -> None:
    async def act(bench: Bench) -> None:
        lost = asyncio.Event()
        await BleakClient(await bench.found(), lambda _: lost.set()).connect()
        bench.bus.kill()
        await lost.wait()

    at_the_bench(act)


def test_an_adapter_that_is_switched_off_ends_links_and_says_so_to_scanners() -> None:
    async def act(bench: Bench) -> None:
        lost = asyncio.Event()
        await BleakClient(await bench.found(), lambda _: lost.set()).connect()
        await bench.daemon.power(on=False)
        await lost.wait()
        with pytest.raises(BleakBluetoothNotAvailableError, match="Turn on Bluetooth"):
            await bench.found()
        await bench.daemon.power(on=True)
        await asyncio.sleep(0.05)
        await bench.found()

    at_the_bench(act)


def test_calls_in_progress_aborts_and_forgotten_devices_have_bluez_own_errors() -> None:
    async def act(bench: Bench) -> None:
        device = await bench.found()
        bench.daemon.tree.busy["Connect"] = 1
        with pytest.raises(BleakDBusError, match="InProgress"):
            await BleakClient(device).connect()
        bench.daemon.faults.connects_fail += [ABORTED, "br-connection-canceled"]
        with pytest.raises(BleakDBusError, match="br-connection-canceled"):
            await BleakClient(device).connect()
        assert bench.daemon.calls.count(("Connect", PATH)) == 2
        bench.daemon.tree.remove(PATH)
        with pytest.raises(BleakError, match="not found"):
            await BleakClient(device).connect()

    at_the_bench(act)


def test_a_device_that_never_answers_is_given_up_in_the_clients_time() -> None:
    async def act(bench: Bench) -> None:
        device = await bench.found()
        bench.oximeter.radio.is_hushed = True
        with pytest.raises(TimeoutError):
            await BleakClient(device, timeout=0.2).connect()
        bench.oximeter.radio.is_hushed = False
        async with BleakClient(device) as client:
            assert client.is_connected

    at_the_bench(act)


def test_what_a_client_wanted_goes_with_the_client() -> None:
    async def act(bench: Bench) -> None:
        client = BleakClient(await bench.found())
        await client.connect()
        await client.start_notify(MEASUREMENT, lambda _, __: None)
        client._backend._bus.disconnect()  # type: ignore[attr-defined] # as if its process died
        await asyncio.sleep(0.1)
        assert not bench.oximeter.is_told(bench.oximeter._notified)
        assert bench.host.connections  # BlueZ keeps the link
        bench.oximeter.radio.drop()
        await asyncio.sleep(0.05)

    at_the_bench(act)
