"""A room with an air, virtual Bluetooth devices and one adapter, reached through bleak; in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ketamon_drivers.catalog import FAMILIES, Family, protocol_of
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.protocols import Decoder
from ketamon_drivers.readings import Oximetry, Reading
from ketamon_drivers.virtual.cuff_cycle import Measurement
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.by_family import radio_device
from ketamon_drivers.virtual.radio.cuffs import VirtualCuff
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from ketamon_drivers.virtual.radio.opening import central_in, radio_of
from ketamon_drivers.virtual.radio.streams import StreamDevice

ON_AIR = [family for family in FAMILIES.values() if family.bluetooth is not None]
MEASURED = Measurement(142, 88, 106, 77, duration_s=30.0)
BODY = Body(lambda: Oximetry(97, 72), lambda: MEASURED)


def uuid(short: str) -> str:
    """A UUID as bleak writes it."""
    return f"0000{short}-0000-1000-8000-00805f9b34fb".lower() if len(short) == 4 else short.lower()


class Room:
    """What a test needs of it; made on the running loop."""

    def __init__(self) -> None:
        self.air = Air()
        self.central = central_in(self.air)
        self.radio = radio_of(self.central, "test")
        self.devices: list[GattDevice] = []
        self.gone: list[float] = []
        """When a client was told that its device is gone."""

    async def device(self, name: str, body: Body = BODY, number: int = 0) -> GattDevice:
        """A family's device, switched on."""
        made = radio_device(FAMILIES[name], self.air, body, number=number)
        await made.serve()
        self.devices.append(made)
        return made

    async def cuff(self, name: str = "and-cuff", body: Body = BODY) -> VirtualCuff:
        """A cuff, switched on."""
        made = await self.device(name, body)
        assert isinstance(made, VirtualCuff)
        return made

    async def oximeter(self, name: str = "sig-oximeter", body: Body = BODY) -> StreamDevice:
        """An oximeter, switched on."""
        made = await self.device(name, body)
        assert isinstance(made, StreamDevice)
        return made

    async def scan(
        self, seconds: float = 1.0
    ) -> dict[str, tuple[BLEDevice, list[AdvertisementData]]]:
        """Everything that is heard in so long: by address, with each advertisement."""
        heard: dict[str, tuple[BLEDevice, list[AdvertisementData]]] = {}

        def seen(device: BLEDevice, data: AdvertisementData) -> None:
            heard.setdefault(device.address, (device, []))[1].append(data)

        scanner = self.radio.scanner(seen)
        await scanner.start()
        await asyncio.sleep(seconds)
        await scanner.stop()
        return heard

    async def found(self, device: GattDevice) -> BLEDevice:
        """The device as a scan finds it."""
        return (await self.scan())[device.address][0]

    def client(
        self, found: BLEDevice, *, pair: bool = False, timeout_s: float = 10.0
    ) -> BleakClient:
        """A fresh client."""
        return self.radio.client(
            found, lambda _client: self.gone.append(now()), pair=pair, timeout_s=timeout_s
        )

    async def connected(self, device: GattDevice, *, pair: bool | None = None) -> BleakClient:
        """A client that is connected, and paired where the device wants that."""
        wanted = device.is_bonding and not device.bonded_hosts if pair is None else pair
        client = self.client(await self.found(device), pair=wanted)
        await client.connect()
        return client

    async def close(self) -> None:
        """Switches everything off."""
        for device in self.devices:
            await device.close()
        self.central.lost()


class Listening:
    """What a client's subscription has brought."""

    def __init__(self, client: BleakClient, family: Family) -> None:
        self.packets: list[tuple[float, bytes]] = []
        self.readings: list[tuple[float, Reading]] = []
        self._client, self._family = client, family
        self._decoder: Decoder = protocol_of(family).decoder()

    async def start(self) -> "Listening":
        """Subscribes."""
        assert self._family.bluetooth is not None
        await self._client.start_notify(uuid(self._family.bluetooth.notify), self._came)
        return self

    async def send(self, data: bytes) -> None:
        """Writes a command."""
        assert self._family.bluetooth is not None
        assert self._family.bluetooth.write is not None
        await self._client.write_gatt_char(uuid(self._family.bluetooth.write), data, response=False)

    def _came(self, _sender: object, data: bytearray) -> None:
        self.packets.append((now(), bytes(data)))
        self.readings += [(now(), reading) for reading in self._decoder.feed(bytes(data))]


async def listen(client: BleakClient, family: str) -> Listening:
    """Subscribes to a family's readings."""
    return await Listening(client, FAMILIES[family]).start()


def now() -> float:
    """The running loop's time, rounded to what a session records."""
    return round(asyncio.get_running_loop().time(), 3)


def play(scene: Callable[[Room], Coroutine[Any, Any, None]]) -> None:
    """Plays a scene on a virtual loop; what was raised where it stops nothing is raised at the end."""
    failures: list[Any] = []

    async def played() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, found: failures.append(found))
        room = Room()
        await scene(room)
        await room.close()
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others, others

    run(played(), VirtualLoop())
    for failure in failures:
        raise failure.get("exception") or RuntimeError(failure["message"])
