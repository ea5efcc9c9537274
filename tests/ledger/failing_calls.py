"""Counts every call by which the ledger reaches a disk, and fails one of them, or all from it on.

SQLite's own calls can't be reached from here: of it, each statement counts as one call, and fails
as a statement does whose open, write or fsync failed.
"""

import errno
import io
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ERRORS = {
    errno.ENOSPC: "SQLITE_FULL",
    errno.EIO: "SQLITE_IOERR_WRITE",
    errno.EACCES: "SQLITE_CANTOPEN",
}
BY_NAME = ("open", "link", "replace", "rename", "chmod")
BY_DESCRIPTOR = ("write", "pwrite", "fsync", "ftruncate", "posix_fallocate")


class Failing:
    """Under one folder the call of number `nth` fails, and with `lasting` all after it."""

    def __init__(self, folder: Path, number: int, *, lasting: bool = False) -> None:
        self.folder, self.number, self.lasting = str(folder), number, lasting
        self.nth: int | None = None
        self.calls = self.failed = 0
        self.names: set[str] = set()

    def counted(self, name: str) -> None:
        """One call more; raises where it is the one."""
        self.calls += 1
        self.names.add(name)
        if self.nth is not None and (
            self.calls == self.nth or (self.lasting and self.calls > self.nth)
        ):
            self.failed += 1
            if name == "sqlite":
                error = sqlite3.OperationalError("as told")
                error.sqlite_errorname = ERRORS[self.number]
                raise error
            raise OSError(self.number, os.strerror(self.number))

    def heal(self) -> None:
        """Nothing fails any more."""
        self.nth = None

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Stands under all calls until the patch is undone."""
        for name in BY_NAME:
            patch.setattr(os, name, self._by_name(name, getattr(os, name)))
        patch.setattr(io, "open", self._by_name("open", io.open))
        for name in BY_DESCRIPTOR:
            patch.setattr(os, name, self._by_descriptor(name, getattr(os, name)))
        failing, connect = self, sqlite3.connect

        class Connection(sqlite3.Connection):
            def execute(self, *arguments: Any) -> sqlite3.Cursor:
                failing.counted("sqlite")
                return super().execute(*arguments)

            def executemany(self, *arguments: Any) -> sqlite3.Cursor:
                failing.counted("sqlite")
                return super().executemany(*arguments)

        def connected(name: Any, **more: Any) -> sqlite3.Connection:
            return connect(name, **more, **({"factory": Connection} if self.folder in name else {}))

        patch.setattr(sqlite3, "connect", connected)

    def _by_name(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def named(path: Any, *more: Any, **options: Any) -> Any:
            if str(path).startswith(self.folder):
                self.counted(name)
            return call(path, *more, **options)

        return named

    def _by_descriptor(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def descriptor(number: int, *more: Any) -> Any:
            if str(Path(f"/proc/self/fd/{number}").readlink()).startswith(self.folder):
                self.counted(name)
            return call(number, *more)

        return descriptor
