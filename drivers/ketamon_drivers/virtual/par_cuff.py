"""A PAR or Medlab cuff module made of software.

| asked | answer |
|---|---|
| start | pressures, two a second, and 999 when the measurement has ended |
| status | the last result; while it measures, only that |
| manual mode | nothing |
"""

import asyncio
from collections.abc import Callable

from ketamon_drivers.protocols import par_nibp
from ketamon_drivers.readings import CuffPressure, Reply
from ketamon_drivers.virtual.cuff_cycle import CuffCycle, Measurement, result_of

PRESSURE_EVERY_S = 0.5
STANDBY = "S1;A0;C00;M00;P---------;R---;T    ;;"
MEASURING = "S3;A0;C00;M00;P---------;R---;T    ;;"
LONGEST_COMMAND = 16


class VirtualParCuff:
    """One module and its cuff."""

    def __init__(
        self,
        measure: Callable[[], Measurement],
        on_cycle: Callable[[bool], None] = lambda _started: None,
    ) -> None:
        self._cuff = CuffCycle(measure, on_cycle, self._finish)
        self._write: Callable[[bytes], None] = lambda _data: None
        self._heard = bytearray()
        self._status = text(STANDBY)
        self._began = asyncio.Event()

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    async def run(self) -> None:
        """Tells the pressure while it measures."""
        while True:
            self._began.clear()
            await self._began.wait()
            while self._cuff.is_measuring:
                self._write(par_nibp.encode(CuffPressure(self._cuff.pressure_mmhg)))
                await asyncio.sleep(PRESSURE_EVERY_S)

    def press_start(self) -> None:
        """Somebody presses START on the module."""
        if self._cuff.begin():
            self._began.set()

    def press_stop(self) -> None:
        """Somebody presses STOP on the module; there is no result."""
        if self._cuff.abort():
            self._status = text(STANDBY)

    def received(self, data: bytes) -> None:
        """Takes bytes from the host; a whole command is obeyed."""
        self._heard += data
        while (end := self._heard.find(par_nibp.ETX)) >= 0:
            start = self._heard.rfind(par_nibp.STX, 0, end)
            command = bytes(self._heard[max(start, 0) : end + 1])
            del self._heard[: end + 1]
            if command == par_nibp.COMMANDS["start_manual"]:
                self.press_start()
            elif command == par_nibp.COMMANDS["get_status"]:
                self._write(text(MEASURING) if self._cuff.is_measuring else self._status)
        del self._heard[:-LONGEST_COMMAND]

    def _finish(self, cycle: Measurement) -> None:
        self._status = par_nibp.encode(result_of(cycle, par_nibp.PROTOCOL))
        self._write(par_nibp.encode(Reply(None, True, "measurement ended")))


def text(fields: str) -> bytes:
    """Gives a status of the module with its sum."""
    summed = f"{fields}{sum(fields.encode()) & 0xFF:02X}"
    return bytes([par_nibp.STX]) + summed.encode() + bytes([par_nibp.ETX, par_nibp.CR])
