"""The system's Bluetooth service on Linux: when it ends or is started again, every link is dead.

bleak doesn't look: after a restart of `bluetoothd` its clients call themselves connected for ever and
its scanner stays silent (virtual-devices 4). The bus tells who owns the name `org.bluez`.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

NAME = "org.bluez"
BUS, BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
RULE = f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{NAME}'"

_log = logging.getLogger(__name__)


ANSWER_S = 3.0


async def is_refused() -> bool:
    """Whether the bus keeps this account from asking the service; False where nobody can tell."""
    from dbus_fast import BusType, Message  # noqa: PLC0415 only bleak's own backend needs it
    from dbus_fast.aio import MessageBus  # noqa: PLC0415 as above

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        async with asyncio.timeout(ANSWER_S):
            await bus.connect()
            answer = await bus.call(
                Message(
                    destination=NAME,
                    path="/",
                    interface="org.freedesktop.DBus.ObjectManager",
                    member="GetManagedObjects",
                )
            )
    except Exception as error:  # dbus-fast lets through whatever the socket does
        return isinstance(error, PermissionError)
    finally:
        with suppress(Exception):
            bus.disconnect()
    return answer is not None and "AccessDenied" in str(answer.error_name)


class ServiceWatch:
    """Tells when the name's owner goes, or another takes its place."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self._gone = gone
        self._bus: MessageBus | None = None

    async def begin(self) -> None:
        """Listens to the bus, if it doesn't already; without a bus there is nothing to listen to."""
        if self._bus is not None and self._bus.connected:
            return
        from dbus_fast import BusType, Message  # noqa: PLC0415 only bleak's own backend needs it
        from dbus_fast.aio import MessageBus  # noqa: PLC0415 as above

        self.close()
        bus = None
        try:
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            bus.add_message_handler(self._told)
            await bus.call(
                Message(
                    destination=BUS,
                    path=BUS_PATH,
                    interface=BUS,
                    member="AddMatch",
                    signature="s",
                    body=[RULE],
                )
            )
        except Exception as error:  # dbus-fast lets through whatever the socket does
            _log.info("the system's bus can't be watched (%s)", type(error).__name__)
            if bus is not None:
                bus.disconnect()
            return
        self._bus = bus

    def close(self) -> None:
        """Listens no longer."""
        bus, self._bus = self._bus, None
        if bus is not None:
            with suppress(Exception):
                bus.disconnect()

    def _told(self, message: Any) -> None:
        if message.member == "NameOwnerChanged" and message.body and message.body[0] == NAME:
            _, old_owner, _ = message.body
            if old_owner:
                self._gone()
