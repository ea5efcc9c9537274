"""Cuffs with the Bluetooth blood-pressure service, each maker's in its own manner.

A cuff is an event source: somebody presses its button, it measures, keeps the record, and only then
is there to be found for a while. Whoever subscribes gets the records, oldest first, one at a time: the
next goes out when the one before was confirmed, and one that was not is sent again to the next host.
"""

import asyncio
import contextlib
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bumble.att import ATT_Error
from bumble.core import UUID
from bumble.gatt import Service
from msgspec.structs import replace

from ketamon_drivers.protocols import gatt_2a35, gatt_2a36, suntech
from ketamon_drivers.protocols.date_time import DATE_TIME, date_time, encode_date_time
from ketamon_drivers.readings import BloodPressure, CuffPressure
from ketamon_drivers.virtual.cuff_cycle import CuffCycle, Measurement
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.advertising import Identity
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.clock import DeviceClock, loop_time
from ketamon_drivers.virtual.radio.gatt_device import GattDevice

SERVICE, MEASUREMENT, CUFF_PRESSURE, FEATURE = "1810", "2A35", "2A36", "2A49"
DATE_AND_TIME, CURRENT_TIME_SERVICE, CURRENT_TIME = "2A08", "1805", "2A2B"

FEATURES = 0x0027  # body movement, fit, irregular pulse, position
FOUND_FOR_S = 60.0
"""How long after a measurement, or in pairing mode, it can be found."""
LINGERS_S, IDLE_S = 2.0, 30.0
"""Until it hangs up: after the last record, and with a host that asks for nothing."""
INFLATION_EVERY_S = 0.5
TIME_AT = slice(7, 14)
ANY_TIME = "2026-01-01T00:00:00"
OMRON = 0x020E
OUT_OF_RANGE = 0xFF  # Core Specification Supplement, part B, 1.2
INVALID_TIME, WANTS_A_HOST, SERVICE_MODE, RECORDS_WAIT = 0x04, 0x08, 0x20, 0x40


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs between makers."""

    clock: Literal["2A08", "2A2B"] | None = None
    """How hosts set it: written beside the measurements, or in the current-time service."""
    keeps_records: bool = False
    """It sends all that it has to each host; else a record is gone once a host has confirmed it."""
    always_found: bool = False
    """It can be found, and stays connected, without a measurement."""
    shows_inflation: bool = False
    """It notifies the pressure while it measures."""
    company: int | None = None
    """Whose data is in its advertisements."""


MANNERS: dict[str, Manner] = {
    "and-cuff": Manner(clock="2A08"),
    "omron-cuff": Manner(clock="2A2B", company=OMRON),
    "beurer-cuff": Manner(clock="2A2B", keeps_records=True),
    "medisana-cuff": Manner(),
}
"""By family; any other is found at any time."""
ANY_OTHER = Manner(always_found=True, shows_inflation=True)


@dataclass(slots=True)
class Record:
    """One measurement in a cuff's memory, with the time that its clock showed then."""

    packet: bytes
    is_new: bool = True
    """No host has ever confirmed it."""
    is_told: bool = False
    """The host that is connected has confirmed it."""


