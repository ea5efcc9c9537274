"""The computer's side of the virtual radio: an adapter with the system's Bluetooth service above it.

What a system does for programs is done here: one connection is begun at a time, bonds are kept and
used by themselves when a bonded device connects, and a service that was lost (the adapter switched
off, its process gone) is reached anew by whoever asks next. As with a real system's, a scanner that
ran meanwhile hears nothing any more, and nobody tells it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
)
from bumble import hci
from bumble.core import BaseBumbleError
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration
from bumble.hci import Address
from bumble.keys import MemoryKeyStore

from ketamon_drivers.virtual.radio.air import Air, Transceiver

OUR_ADDRESS = "F0:F0:F0:F0:F0:F0"
FULL = "the connection limit is exceeded (0x09)"
OFF = BleakBluetoothNotAvailableReason.POWERED_OFF
NO_ADAPTER = BleakBluetoothNotAvailableReason.NO_BLUETOOTH


class Listener(Protocol):
    """A running scanner."""

    def heard(self, advertisement: Advertisement) -> None:
        """Takes an advertisement."""


class Client(Protocol):
    """A connection that a program has, or is making."""

    def lost(self) -> None:
        """The adapter is gone, and the connection with it."""


class Hci(Protocol):
    """A controller as seen from its host."""

    source: Any
    sink: Any

    def close(self) -> None:
        """Lets go of it."""


class InProcess:
    """A controller of our own in the same air."""

    def __init__(self, air: Air, name: str) -> None:
        self.transceiver = Transceiver(name, air)
        self.source = self.sink = self.transceiver

    def close(self) -> None:
        """Takes it out of the room."""
        self.transceiver.switch_off()


class Central:
    """One adapter; `reach` gives its controller anew each time, or raises OSError."""

    def __init__(
        self,
        reach: Callable[["Central"], Awaitable[Hci]],
        address: str = OUR_ADDRESS,
        most_connections: int | None = None,
    ) -> None:
        self._reach = reach
        self._config = DeviceConfiguration(name="ketamon", address=Address(address))
        self.most_connections = most_connections
        self.bonds = MemoryKeyStore()
        self.is_on = True
        self.listeners: set[Listener] = set()
        self.clients: set[Client] = set()
        self.seen: dict[str, Address] = {}
        """Each device's address with its kind, which a program doesn't know."""
        self.connecting = asyncio.Lock()
        self._reaching = asyncio.Lock()
        self._device: Device | None = None
        self.hci: Hci | None = None

    async def device(self) -> Device:
        """Gives the host that works; BleakBluetoothNotAvailableError where there is none."""
        async with self._reaching:
            if not self.is_on:
                raise BleakBluetoothNotAvailableError("the adapter is off", OFF)
            if self._device is None:
                self._device = await self._opened()
            return self._device

    async def _opened(self) -> Device:
        try:
            self.hci = await self._reach(self)
        except OSError as error:
            raise BleakBluetoothNotAvailableError("no adapter is there", NO_ADAPTER) from error
        device = Device.from_config_with_hci(self._config, self.hci.source, self.hci.sink)
        device.keystore = self.bonds
        try:
            await device.power_on()
        except (BaseBumbleError, asyncio.CancelledError) as error:
            # A radio that is switched off takes the call and hangs up at once.
            if isinstance(error, asyncio.CancelledError) and self.hci is not None:
                raise
            self.lost()
            raise BleakBluetoothNotAvailableError("the adapter is off", OFF) from error
        device.on(Device.EVENT_ADVERTISEMENT, self._heard)
        return device

    def lost(self) -> None:
        """The controller is gone: so are all connections, and scanners hear nothing more."""
        self._device = None
        gone, self.hci = self.hci, None
        if gone is not None:
            gone.close()
        self.listeners.clear()
        for client in list(self.clients):
            client.lost()

    def switch_off(self) -> None:
        """Somebody switches the adapter off."""
        self.is_on = False
        self.lost()

    def switch_on(self) -> None:
        """And on again."""
        self.is_on = True

    def _heard(self, advertisement: Advertisement) -> None:
        self.seen[bare(advertisement.address)] = advertisement.address
        for listener in list(self.listeners):
            listener.heard(advertisement)

    async def listen(self, listener: Listener) -> None:
        """Lets a scanner hear what is advertised from now on."""
        device = await self.device()
        if not self.listeners:
            await device.start_scanning(legacy=True, filter_duplicates=False)
        self.listeners.add(listener)

    async def stop_listening(self, listener: Listener) -> None:
        """Ends that; harmless where it has ended by itself."""
        self.listeners.discard(listener)
        if not self.listeners and self._device is not None and self._device.scanning:
            with contextlib.suppress(BaseBumbleError):
                await self._device.stop_scanning(legacy=True)

    async def find(self, address: str, seconds: float) -> Address:
        """Waits for a device to advertise; TimeoutError."""
        waiting = _Awaited(address)
        await self.listen(waiting)
        try:
            async with asyncio.timeout(seconds):
                return await waiting.found
        finally:
            await self.stop_listening(waiting)

    async def connect(self, address: Address) -> Connection:
        """Makes a link; one is begun at a time. Raises BleakError."""
        device = await self.device()
        if self.most_connections is not None and len(device.connections) >= self.most_connections:
            raise BleakError(FULL)
        async with self.connecting:
            try:
                link = await device.connect(address, timeout=None)
            except asyncio.CancelledError:
                if self._device is not device:
                    raise BleakError("the adapter is gone") from None
                # Else the controller goes on trying and refuses every later connection.
                with contextlib.suppress(BaseBumbleError):
                    await device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
                raise
            except BaseBumbleError as error:
                raise BleakError(f"connecting failed: {error}") from error
        await self._encrypt(link)
        return link

    async def _encrypt(self, link: Connection) -> None:
        """Encrypts a link to a bonded device, as systems do; one that forgot us stays as it is."""
        if await self.bonds.get(str(link.peer_address)) is None:
            return
        with contextlib.suppress(BaseBumbleError, hci.HCI_Error):
            await link.encrypt()


class _Awaited:
    """Waits for one device's advertisement."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.found: asyncio.Future[Address] = asyncio.get_running_loop().create_future()

    def heard(self, advertisement: Advertisement) -> None:
        """Takes an advertisement."""
        if bare(advertisement.address) == self._address and not self.found.done():
            self.found.set_result(advertisement.address)


def bare(address: Address) -> str:
    """Gives an address as programs know it."""
    return str(address).partition("/")[0].upper()
