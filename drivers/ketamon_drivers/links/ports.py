"""From an address that a person gives to its port."""

from importlib.util import find_spec

from ketamon_drivers.catalog import Family, SerialLine
from ketamon_drivers.links.bluetooth_place import EXAMPLES as BLUETOOTH_EXAMPLES
from ketamon_drivers.links.bluetooth_place import bluetooth_place, is_bluetooth
from ketamon_drivers.links.port import Place, Port, PortError
from ketamon_drivers.links.serial_port import SerialPort
from ketamon_drivers.links.socket_port import SCHEME, SocketPort

EXAMPLES = "/dev/ttyUSB0, /dev/serial/by-id/… or socket://host:port"


def place_for(address: str, family: Family, *, is_virtual: bool | None = None) -> Place:
    """Gives where a device of this family is to be found; PortError where that is no place for it.

    A Bluetooth family's is a `BluetoothPlace`, any other's a `Port`.
    """
    if family.line is not None:
        return port_for(address, family.line, is_virtual=is_virtual)
    if is_bluetooth(address):
        place = bluetooth_place(address)
        if place.is_virtual and find_spec("bumble") is None:
            raise PortError(
                f"{address}: the virtual radio needs bumble: install it with `pip install ketamon[sim]`"
            )
        return place
    raise PortError(
        f"{address!r} is no Bluetooth device, and {family.name} is one: give {BLUETOOTH_EXAMPLES}"
    )


def port_for(address: str, line: SerialLine, *, is_virtual: bool | None = None) -> Port:
    """Gives the port at `socket://host:port` or at a path; PortError where it is neither.

    `is_virtual`: what the session's devices are; a path that leads to another kind won't open.
    """
    if is_bluetooth(address):
        raise PortError(
            f"{address!r} is a Bluetooth device, and this one is on a serial line: give {EXAMPLES}"
        )
    if address.startswith(SCHEME):
        return SocketPort(address)
    if "://" in address or "/" not in address or "\0" in address:
        raise PortError(f"{address!r} is no address of a device: give {EXAMPLES}")
    return SerialPort(address, line, is_virtual=is_virtual)
