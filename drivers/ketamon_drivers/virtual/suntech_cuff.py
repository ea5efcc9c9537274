"""A SunTech cuff module made of software: answers as the real one does, and takes as long.

| asked | answer |
|---|---|
| start while at rest | O at once, K when the measurement ends |
| start or result while measuring | B |
| cuff pressure, at any time | what the curve of inflation and deflation says |
| abort, at any time | A; the air is let out and the result is error 86 |
| bad checksum / a command it doesn't have | N / D |
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from ketamon_drivers.protocols import suntech
from ketamon_drivers.readings import CuffPressure

HOST_START = 0x3A
COMMAND_BYTES = {0x20: 3, 0x87: 3, 0x28: 3, 0x00: 3, 0x8A: 3, 0x79: 5, 0x17: 5}
STARTS = {suntech.COMMANDS[f"start_{who}"] for who in ("adult", "pediatric", "neonate")}

ABORTED, NO_SIGNAL, LEAK = 86, 1, 87
INFLATING_S = 6.0
DUMPING_S = 1.0
LEAKING_MMHG = 30
HALF_COMMAND_S = 0.5
"""The rest of a command that isn't there by then won't come."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one cycle will give: mmHg and beats a minute, or the module's error number."""

    systolic: int
    diastolic: int
    mean: int
    pulse: int
    duration_s: float
    error: int | None = None


class VirtualSunTechCuff:
    """One module and its cuff."""

    def __init__(
        self,
        measure: Callable[[], Measurement],
        on_cycle: Callable[[bool], None] = lambda _started: None,
    ) -> None:
        """`measure` is asked when a cycle starts; `on_cycle` is told true then, false at its end."""
        self._measure = measure
        self._on_cycle = on_cycle
        self._write: Callable[[bytes], None] = lambda _data: None
        self._heard = bytearray()
        self._heard_s = 0.0
        self._cycle: Measurement | None = None
        self._started_s = 0.0
        self._ending: asyncio.TimerHandle | None = None
        self._let_go_s = 0.0
        self._let_go_mmhg = 0.0
        self._result = suntech.result(0, 0, 0, 0, NO_SIGNAL)

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    async def run(self) -> None:
        """Does nothing by itself: everything comes from a command."""
        await asyncio.Event().wait()

    @property
    def is_measuring(self) -> bool:
        """True during a cycle."""
        return self._cycle is not None

    @property
    def pressure_mmhg(self) -> int:
        """The pressure in the cuff now."""
        now = asyncio.get_running_loop().time()
        if self._cycle is not None:
            return round(_curve(self._cycle, now - self._started_s))
        left = 1 - (now - self._let_go_s) / DUMPING_S
        return round(self._let_go_mmhg * min(1.0, max(0.0, left)))

    def press_start(self) -> None:
        """Somebody presses START on the module."""
        if self._cycle is None:
            self._begin()

    def press_stop(self) -> None:
        """Somebody presses STOP on the module, which says so."""
        if self._cycle is not None:
            self._abort()
            self._say("A")

    def received(self, data: bytes) -> None:
        """Takes bytes from the host; a whole command is answered."""
        now = asyncio.get_running_loop().time()
        if now - self._heard_s > HALF_COMMAND_S:
            self._heard.clear()
        self._heard_s = now
        self._heard += data
        while (at := self._heard.find(HOST_START)) >= 0:
            del self._heard[:at]
            if len(self._heard) < 2:
                return
            size = COMMAND_BYTES.get(self._heard[1], 3)
            if len(self._heard) < size:
                return
            command = bytes(self._heard[:size])
            if sum(command) & 0xFF:
                del self._heard[0]
                self._say("N")
            else:
                del self._heard[:size]
                self._obey(command)
        self._heard.clear()

    def _obey(self, command: bytes) -> None:
        if command in STARTS:
            if self._cycle is not None:
                self._say("B")
            else:
                self._say("O")
                self._begin()
        elif command == suntech.COMMANDS["abort"]:
            self._abort()
            self._say("A")
        elif command == suntech.COMMANDS["get_cuff_pressure"]:
            self._write(suntech.encode(CuffPressure(self.pressure_mmhg)))
        elif command == suntech.COMMANDS["get_result"]:
            if self._cycle is not None:
                self._say("B")
            else:
                self._write(self._result)
        else:
            self._say("D")

    def _say(self, letter: str) -> None:
        self._write(suntech.packet(ord(letter)))

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._cycle = self._measure()
        self._started_s = loop.time()
        self._ending = loop.call_later(self._cycle.duration_s, self._finish)
        self._on_cycle(True)

    def _finish(self) -> None:
        cycle = self._cycle
        if cycle is None:
            return
        self._end()
        if cycle.error:
            self._result = suntech.result(0, 0, 0, 0, cycle.error)
        else:
            self._result = suntech.result(
                cycle.systolic, cycle.diastolic, cycle.mean, cycle.pulse, 0
            )
        self._say("K")

    def _abort(self) -> None:
        if self._cycle is not None:
            self._end()
            self._result = suntech.result(0, 0, 0, 0, ABORTED)

    def _end(self) -> None:
        """Lets the air out and ends the cycle."""
        self._let_go_mmhg = self.pressure_mmhg
        self._let_go_s = asyncio.get_running_loop().time()
        self._cycle = None
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        self._on_cycle(False)


def _curve(cycle: Measurement, passed_s: float) -> float:
    """Pressure in mmHg so long after a start: up fast, then slowly down to below the diastolic."""
    if cycle.error == LEAK:
        return min(LEAKING_MMHG, passed_s * 10)
    peak = max(150, cycle.systolic + 30)
    lowest = max(30, cycle.diastolic - 15)
    inflating_s = min(INFLATING_S, cycle.duration_s / 4)
    if passed_s < inflating_s:
        return peak * passed_s / inflating_s
    share = (passed_s - inflating_s) / max(0.001, cycle.duration_s - inflating_s)
    return peak - (peak - lowest) * min(1.0, share)
