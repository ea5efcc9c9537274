"""The engine's end of its keeper's pipe: a beat each second, and another keeper where one is gone.

Without a keeper nothing would start the engine again. That is entered as a fault, and a keeper is
started that adopts the engine; when it is seen to watch, that is entered too.
"""

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ketamon.engine.keeper import BEAT, DONE, KEEPER, REQUEST, start
from ketamon.engine.live_session import LiveSession
from ketamon.entries import Fault
from ketamon_drivers.lock_file import is_held

TRIED_AGAIN_AFTER_BEATS = 10


@dataclass(slots=True)
class Kept:
    """Beats for whoever watches over this engine. `fd` is None where nobody ever did."""

    fd: int | None
    session: LiveSession
    path: Path  # the session's file, to be gone on with
    socket: Path
    tell: Callable[[int], None] = lambda _pid: None  # who the keeper is now
    keeper: "subprocess.Popen[bytes] | None" = None
    is_lost: bool = False
    _beats_without: int = 0

    def beat(self) -> None:
        """Once a second: writes a beat, notices that nobody hears it, and looks for somebody."""
        if self.fd is not None and not self._write(BEAT):
            self._lose()
        if not self.is_lost:
            return
        if self.fd is not None:
            if is_held(self.socket.with_suffix(".keeper")):
                self.is_lost = False
                self.session.take(Fault("keeper", "back"))
        elif self._beats_without % TRIED_AGAIN_AFTER_BEATS == 0:
            self._start()
        self._beats_without += 1

    def beat_only(self) -> None:
        """Writes a beat of an engine that enters nothing any more."""
        if self.fd is not None:
            self._write(BEAT)

    def done(self) -> None:
        """The engine ends and is not to be started again."""
        if self.fd is not None:
            self._write(DONE)

    def _write(self, what: bytes) -> bool:
        """False where nobody is there any more to read it."""
        assert self.fd is not None
        try:
            os.write(self.fd, what)
        except BlockingIOError:  # a keeper that was stopped for hours
            return True
        except OSError:
            return False
        return True

    def _lose(self) -> None:
        assert self.fd is not None
        os.close(self.fd)
        self.fd = None
        if self.keeper is not None:
            self.keeper.poll()
        if not self.is_lost:
            self.is_lost, self._beats_without = True, 0
            self.session.take(Fault("keeper", "lost", "nobody would start the engine again"))

    def _start(self) -> None:
        """Starts a keeper that adopts this engine; where that can't be, it is tried again."""
        with suppress(OSError):
            reading, writing = os.pipe()
            os.set_blocking(writing, False)
            request = {
                **json.loads(os.environ[REQUEST]),
                "adopt": [os.getpid(), reading],
                "resume": str(self.path),
            }
            try:
                self.keeper = start(
                    KEEPER,
                    request,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(reading,),
                    start_new_session=True,
                )
            except OSError:
                os.close(writing)
                raise
            finally:
                os.close(reading)
            self.fd = writing
            self.tell(self.keeper.pid)
