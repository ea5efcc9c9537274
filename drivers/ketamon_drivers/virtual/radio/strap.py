"""A heart-rate strap made of software: the rate and its intervals once a second, while it has contact."""

import asyncio
from collections.abc import Callable

from ketamon_drivers.catalog import Gatt
from ketamon_drivers.protocols import gatt_2a37
from ketamon_drivers.readings import HeartRate, Number
from ketamon_drivers.virtual.radio.advertising import Identity
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.streams import StreamDevice

SLEEPS_AFTER_S = 25.0
"""Without contact for so long it hangs up (Polar's say 20 to 30 s)."""
BODY_SENSOR_LOCATION, CHEST = "2A38", b"\x01"


class VirtualStrap:
    """The sensor inside."""

    def __init__(self, heart_rate: Callable[[], Number]) -> None:
        self._heart_rate = heart_rate
        self._write: Callable[[bytes], None] = lambda _data: None
        self.has_contact = True

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    def received(self, data: bytes) -> None:
        """Takes no notice: straps obey nobody here."""
        del data

    async def run(self) -> None:
        """Sends each second, with an interval for each beat that fell into it."""
        beats = 0.0
        while True:
            rate = self._heart_rate()
            intervals: tuple[float, ...] = ()
            if self.has_contact and rate:
                before, beats = int(beats), beats + rate / 60
                intervals = (60_000 / rate,) * (int(beats) - before)
            shown = round(rate) if self.has_contact else None
            self._write(gatt_2a37.encode(HeartRate(shown, intervals, self.has_contact)))
            await asyncio.sleep(1)


class StrapDevice(StreamDevice):
    """The strap with its radio: off the chest it sleeps after a while, and is not to be found."""

    def __init__(
        self, air: Air, identity: Identity, gatt: Gatt, heart_rate: Callable[[], Number]
    ) -> None:
        strap = VirtualStrap(heart_rate)
        super().__init__(air, identity, gatt, strap, reads={BODY_SENSOR_LOCATION: CHEST})
        self._strap = strap
        self._sleeping: asyncio.TimerHandle | None = None
        self._asleep = False

    @property
    def wants_to_be_found(self) -> bool:
        """False while it sleeps."""
        return not self._asleep

    def loosen(self) -> None:
        """It has no contact to the skin."""
        self._strap.has_contact = False
        loop = asyncio.get_running_loop()
        self._sleeping = self._sleeping or loop.call_later(SLEEPS_AFTER_S, self._sleep)

    def tighten(self) -> None:
        """It has contact again."""
        self._strap.has_contact = True
        self._asleep = False
        if self._sleeping is not None:
            self._sleeping.cancel()
            self._sleeping = None
        self.wake()

    def _sleep(self) -> None:
        self._asleep = True
        self.wake()

    async def talk(self) -> None:
        """Sends, or hangs up where it sleeps."""
        await super().talk()
        if self._asleep:
            await self.hang_up()
