"""Heart rates of several devices that disagree: one of them is wrong, and nobody knows which.

Compared are the newest valid rates of continuous devices that still give them, and a cuff's pulse
for a minute. An oximeter whose arm the cuff squeezes is left out.
"""

from dataclasses import dataclass

from ketamon.core.signals import USUAL_ROLE
from ketamon.core.sources import Sources
from ketamon.vitals import Number

APART_PER_MIN = 20  # beyond this
APART_FOR_MS = 30_000
CUFF_COUNTS_MS = 60_000


@dataclass(slots=True, eq=False)
class Rates:
    """Since when the rates are apart, and which they are."""

    cuff: Number | None = None
    cuff_ms: int = 0
    since_ms: int | None = None
    words: str = ""
    next_ms: int | None = None  # when one of them counts no longer

    def pulse(self, t: int, value: Number | None) -> None:
        """A cuff's reading came, with a pulse or without."""
        self.cuff, self.cuff_ms = value, t

    def cuff_counts(self, t: int) -> bool:
        """True while a cuff's pulse is still compared."""
        return self.cuff is not None and t < self.cuff_ms + CUFF_COUNTS_MS

    def look(self, t: int, hr: Sources, *, squeezed: bool) -> bool:
        """Compares what counts at `t`; True if that may change a line, now or later."""
        found: dict[str, Number] = {}
        ends = []
        for (role, kind), source in hr.all.items():
            stale_t = source.stale_t()
            if stale_t is None or stale_t <= t or source.invalid or source.value is None:
                continue
            if squeezed and kind == "oximetry":
                continue
            who = role or USUAL_ROLE.get(kind, "device")
            found[f"{who} pulse" if who in found else who] = source.value
            ends.append(stale_t)
        if self.cuff is not None and self.cuff_counts(t):
            found["cuff"] = self.cuff
            ends.append(self.cuff_ms + CUFF_COUNTS_MS)
        before = (self.since_ms, self.words, self.next_ms)
        if len(found) < 2 or max(found.values()) - min(found.values()) <= APART_PER_MIN:
            self.since_ms, self.words, self.next_ms = None, "", None
        else:
            self.since_ms = t if self.since_ms is None else self.since_ms
            self.words = ", ".join(f"{who} {value:g}" for who, value in found.items())
            self.next_ms = min(ends)
        return before != (self.since_ms, self.words, self.next_ms)

    def due(self, *, stands: bool) -> int | None:
        """When they have been apart for long, or one counts no longer."""
        if self.since_ms is None or self.next_ms is None:
            return None
        return self.next_ms if stands else min(self.next_ms, self.since_ms + APART_FOR_MS)

    def apart(self, t: int) -> bool:
        """True once they have been apart for long."""
        return self.since_ms is not None and t - self.since_ms >= APART_FOR_MS
