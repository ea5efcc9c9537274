"""Flashing, in real time: HIGH 2.0 times a second, MEDIUM 0.6 times, only what waits for an answer.

It turns a flag; the drawing says which few cells change with it.
"""

from collections.abc import Callable
from typing import Any

from ketamon.tui.scene import Scene, waits

HZ = {"high": 2.0, "medium": 0.6}


class Flash:
    """Whether the flashing parts are in their filled half, and the timer that turns them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._timer: Any = None
        self._hz = 0.0

    def _lit(self, hz: float) -> bool:
        return int((self._clock() - self._since) * hz * 2) % 2 == 0

    @property
    def high(self) -> bool:
        """The half that HIGH is in."""
        return self._lit(HZ["high"])

    @property
    def medium(self) -> bool:
        """The half that MEDIUM is in."""
        return self._lit(HZ["medium"])

    def follow(self, app: Any, scene: Scene, draw: Callable[[], None], *more: Scene) -> None:
        """Runs the timer at the fastest rate that something on the screen needs, or stops it."""
        shown = [
            condition
            for one in (scene, *more)
            for condition in (*one.physiological[:2], *one.technical[:1])
            if not one.lost
        ]
        hz = max((HZ[c.priority] for c in shown if waits(c) and c.priority in HZ), default=0.0)
        if hz == self._hz:
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self._hz or not hz:
            self._since = self._clock()
        self._hz = hz
        if hz:
            self._timer = app.set_interval(1 / (2 * hz), draw)
