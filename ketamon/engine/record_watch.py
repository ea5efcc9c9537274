"""Watches whether entries reach the disk, and tells the core when they don't (DESIGN 7.7).

Alarms never wait for the record; that it fails is itself an alarm.
"""

from dataclasses import dataclass
from typing import Protocol

from ketamon.engine.live_session import LiveSession
from ketamon.entries import Fault

FAILING_AFTER_S = 2.0


class Watched(Protocol):
    """What the ledger says of itself; `waiting_since` is in the loop's time."""

    @property
    def waiting_since(self) -> float | None:
        """When the oldest uncommitted entry was appended; None if none waits."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be kept now, or found again later, in a sentence."""


@dataclass(slots=True)
class RecordWatch:
    """Looked at each second; enters a `fault` when what it saw has changed."""

    session: LiveSession
    ledger: Watched
    told: str = "back"

    def look(self, now: float, speed: float) -> None:
        """Compares how long the oldest entry waits, in real seconds, with the limit; tells changes.

        `now` is the loop's time and `speed` how fast it runs: a disk knows no simulated seconds.
        """
        since = self.ledger.waiting_since
        waiting_s = 0.0 if since is None or speed == 0 else (now - since) / speed
        state = "back"
        is_lost = since is None and self.ledger.trouble is not None  # kept, where nobody finds it
        if waiting_s > FAILING_AFTER_S or is_lost:
            state = "failing"
        elif since is not None and self.told != "back":
            return  # not back before all is committed
        if state != self.told:
            self.told = state
            reason = self.ledger.trouble if state == "failing" else None
            self.session.take(Fault("record", state, reason))
