"""An open descriptor as a wire: a serial port's or a socket's, read and written without waiting."""

import asyncio
import os
from collections.abc import Callable

from ketamon_drivers.links.port import Closed, Received

READ_BYTES = 65536
PENDING_BYTES = 1024
"""A device that takes no bytes gets no old commands later: beyond this the wire is given up."""

GONE = "unplugged: plug it in again"


class DescriptorWire:
    """Reads once for each time that the descriptor is readable; its end is an unplugged device."""

    def __init__(self, descriptor: int, shut: Callable[[], None], gone: str = GONE) -> None:
        """`descriptor` must not block; `shut` closes it, with whatever belongs to it."""
        self._descriptor = descriptor
        self._shut = shut
        self._gone = gone
        self._pending = bytearray()
        self._received: Received | None = None
        self._closed: Closed | None = None
        self._is_open = True

    def start(self, received: Received, closed: Closed) -> None:
        """Begins to hand over bytes."""
        self._received, self._closed = received, closed
        asyncio.get_running_loop().add_reader(self._descriptor, self._readable)

    def write(self, data: bytes) -> None:
        """Writes what the system takes now and the rest when it takes more."""
        if not self._is_open:
            return
        waiting = bool(self._pending)
        self._pending += data
        if not waiting:
            self._writable()
        if len(self._pending) > PENDING_BYTES:
            self._fail_soon("it takes no more bytes: switch it off and on again")

    def close(self) -> None:
        """Lets go at once; what was not written is dropped."""
        if not self._is_open:
            return
        self._is_open = False
        loop = asyncio.get_running_loop()
        # The loop first: a closed number may be another file's a moment later.
        loop.remove_reader(self._descriptor)
        loop.remove_writer(self._descriptor)
        self._pending.clear()
        self._shut()

    def _readable(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._fail(self._gone)
        elif self._received is not None:
            self._received(data)

    def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            written = os.write(self._descriptor, self._pending)
        except (BlockingIOError, InterruptedError):
            written = 0
        except OSError:
            self._pending.clear()
            self._fail_soon(self._gone)
            return
        del self._pending[:written]
        if not self._pending:
            loop.remove_writer(self._descriptor)
        else:
            loop.add_writer(self._descriptor, self._writable)

    def _fail_soon(self, reason: str) -> None:
        """Told by the loop, never inside the call that wrote."""
        asyncio.get_running_loop().call_soon(self._fail, reason)

    def _fail(self, reason: str) -> None:
        if not self._is_open:
            return
        self.close()
        if self._closed is not None:
            self._closed(reason)
