"""bleak's way to the virtual radio: a scanner and a client backend over a `Central`.

`BleakScanner(backend=RadioScanner, central=…)` and `BleakClient(device, backend=RadioClient)`; what the
scanner found carries its central along. Errors are those that bleak's own backends raise.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import (
    AdvertisementData,
    AdvertisementDataCallback,
    BaseBleakScanner,
)
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import hci
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.device import Advertisement, Connection, Peer
from bumble.gatt_client import CharacteristicProxy, Client

from ketamon_drivers.virtual.radio.central import Central, bare

T = TypeVar("T")

MTU = 247
LETTING_GO_S = 1.0
SHORT_NAME, NAME, MAKERS, POWER = 0x08, 0x09, 0xFF, 0x0A
SHORT_SERVICES, LONG_SERVICES = (0x02, 0x03), (0x06, 0x07)

PROPERTIES: dict[CharacteristicPropertyName, int] = {
    "broadcast": 0x01,
    "read": 0x02,
    "write-without-response": 0x04,
    "write": 0x08,
    "notify": 0x10,
    "indicate": 0x20,
}


def whole(uuid: UUID) -> str:
    """Gives a UUID as bleak writes it."""
    dashes = "-" if len(uuid.uuid_bytes) == 16 else ""
    return normalize_uuid_str(uuid.to_hex_str(dashes))


def is_up(link: Connection) -> bool:
    """Tells whether a link still stands; waiting for one that doesn't would be for ever."""
    return link.device.connections.get(link.handle) is link


class Advertised:
    """What a device has advertised so far: its parts come one at a time."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.makers: dict[int, bytes] = {}
        self.services: list[str] = []

    def take(self, data: AdvertisingData) -> None:
        """Takes the parts of one advertisement."""
        for kind, raw in data.ad_structures:
            if kind in (SHORT_NAME, NAME):
                self.name = raw.decode("utf-8", "replace")
            elif kind == MAKERS and len(raw) >= 2:
                self.makers[int.from_bytes(raw[:2], "little")] = bytes(raw[2:])
            elif kind in SHORT_SERVICES or kind in LONG_SERVICES:
                size = 2 if kind in SHORT_SERVICES else 16
                for at in range(0, len(raw) - size + 1, size):
                    service = whole(UUID.from_bytes(raw[at : at + size]))
                    if service not in self.services:
                        self.services.append(service)


class RadioScanner(BaseBleakScanner):
    """Hears what is advertised."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",  # noqa: ARG002 all scan actively here
        *,
        central: Central,
        **_kwargs: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._central = central
        self._advertised: dict[str, Advertised] = {}

    async def start(self) -> None:
        """Starts; raises BleakBluetoothNotAvailableError."""
        self.seen_devices = {}
        self._advertised = {}
        await self._central.listen(self)

    async def stop(self) -> None:
        """Stops."""
        await self._central.stop_listening(self)

    def heard(self, advertisement: Advertisement) -> None:
        """Tells whoever scans."""
        address = bare(advertisement.address)
        known = self._advertised.setdefault(address, Advertised())
        known.take(advertisement.data)
        data = AdvertisementData(
            known.name, dict(known.makers), {}, list(known.services), None,
            advertisement.rssi, (advertisement,),
        )  # fmt: skip
        if not self.is_allowed_uuid(data.service_uuids):
            return
        details = {"central": self._central, "address": advertisement.address}
        device = self.create_or_update_device(address, address, known.name, details, data)
        self.call_detection_callbacks(device, data)