class VirtualCuff(GattDevice):
    """One cuff on an arm."""

    def __init__(
        self,
        air: Air,
        identity: Identity,
        body: Body,
        manner: Manner,
        *,
        bonds: bool,
        true_time: Callable[[], datetime] = loop_time,
    ) -> None:
        super().__init__(air, identity, SERVICE, bonds=bonds)
        self.manner = manner
        self.clock = DeviceClock(true_time)
        self.records: list[Record] = []
        self.set_times: list[str] = []
        """What hosts have set its clock to."""
        self._cuff = CuffCycle(body.measure, body.on_cycle, self._measured)
        self._words: tuple[str, ...] = ()
        self._is_found = False
        self._hiding: asyncio.TimerHandle | None = None
        self._time_is_told = False

    def services(self) -> Sequence[Service]:
        """Blood pressure, and the current time where its maker sets clocks there."""
        self._measurement = self.characteristic(MEASUREMENT, indicates=True)
        self._pressure = self.characteristic(CUFF_PRESSURE, notifies=True)
        feature = self.characteristic(FEATURE, read=lambda: struct.pack("<H", FEATURES))
        mine = [self._measurement, self._pressure, feature]
        services = []
        if self.manner.clock == DATE_AND_TIME:
            mine.append(
                self.characteristic(DATE_AND_TIME, read=self._date_time, write=self._set_date_time)
            )
        elif self.manner.clock == CURRENT_TIME:
            self._current_time = self.characteristic(
                CURRENT_TIME, read=self._current, write=self._set_date_time, notifies=True
            )
            services.append(Service(UUID(CURRENT_TIME_SERVICE), [self._current_time]))
        return [Service(UUID(SERVICE), mine), *services]

    # What a person does with it.

    def press_start(self) -> None:
        """Somebody presses START; a second press lets the air out."""
        if not self._cuff.begin():
            self._cuff.abort()

    def press_stop(self) -> None:
        """Somebody lets the air out."""
        self._cuff.abort()

    @property
    def is_measuring(self) -> bool:
        """True during a measurement."""
        return self._cuff.is_measuring

    def pairing_mode(self) -> None:
        """Somebody holds START until it shows Pr."""
        self._be_found()
        super().pairing_mode()

    def say_next(self, *words: str) -> None:
        """The next measurements carry these status words; none ends it."""
        gatt_2a35.status_word(words)
        self._words = words

    def store(self, count: int, every_s: float = 600.0) -> None:
        """Puts older measurements into its memory, the newest `every_s` ago, and lets it be found."""
        now = self.clock.shown()
        for number in range(count, 0, -1):
            then = None if now is None else now - timedelta(seconds=number * every_s)
            self._keep(BloodPressure(120 + number % 30, 80, 93, "mmHg", 60 + number % 40), then)
        self._be_found()

    # What it does by itself.

    @property
    def wants_to_be_found(self) -> bool:
        """True for a while after a measurement and in pairing mode."""
        return self.manner.always_found or self._is_found

    def manufacturer_data(self) -> tuple[int, bytes] | None:
        """Omron's: one user, and whether the clock is unset, a host is sought, records wait."""
        if self.manner.company is None:
            return None
        flags = SERVICE_MODE | (INVALID_TIME if self.clock.shown() is None else 0)
        flags |= WANTS_A_HOST if self.bonds.is_pairing or not self.bonded_hosts else 0
        flags |= RECORDS_WAIT if any(record.is_new for record in self.records) else 0
        return self.manner.company, bytes([0x01, flags])

    async def live(self) -> None:
        """Shows the pressure while it measures, where its kind does."""
        while True:
            await asyncio.sleep(INFLATION_EVERY_S)
            if self._cuff.is_measuring and self.manner.shows_inflation:
                packet = gatt_2a36.encode(CuffPressure(self._cuff.pressure_mmhg))
                await self.tell(self._pressure, packet)

    async def talk(self) -> None:
        """Sends what waits to a host that wants it, and hangs up when there is no more to say."""
        if self.manner.clock == CURRENT_TIME and self.is_told(self._current_time):
            self._time_is_told = self._time_is_told or await self.tell(
                self._current_time, self._current()
            )
        waits_s = IDLE_S
        if self.is_told(self._measurement):
            if not await self._send_records():
                return
            waits_s = LINGERS_S
        if self.manner.always_found:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(waits_s):
                await self.woken()
                return
        self._is_found = False
        await self.hang_up()

    async def _send_records(self) -> bool:
        """False where one was not confirmed."""
        for record in list(self.records):
            if record.is_told:
                continue
            if not await self.tell(self._measurement, record.packet):
                return False
            record.is_told, record.is_new = True, False
            if not self.manner.keeps_records:
                self.records.remove(record)
        return True

    def left(self) -> None:
        """The next host gets what was not confirmed, or all."""
        self._time_is_told = False
        for record in self.records:
            record.is_told = False

    def _be_found(self) -> None:
        self._hide()
        self._is_found = True
        self._hiding = asyncio.get_running_loop().call_later(FOUND_FOR_S, self._hide)
        self.wake()

    def _hide(self) -> None:
        self._is_found = False
        if self._hiding is not None:
            self._hiding.cancel()
            self._hiding = None
        self.wake()

    def _measured(self, cycle: Measurement) -> None:
        self._keep(self._result(cycle), self.clock.shown())
        self._be_found()

    def _result(self, cycle: Measurement) -> BloodPressure:
        """What it says of a measurement: of one that failed, no numbers and the words it has for it."""
        if not cycle.error:
            numbers = (cycle.systolic, cycle.diastolic, cycle.mean)
            return BloodPressure(*numbers, "mmHg", cycle.pulse, status=self._words)
        words = suntech.ERRORS.get(cycle.error, ())
        sayable = {word for word in words if word in gatt_2a35.STATUS_BITS}
        return BloodPressure(status=tuple(sorted({*sayable, *self._words})))

    def _keep(self, reading: BloodPressure, then: datetime | None) -> None:
        when = ANY_TIME if then is None else then.isoformat()
        packet = gatt_2a35.encode(replace(reading, device_time=when))
        if then is None:
            packet = packet[: TIME_AT.start] + encode_date_time(None) + packet[TIME_AT.stop :]
        self.records.append(Record(packet))

    def _date_time(self) -> bytes:
        now = self.clock.shown()
        return encode_date_time(None if now is None else now.isoformat())

    def _current(self) -> bytes:
        now = self.clock.shown()
        return self._date_time() + bytes([0 if now is None else now.isoweekday(), 0, 0])

    def _set_date_time(self, data: bytes) -> None:
        shown = date_time(data, 0) if len(data) >= DATE_TIME.size else None
        if shown is None:
            raise ATT_Error(OUT_OF_RANGE)
        self.clock.set(datetime.fromisoformat(shown))
        self.set_times.append(shown)
