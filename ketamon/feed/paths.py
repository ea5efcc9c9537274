"""Where the feed's sockets live (DESIGN 10).

A folder of one's own, or one that the members of a group may enter, such as /run/ketamon: there
they find the chairs and their sockets, and the engine gives each of them a seat.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

OF_THE_MACHINE = Path("/run/ketamon")
"""Where it is there and this account may look into it, all chairs of the machine are in it."""
SOCKET_PATH_BYTES = 100  # the kernel's own end is 107 bytes on Linux, 103 on macOS


class RunFolderError(ValueError):
    """No folder for sockets; the message says what to do."""


def run_folder() -> Path:
    """Gives the folder for sockets, made private if it has to be made; raises RunFolderError."""
    given = os.environ.get("KETAMON_RUN")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if given:
        folder = Path(given)
    elif os.access(OF_THE_MACHINE, os.R_OK | os.X_OK):
        folder = OF_THE_MACHINE
    elif runtime and Path(runtime).is_dir():
        folder = Path(runtime) / "ketamon"
    else:
        folder = Path(tempfile.gettempdir()) / f"ketamon-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise RunFolderError(
            f"{folder}: can't be made ({error.strerror}); set KETAMON_RUN to a folder of yours"
        ) from None
    if found.st_uid != os.getuid() and not given and folder != OF_THE_MACHINE:
        raise RunFolderError(
            f"{folder}: belongs to somebody else; set KETAMON_RUN to a folder of yours"
        )
    if found.st_mode & stat.S_IWOTH:
        raise RunFolderError(
            f"{folder}: may be written by everyone; take that away with `chmod 700 {folder}`, or set "
            "KETAMON_RUN to a folder of yours"
        )
    return folder


def open_to_group(path: Path, *, may_write: bool = False) -> None:
    """Lets the folder's group read what lies in it, where it may enter the folder at all.

    `may_write`: that is what connecting to a socket takes.
    """
    folder = path.parent.stat()
    if not folder.st_mode & stat.S_IXGRP:
        return
    with suppress(
        PermissionError
    ):  # a member of the group, and the folder's own group bit, need none
        os.chown(path, -1, folder.st_gid)
    path.chmod(0o660 if may_write else 0o640)


def socket_path(name: str) -> Path:
    """Gives the path of a socket with this name; raises RunFolderError where it is too long."""
    path = run_folder() / f"{name}.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        raise RunFolderError(
            f"{path}: is over {SOCKET_PATH_BYTES} bytes; set KETAMON_RUN to a shorter folder"
        )
    return path
