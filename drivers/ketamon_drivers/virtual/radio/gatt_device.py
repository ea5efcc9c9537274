"""What every Bluetooth device made of software has: a radio, a name, bonds, battery, faults.

While a host is connected it isn't advertised. What it notifies goes through
`tell`, so that a stall and packets of a wrong length are the same for all.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from bumble.att import ATT_Error, AttributeValue
from bumble.core import UUID, BaseBumbleError
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import (
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    Characteristic,
    Descriptor,
    Service,
)
from bumble.hci import Address
from bumble.profiles.device_information_service import DeviceInformationService

from ketamon_drivers.virtual.radio.advertising import EVERY_MS, Identity, advertisement
from ketamon_drivers.virtual.radio.air import SUPERVISION_S, Air, Transceiver
from ketamon_drivers.virtual.radio.bonds import Bonds

BATTERY, BATTERY_LEVEL = "180F", "2A19"
FULL_PCT, LOW_PCT = 83, 8
UNIT_MS = 0.625  # bumble's controller takes units of so much for milliseconds
TURNED = 0x15  # bits that are turned over in a damaged byte
HEADER_BYTES = 3
"""What of the MTU a notification's own header takes."""

Properties = Characteristic.Properties
Permissions = Characteristic.Permissions


class GattDevice(ABC):
    """One device. `serve` switches it on, `close` off."""

    def __init__(self, air: Air, identity: Identity, service: str, *, bonds: bool) -> None:
        self.identity = identity
        self.is_bonding = bonds
        self.radio = Transceiver(identity.name, air)
        self.battery_pct = FULL_PCT
        self.link: Connection | None = None
        self._service = service
        self._advertised = False
        self._stalled = False
        self._cut_packets, self._cut_bytes = 0, 0
        self._corrupt_packets = 0
        self._errors: dict[str, int] = {}
        self._woken = asyncio.Event()
        self._gone = asyncio.Event()
        self._power: asyncio.Task[None] | None = None
        self._is_closed = False
        config = DeviceConfiguration(name=identity.name, address=Address(identity.address))
        self.host = Device.from_config_with_hci(config, self.radio, self.radio)
        self.bonds = Bonds()
        self.host.keystore = self.bonds.store
        self.host.pairing_config_factory = self.bonds.config
        self.host.on(Device.EVENT_CONNECTION, self._connected)

    @property
    def address(self) -> str:
        """Its Bluetooth address."""
        return self.identity.address

    # What subclasses are made of.

    @abstractmethod
    def services(self) -> Sequence[Service]:
        """Its services beside battery and device information."""

    @property
    def wants_to_be_found(self) -> bool:
        """True while it would advertise if nobody were connected."""
        return True

    def manufacturer_data(self) -> tuple[int, bytes] | None:
        """What its maker puts into advertisements: a company's number and bytes."""
        return None

    async def live(self) -> None:
        """What it does by itself, for ever."""
        await asyncio.Event().wait()

    async def talk(self) -> None:
        """Does what there is to do now for a host; called again whenever it is woken."""
        return

    def wake(self) -> None:
        """Lets it look again at what there is to do."""
        self._woken.set()

    async def woken(self) -> None:
        """Waits until there is something new to do."""
        await self._woken.wait()

    def characteristic(
        self,
        uuid: str,
        *,
        read: Callable[[], bytes] | None = None,
        write: Callable[[bytes], None] | None = None,
        notifies: bool = False,
        indicates: bool = False,
        is_open: bool = False,
    ) -> Characteristic[bytes]:
        """Makes a characteristic; one of a device that bonds is for bonded hosts unless `is_open`."""
        secured = self.is_bonding and not is_open
        properties, permissions = Properties(0), Permissions(0)
        if read is not None:
            properties |= Properties.READ
            permissions |= Permissions.READABLE
            permissions |= Permissions.READ_REQUIRES_ENCRYPTION if secured else Permissions(0)
        if write is not None:
            properties |= Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE
            permissions |= Permissions.WRITEABLE
            permissions |= Permissions.WRITE_REQUIRES_ENCRYPTION if secured else Permissions(0)
        properties |= Properties.NOTIFY if notifies else Properties(0)
        properties |= Properties.INDICATE if indicates else Properties(0)

        def reads(_link: Connection) -> bytes:
            self._fail_if_told(uuid)
            return read() if read is not None else b""

        def writes(_link: Connection, data: bytes) -> None:
            self._fail_if_told(uuid)
            if write is not None:
                write(bytes(data))

        value = AttributeValue[bytes](reads, writes)
        made: Characteristic[bytes] = Characteristic(UUID(uuid), properties, permissions, value)
        if notifies or indicates:
            made.descriptors = [self._subscription(uuid, made, secured=secured)]
        return made

    def _subscription(self, uuid: str, to: Characteristic[bytes], *, secured: bool) -> Descriptor:
        """The descriptor that a host writes to be told; bumble's own is open to everybody."""
        value = self.host.gatt_server.make_descriptor_value(to)

        def writes(link: Connection, data: bytes) -> None:
            self._fail_if_told(uuid)
            value.write(link, data)
            self.wake()

        permissions = Permissions.READABLE | Permissions.WRITEABLE
        permissions |= Permissions.WRITE_REQUIRES_ENCRYPTION if secured else Permissions(0)
        return Descriptor(
            GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
            permissions,
            AttributeValue(value.read, writes),
        )

    def is_told(self, of: Characteristic[bytes]) -> bool:
        """True where the connected host has subscribed."""
        if self.link is None:
            return False
        subscribed = self.host.gatt_server.subscribers.get(self.link, {}).get(of.handle)
        return bool(subscribed and subscribed[0])

    async def tell(self, of: Characteristic[bytes], packet: bytes) -> bool:
        """Notifies or indicates a packet; true where it went out, and was confirmed if indicated."""
        link = self.link
        if link is None or self._stalled or not self.is_told(of):
            return False
        if self._cut_packets:
            self._cut_packets -= 1
            packet = packet[: self._cut_bytes].ljust(self._cut_bytes, b"\0")
        if self._corrupt_packets and packet:
            self._corrupt_packets -= 1
            packet = packet[:-1] + bytes([packet[-1] ^ TURNED])
        if of.properties & Properties.NOTIFY:
            await self.host.notify_subscriber(link, of, packet)
            return True
        sending = asyncio.ensure_future(self.host.indicate_subscriber(link, of, packet))
        leaving = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return sending.done() and not sending.cancelled() and sending.exception() is None
        finally:
            sending.cancel()
            leaving.cancel()

    @property
    def packet_bytes(self) -> int:
        """The longest packet that the connected host takes."""
        return (self.link.att_mtu if self.link is not None else 23) - HEADER_BYTES

    async def hang_up(self) -> None:
        """Ends the link by itself."""
        if self.link is not None:
            with contextlib.suppress(BaseBumbleError, asyncio.CancelledError):
                await self.link.disconnect()

    # Power.

    async def serve(self) -> None:
        """Switches it on."""
        battery = self.characteristic(
            BATTERY_LEVEL, read=lambda: bytes([self.battery_pct]), notifies=True, is_open=True
        )
        self._battery = battery
        self.host.add_services([
            *self.services(),
            Service(UUID(BATTERY), [battery]),
            DeviceInformationService(
                self.identity.maker, self.identity.model, self.identity.serial,
                firmware_revision="simulated",
            ),
        ])  # fmt: skip
        await self.host.power_on()
        self._power = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Switches it off; its links are over."""
        power, self._power = self._power, None
        # A command to the controller that is answered at this moment takes the cancellation with it
        # (asyncio.wait_for before Python 3.12).
        self._is_closed = True
        self.wake()
        if power is not None:
            power.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await power
        self.radio.switch_off()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.live())
            tasks.create_task(self._serve_hosts())

    async def _serve_hosts(self) -> None:
        while not self._is_closed:
            self._woken.clear()
            await self._advertise()
            if self.link is not None:
                await self.talk()
            await self._woken.wait()

    async def _advertise(self) -> None:
        wanted = self.wants_to_be_found and self.link is None
        if wanted:
            first, answer = advertisement(
                self.identity.name, self._service, self.manufacturer_data()
            )
            await self.host.start_advertising(
                advertising_data=first,
                scan_response_data=answer,
                advertising_interval_min=EVERY_MS * UNIT_MS,
                advertising_interval_max=EVERY_MS * UNIT_MS,
            )
        elif self._advertised and self.link is None:
            await self.host.stop_advertising()
        self._advertised = wanted

    def _connected(self, link: Connection) -> None:
        self.link = link
        self._gone.clear()
        link.on(Connection.EVENT_DISCONNECTION, lambda _reason: self._disconnected(link))
        link.on(Connection.EVENT_PAIRING, lambda _keys: self._bonded(link))
        self.wake()

    def _disconnected(self, link: Connection) -> None:
        if self.link is link:
            self.link = None
            self._gone.set()
            self.left()
            self.wake()

    def left(self) -> None:
        """A host's link has ended."""
        return

    # What can happen to it.

    @property
    def bonded_hosts(self) -> tuple[str, ...]:
        """The addresses of the hosts that it has bonded with."""
        return self.bonds.hosts

    def pairing_mode(self) -> None:
        """Somebody brings it into pairing mode: the next host may be another one."""
        self.bonds.is_pairing = True
        self.wake()

    def _bonded(self, link: Connection) -> None:
        self.bonds.made(link)
        self.wake()

    def refuse_bonds(self, refuses: bool = True) -> None:
        """Lets it refuse to pair, or no longer."""
        self.bonds.refuses = refuses

    def forget_bond(self) -> None:
        """It has lost its bonds, as after a change of batteries; the host still has its own."""
        self.bonds.forget()

    def stall(self) -> None:
        """It says nothing more, and the link stays."""
        self._stalled = True

    def resume(self) -> None:
        """It speaks again."""
        self._stalled = False
        self.wake()

    def drop(self) -> None:
        """The link ends at once."""
        self.radio.drop()

    def out_of_range(self, supervision_s: float = SUPERVISION_S) -> None:
        """It is carried away."""
        self.radio.out_of_range(supervision_s)

    def in_range(self) -> None:
        """It is back."""
        self.radio.in_range()
        self.wake()

    def cut_next(self, count: int, size: int) -> None:
        """The next packets have another length: cut, or filled up with zeros."""
        self._cut_packets, self._cut_bytes = count, size

    def corrupt_next(self, count: int) -> None:
        """The next packets have their last byte turned over: the checksum's, where there is one."""
        self._corrupt_packets = count

    def fail_characteristic(self, uuid: str, code: int | None) -> None:
        """Answers reads, writes and subscriptions of a characteristic with a GATT error; None ends it."""
        if code is None:
            self._errors.pop(uuid.upper(), None)
        else:
            self._errors[uuid.upper()] = code

    def _fail_if_told(self, uuid: str) -> None:
        code = self._errors.get(uuid.upper())
        if code is not None:
            raise ATT_Error(code)

    async def set_battery(self, pct: int) -> None:
        """Its battery stands at so many percent, and it says so."""
        self.battery_pct = pct
        await self.tell(self._battery, bytes([pct]))
