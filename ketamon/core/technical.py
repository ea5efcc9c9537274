"""A technical condition over time (DESIGN 7.7).

It lives by the same states and the same table as a patient's condition; it has a level instead of
a value, so the lines it gives out carry neither value nor limit, but why it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ketamon.core.tracks import RESTING, Track
from ketamon.vitals import PRIORITY_RANK, TechnicalCondition


class Stands(NamedTuple):
    """Where a condition stands at a moment: at which level (None: it doesn't), why, of whom.

    One that doesn't stand may say why not; `about` is then whom that concerns.
    """

    level: int | None = None
    reason: str = ""
    about: tuple[str, ...] = ()


NOTHING = Stands()


def of_each(found: Mapping[str, str], level: int = 0) -> Stands:
    """Stands for all of these: who, and what of it."""
    if not found:
        return NOTHING
    return Stands(level, "; ".join(f"{who}: {what}" for who, what in found.items()), tuple(found))


@dataclass(slots=True, eq=False)
class TechnicalTrack(Track):
    """One technical condition's state; `level` is the one it stands at, 0 the mildest."""

    condition: TechnicalCondition
    level: int | None = None
    reason: str = ""
    about: tuple[str, ...] = ()

    def put(self, t: int, stands: Stands, *, dosing: bool) -> None:
        """The condition now stands so, or not at all; takes the step between.

        Where it stood already, somebody who joins asks anew: an answer covered the others alone.
        """
        self.level = stands.level
        if stands.level is None:
            if self.state not in RESTING:
                of_all = stands.about and set(self.about) <= set(stands.about)
                self._end(t, stands.reason if of_all else "")
            self.about = ()
            return
        joined = set(stands.about) - set(self.about)
        self.about, self.reason = stands.about, stands.reason
        priority = self.condition.priority(stands.level, dosing=dosing)
        if self.state in RESTING:
            again = self.state == "latched"  # nobody answered: it latches again
            self.priority, self.raised_ms = priority, t
            self.was_high = again or priority == "high"
            self._ask(t)
            self._apply(t, "reached", self.reason)
            return
        rise = PRIORITY_RANK[priority] - PRIORITY_RANK[self.priority]
        self.priority = priority
        if rise > 0:
            self.was_high = self.was_high or priority == "high"
            self._ask(t)
        if rise:
            self._apply(t, "rose" if rise > 0 else "fell", self.reason)
        if joined and rise <= 0:
            self.was_high = self.was_high or priority == "high"
            self._ask(t)
            self._apply(t, "joined", self.reason)

    def flag(self, t: int, reason: str) -> None:
        """The same happened again, and changes nothing else."""
        self._apply(t, "flag", reason)

    def _end(self, t: int, reason: str = "") -> None:
        """It is over: latched if it was HIGH and nobody answered, else cleared."""
        if self.state != "active" or not self.was_high:
            self._apply(t, "ended", reason)
            self._finish()
            self.reason = ""
            return
        self.latched_as_it_was = self.priority == "high"
        self.priority = "high"
        self.unanswered_due = self.realarm_due = None
        self._apply(t, "ended_after_high", reason)
