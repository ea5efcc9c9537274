"""Where the feed's sockets live (DESIGN 10)."""

import os
import stat
import tempfile
from pathlib import Path

SOCKET_PATH_BYTES = 100  # the kernel's own end is 107 bytes on Linux, 103 on macOS


class RunFolderError(ValueError):
    """No folder for sockets; the message says what to do."""


def run_folder() -> Path:
    """Gives the private folder for sockets, made if need be; raises RunFolderError."""
    given = os.environ.get("KETAMON_RUN")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if given:
        folder = Path(given)
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
    if found.st_uid != os.getuid():
        raise RunFolderError(
            f"{folder}: belongs to somebody else; set KETAMON_RUN to a folder of yours"
        )
    if found.st_mode & stat.S_IWOTH:
        raise RunFolderError(
            f"{folder}: may be written by everyone; take that away with `chmod 700 {folder}`, or set "
            "KETAMON_RUN to a folder of yours"
        )
    return folder


def socket_path(name: str) -> Path:
    """Gives the path of a socket with this name; raises RunFolderError where it is too long."""
    path = run_folder() / f"{name}.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        raise RunFolderError(
            f"{path}: is over {SOCKET_PATH_BYTES} bytes; set KETAMON_RUN to a shorter folder"
        )
    return path
