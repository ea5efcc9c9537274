"""Ends a live file: the closed one takes its place, and a crash at any moment loses nothing.

Between any two steps the session's path leads to a whole session: first to the live file, then to
the closed one. A reader that is attached goes on with what it has opened and holds nothing up.
"""

import sqlite3
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ketamon.ledger.new_file import fsync_folder
from ketamon.ledger.session_file import SessionFileError, close_into

_SIDE_FILES = ("-wal", "-shm")


class Closed(NamedTuple):
    """Where the closed file is, and its fingerprint."""

    path: Path
    fingerprint: str


class Home(NamedTuple):
    """Which file a name leads to: found by the name alone, because opening it drops SQLite's locks."""

    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "Home | None":
        """None where the name leads nowhere."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_dev, found.st_ino)


class ClosedHalfwayError(SessionFileError):
    """The live file is whole and let go, but the closed one could not take its place."""


def close_steps(
    connection: sqlite3.Connection, path: Path, home: Home | None
) -> Generator[str, None, Closed]:
    """Does one step at a time and names it; raises SessionFileError, and then nothing is lost.

    Where another file lies at `path` by now, that one stays, and the closed one is put beside it.
    """
    found = Home.of(path)
    if found is not None and found != home:
        return (yield from _close_beside(connection, path.with_stem(f"{path.stem}-recovered")))
    if found is None:
        return (yield from _close_beside(connection, path))
    is_emptied = _copy_back(connection)
    yield "copied back what was in the -wal file"
    closed = path.with_name(f".{path.name}.closing")
    try:
        closed.unlink(missing_ok=True)  # of an end that a crash cut short
        digits = close_into(connection, closed)
    except OSError as error:
        raise SessionFileError(f"{path}: can't be closed ({error.strerror}); try again") from None
    except SessionFileError as error:
        raise SessionFileError(str(error).replace(str(closed), str(path))) from None
    yield "made the closed file beside it"
    connection.close()
    yield "let go of the live file"
    try:
        if is_emptied:  # else a reader keeps part of the session in the -wal file for now
            remove_sides(path)
            yield "removed the empty -wal file"
        closed.replace(path)
    except OSError as error:
        raise ClosedHalfwayError(
            f"{path}: all is kept, but it can't be closed ({error.strerror}); check the disk, then "
            "resume it and end it again"
        ) from None
    yield "put the closed file in its place"
    with suppress(OSError):  # should the name not last, it leads to the live file, whole as well
        fsync_folder(path.parent)
        remove_sides(path)
    yield "removed what a reader left"
    return Closed(path, digits)


def _close_beside(connection: sqlite3.Connection, target: Path) -> Generator[str, None, Closed]:
    """Makes the closed file where no file is; the live one has no name any more."""
    digits = close_into(connection, target)
    yield "made the closed file"
    connection.close()
    with suppress(OSError):
        remove_sides(target)
    return Closed(target, digits)


def _copy_back(connection: sqlite3.Connection) -> bool:
    """Empties the -wal file into the live one; false while a reader is in the middle of it."""
    try:
        [busy, _, _] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    return not busy


def remove_sides(path: Path) -> None:
    """Removes what SQLite keeps beside a file that is not there, or is closed; raises OSError."""
    for ending in _SIDE_FILES:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    fsync_folder(path.parent)


def run(steps: Generator[str, None, Closed]) -> Closed:
    """Does all steps and gives what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            closed: Closed = done.value
            return closed
