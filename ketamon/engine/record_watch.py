"""Watches whether entries reach the disk, and tells the core when they don't (DESIGN 7.7).

Alarms never wait for the record; that it fails is itself an alarm.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ketamon.engine.live_session import LiveSession
from ketamon.entries import Fault

FAILING_AFTER_S = 2.0
TOLD_AGAIN_S = 60.0  # how many wait, while it goes on


class Watched(Protocol):
    """What the ledger says of itself; `waiting_since` is in the loop's time."""

    @property
    def waiting(self) -> int:
        """How many entries are not committed yet."""

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
    told_at: float = 0.0

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
        is_old = state == "failing" and (now - self.told_at) > TOLD_AGAIN_S * speed
        if state != self.told or is_old:
            self.told, self.told_at = state, now
            reason = self._why(now) if state == "failing" else None
            self.session.take(Fault("record", state, reason))

    def moved(self, before: Path, after: Path) -> None:
        """The session's file was taken away or replaced, and it goes on in another."""
        why = f"{before.name} was moved, removed or replaced; it goes on in {after.name}"
        self.session.take(Fault("record", "moved", why))

    def _why(self, now: float) -> str:
        """The trouble, and how many wait since when, in the session's time."""
        trouble, since = self.ledger.trouble, self.ledger.waiting_since
        if since is None:
            return trouble or ""
        passed_s = max(0, int(self.session.now_ms() / 1000 - (now - since)))
        clock = f"{passed_s // 3600}:{passed_s // 60 % 60:02d}:{passed_s % 60:02d}"
        count = self.ledger.waiting
        wait = f"{count} {'entry waits' if count == 1 else 'entries wait'} since {clock}"
        return f"{trouble}; {wait}" if trouble else wait
