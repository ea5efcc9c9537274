"""A Bluetooth device is named by its address or its serial number, never by less."""

import pytest

from ketamon_drivers.links.bluetooth_place import bluetooth_place
from ketamon_drivers.links.port import PortError

ADDRESS = "AA:BB:CC:DD:EE:0F"
UUID = "1B2C3D4E-0000-4000-8000-00805F9B34FB"


@pytest.mark.parametrize(
    ("given", "identity", "is_virtual"),
    [
        (f"bluetooth:{ADDRESS.lower()}", f"bluetooth:{ADDRESS}", False),
        (f"bluetooth:{UUID}", f"bluetooth:{UUID}", False),
        ("bluetooth:serial=5121/00x", "bluetooth:serial=5121/00x", False),
        (f"radio:127.0.0.1:9701/{ADDRESS}", f"radio:127.0.0.1:9701/{ADDRESS}", True),
        ("radio:localhost:1/serial=7", "radio:localhost:1/serial=7", True),
    ],
)
def test_a_place_has_one_identity_however_it_is_written(
    given: str, identity: str, is_virtual: bool
) -> None:
    place = bluetooth_place(given)
    assert (place.identity, place.is_virtual, place.address) == (identity, is_virtual, given)


@pytest.mark.parametrize(
    "given",
    [
        "bluetooth:", "bluetooth:A&D_UA-651BLE", "bluetooth:AA:BB:CC:DD:EE", "bluetooth:serial=",
        "bluetooth:serial=\x1b", f"radio:10.0.0.7:9701/{ADDRESS}", f"radio:127.0.0.1:0/{ADDRESS}",
        f"radio:127.0.0.1/{ADDRESS}", ADDRESS, "radio:127.0.0.1:9701/",
    ],
)  # fmt: skip
def test_a_name_half_an_address_and_another_machines_radio_are_refused(given: str) -> None:
    with pytest.raises(PortError, match="give"):
        bluetooth_place(given)
