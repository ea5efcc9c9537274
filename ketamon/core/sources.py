"""Where a continuous vital comes from: which source is in use, and when it is lost (DESIGN 7.2).

`hr` is taken from the strap, else the oximeter. A source is alive from a valid value until its
stale time has passed or its device entry says `lost`; the best one alive is in use.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ketamon.vitals import CHARTED_OVER_MS, DEFAULT_CADENCE_MS, Number, stale_after_ms

SOURCE_RANKS: dict[str, tuple[tuple[str, str], ...]] = {
    "hr": (
        ("strap", "heart_rate"),
        ("monitor", "heart_rate"),
        ("oximeter", "oximetry"),
        ("monitor", "oximetry"),
    ),
    "spo2": (("oximeter", "oximetry"), ("monitor", "oximetry")),
    "rr": (("monitor", "respiration"), ("strap", "respiration"), ("oximeter", "respiration")),
}
"""For each continuous vital its sources (role, kind of reading), best first; others come last."""


class Held(NamedTuple):
    """A value that was measured once and stands: what, measured when, by which role."""

    value: Number
    t: int
    role: str


@dataclass(slots=True, eq=False)
class Source:
    """One role's values of one vital. `invalid`: its newest reading carried no valid value."""

    role: str
    rank: int
    cadence_ms: int = DEFAULT_CADENCE_MS
    value: Number | None = None
    t: int = 0
    alive: bool = False
    invalid: bool = False
    past: bool = False  # in use since another was lost, and nothing has come since

    @property
    def charted(self) -> bool:
        """Slower than a minute: judged as episodic, never stale."""
        return self.cadence_ms > CHARTED_OVER_MS

    def stale_t(self) -> int | None:
        """The moment at which its value is lost; None while it has none, or if charted."""
        after = stale_after_ms(self.cadence_ms)
        return self.t + after if self.alive and after is not None else None


@dataclass(slots=True, eq=False)
class Sources:
    """All sources of one vital. `lost_ms`: when the last one was lost."""

    vital: str
    cadences: dict[str, int]  # by role, shared by all vitals
    all: dict[tuple[str, str], Source] = field(default_factory=dict)
    in_use: Source | None = None
    lost_ms: int | None = None
    once: Held | None = None  # a cuff's or typed value, judged once while no device gives it

    def of(self, role: str, kind: str) -> Source:
        """The source for this role and kind of reading, made on first sight."""
        key = (role, kind)
        source = self.all.get(key)
        if source is None:
            ranks = SOURCE_RANKS[self.vital]
            rank = ranks.index(key) if key in ranks else len(ranks)
            source = Source(role, rank, self.cadences.get(role, DEFAULT_CADENCE_MS))
            self.all[key] = source
        return source

    def standing(self) -> Number | None:
        """The newest value that no loss has discarded, whichever source it came from."""
        if self.in_use is not None:
            return self.in_use.value
        return self.once.value if self.once is not None else None

    def best(self, t: int) -> Source | None:
        """The best source that is alive at `t`."""
        alive = []
        for source in self.all.values():
            stale_t = source.stale_t()
            if source.alive and (stale_t is None or stale_t > t):
                alive.append(source)
        return min(alive, key=lambda source: source.rank, default=None)