class RadioClient(BaseBleakClient):
    """One connection, as `BleakClient` makes it."""

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None = None,
        timeout: float = 30.0,
        services: set[str] | None = None,
        central: Central | None = None,
        **_kwargs: Any,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        device = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        found = central or (device.details["central"] if device is not None else None)
        if not isinstance(found, Central):
            raise BleakError(
                "which virtual radio? give central=…, or a device that was found on one"
            )
        self._central = found
        self._name = device.name if device is not None else None
        self._wanted = services
        self._link: Connection | None = None
        self._peer: Client | None = None
        self._working: set[asyncio.Task[Any]] = set()
        self._told: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        """The advertised name, or the address."""
        return self._name or self.address

    @property
    def mtu_size(self) -> int:
        """What was agreed with the device."""
        return self._link.att_mtu if self._link is not None else 23

    @property
    def is_connected(self) -> bool:
        """True from a connection's making to its end."""
        return self._link is not None

    async def connect(self, pair: bool, **_kwargs: Any) -> None:
        """Connects, pairs if asked to, and finds out what the device has."""
        if self._link is not None:
            return
        await self._central.device()
        address = await self._address()
        async with asyncio.timeout(self._timeout):
            link = await self._central.connect(address)
            if not is_up(link):
                raise BleakError("connecting failed: the device has not answered (0x3E)")
            self._link = link
            self._central.clients.add(self)
            link.on(Connection.EVENT_DISCONNECTION, lambda _reason: self._ended(link))
            try:
                if pair:
                    await self.pair()
                self._peer = Peer(link).gatt_client
                await self._work(self._peer.request_mtu(MTU))
                await self._work(self._discover(self._peer))
            except BaseException:
                await self._let_go(link)
                raise

    async def _address(self) -> hci.Address:
        known = self._central.seen.get(self.address.upper())
        if known is not None:
            return known
        try:
            return await self._central.find(self.address.upper(), self._timeout)
        except TimeoutError:
            raise BleakDeviceNotFoundError(
                self.address, f"Device with address {self.address} was not found."
            ) from None

    async def _discover(self, peer: Client) -> None:
        services = BleakGATTServiceCollection()
        for found in await peer.discover_services():
            uuid = whole(found.uuid)
            if self._wanted and uuid not in self._wanted:
                continue
            service = BleakGATTService(found, found.handle, uuid)
            services.add_service(service)
            for each in await peer.discover_characteristics([], found):
                can = [name for name, bit in PROPERTIES.items() if each.properties & bit]
                characteristic = BleakGATTCharacteristic(
                    each, each.handle, whole(each.uuid), can, lambda: self.mtu_size - 3, service
                )
                services.add_characteristic(characteristic)
                for one in await peer.discover_descriptors(each):
                    services.add_descriptor(
                        BleakGATTDescriptor(one, one.handle, whole(one.type), characteristic)
                    )
        self.services = services

    async def _let_go(self, link: Connection) -> None:
        self._link = None
        self._central.clients.discard(self)
        if not is_up(link):
            return
        with contextlib.suppress(BaseBumbleError, TimeoutError):
            async with asyncio.timeout(LETTING_GO_S):
                await link.disconnect()

    def _ended(self, link: Connection) -> None:
        if self._link is link:
            self.lost()

    def lost(self) -> None:
        """The connection is over: what waits for an answer gets none."""
        if self._link is None:
            return
        self._link = None
        self._peer = None
        self.services = None
        self._told.clear()
        self._central.clients.discard(self)
        for task in self._working:
            task.cancel()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        """Ends the connection; harmless where it has ended."""
        if self._link is None:
            return
        try:
            await self._link.disconnect()
        except (BaseBumbleError, hci.HCI_Error) as error:
            raise BleakError(f"disconnecting failed: {error}") from error
        except asyncio.CancelledError:
            if self._link is not None:
                raise

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        """Bonds, unless the link is encrypted by a bond already; BleakError where it is refused."""
        link = self._need()
        if not link.is_encrypted:
            await self._work(link.pair(), "pairing failed")

    async def unpair(self) -> None:
        """Forgets the bond, and disconnects."""
        known = self._central.seen.get(self.address.upper())
        if known is not None:
            await self._central.bonds.delete(str(known))
        await self.disconnect()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_kwargs: Any
    ) -> bytearray:
        """Reads a value."""
        del use_cached
        return await self._read(characteristic.handle)

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_kwargs: Any
    ) -> bytearray:
        """Reads a descriptor."""
        del use_cached
        return await self._read(descriptor.handle)

    async def _read(self, handle: int) -> bytearray:
        return bytearray(await self._work(self._gatt().read_value(handle)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        """Writes a value."""
        await self._write(characteristic.handle, data, response)

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        """Writes a descriptor."""
        await self._write(descriptor.handle, data, True)

    async def _write(self, handle: int, data: SizedBuffer, response: bool) -> None:
        await self._work(self._gatt().write_value(handle, bytes(data), with_response=response))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_kwargs: Any
    ) -> None:
        """Asks for notifications or indications."""
        handle = characteristic.handle
        proxy = self._proxy(characteristic)
        if handle in self._told:
            raise BleakError("notifications of this characteristic are started already")
        self._told[handle] = tell = lambda value: callback(bytearray(value))
        try:
            await self._work(proxy.subscribe(tell))
        except BaseException:
            self._told.pop(handle, None)
            raise

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Ends that."""
        tell = self._told.pop(characteristic.handle, None)
        if tell is not None:
            await self._work(self._proxy(characteristic).unsubscribe(tell))

    def _proxy(self, characteristic: BleakGATTCharacteristic) -> CharacteristicProxy[bytes]:
        self._need()
        proxy: CharacteristicProxy[bytes] = characteristic.obj
        return proxy

    def _need(self) -> Connection:
        if self._link is None:
            raise BleakError("Not connected")
        return self._link

    def _gatt(self) -> Client:
        self._need()
        if self._peer is None:
            raise BleakError("Service Discovery has not been performed yet")
        return self._peer

    async def _work(self, work: Coroutine[Any, Any, T], failing: str = "it failed") -> T:
        """Waits for the device; bumble cancels what was under way when a link ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._working.add(task)
        try:
            await asyncio.wait({task})
            if task.cancelled():
                raise BleakError("the device has disconnected")
            return task.result()
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except (BaseBumbleError, hci.HCI_Error) as error:
            raise BleakError(f"{failing}: {error}") from error
        finally:
            self._working.discard(task)
            task.cancel()
