"""Whatever bleak raises becomes one of a few errors, each a sentence with the next step."""

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from ketamon_drivers.links import bluetooth_errors as errors
from ketamon_drivers.links.bluetooth_errors import translated

BLUEZ = "org.bluez.Error."
FREEDESKTOP = "org.freedesktop.DBus.Error."


def unavailable(reason: str) -> BleakError:
    return BleakBluetoothNotAvailableError("made", BleakBluetoothNotAvailableReason[reason])


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (unavailable("NO_BLUETOOTH"), errors.NoBluetoothError, "plug one in"),
        (unavailable("NO_BLE_CENTRAL_ROLE"), errors.NoBluetoothError, "plug one in"),
        (unavailable("POWERED_OFF"), errors.AdapterOffError, "switch it on"),
        (unavailable("DENIED_BY_USER"), errors.NotPermittedError, "ketamon doctor"),
        (BleakDBusError(FREEDESKTOP + "ServiceUnknown", ["x"]), errors.NoBluetoothError, "systemctl"),
        (FileNotFoundError(2, "no bus"), errors.NoBluetoothError, "systemctl"),
        (BleakDBusError(FREEDESKTOP + "AccessDenied", ["x"]), errors.NotPermittedError, "doctor"),
        (PermissionError(13, "no"), errors.NotPermittedError, "doctor"),
        (BleakGATTProtocolError(0x05), errors.NeedsPairingError, "set it to pairing"),
        (BleakGATTProtocolError(0x0F), errors.NeedsPairingError, "set it to pairing"),
        (BleakDBusError(BLUEZ + "NotPermitted", ["Not paired"]), errors.NeedsPairingError, "pairing"),
        (
            BleakDBusError(BLUEZ + "Failed", ["Operation failed with ATT error: 0x0f"]),
            errors.NeedsPairingError,
            "pairing",
        ),
        (BleakDBusError(BLUEZ + "AuthenticationFailed", []), errors.NeedsPairingError, "refused"),
        (BleakError("pairing failed: PIN or key missing"), errors.NeedsPairingError, "refused"),
        (BleakError("connection limit exceeded (0x09)"), errors.TooManyConnectionsError, "second"),
        (BleakDBusError(BLUEZ + "NotReady", ["Resource Not Ready"]), errors.AdapterOffError, "on"),
        (BleakDBusError(BLUEZ + "InProgress", ["x"]), errors.GoneError, "tried again"),
        (BleakGATTProtocolError(0x0E), errors.GoneError, "0x0e"),
        (BleakDeviceNotFoundError("AA", "made"), errors.GoneError, "not there any more"),
        (BleakCharacteristicNotFoundError("2a35"), errors.GoneError, "tried again"),
        (BleakError("device 'dev_AA' not found"), errors.GoneError, "tried again"),
        (TimeoutError(), errors.GoneError, "in time"),
        (EOFError(), errors.GoneError, "tried again"),
        (KeyError("org.bluez.GattService1"), errors.GoneError, "tried again"),
        (BrokenPipeError(32, "x"), errors.GoneError, "tried again"),
        (errors.OFF, errors.AdapterOffError, "switch it on"),
    ],
    ids=lambda value: None if isinstance(value, str | type) else repr(value)[:50],
)  # fmt: skip
def test_an_error_of_bleaks_is_one_of_ours_with_the_next_step(
    raised: Exception, kind: type[errors.BluetoothError], words: str
) -> None:
    error = translated(raised, "connecting")
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
