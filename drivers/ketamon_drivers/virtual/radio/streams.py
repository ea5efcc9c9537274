"""Oximeters and straps that talk to a connected host: any virtual device, with Bluetooth for a line.

What the device inside writes goes out as notifications, as long as a host has subscribed: each packet
whole, or a stream's bytes gathered and cut as its maker does. What hosts write to the command
characteristic, it receives.
"""

from collections import deque
from collections.abc import Sequence

from bumble.core import UUID
from bumble.gatt import Service

from ketamon_drivers.catalog import Gatt
from ketamon_drivers.protocols import gatt_2a5f
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.device import VirtualDevice
from ketamon_drivers.virtual.radio.advertising import Identity
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from ketamon_drivers.virtual.radio.viatom import VirtualBP2

FEATURES_UUID = "2A60"
FEATURES = bytes.fromhex("0300e0ffffff00")  # both status fields, and nearly every bit in them

LONGEST_QUEUE = 64
"""Packets that wait to go out; what is older is lost, as on air."""


class StreamDevice(GattDevice):
    """A device that notifies what another one inside it says."""

    def __init__(
        self,
        air: Air,
        identity: Identity,
        gatt: Gatt,
        inside: VirtualDevice,
        *,
        reads: dict[str, bytes] | None = None,
        gathers_bytes: int = 0,
        is_stream: bool = False,
    ) -> None:
        """`reads`: further characteristics of its service; `gathers_bytes`: a notification's fill."""
        super().__init__(air, identity, gatt.service, bonds=gatt.bonds)
        self.inside = inside
        self._gatt = gatt
        self._reads = reads or {}
        self._gathers_bytes = gathers_bytes
        self._is_stream = is_stream
        self._gathered = bytearray()
        self._queue: deque[bytes] = deque(maxlen=LONGEST_QUEUE)
        inside.attach(self._say)

    def services(self) -> Sequence[Service]:
        """The maker's: what notifies, what takes commands, and what can be read."""
        gatt = self._gatt
        self._notified = self.characteristic(gatt.notify, notifies=True)
        mine = [self._notified]
        if gatt.write is not None:
            mine.append(self.characteristic(gatt.write, write=self.inside.received))
        mine += [
            self.characteristic(uuid, read=lambda value=value: value)  # type: ignore[misc]
            for uuid, value in self._reads.items()
        ]
        return [Service(UUID(gatt.service), mine)]

    async def live(self) -> None:
        """Runs the device inside."""
        await self.inside.run()

    async def talk(self) -> None:
        """Sends what was said since."""
        while self._queue:
            await self.tell(self._notified, self._queue.popleft())

    def left(self) -> None:
        """What was said to one host is not for the next."""
        self._queue.clear()
        self._gathered.clear()

    def burst(self, packets: Sequence[bytes]) -> None:
        """Sends these at once, as a device does that empties its memory."""
        self._queue.extend(packets)
        self.wake()

    def _say(self, data: bytes) -> None:
        if self.link is None or not self.is_told(self._notified):
            return
        if self._gathers_bytes:
            self._gathered += data
            if len(self._gathered) < self._gathers_bytes:
                return
            data = bytes(self._gathered)
            self._gathered.clear()
        size = self.packet_bytes if self._is_stream else len(data)
        self._queue.extend(data[at : at + size] for at in range(0, len(data), size))
        self.wake()


class SigOximeterDevice(StreamDevice):
    """An oximeter with the standard service, and a memory."""

    def __init__(self, air: Air, identity: Identity, gatt: Gatt, inside: VirtualDevice) -> None:
        super().__init__(air, identity, gatt, inside, reads={FEATURES_UUID: FEATURES})

    def store(self, count: int) -> None:
        """Sends so many old readings from its memory at once, each marked so."""
        stored = (
            Oximetry(90 + number % 10, 60 + number % 40, status=("from_storage",))
            for number in range(count)
        )
        self.burst([gatt_2a5f.encode(reading) for reading in stored])


class PressedDevice(StreamDevice):
    """A cuff that answers polls: its button, with its radio."""

    def __init__(self, air: Air, identity: Identity, gatt: Gatt, inside: VirtualBP2) -> None:
        super().__init__(air, identity, gatt, inside, is_stream=True)
        self.cuff = inside
        inside.battery_pct = lambda: self.battery_pct

    def press_start(self) -> None:
        """Somebody presses START."""
        self.cuff.press_start()

    def press_stop(self) -> None:
        """Somebody lets the air out."""
        self.cuff.press_stop()
