"""A Nonin oximeter made of software: one frame of data format 8 a second."""

import asyncio
from collections.abc import Callable

import msgspec

from ketamon_drivers.protocols import nonin_df8
from ketamon_drivers.readings import Oximetry

PERIOD_S = 1.0
SELECT_FORMAT = bytes.fromhex("02700202")
SELECTS_FORMAT_8 = nonin_df8.PROTOCOL.commands["select_format_8"]
ACKNOWLEDGED, REFUSED = b"\x06", b"\x15"


class VirtualNoninOximeter:
    """Sends what `sample` gives, each second from the moment it is run."""

    def __init__(self, sample: Callable[[], Oximetry]) -> None:
        self._sample = sample
        self._write: Callable[[bytes], None] = lambda _data: None
        self._heard = bytearray()

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    def received(self, data: bytes) -> None:
        """Answers a choice of format: yes to 8, no to every other."""
        self._heard += data
        size = len(SELECTS_FORMAT_8)
        while (at := self._heard.find(SELECT_FORMAT)) >= 0 and len(self._heard) >= at + size:
            asked = bytes(self._heard[at : at + size])
            del self._heard[: at + size]
            self._write(ACKNOWLEDGED if asked == SELECTS_FORMAT_8 else REFUSED)
        if at < 0:
            del self._heard[: max(0, len(self._heard) - size)]

    async def run(self) -> None:
        """Sends for ever; a second that this process slept through is left out."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._write(nonin_df8.encode(_whole(self._sample())))
            due = max(due + PERIOD_S, loop.time())
            await asyncio.sleep(due - loop.time())


def _whole(reading: Oximetry) -> Oximetry:
    """The display's whole numbers."""
    spo2, pulse = reading.spo2_pct, reading.pulse_rate_per_min
    return msgspec.structs.replace(
        reading,
        spo2_pct=None if spo2 is None else round(spo2),
        pulse_rate_per_min=None if pulse is None else round(pulse),
    )
