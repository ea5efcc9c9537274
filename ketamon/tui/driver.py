"""A driver whose writes never block the loop.

Textual hands its output to a thread through a queue of 30 slots and waits when that is full, so a
stalled terminal would freeze the screen's loop for seconds. Here frames are dropped while the
queue is deep, and the screen is painted anew when it has drained.

What is typed or pasted never ends the screen either: bytes that are no UTF-8, as a Latin-1 terminal
sends them, are ignored, and a key sequence that can't be one is dropped.

Whether the terminal shows what was written is asked of it: it answers where its cursor is as soon as
it has taken all that came before. One that has never answered is believed to show what it took.

A terminal that is gone does end it, by every sign there is of that: the end of what is read, an
error at reading or at writing. SIGHUP is not needed for that, and the SIGCONT that the system sends
with it starts nothing anew.
"""

import codecs
import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, Full
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from textual.driver import Driver
    from textual.message import Message

DEEP = 20  # of the 30 slots: a frame takes up to three
DRAINED = 2
ANSWERS_WITHIN_S = 3.0
WHERE_IS_THE_CURSOR = "\x1b[6n"
MOUSE_ON = "\x1b[?1000h\x1b[?1006h"
LEAVE_S = 1.0  # how long leaving waits for a terminal that takes nothing
STUCK_S = 1.2  # after a hang-up: how long until a loop that does not begin to leave is given up
HUNG_UP = 129  # the exit code then: as a shell tells SIGHUP


def forgiving_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """As `codecs.getincrementaldecoder`, but leaves out what can't be decoded.

    Nothing at all, which is what a terminal that is gone gives for ever, raises EOFError.
    """
    return partial(Forgiving, codecs.getincrementaldecoder(encoding)(errors="ignore"))


class Forgiving(codecs.IncrementalDecoder):
    """What `forgiving_decoder` gives, around the decoder that does the work."""

    def __init__(self, decoder: codecs.IncrementalDecoder) -> None:
        super().__init__("ignore")
        self._decoder = decoder

    def decode(self, data: "ReadableBuffer", final: bool = False) -> str:
        """The text in `data`, and in what came before and was not whole."""
        if not data and not final:
            raise EOFError
        return self._decoder.decode(data, final)


def driver_class() -> "type[Driver] | None":
    """The driver for this system; None leaves the choice to Textual."""
    if sys.platform == "win32":
        return None
    from textual import events  # noqa: PLC0415
    from textual.drivers import _writer_thread, linux_driver  # noqa: PLC0415
    from textual.drivers.linux_driver import LinuxDriver  # noqa: PLC0415

    # The reading thread decodes strictly and panics at an error; the name is used nowhere else.
    linux_driver.getincrementaldecoder = forgiving_decoder  # type: ignore[attr-defined,assignment]
    # Nor may the program's end wait for that thread.
    linux_driver.Thread = partial(threading.Thread, daemon=True)  # type: ignore[attr-defined,assignment]

    class Writer(_writer_thread.WriterThread):
        """Textual's own, which tells when nothing can be written any more."""

        on_gone: Callable[[OSError], object] | None = None

        def run(self) -> None:
            """Writes until told to stop, or until the terminal is gone."""
            try:
                super().run()
            except OSError as error:
                if self.on_gone is not None:
                    self.on_gone(error)

    linux_driver.WriterThread = Writer  # type: ignore[attr-defined]

    class PatientDriver(LinuxDriver):
        """Textual's own, patient with a terminal that stalls."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._file = sys.__stdout__  # Textual's choice, stderr, may be a file: `2>errors`
            self.behind = False
            self.gone = False
            self._suspended = False
            self._asked_s: float | None = None  # while an answer is waited for
            self.trip_s: float | None = None  # how long the newest answer took

        def start_application_mode(self) -> None:
            """Takes the terminal, if it is still there."""
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self._repaint_when_resized()
            if isinstance(self._writer_thread, Writer):
                self._writer_thread.on_gone = self._hung_up
            else:
                self._hung_up()

        def _repaint_when_resized(self) -> None:
            """A window that was made small and large again shows little, though its size is as before."""
            told = signal.getsignal(signal.SIGWINCH)

            def resized(number: int, at: FrameType | None) -> None:
                self.behind = True
                if callable(told):
                    told(number, at)

            signal.signal(signal.SIGWINCH, resized)

        def suspend_application_mode(self) -> None:
            """Gives the terminal back until the program goes on."""
            self._suspended = True
            super().suspend_application_mode()

        def resume_application_mode(self) -> None:
            """Takes the terminal again."""
            self._suspended = False
            super().resume_application_mode()

        def _sigcont_application(self, *_: object) -> None:
            """Takes the terminal again, but only where it was given back.

            Otherwise a second thread would read the keys, and live on when the first has ended.
            """
            if self._suspended:
                super()._sigcont_application()
            else:
                self.behind = True  # who knows what stands there now: paint anew

        def _hung_up(self, error: OSError | None = None) -> None:
            """The terminal is gone: leaves. May be called from any thread, and again."""
            self.gone = True
            if error is not None and error.errno != errno.EIO:
                self._app.fault = (  # type: ignore[attr-defined]
                    f"the terminal takes nothing ({error.strerror}); open the screen again"
                )
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._app.exit)

        def process_message(self, message: "Message") -> None:
            """Takes the terminal's answer; everything else is the screen's."""
            if isinstance(message, events.CursorPosition):
                if self._asked_s is not None:
                    self.trip_s = time.monotonic() - self._asked_s
                self._asked_s = None
                return
            if isinstance(message, events.Resize):
                self.behind = True
            super().process_message(message)

        def ask(self) -> None:
            """Asks the terminal for a sign, unless it owes one."""
            if self._asked_s is None and not self._suspended:
                self._asked_s = time.monotonic()
                self.write(WHERE_IS_THE_CURSOR)
                self.flush()

        @property
        def shows(self) -> bool:
            """True while the terminal shows what was drawn, as far as can be known."""
            if self.gone or self.behind or self._suspended:
                return False
            if self.trip_s is None or self._asked_s is None:
                return self.depth <= DRAINED
            return time.monotonic() - self._asked_s < ANSWERS_WITHIN_S

        @property
        def depth(self) -> int:
            """Writes that the terminal has not taken yet."""
            return self._writer_thread._queue.qsize() if self._writer_thread else 0

        def write(self, data: str) -> None:
            """Queues a write, or drops it while the terminal takes nothing."""
            if self.gone or self._writer_thread is None:
                return
            if self.depth > DEEP:
                self.behind = True
                return
            super().write(data)

        def run_input_thread(self) -> None:
            """Reads keys; begins anew after a sequence that Textual's parser can't take."""
            while not self.exit_event.is_set():
                try:
                    super().run_input_thread()
                except (ValueError, OverflowError):
                    continue
                except (EOFError, OSError):
                    self._hung_up()
                    if not self.exit_event.wait(STUCK_S):
                        os._exit(HUNG_UP)

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

        def _enable_mouse_support(self) -> None:
            """Asks for presses and the wheel only: every move of a mouse would wake the screen."""
            if self._mouse:
                self.write(MOUSE_ON)
                self.flush()

        def close(self) -> None:
            """Ends the writer, but waits no longer than it takes to see that it is stuck."""
            if self._writer_thread is not None:
                with suppress(Full):
                    self._writer_thread._queue.put_nowait(None)
                if not self.gone:
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
