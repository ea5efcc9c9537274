"""One owner for each device: a lock that other programs of this machine see and that dies with us."""

import fcntl
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Lock:
    """A lock that is held until `release`, or until the process ends however it ends."""

    path: Path
    _descriptor: int

    def release(self, *, remove: bool = False) -> None:
        """Lets go; may be called twice. With `remove` the file goes too, while it is still held."""
        if self._descriptor >= 0:
            if remove:
                with suppress(OSError):  # in a shared folder it may be somebody else's
                    self.path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1


def hold(name: str, folder: Path) -> Lock | None:
    """Takes the lock of this name, such as a port's identity; None where another holds it.

    The folder is made if missing; OSError where it can't be. The lock isn't handed to programs that
    are started: it would outlive its holder in them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"
    while True:
        try:
            # Without creating first: in a shared folder the system refuses that for another's file.
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, descriptor):
                return Lock(path, descriptor)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # whoever held it took the file away: the lock is on a new one


def _is_still(path: Path, descriptor: int) -> bool:
    """True if the name still leads to the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
