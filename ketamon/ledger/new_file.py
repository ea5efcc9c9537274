"""Makes a file whole or not at all, and never in place of another."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600
_SIDE_FILES = ("", "-journal", "-wal", "-shm")  # SQLite's, should it stop half-way
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_NO_FOLDER_FSYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
_REASONS = {
    errno.EEXIST: "exists already; give another path, or move it away first",
    errno.ENOENT: "its folder doesn't exist; make the folder first",
    errno.ENOTDIR: "its folder is a file; give a path in a folder",
    errno.EACCES: "its folder may not be written by you; give a path in another",
    errno.EPERM: "its folder may not be written by you; give a path in another",
    errno.EROFS: "its disk may only be read; give a path on another",
    errno.ENOSPC: "the disk is full; free some space, then try again",
    errno.EDQUOT: "your share of the disk is full; free some space, then try again",
    errno.ENAMETOOLONG: "its name is too long; give a shorter one",
}


class NewFileError(ValueError):
    """A file that can't be made; the message is one sentence that says what to do."""


@contextmanager
def new_file(target: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """Gives an empty private file beside `target`, which becomes `target` when the block ends well.

    It reaches the disk before it gets its name, a file that has the name already stays as it is,
    and nothing is left behind when the block or the disk fails. Raises NewFileError.
    """
    part = target.parent / f".ketamon-{secrets.token_hex(8)}.part"
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
        try:
            yield part
            part.chmod(mode)
            _fsync(part)
            _name(part, target)
        finally:
            for ending in _SIDE_FILES:
                part.with_name(part.name + ending).unlink(missing_ok=True)
        _fsync_name(target)
    except OSError as error:
        raise NewFileError(f"{target}: {reason(error)}") from None


def _name(part: Path, target: Path) -> None:
    """Gives the file its name in one step that fails where the name is taken."""
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A disk without hard links: whoever makes the empty file owns the name, and may replace it.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
        try:
            part.replace(target)
        except OSError:
            target.unlink()
            raise


def _fsync_name(target: Path) -> None:
    """Makes the new name last; one that may not is taken back, since it is told as not made."""
    try:
        fsync_folder(target.parent)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Makes the names in it last; some network disks know no such thing."""
    try:
        _fsync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_FSYNC:
            raise


def reason(error: OSError) -> str:
    """Says in a clause what is in the way, and what to do."""
    words = _REASONS.get(error.errno or 0)
    return words or f"can't be written ({error.strerror}); check the disk, then try again"
