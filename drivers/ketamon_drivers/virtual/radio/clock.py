"""The clock inside a device: set by somebody once, by hosts, or never."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from ketamon_drivers.virtual.streaming_oximeter import FIRST_DAY


def loop_time() -> datetime:
    """The true time where nobody gives another: the loop's, from the first day on."""
    return FIRST_DAY + timedelta(seconds=asyncio.get_running_loop().time())


class DeviceClock:
    """Wall-clock time without a zone, as wrong as somebody made it."""

    def __init__(self, true_time: Callable[[], datetime] = loop_time) -> None:
        self._true_time = true_time
        self._ahead: timedelta | None = timedelta()

    def shown(self) -> datetime | None:
        """What it shows, to whole seconds; None where it was never set."""
        if self._ahead is None:
            return None
        return (self._true_time() + self._ahead).replace(microsecond=0)

    def set(self, when: datetime) -> None:
        """Sets it: from now on it shows this."""
        self._ahead = when - self._true_time()

    def go_wrong(self, by_s: float) -> None:
        """Puts it so many seconds ahead of the truth, or behind."""
        self._ahead = timedelta(seconds=by_s)

    def lose(self) -> None:
        """It is not set any more, as after a change of batteries."""
        self._ahead = None
