"""A pipe inside this process: the medium of headless runs, the same to the byte each time."""

import asyncio
from collections.abc import Callable

from ketamon_drivers.links.port import Closed, PortError, PortMissingError, Received

UNPLUGGED = "unplugged: plug it in again"


class PipeWire:
    """The host's side of an open pipe."""

    def __init__(self, end: "PipeEnd") -> None:
        self._end = end
        self._received: Received | None = None
        self._closed: Closed | None = None
        self._early: list[bytes] = []
        self._is_open = True

    def start(self, received: Received, closed: Closed) -> None:
        """Begins to hand over bytes, those first that came since the opening."""
        self._received, self._closed = received, closed
        for data in self._early:
            self._later(self._take, data)
        self._early.clear()

    def write(self, data: bytes) -> None:
        """Sends bytes to the device."""
        if self._is_open:
            self._later(self._end.take, data)

    def close(self) -> None:
        """Lets go; bytes on their way are lost."""
        self._is_open = False
        self._end.let_go(self)

    def give(self, data: bytes) -> None:
        """Takes bytes from the device."""
        if self._received is None:
            self._early.append(data)
        else:
            self._later(self._take, data)

    def cut(self, reason: str) -> None:
        """The device is gone."""
        self._later(self._end_of_it, reason)

    def _later(self, call: Callable[..., None], *args: object) -> None:
        # Through the loop, as bytes from a descriptor would come: never inside the writer's own call.
        asyncio.get_running_loop().call_soon(call, *args)

    def _take(self, data: bytes) -> None:
        if self._is_open and self._received is not None:
            self._received(data)

    def _end_of_it(self, reason: str) -> None:
        if self._is_open:
            self._is_open = False
            if self._closed is not None:
                self._closed(reason)


class PipeEnd:
    """The device's side: writes into the pipe and is told what comes."""

    def __init__(self) -> None:
        self.received: Callable[[bytes], None] = lambda _data: None
        self.plugged = True
        self.wire: PipeWire | None = None

    def write(self, data: bytes) -> None:
        """Sends bytes to the host; nobody has them where nobody has opened the port."""
        if self.wire is not None:
            self.wire.give(data)

    def take(self, data: bytes) -> None:
        """Takes bytes from the host."""
        if self.plugged:
            self.received(data)

    def unplug(self) -> None:
        """Takes the device away until `replug`."""
        self.plugged = False
        if self.wire is not None:
            self.wire.cut(UNPLUGGED)
            self.wire = None

    def replug(self) -> None:
        """The port can be opened again."""
        self.plugged = True

    def let_go(self, wire: PipeWire) -> None:
        """The host has closed this wire."""
        if self.wire is wire:
            self.wire = None


class PipePort:
    """The host's way to the device at the other end."""

    is_virtual = True

    def __init__(self, name: str, end: PipeEnd) -> None:
        self._name, self._end = name, end

    @property
    def address(self) -> str:
        """`pipe:` and its name."""
        return f"pipe:{self._name}"

    @property
    def identity(self) -> str:
        """The same as the address."""
        return self.address

    async def open(self) -> PipeWire:
        """Opens it anew; PortError while it is unplugged or already open."""
        if not self._end.plugged:
            raise PortMissingError(f"{self.address} does not exist: is the device unplugged?")
        if self._end.wire is not None:
            raise PortError(f"{self.address} is already open: close it there first")
        self._end.wire = PipeWire(self._end)
        return self._end.wire


def pipe(name: str = "device") -> tuple[PipePort, PipeEnd]:
    """Makes a pipe: the host's port and the device's end."""
    end = PipeEnd()
    return PipePort(name, end), end
