"""One owner for each device: a lock that other programs of this machine see and that dies with us."""

import hashlib
from contextlib import suppress
from pathlib import Path

from ketamon_drivers.lock_file import LockFile, is_held


class Lock(LockFile):
    """A device's lock, held until `release`, or until the process ends however it ends."""

    def release(self, *, remove: bool = False) -> None:
        """Lets go; may be called twice. With `remove` the file goes too, where it is ours."""
        with suppress(OSError):  # in a shared folder it may be somebody else's
            super().release(remove=remove)


def hold(name: str, folder: Path) -> Lock | None:
    """Takes the lock of this name, such as a port's identity; None where another holds it.

    The folder is made if missing; OSError where it can't be. The lock isn't handed to programs that
    are started: it would outlive its holder in them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Lock.take(_path(name, folder), shared=True)


def is_taken(name: str, folder: Path) -> bool:
    """True while somebody holds the lock of this name."""
    return is_held(_path(name, folder))


def _path(name: str, folder: Path) -> Path:
    return folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"
