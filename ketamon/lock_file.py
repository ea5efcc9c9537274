"""A file that one program at a time holds: let go by itself when that program ends, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import Self

PRIVATE = 0o600


class LockFile:
    """A lock that is held until it is released, or this program is gone; children don't share it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Takes it at once; None where somebody holds it. Raises OSError where it can't be made."""
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
            if not _locked(descriptor, fcntl.LOCK_EX):
                os.close(descriptor)
                return None
            if _is_still(path, descriptor):
                return cls(path, descriptor)
            os.close(descriptor)  # whoever held it took the file away: the lock is on a new one

    def release(self, *, remove: bool = False) -> None:
        """Lets go; may be called twice. With `remove` the file goes too."""
        if self._descriptor < 0:
            return
        if remove:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = -1


def is_held(path: Path) -> bool:
    """True while somebody holds it; asking is itself a hold of a few microseconds."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _locked(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    """True if the name still leads to the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
