"""Patient monitors made of software: cuff, oximeter and ECG behind one plug.

Their cuff measures by itself, every five minutes, as an automatic one at a bedside does, and when
somebody presses START.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ketamon_drivers.protocols import berry_pm6750, ge_dri
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import BloodPressure, CuffPressure, Number, Oximetry
from ketamon_drivers.virtual.cuff_cycle import CuffCycle, Measurement, result_of

FIRST_CUFF_S, CUFF_EVERY_S = 10.0, 300.0


@dataclass(frozen=True, slots=True)
class Body:
    """What devices find out about whoever they are on; `sample` is asked once a second."""

    sample: Callable[[], Oximetry]
    measure: Callable[[], Measurement]
    on_cycle: Callable[[bool], None] = lambda _started: None
    heart_rate: Callable[[], Number] = lambda: 72
    breaths: Callable[[], Number] = lambda: 14


class Monitor(ABC):
    """What is the same for all: the cuff's rounds, and commands that come cut anyhow."""

    commands: tuple[bytes, ...]
    """All that it obeys."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._cuff = CuffCycle(body.measure, body.on_cycle, self._measured)
        self._write: Callable[[bytes], None] = lambda _data: None
        self._heard = bytearray()
        self._longest = max(map(len, self.commands))
        self.finger = Oximetry()

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    def press_start(self) -> None:
        """Somebody presses the cuff's START on the monitor."""
        self._cuff.begin()

    def press_stop(self) -> None:
        """Somebody presses the cuff's STOP on the monitor."""
        self._cuff.abort()

    def received(self, data: bytes) -> None:
        """Takes bytes from the host and obeys the commands in them, in their order."""
        self._heard += data
        while True:
            at = {c: self._heard.find(c) for c in self.commands}
            found = min((place, c) for c, place in at.items() if place >= 0) if max(at.values()) >= 0 else None  # fmt: skip
            if found is None:
                break
            place, command = found
            del self._heard[: place + len(command)]
            self.obey(command)
        del self._heard[: -self._longest]

    async def run(self) -> None:
        """Lives until cancelled: the cuff's rounds and what the monitor says."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sense())
            tasks.create_task(self._rounds())
            tasks.create_task(self.speak())

    async def _sense(self) -> None:
        while True:
            self.finger = self._body.sample()
            await asyncio.sleep(1)

    async def _rounds(self) -> None:
        await asyncio.sleep(FIRST_CUFF_S)
        while True:
            self._cuff.begin()
            await asyncio.sleep(CUFF_EVERY_S)

    def _say(self, *frames: bytes) -> None:
        for frame in frames:
            self._write(frame)

    @abstractmethod
    def obey(self, command: bytes) -> None:
        """Does what one of `commands` asks for."""

    @abstractmethod
    async def speak(self) -> None:
        """Says what it measures, for ever."""

    @abstractmethod
    def _measured(self, cycle: Measurement) -> None:
        """Takes what a cycle of the cuff gave."""


class VirtualGeMonitor(Monitor):
    """A GE monitor: nothing until it is asked for displayed values, then a record every 10 s."""

    EVERY_S = 10
    OLD_S = 60.0
    START = ge_dri.PROTOCOL.commands["start_displayed_10_s"]
    commands = (START, ge_dri.PROTOCOL.commands["stop_displayed"])

    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self._asked = asyncio.Event()
        self._result: tuple[Number | None, ...] | None = None
        self._result_s = 0.0

    def obey(self, command: bytes) -> None:
        """Begins or ends its records."""
        if command == self.START:
            self._asked.set()
        else:
            self._asked.clear()

    async def speak(self) -> None:
        """Sends a record each ten seconds while it is asked to."""
        while True:
            await self._asked.wait()
            self._say(self._record())
            await asyncio.sleep(self.EVERY_S)

    def _record(self) -> bytes:
        now = asyncio.get_running_loop().time()
        label = 0
        if self._cuff.is_measuring:
            label = ge_dri.MEASURING
        elif now - self._result_s > self.OLD_S:
            label = ge_dri.OLD
        finger = self.finger
        return ge_dri.record(
            ecg=(round(self._body.heart_rate()), round(self._body.breaths())),
            cuff=self._result or ((None,) * 4 if label == ge_dri.MEASURING else None),
            spo2=(_rounded(finger.spo2_pct), _rounded(finger.pulse_rate_per_min)),
            cuff_label=label,
            time_s=int(now),
        )

    def _measured(self, cycle: Measurement) -> None:
        self._result_s = asyncio.get_running_loop().time()
        values = (cycle.systolic, cycle.diastolic, cycle.mean, cycle.pulse)
        self._result = (None,) * 4 if cycle.error else values


class VirtualBerryBoard(Monitor):
    """A BerryMed board: says only what was enabled, and can be told to start its cuff."""

    WAVES_A_CUFF_FRAME = 25
    names: ClassVar = {command: name for name, command in berry_pm6750.COMMANDS.items()}
    commands = tuple(berry_pm6750.COMMANDS.values())

    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self._enabled: set[str] = set()
        self._cuff_frame = berry_pm6750.frame(berry_pm6750.NIBP, 0, 0, 0, 0, 0)

    def obey(self, command: bytes) -> None:
        """Enables an output, or starts and stops the cuff."""
        match self.names[command]:
            case "start_nibp":
                self.press_start()
            case "stop_nibp":
                self.press_stop()
            case name:
                self._enabled.add(name)

    async def speak(self) -> None:
        """Sends the pulse wave fifty times a second, the cuff twice, the rest once."""
        loop = asyncio.get_running_loop()
        began, number = loop.time(), 0
        while True:
            if number % berry_pm6750.WAVE_PER_S == 0:
                self._each_second()
            if number % self.WAVES_A_CUFF_FRAME == 0 and self._enabled:
                self._say(self._cuff_now())
            if "enable_spo2_wave" in self._enabled:
                wave = 20 + 3 * (number % 25)
                self._say(berry_pm6750.frame(berry_pm6750.WAVE, wave))
            number += 1
            due = began + number / berry_pm6750.WAVE_PER_S
            if due < loop.time():
                began, number, due = loop.time(), 0, loop.time()
            await asyncio.sleep(due - loop.time())

    def _each_second(self) -> None:
        if "enable_ecg" in self._enabled:
            rates = (round(self._body.heart_rate()), round(self._body.breaths()))
            self._say(berry_pm6750.frame(berry_pm6750.ECG, 0, *rates, 0, 1))
        if "enable_spo2" in self._enabled:
            self._say(berry_pm6750.encode(self._finger()))

    def _finger(self) -> Oximetry:
        finger = self.finger
        for word in finger.status:
            if word in {"sensor_off", "sensor_disconnected", "searching"}:
                return Oximetry(status=(word,))
        return Oximetry(_rounded(finger.spo2_pct), _rounded(finger.pulse_rate_per_min))

    def _cuff_now(self) -> bytes:
        if self._cuff.is_measuring:
            return berry_pm6750.encode(CuffPressure(self._cuff.pressure_mmhg))
        return self._cuff_frame

    def _measured(self, cycle: Measurement) -> None:
        result = result_of(cycle, berry_pm6750.PROTOCOL, has_pulse=False)
        try:
            self._cuff_frame = berry_pm6750.encode(result)
        except EncodeError:  # over 255 mmHg: the board has a byte for it
            failed = BloodPressure(status=("cuff_error", "invalid"))
            self._cuff_frame = berry_pm6750.encode(failed)


def _rounded(value: Number | None) -> int | None:
    return None if value is None else round(value)
