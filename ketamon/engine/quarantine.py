"""Cuff readings that only a person can call live: kept as history, shown, reviewed once.

A cuff whose clock isn't known to be right may have sent an old measurement. Such a reading is entered
with `clock_not_set` and `from_storage`, so it counts for nothing. Accepted by a person, it is entered
once more as what that person vouches for, measured when it came; the `review` entry says who decided.
All of it is in the entries, so a session that is resumed or replayed knows what still waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from ketamon.entries import Body, By, Entry, Review
from ketamon.feed.parts import QuarantineView
from ketamon_drivers.readings import BloodPressure, Manual

WORDS = frozenset({"clock_not_set", "from_storage"})
"""What a reading that waits for a person bears."""
FROM_CUFF = "cuff_memory"
"""The source of an accepted reading."""
WAIT_AT_MOST = 20
"""Beyond these the oldest is left as the history that it is."""

VERDICTS = ("accept", "set_aside")


def waiting(reading: BloodPressure) -> BloodPressure:
    """Gives a reading that nobody may count until a person has looked at it."""
    return replace(reading, status=tuple(sorted(WORDS.union(reading.status))))


@dataclass(slots=True)
class Quarantine:
    """What waits, by the seq of its entry, the oldest first."""

    waits: dict[int, QuarantineView] = field(default_factory=dict)

    def take(self, entry: Entry) -> bool:
        """Is told of an entry; True where another list stands afterwards."""
        body = entry.body
        if isinstance(body, BloodPressure) and WORDS.issubset(body.status):
            self.waits[entry.seq] = QuarantineView(
                entry.seq,
                entry.t_ms / 1000,
                entry.device or "cuff",
                body.systolic_mmhg,
                body.diastolic_mmhg,
                body.pulse_rate_per_min,
                body.device_time,
                body.user,
            )
            while len(self.waits) > WAIT_AT_MOST:
                del self.waits[next(iter(self.waits))]
            return True
        if isinstance(body, Review):
            return self.waits.pop(body.of_seq or 0, None) is not None
        return False

    def views(self) -> tuple[QuarantineView, ...]:
        """What waits, the newest last."""
        return tuple(self.waits.values())


def review(
    quarantine: Quarantine,
    seq: object,
    verdict: object,
    take: Callable[[Body, str | None, By | None], object],
    by: By,
) -> str | None:
    """Enters what a person decided of the reading at `seq`; gives why it can't be, or None."""
    found = quarantine.waits.get(seq) if isinstance(seq, int) else None
    if found is None:
        return "no such reading waits for review: somebody may have looked at it just now"
    if verdict not in VERDICTS:
        return f"review_reading: the verdict is {' or '.join(VERDICTS)}"
    take(Review(found.seq, str(verdict)), found.device, by)
    if verdict == "accept":
        take(
            Manual(
                found.systolic,
                found.diastolic,
                found.pulse_rate,
                measured_t=found.t,
                source=FROM_CUFF,
            ),
            found.device,
            by,
        )
    return None
