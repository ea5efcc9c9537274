"""What can go wrong on Bluetooth, in a few errors with the next step each, whatever bleak raised.

BluetoothError
├── NoBluetoothError         the machine has no adapter, or its service does not run
├── AdapterOffError          switched off
├── NotPermittedError        this account may not use it
├── NeedsPairingError        the device gives its readings to a paired host only, or refused the bond
├── DeviceNotFoundError      nothing was seen of it
├── TooManyConnectionsError  the adapter can hold no more
└── GoneError                anything else: the link or the call failed, and is tried again

bleak raises typed GATT errors on one backend where another raises D-Bus errors, plain TimeoutError,
and whatever D-Bus or the operating system lets through (virtual-devices 1, 4).
"""

from ketamon_drivers.links.port import PortError, PortMissingError

RAISED = (OSError, EOFError, KeyError, TimeoutError)
"""What comes out of bleak beside its own errors."""

AUTHENTICATION, ENCRYPTION_KEY, ENCRYPTION = 0x05, 0x0C, 0x0F
"""GATT's codes for "not before we are paired" (Bluetooth Core 5.4, Vol 3 Part F, 3.4.1.1)."""

AGAIN = "it is tried again by itself"
CONNECTING_FAILED = f"connecting failed: {AGAIN}"


class BluetoothError(PortError):
    """Something on Bluetooth went wrong; the message is one sentence that says what to do."""


class NoBluetoothError(BluetoothError):
    """No adapter, or no service."""


class AdapterOffError(BluetoothError):
    """The adapter is switched off."""


class NotPermittedError(BluetoothError):
    """This account may not use Bluetooth."""


class NeedsPairingError(BluetoothError):
    """No bond, or one that the device refuses."""


class DeviceNotFoundError(BluetoothError, PortMissingError):
    """Nothing was seen of the device."""


class TooManyConnectionsError(BluetoothError):
    """The adapter holds as many connections as it can."""


class GoneError(BluetoothError):
    """The link or a call on it failed."""


NO_BLUETOOTH = NoBluetoothError(
    "this machine has no Bluetooth adapter that works: plug one in, or start the system's Bluetooth "
    "service; `ketamon doctor` says what is missing"
)
NO_SIMULATOR = (
    "nothing answers at this virtual radio: its `ketamon simulate` has ended; start it again, and a "
    "session with the address that it then prints"
)
NO_SERVICE = NoBluetoothError(
    "the system's Bluetooth service does not run: start it with `sudo systemctl start bluetooth`"
)
OFF = AdapterOffError(
    "Bluetooth is switched off: switch it on in the system's settings, or with "
    "`rfkill unblock bluetooth && bluetoothctl power on`"
)
NOT_PERMITTED = NotPermittedError(
    "this account may not use Bluetooth: see `ketamon doctor` for how to allow it"
)
PAIRING = NeedsPairingError(
    "the device gives its readings to a paired host only: set it to pairing (its display shows Pr, P "
    "or the Bluetooth sign blinks) beside this machine"
)
REFUSED = NeedsPairingError(
    "the device refused to be paired: remove it from phones and tablets that have it, set it to "
    "pairing and hold it beside this machine"
)
TOO_MANY = TooManyConnectionsError(
    "the Bluetooth adapter can hold no more connections: end another session, or plug in a second "
    "adapter"
)

_NOT_THERE = {
    "serviceunknown",
    "namehasnoowner",
    "spawn.servicenotfound",
    "noserver",
    "filenotfound",
}
_BONDING = {"authenticationfailed", "authenticationcanceled", "authenticationrejected",
            "authenticationtimeout"}  # fmt: skip
"""Last parts of D-Bus error names, in small letters."""


def translated(error: BaseException, doing: str) -> BluetoothError:
    """Gives our error for anything that bleak raised while `doing` something ("connecting")."""
    from bleak import exc  # noqa: PLC0415 bleak has raised it, so it is loaded

    match error:
        case BluetoothError():
            return error
        case exc.BleakBluetoothNotAvailableError():
            return _not_available(error.reason.name)
        case exc.BleakGATTProtocolError():
            if int(error.code) in (AUTHENTICATION, ENCRYPTION_KEY, ENCRYPTION):
                return PAIRING
            return GoneError(f"{doing} failed (GATT error {int(error.code):#04x}): {AGAIN}")
        case exc.BleakDBusError():
            return _of_dbus(error.dbus_error or "", error.dbus_error_details or "", doing)
        case exc.BleakDeviceNotFoundError():
            return GoneError(f"{doing} failed, the device is not there any more: {AGAIN}")
        case TimeoutError():
            return GoneError(f"{doing} was not answered in time: {AGAIN}")
        case FileNotFoundError() | ConnectionRefusedError():
            return NO_SERVICE
        case PermissionError():
            return NOT_PERMITTED
    return _of_words(str(error), doing)


def _not_available(reason: str) -> BluetoothError:
    if reason == "POWERED_OFF":
        return OFF
    if reason.startswith("DENIED"):
        return NOT_PERMITTED
    return NO_BLUETOOTH


def _of_dbus(name: str, details: str, doing: str) -> BluetoothError:
    """D-Bus says in a name and a few words what others say in a type."""
    last, words = name.rpartition("Error.")[2].lower(), details.lower()
    if last in _NOT_THERE:
        return NO_SERVICE
    if last in _BONDING:
        return REFUSED
    if "not paired" in words or "att error: 0x05" in words or "att error: 0x0f" in words:
        return PAIRING
    if last in ("accessdenied", "notauthorized"):
        # One is the bus's policy against us, the other what a device answers to a stranger.
        return NOT_PERMITTED if last == "accessdenied" else PAIRING
    if last == "notready" or "not powered" in words:
        return OFF
    return _of_words(details or last, doing)


def _of_words(words: str, doing: str) -> BluetoothError:
    said = words.lower()
    if "connection limit" in said or "no more connections" in said or "(0x09)" in said:
        return TOO_MANY
    if "pairing failed" in said or "authentication fail" in said:
        return REFUSED
    if "no bluetooth adapters" in said:
        return NO_BLUETOOTH
    return GoneError(f"{doing} failed: {AGAIN}")
