"""Objects on D-Bus under one name: their properties, the signals about them, the calls to them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dbus_fast import ErrorType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"

SIGNATURES = {
    "Adapter": "o", "Address": "s", "AddressType": "s", "Alias": "s", "Blocked": "b", "Bonded": "b",
    "Characteristic": "o", "Class": "u", "Connected": "b", "Device": "o", "Discoverable": "b",
    "Discovering": "b", "Flags": "as", "Includes": "ao", "LegacyPairing": "b", "MTU": "q",
    "ManufacturerData": "a{qv}", "Modalias": "s", "Name": "s", "Notifying": "b", "Pairable": "b",
    "Paired": "b", "Powered": "b", "Primary": "b", "RSSI": "n", "Roles": "as", "Service": "o",
    "ServiceData": "a{sv}", "ServicesResolved": "b", "Trusted": "b", "UUID": "s", "UUIDs": "as",
    "Value": "ay",
}  # fmt: skip
"""The D-Bus type of each property (BlueZ, doc/org.bluez.*.rst)."""

RETURNS = {"ReadValue": "ay"}
"""What the few methods give that give anything."""

_log = logging.getLogger(__name__)

Interfaces = dict[str, dict[str, Any]]


class BlueZError(Exception):
    """An answer that is an error: its name, and the text that BlueZ gives with it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name if "." in name else f"org.bluez.Error.{name}"
        self.text = text


@dataclass(frozen=True, slots=True)
class Call:
    """A method call, and who made it."""

    path: str
    member: str
    sender: str
    body: list[Any]


Method = Callable[[Call], Awaitable[list[Any] | None]]


def variants(properties: Mapping[str, Any]) -> dict[str, Variant]:
    """Gives properties as D-Bus carries them."""
    return {name: Variant(SIGNATURES[name], value) for name, value in properties.items()}


class ObjectTree:
    """The objects, and the connection on which they are found; methods are given by interface."""

    def __init__(
        self,
        methods: Mapping[str, Mapping[str, Method]],
        *,
        on_set: Callable[[str, str, Any], Awaitable[None]],
        on_gone: Callable[[str], Awaitable[None]],
    ) -> None:
        """`on_set` is told of a property that a client set, `on_gone` of a client that has left."""
        self._methods, self._on_set, self._on_gone = methods, on_set, on_gone
        self._objects: dict[str, Interfaces] = {}
        self._bus: MessageBus | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.busy: dict[str, int] = {}
        """How often a method will still answer that it is in progress already."""

    # -- the name on the bus --------------------------------------------------------------------

    async def appear(self, address: str, name: str) -> None:
        """Connects and takes the name."""
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.add_message_handler(self._came)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await self._bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[rule],
            )
        )
        await self._bus.request_name(name)

    def vanish(self) -> None:
        """Leaves the bus without a word; whoever waits for an answer is told so by the bus."""
        for task in self._tasks:
            task.cancel()
        if self._bus is not None:
            self._bus.disconnect()
        self._objects.clear()

    # -- the objects ----------------------------------------------------------------------------

    def __contains__(self, path: str) -> bool:
        return path in self._objects

    def get(self, path: str, interface: str, name: str) -> Any:
        """Gives a property; None where there is no such object or property."""
        return self._objects.get(path, {}).get(interface, {}).get(name)

    def under(self, path: str) -> list[str]:
        """The paths of all objects below this one."""
        return [each for each in self._objects if each.startswith(f"{path}/")]

    def add(self, path: str, interface: str, **properties: Any) -> None:
        """Adds an object with one interface, and says so."""
        self._objects[path] = {interface: properties}
        added = {interface: variants(properties)}
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, added])

    def remove(self, path: str) -> None:
        """Takes an object away with all below it, and says so."""
        for each in [*reversed(self.under(path)), path]:
            interfaces = self._objects.pop(each, None)
            if interfaces is not None:
                gone = [each, list(interfaces)]
                self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", gone)

    def set(self, path: str, interface: str, **properties: Any) -> None:
        """Changes properties and says so; of an object that is gone, nothing."""
        if path in self._objects:
            self._objects[path][interface].update(properties)
            changed = [interface, variants(properties), []]
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", changed)

    # -- the wire -------------------------------------------------------------------------------

    def later(self, work: Awaitable[None]) -> None:
        """Does something beside, which ends with the tree."""

        async def done() -> None:
            try:
                await work
            except BlueZError as error:
                _log.info("%s", error)

        self._keep(done())

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send(self, message: Message) -> None:
        if self._bus is not None and self._bus.connected:
            sent = self._bus.send(message)
            # What can't be sent any more is of no interest to anybody.
            sent.add_done_callback(lambda future: future.cancelled() or future.exception())

    def _signal(self, path: str, interface: str, member: str, signature: str, body: Any) -> None:
        self._send(Message.new_signal(path, interface, member, signature, body))

    def _came(self, message: Message) -> bool | None:
        if message.message_type is MessageType.SIGNAL:
            if message.member == "NameOwnerChanged" and not message.body[2]:
                self.later(self._on_gone(message.body[0]))
            return None
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        self._keep(self._answer(message))
        return True

    async def _answer(self, message: Message) -> None:
        try:
            answer = await self._answered(message)
        except BlueZError as error:
            answer = Message.new_error(message, error.name, error.text)
        except Exception as error:
            _log.exception("%s failed", message.member)
            answer = Message.new_error(message, "org.bluez.Error.Failed", repr(error))
        if not message.flags.value & 1:  # a call may say that it wants no reply
            self._send(answer)

    async def _answered(self, message: Message) -> Message:
        path, interface, member = message.path or "/", message.interface or "", message.member or ""
        if interface == OBJECT_MANAGER:
            everything = {
                each: {name: variants(properties) for name, properties in interfaces.items()}
                for each, interfaces in self._objects.items()
            }
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [everything])
        if path not in self._objects:
            text = f'Method "{member}" with interface "{interface}" doesn\'t exist'
            raise BlueZError(ErrorType.UNKNOWN_OBJECT.value, text)
        if interface == PROPERTIES:
            return await self._property(message, path, member)
        method = self._methods.get(interface, {}).get(member)
        if method is None:
            raise BlueZError("NotSupported", "Operation is not supported")
        if self.busy.get(member, 0) > 0:
            self.busy[member] -= 1
            raise BlueZError("InProgress", "Operation already in progress")
        given = await method(Call(path, member, message.sender or "", message.body))
        return Message.new_method_return(message, RETURNS.get(member, ""), given or [])

    async def _property(self, message: Message, path: str, member: str) -> Message:
        interface, *rest = message.body
        properties = self._objects[path].get(interface, {})
        if member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [variants(properties)])
        name = rest[0]
        if name not in properties:
            raise BlueZError(ErrorType.UNKNOWN_PROPERTY.value, f"No such property '{name}'")
        if member == "Set":
            await self._on_set(path, name, rest[1].value)
            return Message.new_method_return(message)
        return Message.new_method_return(message, "v", [variants({name: properties[name]})[name]])
