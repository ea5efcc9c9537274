"""Media for virtual devices: in-process pipe, pseudo-terminal, TCP; each as slow as its line.

A medium gives its device power: it runs it from the first serving on, and can do to it what happens
to cables. Bytes arrive together when the last of them would have, as a USB bridge hands them over.
"""

import asyncio
import contextlib
import os
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from ketamon_drivers.links.pipe_port import PipeWire, pipe
from ketamon_drivers.virtual.device import VirtualDevice

BAUD = 9600
BITS_A_BYTE = 10
READ_BYTES = 4096


class PacedLine:
    """One direction of a serial line: bytes come out when they have had the time to pass."""

    def __init__(self, deliver: Callable[[bytes], None], baud: int = BAUD) -> None:
        self._deliver = deliver
        self._s_a_byte = BITS_A_BYTE / baud
        self._free_s = 0.0

    def put(self, data: bytes) -> None:
        """Sends bytes after those before them."""
        loop = asyncio.get_running_loop()
        self._free_s = max(self._free_s, loop.time()) + len(data) * self._s_a_byte
        loop.call_at(self._free_s, self._deliver, data)


class Medium(ABC):
    """What is the same for every medium: power, pace, and what happens to cables."""

    def __init__(self, device: VirtualDevice, baud: int = BAUD) -> None:
        self.device = device
        self._power: asyncio.Task[None] | None = None
        self._stalled = False
        self._corrupt_bytes = 0
        self._to_host = PacedLine(self._leaves, baud)
        self._to_device = PacedLine(self._arrives, baud)
        device.attach(self._to_host.put)

    def stall(self) -> None:
        """The plug at the device is pulled: nothing comes and goes, and no error is raised."""
        self._stalled = True

    def resume(self) -> None:
        """The plug is back; what was said meanwhile is lost."""
        self._stalled = False

    def corrupt(self, count: int) -> None:
        """The next `count` bytes for the host are turned over, bit by bit."""
        self._corrupt_bytes = count

    def power(self) -> None:
        """Switches the device on; does nothing while it is."""
        if self._power is None:
            self._power = asyncio.get_running_loop().create_task(self.device.run())
            self._power.add_done_callback(self._went_out)

    async def close(self) -> None:
        """Takes the medium away and switches the device off."""
        power, self._power = self._power, None
        if power is not None:
            power.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await power

    def _went_out(self, power: "asyncio.Task[None]") -> None:
        """The device has ended: with the loop, switched off, or by a fault of its own."""
        self.unplug()
        if not power.cancelled() and (error := power.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a virtual device has failed", "exception": error, "task": power}
            )

    @abstractmethod
    def unplug(self) -> None:
        """Takes the device's port away from the host, which sees it."""

    def heard(self, data: bytes) -> None:
        """Takes bytes from the host, on their way to the device."""
        if not self._stalled:
            self._to_device.put(data)

    def _arrives(self, data: bytes) -> None:
        if not self._stalled:
            self.device.received(data)

    def _leaves(self, data: bytes) -> None:
        if self._stalled:
            return
        count = min(self._corrupt_bytes, len(data))
        if count:
            self._corrupt_bytes -= count
            data = bytes(byte ^ 0xFF for byte in data[:count]) + data[count:]
        self._give(data)

    @abstractmethod
    def _give(self, data: bytes) -> None:
        """Hands bytes to the host, or to nobody."""


class PipeMedium(Medium):
    """A device at an in-process pipe; is itself the host's port."""

    is_virtual = True

    def __init__(self, device: VirtualDevice, name: str = "device", baud: int = BAUD) -> None:
        super().__init__(device, baud)
        self._port, self._end = pipe(name)
        self._end.received = self.heard

    @property
    def address(self) -> str:
        """`pipe:` and its name."""
        return self._port.address

    @property
    def identity(self) -> str:
        """The same as the address."""
        return self._port.identity

    async def open(self) -> PipeWire:
        """Opens it anew; the first opening switches the device on."""
        self.power()
        return await self._port.open()

    def unplug(self) -> None:
        """Takes the device's port away from the host, which sees it."""
        self._end.unplug()

    def replug(self) -> None:
        """The port is back."""
        self._end.replug()

    def _give(self, data: bytes) -> None:
        self._end.write(data)


