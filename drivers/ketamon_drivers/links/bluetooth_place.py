"""Where a Bluetooth device is to be found: `bluetooth:` or `radio:` and the device's own address.

| address | the device |
|---|---|
| `bluetooth:AA:BB:CC:DD:EE:FF` | with this Bluetooth address |
| `bluetooth:1B2C3D4E-…` | with this identifier, on macOS, which gives no addresses |
| `bluetooth:serial=XYZ` | whose Device Information says this serial number |
| `radio:HOST:PORT/AA:BB:…` | on the virtual radio behind this loopback port |

Never a name and never the strongest signal: both fit another patient's device too.
"""

import re
from dataclasses import dataclass

from ketamon_drivers.links.port import PortError

REAL, VIRTUAL = "bluetooth:", "radio:"
BY_SERIAL = "serial="
EXAMPLES = "bluetooth:AA:BB:CC:DD:EE:FF, or bluetooth:serial=…"
LONGEST_SERIAL = 64

_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")
_UUID = re.compile(r"[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}")
_RADIO = re.compile(r"(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})/(.*)")


@dataclass(frozen=True, slots=True)
class BluetoothPlace:
    """One device by its address or its serial number, on this machine's adapter or a virtual radio."""

    address: str
    """As a person gave it."""
    device: str | None
    """The Bluetooth address, or macOS' identifier, in capitals; None where only the serial is known."""
    serial: str | None
    radio: tuple[str, int] | None = None
    """Host and port of a virtual radio."""

    @property
    def identity(self) -> str:
        """What the device is known and locked by."""
        return self.identity_of(self.device or f"{BY_SERIAL}{self.serial}")

    @property
    def is_virtual(self) -> bool:
        """True on a virtual radio (DESIGN 2)."""
        return self.radio is not None

    @property
    def radio_name(self) -> str:
        """What tells this radio from another of one program."""
        return REAL if self.radio is None else f"{VIRTUAL}{self.radio[0]}:{self.radio[1]}"

    def identity_of(self, device: str) -> str:
        """The identity of another device on the same radio, or of this one by its other name."""
        if self.radio is None:
            return f"{REAL}{device}"
        host, port = self.radio
        return f"{VIRTUAL}{host}:{port}/{device}"


def is_bluetooth(address: str) -> bool:
    """Tells whether an address is one of these."""
    return address.startswith((REAL, VIRTUAL))


def bluetooth_place(address: str) -> BluetoothPlace:
    """Gives the place of an address; PortError where it is none."""
    if address.startswith(VIRTUAL):
        found = _RADIO.fullmatch(address.removeprefix(VIRTUAL))
        if found is None or not 0 < int(found[2]) < 65536:
            raise PortError(
                f"{address!r} is no virtual radio of this machine: give radio:127.0.0.1:PORT/AA:BB:… as "
                "`ketamon simulate` prints it"
            )
        return _place(address, found[3], (found[1], int(found[2])))
    if address.startswith(REAL):
        return _place(address, address.removeprefix(REAL), None)
    raise PortError(f"{address!r} is no address of a Bluetooth device: give {EXAMPLES}")


def _place(address: str, device: str, radio: tuple[str, int] | None) -> BluetoothPlace:
    if device.startswith(BY_SERIAL):
        serial = device.removeprefix(BY_SERIAL).strip()
        if serial and serial.isprintable() and len(serial) <= LONGEST_SERIAL:
            return BluetoothPlace(address, None, serial, radio)
    elif _ADDRESS.fullmatch(device.upper()) or _UUID.fullmatch(device.upper()):
        return BluetoothPlace(address, device.upper(), None, radio)
    raise PortError(
        f"{address!r} names no device: give {EXAMPLES}; `ketamon devices --scan` lists what is in range"
    )
