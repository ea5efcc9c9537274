"""Live or from a memory: what a device that keeps records sends is judged before it counts.

A cuff that connects may first tell all that it ever measured, of other patients and other days, with
a clock that was never set. A reading is

| verdict | when |
|---|---|
| live | its time is within 120 s of ours, the device's clock was found right in this connection, and it lies in this session; or it bears no time and came alone |
| stored | it says so itself, or its time is another, or others came after it in the burst |
| unsure | the clock is not known to be right, or was not set when it measured, and it is the last of the burst: a person has to say |
| known | it came before: told nobody |

Readings wait until the clock is known, or the burst is over; nothing is guessed earlier. Nothing
here knows the time: it comes with each reading (bluetooth.md 1.9, the rule for ketamon).
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from ketamon_drivers.readings import BloodPressure, Oximetry

Kept = BloodPressure | Oximetry
Verdict = Literal["live", "stored", "unsure", "known"]

CLOCK_WITHIN = timedelta(seconds=120)
"""A measurement takes a minute, and is sent within another."""
BURST_OVER_S = 2.0
"""Records follow each other within milliseconds; a person doesn't measure twice in two seconds."""
SEEN_AT_MOST = 2000
"""Readings that are remembered; memories hold 200 at most, for two users."""
HELD_AT_MOST = 500
"""Of a burst before the clock is known; older ones are stored ones."""

CLOCK_NOT_SET = "clock_not_set"
NEVER_LIVE = frozenset({"from_storage", "demonstration", "test"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, when it came, and what it is; `stored` ones say so in their status."""

    reading: Kept
    received: datetime
    verdict: Verdict


class LiveOrStored:
    """Judges one device's readings for as long as a session lasts. Times are local, without zone."""

    def __init__(self, session_began: datetime) -> None:
        self._began = session_began
        self._clock_is_right: bool | None = None
        self._held: list[tuple[Kept, datetime]] = []
        self._seen: OrderedDict[tuple[object, ...], None] = OrderedDict()

    @property
    def waits(self) -> bool:
        """True while something waits for `clock` or for `burst_over`."""
        return bool(self._held)

    def connected(self) -> None:
        """A connection begins: nothing is known of the clock. What still waited is stored."""
        self._held.clear()
        self._clock_is_right = None

    def clock(self, *, is_right: bool) -> list[Judged]:
        """The device's clock was compared with ours, or set by us; gives what waited for that."""
        self._clock_is_right = is_right
        if not is_right:
            return []
        timed = [held for held in self._held if held[0].device_time is not None]
        self._held = [held for held in self._held if held[0].device_time is None]
        return [self._by_time(reading, received) for reading, received in timed]

    def take(self, reading: Kept, received: datetime) -> list[Judged]:
        """Takes one as it comes; gives what is decided by now."""
        if self._is_known(reading):
            return [Judged(reading, received, "known")]
        if NEVER_LIVE.intersection(reading.status):
            return [_stored(reading, received)]
        if reading.device_time is not None and self._clock_is_right:
            return [self._by_time(reading, received)]
        self._held.append((reading, received))
        overdue, self._held = self._held[:-HELD_AT_MOST], self._held[-HELD_AT_MOST:]
        return [_stored(*held) for held in overdue]

    def burst_over(self) -> list[Judged]:
        """Nothing more came for a while: all but the last are a memory's, and so may the last be."""
        held, self._held = self._held, []
        if not held:
            return []
        *before, (last, received) = held
        told = [_stored(*one) for one in before]
        if last.device_time is None and not before and not _had_unset_clock(last):
            return [Judged(last, received, "live")]
        return [*told, Judged(last, received, "unsure")]

    def _by_time(self, reading: Kept, received: datetime) -> Judged:
        """Judges by a clock that is right."""
        measured = datetime.fromisoformat(reading.device_time or "")
        is_now = abs(measured - received) <= CLOCK_WITHIN
        if is_now and measured >= self._began - _SECOND:
            return Judged(reading, received, "live")
        return _stored(reading, received)

    def _is_known(self, reading: Kept) -> bool:
        """One that bears a time is the same when all it says is the same."""
        if reading.device_time is None:
            return False
        key = _key(reading)
        if key in self._seen:
            self._seen.move_to_end(key)
            return True
        self._seen[key] = None
        if len(self._seen) > SEEN_AT_MOST:
            self._seen.popitem(last=False)
        return False


_SECOND = timedelta(seconds=1)  # a device's time has whole seconds only


def _key(reading: Kept) -> tuple[object, ...]:
    match reading:
        case BloodPressure():
            return (reading.device_time, reading.systolic_mmhg, reading.diastolic_mmhg,
                    reading.pulse_rate_per_min, reading.user)  # fmt: skip
        case Oximetry():
            return (reading.device_time, reading.spo2_pct, reading.pulse_rate_per_min)


def _had_unset_clock(reading: Kept) -> bool:
    """True for a cuff's with the time of a clock that nobody set: it may be of any day."""
    return isinstance(reading, BloodPressure) and CLOCK_NOT_SET in reading.status


def _stored(reading: Kept, received: datetime) -> Judged:
    """`clock_not_set` goes: with `from_storage` it would mean that a person has to say."""
    words = tuple(sorted({*reading.status, "from_storage"} - {CLOCK_NOT_SET}))
    return Judged(replace(reading, status=words), received, "stored")
