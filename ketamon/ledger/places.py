"""Where session files live, and how they are called."""

import os
import re
import secrets
import stat
from datetime import UTC, datetime
from pathlib import Path

SUFFIX = ".ketamon"
FOLDER_MODE = 0o700
_STAMP = "%Y%m%dT%H%M%SZ"
_STAMP_LENGTH = len("20260131T235959Z")
_CHAIR_LETTERS = 20
_RECOVERED = re.compile(r"-recovered(\d*)$")


class DataFolderError(ValueError):
    """A folder that can't keep sessions, or keeps none such; one sentence that says what to do."""


def sessions_folder() -> Path:
    """Gives the folder for session files, whether it is there or not: KETAMON_DATA, or the system's."""
    given = os.environ.get("KETAMON_DATA")
    if given:
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path  # noqa: PLC0415 (only where nothing is given)

    return user_data_path("ketamon", appauthor=False) / "sessions"


def made_sessions_folder() -> Path:
    """Gives the folder for session files, made private if need be; raises DataFolderError."""
    folder = sessions_folder()
    advice = "set KETAMON_DATA to a folder of yours"
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
    except FileExistsError:
        raise DataFolderError(f"{folder}: is a file; {advice}") from None
    except OSError as error:
        raise DataFolderError(f"{folder}: can't be made ({error.strerror}); {advice}") from None
    if mode & stat.S_IWOTH:
        raise DataFolderError(
            f"{folder}: may be written by everyone; take that away with `chmod 700 {folder}`, or {advice}"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DataFolderError(f"{folder}: may not be written by you; {advice}")
    return folder


def new_session_path(folder: Path, started: datetime, chair: str) -> Path:
    """Gives a name for a session that starts now: UTC, chair, four digits of chance, no patient."""
    letters = re.sub(r"[^A-Za-z0-9-]+", "-", chair)[:_CHAIR_LETTERS].strip("-")
    stamp = started.astimezone(UTC).strftime(_STAMP)
    return folder / f"{stamp}-chair{letters}-{secrets.token_hex(2)}{SUFFIX}"


def started_of(path: Path) -> datetime | None:
    """Reads from a file's name when its session started; None where it doesn't say."""
    try:
        return datetime.strptime(path.name[:_STAMP_LENGTH], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def session_files(folder: Path) -> list[Path]:
    """Gives the session files in a folder, newest first; of a folder that isn't there, none.

    Raises DataFolderError where it can't be looked into.
    """
    try:
        names = [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208 (its errors)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataFolderError(
            f"{folder}: can't be read ({error.strerror}); set KETAMON_DATA to a folder of yours"
        ) from None
    shown = [folder / name for name in names if not name.startswith(".")]
    return sorted(shown, key=lambda path: (origin_of(path).stem, path.stem), reverse=True)


def origin_of(path: Path) -> Path:
    """Gives the name under which a session began that had to go on under another."""
    return path.with_stem(_RECOVERED.sub("", path.stem))


def next_name(path: Path) -> Path:
    """Gives a free name under which a session goes on whose file was taken away or replaced."""
    origin, number = origin_of(path), _times_moved(path) + 1
    while True:
        name = origin.with_stem(f"{origin.stem}-recovered{number if number > 1 else ''}")
        if not os.path.lexists(name):
            return name
        number += 1


def newest_of(path: Path) -> Path:
    """Gives the file in which a session went on last: itself, unless it was taken away meanwhile."""
    origin = origin_of(path)
    try:
        beside = [path.with_name(name) for name in os.listdir(path.parent)]  # noqa: PTH208 (its errors)
    except OSError:
        return path
    moved = [one for one in beside if one.suffix == SUFFIX and origin_of(one) == origin]
    return max((path, *moved), key=_times_moved)


def _times_moved(path: Path) -> int:
    found = _RECOVERED.search(path.stem)
    return int(found[1] or 1) if found else 0


def find_session(name: str) -> Path:
    """Gives the file that a person means: a path, or the name, or its beginning, in the data folder.

    Raises DataFolderError where there is none, or more than one.
    """
    given = Path(name)
    if len(given.parts) > 1 or given.exists():
        return given
    folder = sessions_folder()
    files = session_files(folder)
    exact = [path for path in files if name in (path.name, path.stem)]
    found = exact or [path for path in files if path.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataFolderError(
            f"{name}: {len(found)} sessions begin so; give more of the name: `ketamon sessions` lists them"
        )
    raise DataFolderError(
        f"{name}: no such session in {folder}; `ketamon sessions` lists those that are there"
    )
