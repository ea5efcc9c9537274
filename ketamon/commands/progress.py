"""A bar on standard error while something takes longer than a second: how much of it is done."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ketamon_drivers.readings import printable

QUIET_S, STEP_S = 1.0, 0.2
WIDTH = 20
CLEAR = "\r\x1b[K"


@contextmanager
def bar(words: str, stream: TextIO | None = None, quiet_s: float = QUIET_S) -> Iterator[None]:
    """Shows the words and a bar with its percentage, at a terminal only, and takes both away.

    Until the work tells how much is done, a mark moves to show that it goes on.
    """
    from ketamon.ledger.progress import listening

    out = sys.stderr if stream is None else stream
    if not out.isatty():
        yield
        return
    moving = _Bar(printable(words), out, quiet_s)
    mover = threading.Thread(target=moving.move, daemon=True)
    mover.start()
    try:
        with listening(moving.tell):
            yield
    finally:
        moving.done.set()
        mover.join()


class _Bar:
    """What is drawn from a thread of its own while another works."""

    def __init__(self, words: str, out: TextIO, quiet_s: float) -> None:
        self.done = threading.Event()
        self._words, self._out, self._quiet_s = words, out, quiet_s
        self._share: float | None = None

    def tell(self, share: float) -> None:
        """So much is done: 0 to 1."""
        self._share = share

    def move(self) -> None:
        """Draws until it is done; nothing where that is so at once."""
        if self.done.wait(self._quiet_s):
            return
        step = 0
        while True:
            self._out.write(f"{CLEAR}{self._words} {self._drawn(step)}")
            self._out.flush()
            step += 1
            if self.done.wait(STEP_S):
                break
        self._out.write(CLEAR)
        self._out.flush()

    def _drawn(self, step: int) -> str:
        share, seconds = self._share, f"{self._quiet_s + step * STEP_S:.0f} s"
        if share is None:
            cells = ["·"] * WIDTH
            cells[step % WIDTH] = "█"
            return f"{''.join(cells)} {seconds}"
        full = int(share * WIDTH)
        return f"{'█' * full}{'·' * (WIDTH - full)} {share:.0%} {seconds}"
