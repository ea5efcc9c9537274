"""A connected device's services as BlueZ shows them, each operation a real exchange over the air."""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bumble import att, core
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy, DescriptorProxy

from tests.drivers.bluetooth.object_tree import BlueZError, Call, Method, ObjectTree

SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"

LARGEST_MTU = 517
HIDDEN = {core.UUID.from_16_bits(0x1800)}
"""BlueZ keeps the Generic Access service to itself."""

FLAGS = (
    "broadcast", "read", "write-without-response", "write", "notify", "indicate",
    "authenticated-signed-writes", "extended-properties",
)  # fmt: skip
"""By the bits of a characteristic's properties, from the lowest."""

NOT_PAIRED = ("NotPermitted", "Not paired")
ERRORS = {
    0x01: ("Failed", "Operation failed with ATT error: 0x01"),
    0x02: ("NotPermitted", "Read not permitted"),
    0x03: ("NotPermitted", "Write not permitted"),
    0x05: NOT_PAIRED,
    0x06: ("NotSupported", "Operation is not supported"),
    0x07: ("InvalidArguments", "Invalid offset"),
    0x08: ("NotAuthorized", "Operation Not Authorized"),
    0x0C: NOT_PAIRED,
    0x0D: ("InvalidArguments", "Invalid Length"),
    0x0F: NOT_PAIRED,
}
"""How BlueZ names what a device answers (src/gatt-client.c, create_gatt_dbus_error); all else by number."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


def uuid_text(uuid: core.UUID) -> str:
    """Gives a UUID in 36 small letters."""
    short = uuid.to_hex_str()
    if len(short) == 32:
        return uuid.to_hex_str("-").lower()
    return f"{short.rjust(8, '0')}-0000-1000-8000-00805f9b34fb".lower()


@dataclass(slots=True)
class Subscribed:
    """A characteristic, and the clients that want its values."""

    proxy: "CharacteristicProxy[bytes]"
    clients: set[str] = field(default_factory=set)


class GattObjects:
    """The objects below one device, for as long as it is connected."""

    def __init__(self, tree: ObjectTree, device_path: str, connection: Connection) -> None:
        self._tree, self._device_path = tree, device_path
        self._peer = Peer(connection)
        self._characteristics: dict[str, Subscribed] = {}
        self._descriptors: dict[str, DescriptorProxy] = {}
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def resolve(self) -> list[str]:
        """Discovers everything and adds its objects; gives the services' UUIDs."""
        mtu = await self.exchange(self._peer.request_mtu(LARGEST_MTU))
        services = await self.exchange(self._peer.discover_services())
        for service in services:
            if service.uuid in HIDDEN:
                continue
            path = f"{self._device_path}/service{service.handle:04x}"
            self._tree.add(
                path,
                SERVICE,
                UUID=uuid_text(service.uuid),
                Primary=True,
                Device=self._device_path,
                Includes=[],
            )
            for found in await self.exchange(service.discover_characteristics()):
                await self._add_characteristic(path, found, mtu)
        return [uuid_text(service.uuid) for service in services]

    async def _add_characteristic(
        self, service_path: str, found: "CharacteristicProxy[bytes]", mtu: int
    ) -> None:
        path = f"{service_path}/char{found.handle:04x}"
        flags = [name for bit, name in enumerate(FLAGS) if int(found.properties) & 1 << bit]
        notifying = {"Notifying": False} if {"notify", "indicate"} & set(flags) else {}
        self._tree.add(
            path,
            CHARACTERISTIC,
            UUID=uuid_text(found.uuid),
            Service=service_path,
            Value=b"",
            Flags=flags,
            MTU=mtu,
            **notifying,
        )
        self._characteristics[path] = Subscribed(found)
        for descriptor in await self.exchange(found.discover_descriptors()):
            below = f"{path}/desc{descriptor.handle:04x}"
            self._tree.add(
                below,
                DESCRIPTOR,
                UUID=uuid_text(descriptor.type),
                Characteristic=path,
                Value=b"",
                Flags=[],
            )
            self._descriptors[below] = descriptor

    def end(self) -> None:
        """The link is over: whoever waits for an answer is told, and the objects go."""
        if not self._ended.done():
            self._ended.set_result(None)
        for path in self._tree.under(self._device_path):
            if path.count("/") == self._device_path.count("/") + 1:
                self._tree.remove(path)

    async def exchange(self, asked: Awaitable[T]) -> T:
        """Waits for the device's answer; BlueZError where it is an error, or the link is over first.

        bumble cancels what waits when a link is over, which would end whoever waits with it.
        """
        answer = asyncio.ensure_future(asked)
        both: set[asyncio.Future[Any]] = {answer, self._ended}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
        if not answer.done() or answer.cancelled():
            raise BlueZError("Failed", "Not connected")
        try:
            return answer.result()
        except att.ATT_Error as error:
            number = int(error.error_code)
            named = ERRORS.get(
                number, ("Failed", f"Operation failed with ATT error: {number:#04x}")
            )
            raise BlueZError(*named) from error
        except core.BaseBumbleError as error:
            raise BlueZError("Failed", "Operation failed with ATT error: 0x0e") from error

    # -- what clients ask for -------------------------------------------------------------------

    async def read(self, call: Call) -> list[Any]:
        """Reads a characteristic or a descriptor; BlueZ signals what was read, too."""
        descriptor = self._descriptors.get(call.path)
        handle = (descriptor or self._characteristics[call.path].proxy).handle
        value = bytes(await self.exchange(self._peer.gatt_client.read_value(handle)))
        interface = CHARACTERISTIC if descriptor is None else DESCRIPTOR
        self._tree.set(call.path, interface, Value=value)
        return [value]

    async def write(self, call: Call) -> None:
        """Writes a characteristic or a descriptor, as a command where the client says so."""
        value, options = call.body
        descriptor = self._descriptors.get(call.path)
        handle = (descriptor or self._characteristics[call.path].proxy).handle
        is_command = descriptor is None and "type" in options and options["type"].value == "command"
        writing = self._peer.gatt_client.write_value(
            handle, bytes(value), with_response=not is_command
        )
        await self.exchange(writing)

    async def start_notify(self, call: Call) -> None:
        """Hands a characteristic's values to one more client."""
        wanted = self._characteristics[call.path]
        if call.sender in wanted.clients:
            raise BlueZError("InProgress", "In Progress")
        wanted.clients.add(call.sender)
        if len(wanted.clients) > 1:
            return

        def came(value: bytes) -> None:
            if wanted.clients:
                self._tree.set(call.path, CHARACTERISTIC, Value=bytes(value))

        try:
            await self.exchange(wanted.proxy.subscribe(came))
        except BlueZError:
            wanted.clients.discard(call.sender)
            raise
        self._tree.set(call.path, CHARACTERISTIC, Notifying=True)

    async def stop_notify(self, call: Call) -> None:
        """Ends that for one client."""
        if call.sender not in self._characteristics[call.path].clients:
            raise BlueZError("Failed", "No notify session started")
        await self._left(call.path, call.sender)

    async def client_gone(self, client: str) -> None:
        """A client has left the bus, and with it what it wanted."""
        for path, wanted in self._characteristics.items():
            if client in wanted.clients:
                await self._left(path, client)

    async def _left(self, path: str, client: str) -> None:
        wanted = self._characteristics[path]
        wanted.clients.discard(client)
        if not wanted.clients:
            await self.exchange(wanted.proxy.unsubscribe())
            self._tree.set(path, CHARACTERISTIC, Notifying=False)


def gatt_methods(objects: "dict[str, GattObjects]") -> dict[str, dict[str, Method]]:
    """Gives the methods of both interfaces, each for the device that its path is below."""

    def of(call: Call) -> GattObjects:
        device = call.path.partition("/service")[0]
        if device not in objects:
            raise BlueZError("Failed", "Not connected")
        return objects[device]

    async def read(call: Call) -> list[Any]:
        return await of(call).read(call)

    async def write(call: Call) -> None:
        await of(call).write(call)

    async def start_notify(call: Call) -> None:
        await of(call).start_notify(call)

    async def stop_notify(call: Call) -> None:
        await of(call).stop_notify(call)

    return {
        CHARACTERISTIC: {
            "ReadValue": read,
            "WriteValue": write,
            "StartNotify": start_notify,
            "StopNotify": stop_notify,
        },
        DESCRIPTOR: {"ReadValue": read, "WriteValue": write},
    }
