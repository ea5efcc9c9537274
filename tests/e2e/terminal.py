"""A real terminal for tests: a program in a pseudo-terminal, its bytes read back into cells.

Waiting is for what a person would see, with a deadline; nothing here sleeps for a fixed time.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

WITHIN_S = 20.0
ROOT = Path(__file__).parents[2]
_PRIVATE = re.compile(
    rb"\x1b\[[<>=?][0-9;]*[u$a-zA-Z]p?|\x1bP[^\x1b]*\x1b\\|\x1b\][^\x07\x1b]*\x07"
)


class Terminal:
    """Runs `arguments` in a terminal of `size` (columns, rows)."""

    def __init__(
        self,
        arguments: list[str],
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = b""
        self.master, slave = pty.openpty()
        self._set_size(*size)
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        ours = ("NO_COLOR", "LC_ALL", "COLUMNS", "LINES")
        clean = {k: v for k, v in os.environ.items() if k not in ours}
        try:
            self.process = subprocess.Popen(
                arguments,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=ROOT,
                env={**clean, **terminal, **(env or {})},
                start_new_session=True,
            )
        finally:
            os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WITHIN_S)
        os.close(self.master)

    @property
    def text(self) -> str:
        """What stands on the screen, row by row."""
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        """Types."""
        os.write(self.master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window another size, as a person does by dragging its corner."""
        self.screen.resize(rows, columns)
        self.screen.reset()
        self._set_size(columns, rows)
        os.kill(self.process.pid, signal.SIGWINCH)

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Reads until the screen shows this (runs of blanks are one); gives the screen, or fails."""
        shows = (lambda text: seen in " ".join(text.split())) if isinstance(seen, str) else seen
        deadline = time.monotonic() + WITHIN_S
        while not shows(self.text):
            left = deadline - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"never saw {seen!r}; the screen is:\n{self.text}")
        return self.text

    def look(self, seconds: float) -> None:
        """Looks at the screen for so long, as a person does before a key that covers what was seen."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self._read(left):
            pass

    def end(self) -> int:
        """Reads until the program has ended; gives its exit code."""
        deadline = time.monotonic() + WITHIN_S
        while self._read(deadline - time.monotonic()):
            assert time.monotonic() < deadline, f"it never ended; the screen is:\n{self.text}"
        return self.process.wait(WITHIN_S)

    def _read(self, seconds: float) -> bool:
        """Reads what comes within that time; False when the program has closed the terminal."""
        if not select.select([self.master], [], [], max(0.0, seconds))[0]:
            return True
        data = b""
        with suppress(OSError):  # EIO: nobody has the other end open
            data = os.read(self.master, 65536)
        self.bytes += data
        self.stream.feed(_PRIVATE.sub(b"", data))
        return bool(data)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