class PtyMedium(Medium):
    """A device at a pseudo-terminal, with a link as a name that stays."""

    def __init__(
        self, device: VirtualDevice, link_path: Path | None = None, baud: int = BAUD
    ) -> None:
        super().__init__(device, baud)
        self._link_path = link_path
        self._master = self._slave = -1
        self._node = ""

    @property
    def address(self) -> str:
        """The link's path, or the pseudo-terminal's own where there is no link."""
        return self._node if self._link_path is None else str(self._link_path)

    def serve(self) -> None:
        """Makes the pseudo-terminal and switches the device on; OSError where it can't."""
        master, slave = os.openpty()
        self._master, self._slave = master, slave
        # The device's side stays open here, or the host's leaving would look like an unplug to us.
        tty.setraw(master)
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._node = os.ttyname(slave)
        if self._link_path is not None:
            _point(self._link_path, self._node)
        asyncio.get_running_loop().add_reader(master, self._readable)
        self.power()

    def unplug(self) -> None:
        """Takes the pseudo-terminal away: the host reads its end, the node vanishes."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        if self._link_path is not None and self._link_path.is_symlink():
            self._link_path.unlink()
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def replug(self) -> None:
        """The device is back under another node, and the same link."""
        self.serve()

    async def close(self) -> None:
        """Takes the pseudo-terminal away and switches the device off."""
        self.unplug()
        await super().close()

    def _readable(self) -> None:
        try:
            data = os.read(self._master, READ_BYTES)
        except OSError:
            return
        if data:
            self.heard(data)

    def _give(self, data: bytes) -> None:
        if self._master < 0:
            return
        # Where no host reads, the line is full after a while and what comes then is lost.
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)


class TcpMedium(Medium):
    """A device at a TCP port, for one host at a time."""

    def __init__(
        self, device: VirtualDevice, host: str = "127.0.0.1", port: int = 0, baud: int = BAUD
    ) -> None:
        super().__init__(device, baud)
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._connected: asyncio.Transport | None = None

    @property
    def address(self) -> str:
        """`socket://host:port`."""
        return f"socket://{self._host}:{self._port}"

    async def serve(self) -> None:
        """Listens and switches the device on; OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _TcpHost(self), self._host, self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.power()

    def unplug(self) -> None:
        """Ends the host's connection and takes no other."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._connected is not None:
            self._connected.abort()

    async def replug(self) -> None:
        """Listens again at the same port."""
        await self.serve()

    async def close(self) -> None:
        """Ends connections and switches the device off."""
        self.unplug()
        await super().close()

    def takes(self, transport: asyncio.Transport) -> bool:
        """A host has connected; False where another one is."""
        if self._connected is not None:
            return False
        self._connected = transport
        return True

    def left(self, transport: asyncio.Transport | None) -> None:
        """A host's connection has ended."""
        if self._connected is transport:
            self._connected = None

    def _give(self, data: bytes) -> None:
        if self._connected is not None and not self._connected.is_closing():
            self._connected.write(data)


class _TcpHost(asyncio.Protocol):
    """One connection to a TCP medium."""

    def __init__(self, medium: TcpMedium) -> None:
        self._medium = medium
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport) and self._medium.takes(transport):
            self._transport = transport
        else:
            transport.close()

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._medium.heard(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 its end is all we need
        if self._transport is not None:
            self._medium.left(self._transport)


def serve_pipe(device: VirtualDevice, name: str = "device") -> PipeMedium:
    """Serves a device at an in-process pipe; what comes back is the host's port."""
    return PipeMedium(device, name)


async def serve_pty(device: VirtualDevice, link_path: Path | None = None) -> str:
    """Serves a device at a pseudo-terminal for as long as the loop runs; gives its address."""
    medium = PtyMedium(device, link_path)
    medium.serve()
    return medium.address


async def serve_tcp(device: VirtualDevice, host: str = "127.0.0.1", port: int = 0) -> str:
    """Serves a device at a TCP port for as long as the loop runs; gives its address."""
    medium = TcpMedium(device, host, port)
    await medium.serve()
    return medium.address


def _point(link: Path, target: str) -> None:
    """Makes or moves a link in one step; FileExistsError where something else has its name."""
    if link.exists() and not link.is_symlink():
        raise FileExistsError(f"{link} is there and is not a link to a virtual device: remove it")
    made = link.with_name(f".{link.name}.new")
    made.unlink(missing_ok=True)
    made.symlink_to(target)
    made.replace(link)
