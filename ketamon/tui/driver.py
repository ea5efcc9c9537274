"""A driver whose writes never block the loop.

Textual hands its output to a thread through a queue of 30 slots and waits when that is full, so a
stalled terminal would freeze the screen's loop for seconds. Here frames are dropped while the
queue is deep, and the screen is painted anew when it has drained.

What is typed or pasted never ends the screen either: bytes that are no UTF-8, as a Latin-1 terminal
sends them, are ignored, and a key sequence that can't be one is dropped.
"""

import codecs
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver

DEEP = 20  # of the 30 slots: a frame takes up to three
DRAINED = 2
LEAVE_S = 2.0  # how long leaving waits for a terminal that takes nothing


def forgiving_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """As `codecs.getincrementaldecoder`, but what can't be decoded is left out."""
    return partial(codecs.getincrementaldecoder(encoding), errors="ignore")


def driver_class() -> "type[Driver] | None":
    """The driver for this system; None leaves the choice to Textual."""
    if sys.platform == "win32":
        return None
    from textual.drivers import linux_driver  # noqa: PLC0415
    from textual.drivers.linux_driver import LinuxDriver  # noqa: PLC0415

    # The reading thread decodes strictly and panics at an error; the name is used nowhere else.
    linux_driver.getincrementaldecoder = forgiving_decoder  # type: ignore[attr-defined,assignment]

    class PatientDriver(LinuxDriver):
        """Textual's own, patient with a terminal that stalls."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.behind = False
            self.on_drained: Callable[[], object] | None = None

        @property
        def depth(self) -> int:
            """Writes that the terminal has not taken yet."""
            return self._writer_thread._queue.qsize() if self._writer_thread else 0

        def write(self, data: str) -> None:
            """Queues a write, or drops it while the terminal takes nothing."""
            if self.depth > DEEP:
                self.behind = True
                return
            super().write(data)

        def run_input_thread(self) -> None:
            """Reads keys; begins anew after a sequence that Textual's parser can't take."""
            while not self.exit_event.is_set():
                with suppress(ValueError, OverflowError):
                    super().run_input_thread()

        def caught_up(self) -> bool:
            """True once after frames were dropped and the queue has drained: paint anew."""
            if self.behind and self.depth <= DRAINED:
                self.behind = False
                return True
            return False

        def stop_application_mode(self) -> None:
            """Restores the terminal; frames still waiting are of no use to anybody."""
            self._discard()
            super().stop_application_mode()

        def close(self) -> None:
            """Ends the writer, but waits no longer than it takes to see that it is stuck."""
            if self._writer_thread is not None:
                self._writer_thread._queue.put(None)
                self._writer_thread.join(LEAVE_S)

        def _discard(self) -> None:
            if self._writer_thread is None or self.depth <= DRAINED:
                return
            try:
                while True:
                    self._writer_thread._queue.get_nowait()
            except Empty:
                self.behind = False

    return PatientDriver
