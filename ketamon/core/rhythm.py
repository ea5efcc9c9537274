"""An irregular pulse: pressures scatter, so three decide what else one would (DESIGN 7.7).

| reading | what it does |
|---|---|
| beyond a HIGH limit | it is judged at once, as ever |
| that would change nothing | it is judged, as ever |
| that would raise, lower or end something | it is the first of three; until then nothing changes |
| 60 s or more after the one before | it is the next of them; at the third the median is judged |
| sooner | it changes nothing |

Where a repeat is missing 5 min after the first, those that came decide; of two the worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ketamon.vitals import Number

DECIDES = 3
APART_MS = 60_000
WAIT_MS = 300_000
PROPOSED_AT = 2  # readings of which the cuff said so

Values = Mapping[str, Number]


@dataclass(slots=True, eq=False)
class Rhythm:
    """Whether the pulse is irregular, and the readings that wait for the next."""

    irregular: bool = False
    said_so: int = 0  # readings of which the cuff said it, since somebody last told
    taken: list[Values] = field(default_factory=list)
    began_ms: int = 0  # when the first of them came
    newest_ms: int = 0  # when the newest of them was measured

    def told(self, *, irregular: bool) -> None:
        """Somebody ticked it, or took the tick away."""
        self.irregular, self.said_so = irregular, 0
        self.taken.clear()

    def take(
        self, t: int, measured: int, values: Values, *, turns: bool, anew: bool
    ) -> list[Values]:
        """Gives the readings that decide now; none while more are waited for.

        `turns`: judged alone, it would change something; `anew`: it just did, being HIGH.
        """
        if anew or (not self.taken and turns):
            self.taken, self.began_ms, self.newest_ms = [values], t, measured
            return []
        if not self.taken:
            return [values]
        if measured - self.newest_ms >= APART_MS:
            self.taken.append(values)
            self.newest_ms = measured
        return self.decided() if len(self.taken) == DECIDES else []

    def decided(self) -> list[Values]:
        """Gives the readings taken; waits no longer."""
        taken, self.taken = self.taken, []
        return taken

    def due(self) -> int | None:
        """When those that came decide."""
        return self.began_ms + WAIT_MS if self.taken else None

    @property
    def proposed(self) -> bool:
        """True while the cuff says it, and nobody has."""
        return not self.irregular and self.said_so >= PROPOSED_AT

    @property
    def fewest(self) -> int:
        """How many readings a baseline takes."""
        return DECIDES if self.irregular else 2


def median(values: list[Number], *, high: bool) -> Number:
    """The middle one; of an even number the worse of the two in the middle."""
    ranked = sorted(values, reverse=not high)
    return ranked[len(ranked) // 2]
