"""The host's side of a room's two devices in tests: bytes with their times, readings, cuff cycles."""

import asyncio
import hashlib
from functools import partial

from ketamon.training.room import Room
from ketamon_drivers.protocols import nonin_df8, suntech
from ketamon_drivers.protocols.protocol import Decoder
from ketamon_drivers.readings import BloodPressure, Oximetry, Reading, Reply


class Host:
    """Both devices of a room, opened; everything that they say is kept."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.ports = room.serve_pipes()
        self.wire: list[tuple[float, str, bytes]] = []
        self.readings: list[tuple[float, Reading]] = []
        self.closed: list[str] = []
        self._decoders: dict[str, Decoder] = {
            "cuff": suntech.SunTech(),
            "oximeter": nonin_df8.NoninFormat8(),
        }
        self._said: asyncio.Queue[Reading] = asyncio.Queue()

    async def open(self, *devices: str) -> None:
        for device in devices or ("cuff", "oximeter"):
            wire = await self.ports[device].open()
            wire.start(partial(self._received, device), self.closed.append)
            if device == "cuff":
                self._send = wire.write

    def _received(self, device: str, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self.wire.append((now, device, data))
        for reading in self._decoders[device].feed(data):
            self.readings.append((now, reading))
            if device == "cuff":
                self._said.put_nowait(reading)

    async def measure(self) -> BloodPressure:
        """Starts a cycle, waits for its end, and asks for the result."""
        self._send(suntech.COMMANDS["start_adult"])
        while await self._said.get() != Reply("K", True, "measurement done"):
            pass
        self._send(suntech.COMMANDS["get_result"])
        while True:
            reading = await self._said.get()
            if isinstance(reading, BloodPressure):
                return reading

    async def until(self, second: float) -> None:
        await asyncio.sleep(second - asyncio.get_running_loop().time())

    def samples(self, start: float = 0, end: float = float("inf")) -> list[Oximetry]:
        return [
            reading
            for at, reading in self.readings
            if isinstance(reading, Oximetry) and start <= at < end
        ]

    @property
    def fingerprint(self) -> str:
        """One hash of all bytes with their devices and times."""
        return hashlib.sha256(repr(self.wire).encode()).hexdigest()
