"""A device behind a network serial server (`socket://host:port`), or a virtual one on this machine."""

import asyncio
import contextlib
import ipaddress
import os
import socket
from typing import Any
from urllib.parse import urlsplit

from ketamon_drivers.links.descriptor_wire import DescriptorWire
from ketamon_drivers.links.loops import OwnThread, pulse
from ketamon_drivers.links.port import PortError

SCHEME = "socket://"
OPENING_S = 5.0

GONE = "the connection ended: see that the device's serial server is on and its cable is in"

KEEP_ALIVE = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
"""A cable pulled between here and the server is noticed after 25 s, if silence wasn't before."""


class SocketPort:
    """One TCP address whose bytes are a device's."""

    def __init__(self, address: str) -> None:
        """PortError where the address is none."""
        self._address = address
        self._host, self._port = _parts(address)
        self._is_virtual = _names_this_machine(self._host)

    @property
    def address(self) -> str:
        """The address as it was given."""
        return self._address

    @property
    def identity(self) -> str:
        """Host and port."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{SCHEME}{host}:{self._port}"

    @property
    def is_virtual(self) -> bool:
        """True for a port of this machine's loopback."""
        return self._is_virtual

    async def open(self) -> DescriptorWire:
        """Connects anew; raises PortError, after 5 real seconds at the latest."""
        loop = asyncio.get_running_loop()
        connecting = loop.create_task(self._connected())
        timer = pulse(OPENING_S, connecting.cancel)
        try:
            await asyncio.wait((connecting,))
        except asyncio.CancelledError:
            connecting.cancel()
            raise
        finally:
            timer.cancel()
        if connecting.cancelled():
            raise PortError(
                f"{self._address} did not answer within {OPENING_S:g} s: see that the serial server "
                "is on and reachable"
            )
        connected = connecting.result()
        return DescriptorWire(connected.fileno(), connected.close, GONE)

    async def _connected(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(OwnThread(), _addresses, self._host, self._port)
        except OSError:
            raise PortError(
                f"{self._address} can't be reached: no machine is called {self._host}"
            ) from None
        trouble = "no address"
        for family, kind, protocol, target in found:
            if not self._is_virtual and _is_loopback(str(target[0])):
                raise PortError(
                    f"{self._address} leads to this machine itself: write "
                    f"{SCHEME}127.0.0.1:{self._port}, which makes the session SIMULATED"
                )
            connection = socket.socket(family, kind, protocol)
            try:
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                for option, seconds in KEEP_ALIVE:
                    if hasattr(socket, option):
                        connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
                await loop.sock_connect(connection, target)
            except OSError as error:
                connection.close()
                trouble = os.strerror(error.errno) if error.errno else str(error)
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        raise PortError(
            f"{self._address} can't be reached ({trouble.lower()}): see that the serial server is on "
            "and this is its port"
        )


def _parts(address: str) -> tuple[str, int]:
    """Host and port of an address; PortError where it has none."""
    host, port = None, None
    with contextlib.suppress(ValueError):
        split = urlsplit(address)
        if not (split.path or split.query or split.fragment or split.username):
            host, port = split.hostname, split.port
    if not address.startswith(SCHEME) or not host or not port:
        raise PortError(
            f"{address} is no address: write socket://host:port, with a port of 1-65535"
        )
    return host, port


def _addresses(host: str, port: int) -> list[tuple[int, int, int, tuple[Any, ...]]]:
    """Asks what a name stands for, which can block."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, kind, protocol, target) for family, kind, protocol, _, target in found]


def _names_this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)
