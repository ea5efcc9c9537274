"""Viatom's devices from the inside: PC-60 streams, the O2Ring answers polls, the BP2 does and measures.

Like all virtual devices they know no Bluetooth: bytes in, bytes out. The BP2 obeys the short list of
commands that ketamon may send; what else it is asked is kept in `refused`, so that tests can say of a
driver that it never asked.
"""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime

from ketamon_drivers.protocols import viatom_bp2, viatom_o2ring, viatom_pc60
from ketamon_drivers.protocols.date_time import date_time
from ketamon_drivers.readings import BloodPressure, CuffPressure, Oximetry, Pleth
from ketamon_drivers.virtual.cuff_cycle import CuffCycle, Measurement
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.clock import DeviceClock
from ketamon_drivers.virtual.radio.spoken import spoken

WAVES_PER_S = 10
RESTING_PULSE = 60
QUARTER_PCT = 25
IDLE, MEASURING, RESULT = 3, 4, 5
BP2_WORDS = {1: ("low_signal",), 2: ("body_movement",), 87: ("cuff_too_loose",)}
"""By SunTech's numbers; it says of all others that something is wrong."""


class Talker:
    """What the three share: the way out, and a charge to tell."""

    def __init__(self) -> None:
        self.battery_pct: Callable[[], int] = lambda: 100
        self._write: Callable[[bytes], None] = lambda _data: None

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    def received(self, data: bytes) -> None:
        """Takes bytes from the host, cut anyhow."""
        del data

    async def run(self) -> None:
        """Lives until cancelled."""
        await asyncio.Event().wait()


class VirtualPc60(Talker):
    """A reading each second and five points of the pulse wave ten times in it."""

    def __init__(self, sample: Callable[[], Oximetry]) -> None:
        super().__init__()
        self._sample = sample

    async def run(self) -> None:
        """Sends for ever."""
        loop = asyncio.get_running_loop()
        began, number, phase = loop.time(), 0, 0.0
        pulse = RESTING_PULSE
        while True:
            if number % WAVES_PER_S == 0:
                reading = spoken(self._sample(), viatom_pc60.STATUS_BITS)
                pulse = int(reading.pulse_rate_per_min or RESTING_PULSE)
                bars = min(viatom_pc60.BARS, self.battery_pct() // QUARTER_PCT)
                self._write(viatom_pc60.encode(reading, bars))
            points = []
            for _ in range(viatom_pc60.WAVE_SAMPLES):
                phase += pulse / 60 / WAVES_PER_S / viatom_pc60.WAVE_SAMPLES
                points.append(round(50 + 45 * math.sin(math.tau * phase)))
            self._write(viatom_pc60.encode(Pleth(tuple(points))))
            number += 1
            await asyncio.sleep(max(0.0, began + number / WAVES_PER_S - loop.time()))


class VirtualO2Ring(Talker):
    """Says what it measures when it is asked, and nothing by itself."""

    ASKED = viatom_o2ring.PROTOCOL.commands["read_sensors"]
    WORDS = ("searching", "sensor_off")

    def __init__(self, sample: Callable[[], Oximetry]) -> None:
        super().__init__()
        self._sample = sample
        self._heard = bytearray()
        self._now = Oximetry(status=("searching",))

    async def run(self) -> None:
        """Measures each second."""
        while True:
            self._now = spoken(self._sample(), self.WORDS)
            await asyncio.sleep(1)

    def received(self, data: bytes) -> None:
        """Answers each question, in the packets of 20 bytes in which it may come."""
        self._heard += data
        while (at := self._heard.find(self.ASKED)) >= 0:
            del self._heard[: at + len(self.ASKED)]
            self._write(viatom_o2ring.encode(self._now, self.battery_pct()))
        del self._heard[: -len(self.ASKED)]


class VirtualBP2(Talker):
    """A cuff that is started by its button and tells how far it is to whoever asks."""

    def __init__(self, body: Body, clock: DeviceClock) -> None:
        super().__init__()
        self.refused: list[int] = []
        """The commands that nobody should have sent."""
        self.clock = clock
        self._cuff = CuffCycle(body.measure, body.on_cycle, self._measured)
        self._heard = bytearray()
        self._result: BloodPressure | None = None

    @property
    def is_measuring(self) -> bool:
        """True during a measurement."""
        return self._cuff.is_measuring

    def press_start(self) -> None:
        """Somebody presses its button; a second press lets the air out."""
        if not self._cuff.begin():
            self._cuff.abort()

    def press_stop(self) -> None:
        """Somebody lets the air out."""
        self._cuff.abort()

    def received(self, data: bytes) -> None:
        """Answers whole requests."""
        heard = self._heard
        heard += data
        while (at := heard.find(viatom_bp2.START)) >= 0:
            del heard[:at]
            if len(heard) < viatom_bp2.HEAD_BYTES:
                return
            size = viatom_bp2.HEAD_BYTES + (heard[5] | heard[6] << 8) + 1
            if heard[1] ^ heard[2] != 0xFF or size > viatom_bp2.LONGEST_DATA:
                del heard[0]
                continue
            if len(heard) < size:
                return
            request = bytes(heard[:size])
            del heard[:size]
            self._obey(request[1], request[4], request[viatom_bp2.HEAD_BYTES : -1])
        heard.clear()

    def _obey(self, opcode: int, sequence: int, data: bytes) -> None:
        match opcode:
            case viatom_bp2.GET_REALTIME:
                self._write(self._realtime())
                return
            case viatom_bp2.GET_STATE:
                answer = bytearray(viatom_bp2.STATE_BYTES)
                answer[39] = self._state
            case viatom_bp2.GET_BATTERY:
                answer = bytearray([0, self.battery_pct(), *(3900).to_bytes(2, "little")])
            case viatom_bp2.GET_INFO:
                answer = bytearray(60)
                answer[9:12] = b"BP2"
                answer[37:42] = b"\x0400BP"
            case viatom_bp2.SET_TIME:
                when = date_time(data, 0) if len(data) >= 7 else None
                if when is not None:
                    self.clock.set(datetime.fromisoformat(when))
                answer = bytearray()
            case _:
                self.refused.append(opcode)
                return
        self._write(viatom_bp2.packet(opcode, viatom_bp2.FROM_CUFF, sequence, bytes(answer)))

    @property
    def _state(self) -> int:
        if self._cuff.is_measuring:
            return MEASURING
        return IDLE if self._result is None else RESULT

    def _realtime(self) -> bytes:
        if self._cuff.is_measuring:
            return viatom_bp2.encode(CuffPressure(self._cuff.pressure_mmhg), self.battery_pct())
        if self._result is not None:
            return viatom_bp2.encode(self._result, self.battery_pct())
        idle = bytes([IDLE, 0, self.battery_pct(), *(3900).to_bytes(2, "little")])
        return viatom_bp2.packet(
            viatom_bp2.GET_REALTIME,
            viatom_bp2.FROM_CUFF,
            0,
            idle.ljust(viatom_bp2.REALTIME_BYTES, b"\0"),
        )

    def _measured(self, cycle: Measurement) -> None:
        if cycle.error:
            words = (
                "cuff_error",
                "invalid",
                *BP2_WORDS.get(cycle.error, ("equipment_malfunction",)),
            )
            self._result = BloodPressure(status=tuple(sorted(words)))
        else:
            self._result = BloodPressure(
                cycle.systolic, cycle.diastolic, cycle.mean, "mmHg", cycle.pulse
            )
