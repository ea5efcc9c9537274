"""Which chairs have a session: each engine holds its chair's lock and says there what it runs.

`chair-NAME.lock` is held while the engine lives; `chair-NAME.json` beside it says what runs, and
is believed only while the lock is held: after `kill -9` it stays behind and means nothing.
"""

import os
import re
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import msgspec

from ketamon.feed.paths import open_to_group, run_folder
from ketamon_drivers.lock_file import LockFile, is_held

CHAIR_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,19}")  # never like an option
PRIVATE = 0o600
ASKED_AGAIN, ASKED_AGAIN_AFTER_S = 20, 0.01
GONE_WITHIN = 300  # looks, for a process that was killed


class ChairNameError(ValueError):
    """A name that no chair may have; the message says what it may be."""


@dataclass(frozen=True, slots=True)
class ChairInfo:
    """What an engine says of itself: session file, process, since when (UTC, ISO), feed socket.

    `keeper` is the process that would start it again, 0 where it was started without one; `trouble`
    says why a session that has ended can't be closed yet.
    """

    chair: str
    session: str = ""
    pid: int = 0
    since: str = ""
    socket: str = ""
    keeper: int = 0
    trouble: str = ""

    def sentence(self) -> str:
        """Says what runs at the chair."""
        session = f"session {Path(self.session).name}" if self.session else "a session"
        since = f" since {self.since}" if self.since else ""
        return f"chair {self.chair} runs {session}{since}"


class ChairTakenError(ValueError):
    """A chair that another engine holds; `info` says which, the message what to do."""

    def __init__(self, info: ChairInfo) -> None:
        super().__init__(
            f"{info.sentence()}; see it with `ketamon watch {info.chair}`, "
            f"or end it with `ketamon end {info.chair}`"
        )
        self.info = info


class Lock:
    """A chair that this program holds."""

    def __init__(self, held: LockFile, path: Path, info: ChairInfo) -> None:
        self._held = held
        self._path = path
        self.info = info

    def tell(self, info: Mapping[str, Any]) -> None:
        """Says anew what runs here; raises OSError."""
        self.info = _info(self.info.chair, info)
        _write(self._path, self.info)

    def release(self) -> None:
        """Lets the chair go; may be called twice."""
        self._path.unlink(missing_ok=True)
        self._held.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def hold_chair(name: str, info: Mapping[str, Any]) -> Lock:
    """Takes a chair for as long as this program lives, and says there what it runs.

    `info` has `session`, `pid`, `since`, `socket`, each if known. Raises ChairTakenError,
    ChairNameError, RunFolderError, OSError.
    """
    assert_is_chair_name(name)
    folder = run_folder()
    lock, told = folder / f"chair-{name}.lock", folder / f"chair-{name}.json"
    held = LockFile.take(lock)
    for _ in range(ASKED_AGAIN):
        if held is not None or is_alive(_read(told, name).pid):
            break
        time.sleep(ASKED_AGAIN_AFTER_S)  # somebody only asks whether it is held, or is letting go
        held = LockFile.take(lock)
    if held is None:
        raise ChairTakenError(_read(told, name))
    try:
        open_to_group(lock)
        holding = Lock(held, told, ChairInfo(name))
        holding.tell(info)
    except BaseException:
        held.release()
        raise
    return holding


def running_chairs() -> list[ChairInfo]:
    """Gives the chairs whose lock somebody holds, by name; raises RunFolderError."""
    folder = run_folder()
    names = (path.stem.removeprefix("chair-") for path in folder.glob("chair-*.lock"))
    return [
        _read(folder / f"chair-{name}.json", name)
        for name in sorted(names)
        if CHAIR_NAME.fullmatch(name) and is_held(folder / f"chair-{name}.lock")
    ]


def is_kept(socket: Path) -> bool:
    """True while somebody would start the engine of this feed again, as far as one may look."""
    try:
        return socket.suffix == ".sock" and is_held(socket.with_suffix(".keeper"))
    except PermissionError:
        return True


def stop_engine(info: ChairInfo) -> bool:
    """Kills an engine that nobody keeps and that answers nobody; false where its chair stays held.

    The process is the one that says so at the chair, and only if it has the chair's lock open.
    """
    lock = run_folder() / f"chair-{info.chair}.lock"
    if not is_held(lock):
        return True
    if info.pid == os.getpid() or not _has_open(info.pid, lock):
        return False
    with suppress(OSError):
        os.kill(info.pid, signal.SIGKILL)
    for _ in range(GONE_WITHIN):
        if not is_held(lock):
            return True
        time.sleep(ASKED_AGAIN_AFTER_S)
    return False


def assert_is_chair_name(name: str) -> None:
    """Refuses what can't be part of a file's and a socket's name; raises ChairNameError."""
    if not CHAIR_NAME.fullmatch(name):
        raise ChairNameError(
            f"{name!r} can't name a chair; give 1 to 20 letters, digits, - or _, as in `--chair 2`"
        )


def _info(chair: str, told: Mapping[str, Any]) -> ChairInfo:
    known = {field.name for field in fields(ChairInfo)} - {"chair"}
    return ChairInfo(chair, **{key: told[key] for key in known & told.keys()})


def _read(path: Path, chair: str) -> ChairInfo:
    """Gives what an engine says; of one that says nothing that can be read, the chair alone."""
    try:
        told = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        return msgspec.convert(asdict(_info(chair, told)), ChairInfo)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return ChairInfo(chair)


def _write(path: Path, info: ChairInfo) -> None:
    """Puts it in its place in one step: a reader sees the old or the new."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, PRIVATE)
        with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor, not a path)
            file.write(msgspec.json.encode(info))
        open_to_group(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _has_open(pid: int, file: Path) -> bool:
    """True if the process has this very file open; where the system can't tell, if it lives."""
    folder = Path(f"/proc/{pid}/fd")
    if not Path("/proc/self/fd").exists():
        return is_alive(pid)
    with suppress(OSError):
        for descriptor in folder.iterdir():
            with suppress(OSError):
                if descriptor.samefile(file):
                    return True
    return False


def is_alive(pid: int) -> bool:
    """True if there is such a process."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
