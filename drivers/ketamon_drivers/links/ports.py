"""From an address that a person gives to its port."""

from ketamon_drivers.catalog import SerialLine
from ketamon_drivers.links.port import Port, PortError
from ketamon_drivers.links.serial_port import SerialPort
from ketamon_drivers.links.socket_port import SCHEME, SocketPort

EXAMPLES = "/dev/ttyUSB0, /dev/serial/by-id/… or socket://host:port"


def port_for(address: str, line: SerialLine | None, *, is_virtual: bool | None = None) -> Port:
    """Gives the port at `socket://host:port` or at a path; PortError where it is neither.

    `is_virtual`: what the session's devices are; a path that leads to another kind won't open.
    """
    if line is None:
        raise PortError(
            f"{address}: is a Bluetooth device, which this version can't connect yet: give a device "
            "on a serial line, as `ketamon devices` lists them"
        )
    if address.startswith(SCHEME):
        return SocketPort(address)
    if "://" in address or "/" not in address or "\0" in address:
        raise PortError(f"{address!r} is no address of a device: give {EXAMPLES}")
    return SerialPort(address, line, is_virtual=is_virtual)
