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

from ketamon_drivers.protocols import suntech
from ketamon_drivers.readings import CuffPressure
from ketamon_drivers.virtual.cuff_cycle import ABORTED, LEAK, CuffCycle, Measurement

__all__ = ["ABORTED", "LEAK", "NO_SIGNAL", "Measurement", "VirtualSunTechCuff"]

HOST_START = 0x3A
COMMAND_BYTES = {0x20: 3, 0x87: 3, 0x28: 3, 0x00: 3, 0x8A: 3, 0x79: 5, 0x17: 5}
STARTS = {suntech.COMMANDS[f"start_{who}"] for who in ("adult", "pediatric", "neonate")}

NO_SIGNAL = 1
HALF_COMMAND_S = 0.5
"""The rest of a command that isn't there by then won't come."""


class VirtualSunTechCuff:
    """One module and its cuff."""

    def __init__(
        self,
        measure: Callable[[], Measurement],
        on_cycle: Callable[[bool], None] = lambda _started: None,
    ) -> None:
        """`measure` is asked when a cycle starts; `on_cycle` is told true then, false at its end."""
        self._cuff = CuffCycle(measure, on_cycle, self._finish)
        self._write: Callable[[bytes], None] = lambda _data: None
        self._heard = bytearray()
        self._heard_s = 0.0
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
        return self._cuff.is_measuring

    @property
    def pressure_mmhg(self) -> int:
        """The pressure in the cuff now."""
        return self._cuff.pressure_mmhg

    def press_start(self) -> None:
        """Somebody presses START on the module."""
        self._cuff.begin()

    def press_stop(self) -> None:
        """Somebody presses STOP on the module, which says so."""
        if self._cuff.is_measuring:
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
            if self._cuff.is_measuring:
                self._say("B")
            else:
                self._say("O")
                self._cuff.begin()
        elif command == suntech.COMMANDS["abort"]:
            self._abort()
            self._say("A")
        elif command == suntech.COMMANDS["get_cuff_pressure"]:
            self._write(suntech.encode(CuffPressure(self.pressure_mmhg)))
        elif command == suntech.COMMANDS["get_result"]:
            if self._cuff.is_measuring:
                self._say("B")
            else:
                self._write(self._result)
        else:
            self._say("D")

    def _say(self, letter: str) -> None:
        self._write(suntech.packet(ord(letter)))

    def _finish(self, cycle: Measurement) -> None:
        if cycle.error:
            self._result = suntech.result(0, 0, 0, 0, cycle.error)
        else:
            self._result = suntech.result(
                cycle.systolic, cycle.diastolic, cycle.mean, cycle.pulse, 0
            )
        self._say("K")

    def _abort(self) -> None:
        if self._cuff.abort():
            self._result = suntech.result(0, 0, 0, 0, ABORTED)
