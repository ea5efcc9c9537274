"""One connection to one Bluetooth device: a fresh client, every call with a time of its own.

What bleak says of a connection is a hint: a call may hang after the link is gone, and a client may
call itself connected for ever. So each call races with `ended`, which everybody who learns of an end
may set, and the connection is let go in any case.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from ketamon_drivers.links.bluetooth_errors import RAISED, GoneError, translated

if TYPE_CHECKING:
    from bleak import BleakClient

T = TypeVar("T")

CALL_S = 5.0
"""For one read, write or subscription; a device that is asleep answers within two intervals."""
SUBSCRIBE_S = 10.0
"""The first subscription may wait for the link's encryption."""
DISCONNECT_S = 5.0
GIVE_UP_S = 1.0
"""For a cancelled call to end: one that doesn't is left behind."""

LINK_LOST = "the device is gone: see that it is on and near"
SIG = "0000{}-0000-1000-8000-00805f9b34fb"


def whole_uuid(uuid: str) -> str:
    """Gives a UUID as bleak writes it, from the catalogue's four digits or whole."""
    return SIG.format(uuid.lower()) if len(uuid) == 4 else uuid.lower()


async def either(
    one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float | None = None
) -> None:
    """Waits until one of two is done, or so long; which one was is to be looked at."""
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def within(call: Coroutine[Any, Any, T], seconds: float, ended: asyncio.Future[str]) -> T:
    """Waits for a call of bleak's; TimeoutError when it takes too long, GoneError when the link ends.

    A cancelled call of bleak's is an error like any other: only our own canceller may cancel us.
    """
    task = asyncio.get_running_loop().create_task(call)
    try:
        await either(task, ended, seconds)
        if task.done():
            if task.cancelled():
                raise GoneError(ended.result() if ended.done() else LINK_LOST)
            return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=GIVE_UP_S)
            if task.done() and not task.cancelled():
                task.exception()  # heard, so that nobody complains of it later
    if ended.done():
        raise GoneError(ended.result())
    raise TimeoutError


class Connection:
    """A connected device; made by the adapter, used by one link until it is let go."""

    def __init__(self, client: "BleakClient", ended: asyncio.Future[str]) -> None:
        self.client = client
        self.ended = ended
        """Is done when the connection is over, with the reason."""

    @property
    def address(self) -> str:
        """The device's address as it is now: it may change with a bond."""
        return self.client.address.upper()

    def end(self, reason: str = LINK_LOST) -> None:
        """Says that it is over; whoever waits for an answer stops waiting."""
        if not self.ended.done():
            self.ended.set_result(reason)

    def properties(self, uuid: str) -> tuple[str, ...]:
        """What a characteristic can do (`read`, `notify`, …); nothing where there is none."""
        from bleak.exc import BleakError  # noqa: PLC0415 it is loaded by now

        try:
            found = self.client.services.get_characteristic(whole_uuid(uuid))
        except BleakError:  # no longer connected, or two of the same name
            return ()
        return () if found is None else tuple(found.properties)

    async def read(self, uuid: str) -> bytes:
        """Reads a characteristic; raises BluetoothError."""
        return bytes(await self._call(self.client.read_gatt_char(whole_uuid(uuid)), "reading"))

    async def write(self, uuid: str, data: bytes) -> None:
        """Writes a characteristic, with an answer only where it has to be; raises BluetoothError."""
        answered = "write-without-response" not in self.properties(uuid)
        await self._call(
            self.client.write_gatt_char(whole_uuid(uuid), data, response=answered), "writing"
        )

    async def subscribe(self, uuid: str, came: Callable[[bytes], None]) -> None:
        """Asks for notifications or indications; raises BluetoothError."""

        def heard(_sender: object, data: bytearray) -> None:
            if not self.ended.done():
                came(bytes(data))

        await self._call(
            self.client.start_notify(whole_uuid(uuid), heard), "subscribing", SUBSCRIBE_S
        )

    async def close(self) -> None:
        """Lets go, whatever state it is in; never raises but when cancelled, and then lets go first."""
        self.end("it was let go")
        task = asyncio.get_running_loop().create_task(self._disconnect())
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            raise

    async def _disconnect(self) -> None:
        from bleak.exc import BleakError  # noqa: PLC0415 it is loaded by now

        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            await within(self.client.disconnect(), DISCONNECT_S, never)
        except (BleakError, *RAISED):
            pass  # what can't be told to go is gone, or goes when the device hears nothing more

    async def _call(self, call: Coroutine[Any, Any, T], doing: str, seconds: float = CALL_S) -> T:
        from bleak.exc import BleakError  # noqa: PLC0415 it is loaded by now

        try:
            return await within(call, seconds, self.ended)
        except (BleakError, AssertionError, *RAISED) as error:
            raise translated(error, doing) from None
