"""The virtual radio at a loopback port, for a host in another process: HCI packets over TCP.

One host at a time; each gets a fresh controller in the room, which vanishes with its connection, so a
host that was killed leaves nothing behind. While the adapter is off a host is hung up on at once.
There is no authentication, so it listens on this machine's own address only.
"""

import asyncio

from bumble.core import InvalidPacketError
from bumble.transport.common import PacketParser, TransportSink

from ketamon_drivers.virtual.radio.air import Air, Transceiver
from ketamon_drivers.virtual.radio.central import Central, Hci

HOST = "127.0.0.1"
LEAVING_S = 1.0
"""A host that comes so soon after another's end is let in."""


class _Stream(asyncio.Protocol):
    """Packets on one TCP connection."""

    def __init__(self) -> None:
        self.parser = PacketParser()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Takes bytes; whoever sends anything but packets is hung up on."""
        try:
            self.parser.feed_data(data)
        except InvalidPacketError:
            self.close()

    def on_packet(self, packet: bytes) -> None:
        """Sends a packet."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(packet)

    def close(self) -> None:
        """Hangs up."""
        if self.transport is not None:
            self.transport.abort()


class _Guest(_Stream):
    """A host that has connected, with the controller that it got."""

    def __init__(self, server: "HciServer") -> None:
        super().__init__()
        self._server = server
        self._controller: Transceiver | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Gives it a controller, unless the adapter is off or another host has it."""
        super().connection_made(transport)
        if self._server.is_on and self._server.is_taken and self.transport is not None:
            self.transport.pause_reading()  # the one before may be just about to be gone
            asyncio.get_running_loop().call_later(LEAVING_S, self._admit)
        else:
            self._admit()

    def _admit(self) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if not self._server.takes(self):
            self.close()
            return
        self._controller = Transceiver("adapter", self._server.air)
        self._controller.set_packet_sink(self)
        self.parser.set_packet_sink(self._controller)
        self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone, and its links with it."""
        del exc
        if self._controller is not None:
            self._controller.switch_off()
            self._server.left(self)


class HciServer:
    """The adapter that hosts find at the port."""

    def __init__(self, air: Air, port: int = 0) -> None:
        self.air = air
        self.port = port
        self.is_on = True
        self._server: asyncio.Server | None = None
        self._guest: _Guest | None = None

    async def serve(self) -> None:
        """Listens; OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Guest(self), HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listens no longer, and hangs up."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._hang_up()

    def switch_off(self) -> None:
        """The adapter is switched off."""
        self.is_on = False
        self._hang_up()

    def switch_on(self) -> None:
        """And on again."""
        self.is_on = True

    @property
    def is_taken(self) -> bool:
        """True while a host is connected."""
        return self._guest is not None

    def takes(self, guest: _Guest) -> bool:
        """A host has connected; False where it can't be served."""
        if not self.is_on or self._guest is not None:
            return False
        self._guest = guest
        return True

    def left(self, guest: _Guest) -> None:
        """A host has gone."""
        if self._guest is guest:
            self._guest = None

    def _hang_up(self) -> None:
        if self._guest is not None:
            self._guest.close()


class TcpHci(_Stream):
    """The controller at a port, as its host has it."""

    def __init__(self, central: Central) -> None:
        super().__init__()
        self.source = self.sink = self
        self.terminated: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._central = central
        self._host: TransportSink | None = None

    def set_packet_sink(self, sink: TransportSink) -> None:
        """Who takes the packets."""
        self._host = sink
        self.parser.set_packet_sink(sink)

    def connection_lost(self, exc: Exception | None) -> None:
        """The radio has gone: nothing that was asked is answered any more."""
        del exc
        if not self.terminated.done():
            self.terminated.set_result(None)
        lost = getattr(self._host, "on_transport_lost", None)
        if lost is not None:
            lost()
        if self._central.hci in (self, None):
            self._central.lost()


async def reach(central: Central, port: int) -> Hci:
    """Reaches the radio at a port of this machine; OSError where none is."""
    loop = asyncio.get_running_loop()
    _, hci = await loop.create_connection(lambda: TcpHci(central), HOST, port)
    return hci
