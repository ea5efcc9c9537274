"""A file that one program at a time holds: let go by itself when that program ends, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import Self

PRIVATE, SHARED = 0o600, 0o644


class LockFile:
    """A lock that is held until it is released, or this program is gone; children don't share it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path, *, shared: bool = False) -> Self | None:
        """Takes it at once; None where somebody holds it. Raises OSError where it can't be made.

        `shared`: in a folder of several accounts, so that it may be another's file.
        """
        while True:
            descriptor = _opened(path, shared=shared)
            try:
                is_ours = _locked(descriptor, fcntl.LOCK_EX)
                if is_ours and _is_still(path, descriptor):
                    return cls(path, descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
            if not is_ours:
                return None
            # Whoever held it took the file away: the lock is on a new one.

    def release(self, *, remove: bool = False) -> None:
        """Lets go; may be called twice. With `remove` the file goes too, while it is still held."""
        if self._descriptor < 0:
            return
        try:
            if remove:
                self.path.unlink(missing_ok=True)
        finally:
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


def _opened(path: Path, *, shared: bool) -> int:
    if not shared:
        return os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        # Without creating first: in a shared folder the system refuses that for another's file.
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return os.open(path, os.O_RDONLY | os.O_CREAT, SHARED)


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
