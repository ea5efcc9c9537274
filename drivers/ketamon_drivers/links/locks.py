"""One owner for each device: a lock that other programs of this machine see and that dies with us."""

import fcntl
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Lock:
    """A lock that is held until `release`, or until the process ends however it ends."""

    path: Path
    _descriptor: int

    def release(self) -> None:
        """Lets go; may be called twice. The file stays: removing it would let two hold it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def hold(name: str, folder: Path) -> Lock | None:
    """Takes the lock of this name, such as a port's identity; None where another holds it.

    The folder is made if missing; OSError where it can't be. The lock isn't handed to programs that
    are started: it would outlive its holder in them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"
    try:
        # Without creating first: in a shared folder the system refuses that for another's file.
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return Lock(path, descriptor)
