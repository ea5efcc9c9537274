"""What a device hangs on: a port that can be opened again and again, and the wire it then gives.

A port is a medium (serial line, pseudo-terminal, TCP, in-process pipe) and knows no protocol;
`DeviceLink` knows protocols and no medium. Everything happens on the event loop that opened it.
"""

from collections.abc import Callable
from typing import Protocol as Interface

Received = Callable[[bytes], None]
Closed = Callable[[str], None]


class PortError(OSError):
    """A port that can't be opened; the message is one sentence that says what to do."""


class PortMissingError(PortError):
    """Nothing is there: no news of a device that was unplugged."""


class Wire(Interface):
    """An open port. After `closed` was called, or `close`, nothing more comes."""

    def start(self, received: Received, closed: Closed) -> None:
        """Begins to hand over bytes as they come; `closed` is called once, with the reason."""

    def write(self, data: bytes) -> None:
        """Queues bytes for the device; never blocks. What can't be written is told by `closed`."""

    def close(self) -> None:
        """Lets go at once; may be called twice."""


class Place(Interface):
    """Where a device is to be found, whatever connects it."""

    @property
    def address(self) -> str:
        """The address as a person gives it: `/dev/ttyUSB0`, `socket://localhost:4001`."""

    @property
    def identity(self) -> str:
        """What stays the same when the device comes back: a real path, an id, a host and port."""

    @property
    def is_virtual(self) -> bool:
        """True where no real device can be: a pseudo-terminal, a loopback port, a pipe (DESIGN 2)."""


class Port(Place, Interface):
    """A place on a medium of bytes."""

    async def open(self) -> Wire:
        """Opens it anew; raises PortError. Gives up after 5 s of real trying."""
