"""What was measured of one vital, kept whole; runs are found by reading it backwards."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Literal, NamedTuple

from tests.oracle.limits_oracle import exact, inside, milliseconds, violates

Mark = Literal["value", "standing", "once", "typed", "loss", "changed"]


class Event(NamedTuple):
    """Something that bears on a vital's runs."""

    t: int
    mark: Mark
    value: Fraction | None = None
    levels: frozenset[tuple[str, str]] = frozenset()


@cache
def stale_after(cadence_s: Fraction) -> int:
    """The age at which a value of a source this slow is lost."""
    return milliseconds(max(exact(10), 3 * cadence_s))


@dataclass
class Source:
    """One device's channel of one vital."""

    device: str
    rank: int
    cadence_s: Fraction = Fraction(1)
    alive: bool = False
    last_valid_t: int = 0
    value: Fraction | None = None
    in_invalid_run: bool = False

    @property
    def charted(self) -> bool:
        """True for a source so slow that each value is judged by itself."""
        return self.cadence_s > 60

    @property
    def stale_ms(self) -> int:
        """The age at which its value is lost."""
        return stale_after(self.cadence_s)

    def stale_at(self, now: int) -> bool:
        """True once its newest valid value is too old."""
        return self.alive and not self.charted and now - self.last_valid_t >= self.stale_ms


@dataclass
class History:
    """All events of one vital, oldest first, and the sources it can come from."""

    vital: str
    events: list[Event] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    in_use: Source | None = None
    newest_t: int | None = None  # of the last loss, or of the newest typed value judged

    def best(self) -> Source | None:
        """The source to take the vital from now."""
        alive = [source for source in self.sources.values() if source.alive]
        return min(alive, key=lambda source: source.rank) if alive else None

    def held(self, before: int | None = None) -> Fraction | None:
        """The newest value that no loss has discarded (`before`: as it was at that index)."""
        for event in reversed(self.events[:before]):
            if event.mark == "loss":
                return None
            if event.value is not None:
                return event.value
        return None

    def latest(self) -> Fraction | None:
        """The newest value, lost since or not."""
        return next((e.value for e in reversed(self.events) if e.value is not None), None)

    def standing_mark(self, before: int | None = None) -> Mark | None:
        """How the held value came."""
        for event in reversed(self.events[:before]):
            if event.mark == "loss":
                return None
            if event.value is not None:
                return event.mark
        return None

    def violating_since(self, side: str, level: str, limit: Fraction) -> int | None:
        """When the unbroken run of values beyond this level's limit began, up to now."""
        start: int | None = None
        for index in range(len(self.events) - 1, -1, -1):
            event = self.events[index]
            if event.mark in {"loss", "once", "typed"}:
                break
            if event.mark == "changed":
                if (side, level) not in event.levels:
                    continue
                held = self.held(index)
                judged = self.standing_mark(index) not in {"value", "standing"}
                if held is not None and not judged and violates(side, held, limit):
                    start = event.t
                break
            assert event.value is not None
            if not violates(side, event.value, limit):
                break
            start = event.t
        return start

    def inside_since(
        self, side: str, level: str, limit: Fraction, margin: Fraction
    ) -> tuple[int, int]:
        """When the unbroken run of values inside by the margin began, and how many they are."""
        start, count = 0, 0
        for event in reversed(self.events):
            if event.mark in {"loss", "once", "typed"}:
                break
            if event.mark == "changed":
                if (side, level) in event.levels:
                    break
                continue
            assert event.value is not None
            if not inside(side, event.value, limit, margin):
                break
            start, count = event.t, count + 1
        return start, count

    def newest(self) -> int:
        """Where the newest value stands among the events."""
        return max(i for i, event in enumerate(self.events) if event.value is not None)

    def worst_from(self, index: int, side: str) -> Fraction | None:
        """The worst value from that event on."""
        values = [event.value for event in self.events[index:] if event.value is not None]
        if not values:
            return None
        return max(values) if side == "high" else min(values)
