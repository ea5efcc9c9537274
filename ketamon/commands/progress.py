"""A moving bar on standard error while something takes longer than a second."""

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
    """Shows the words and a bar that moves, at a terminal only, and takes both away at the end.

    How far a foreign file is can't be told before it is read, so the bar says that work goes on and
    not how much is left.
    """
    out = sys.stderr if stream is None else stream
    if not out.isatty():
        yield
        return
    done = threading.Event()
    mover = threading.Thread(target=_move, args=(printable(words), out, quiet_s, done), daemon=True)
    mover.start()
    try:
        yield
    finally:
        done.set()
        mover.join()


def _move(words: str, out: TextIO, quiet_s: float, done: threading.Event) -> None:
    if done.wait(quiet_s):
        return
    at = 0
    while True:
        cells = ["·"] * WIDTH
        cells[at % WIDTH] = "█"
        out.write(f"{CLEAR}{words} {''.join(cells)} {quiet_s + at * STEP_S:.0f} s")
        out.flush()
        at += 1
        if done.wait(STEP_S):
            break
    out.write(CLEAR)
    out.flush()
