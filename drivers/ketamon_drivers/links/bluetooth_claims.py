"""Whose device it is, by names that are learned only once it is connected.

A device that was given by its address has a serial number too, and the other way round; both names
are taken, so that two chairs can't have it by one each.
"""

from dataclasses import dataclass, field
from pathlib import Path

from ketamon_drivers.links.locks import Lock, hold, is_taken


@dataclass(slots=True)
class Claims:
    """The names that one chair has taken; without a folder nobody else is there to take any."""

    folder: Path | None = None
    held: dict[str, Lock] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    """Names that are locked for us elsewhere."""

    def claim(self, identity: str) -> bool:
        """Takes a name; False where another chair has it."""
        if self.folder is None or identity in self.ours or identity in self.held:
            return True
        lock = hold(identity, self.folder)
        if lock is not None:
            self.held[identity] = lock
        return lock is not None

    def is_taken(self, identity: str) -> bool:
        """True where another chair has this name."""
        if self.folder is None or identity in self.ours or identity in self.held:
            return False
        return is_taken(identity, self.folder)

    def release(self, *, remove: bool = False) -> None:
        """Lets all of them go."""
        for lock in self.held.values():
            lock.release(remove=remove)
        self.held.clear()
