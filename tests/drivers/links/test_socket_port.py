import asyncio
import socket

import pytest

from ketamon_drivers.catalog import SerialLine
from ketamon_drivers.links import socket_port
from ketamon_drivers.links.loops import RealLoop, run
from ketamon_drivers.links.port import PortError
from ketamon_drivers.links.ports import port_for
from ketamon_drivers.links.serial_port import SerialPort
from ketamon_drivers.links.socket_port import SocketPort

LINE = SerialLine()


@pytest.mark.parametrize(
    "address",
    [
        "socket://", "socket://host", "socket://host:0", "socket://host:70000", "socket://:4001",
        "socket://host:4001/tty", "socket://me@host:4001", "socket://host:4001?x=1",
        "socket://[::1:4001", "socket://host:port",
    ],
)  # fmt: skip
def test_address_without_host_or_port_is_refused(address: str) -> None:
    with pytest.raises(PortError, match=r"is no address: write socket://host:port"):
        port_for(address, LINE)


@pytest.mark.parametrize(
    "address", ["", "ttyUSB0", "COM3", "http://host:80", "rfc2217://host:1", "/dev/tty\0"]
)
def test_what_is_neither_a_path_nor_a_socket_is_refused(address: str) -> None:
    with pytest.raises(PortError, match="is no address of a device: give /dev/ttyUSB0, "):
        port_for(address, LINE)


def test_paths_are_serial_ports_and_sockets_are_sockets() -> None:
    assert isinstance(port_for("/dev/ttyUSB0", LINE), SerialPort)
    assert isinstance(port_for("socket://10.0.0.7:4001", LINE), SocketPort)
    assert port_for("socket://Server:4001", LINE).identity == "socket://server:4001"
    assert port_for("socket://[fe80::1]:4001", LINE).identity == "socket://[fe80::1]:4001"


@pytest.mark.parametrize(
    ("host", "is_virtual"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("[::1]", True),
        ("0.0.0.0", True), ("[::]", True), ("[::ffff:127.0.0.1]", True), ("x.localhost", True),
        ("10.0.0.7", False), ("server", False), ("[fe80::1]", False),
    ],
)  # fmt: skip
def test_ports_of_this_machine_are_virtual(host: str, is_virtual: bool) -> None:
    assert SocketPort(f"socket://{host}:4001").is_virtual == is_virtual


def refused(address: str) -> str:
    async def scene() -> str:
        with pytest.raises(PortError) as caught:
            await SocketPort(address).open()
        return str(caught.value)

    return run(scene(), RealLoop())


def test_server_that_is_not_there_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert refused(f"socket://127.0.0.1:{port}") == (
        f"socket://127.0.0.1:{port} can't be reached (connection refused): see that the serial "
        "server is on and this is its port"
    )


def test_name_that_nobody_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket_port, "_addresses", unknown)
    assert refused("socket://chair7:4001") == (
        "socket://chair7:4001 can't be reached: no machine is called chair7"
    )


def test_name_that_leads_back_to_this_machine_is_not_taken_for_a_real_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = (socket.AF_INET, socket.SOCK_STREAM, 0, ("127.0.0.1", 4001))
    monkeypatch.setattr(socket_port, "_addresses", lambda *_address: [target])
    assert refused("socket://chair7:4001") == (
        "socket://chair7:4001 leads to this machine itself: write socket://127.0.0.1:4001, which "
        "makes the session SIMULATED"
    )


def test_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: SocketPort) -> socket.socket:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(SocketPort, "_connected", never)
    monkeypatch.setattr(socket_port, "OPENING_S", 0.01)
    assert "did not answer within 0.01 s: see that the serial server is on" in refused(
        "socket://10.0.0.7:4001"
    )
