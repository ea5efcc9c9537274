"""What an advertisement says, as BlueZ gives it in the properties of a device."""

from typing import Any

from bumble import core, hci
from bumble.core import AdvertisingData
from bumble.device import Advertisement
from dbus_fast import Variant

from tests.drivers.bluetooth.bluez_gatt import uuid_text

ADAPTER_PATH = "/org/bluez/hci0"


def text_of(address: hci.Address) -> str:
    """Gives an address as BlueZ does, without what kind it is."""
    return address.to_string(with_type_qualifier=False).upper()


def path_of(address: str) -> str:
    return f"{ADAPTER_PATH}/dev_{address.upper().replace(':', '_')}"


def found_in(advertisement: Advertisement) -> dict[str, Any]:
    """Gives what an advertisement says, as properties of the device."""
    said: dict[str, Any] = {"RSSI": advertisement.rssi}
    uuids: list[str] = []
    makers: dict[int, Any] = {}
    for kind, data in advertisement.data.ad_structures:
        match kind:
            case AdvertisingData.COMPLETE_LOCAL_NAME | AdvertisingData.SHORTENED_LOCAL_NAME:
                said["Name"] = said["Alias"] = data.decode("utf-8", "replace")
            case AdvertisingData.MANUFACTURER_SPECIFIC_DATA if len(data) >= 2:
                makers[int.from_bytes(data[:2], "little")] = data[2:]
            case (
                AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
                | AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
            ):
                uuids += _uuids(data, 2)
            case (
                AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
                | AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
            ):
                uuids += _uuids(data, 16)
    if uuids:
        said["UUIDs"] = uuids
    if makers:
        said["ManufacturerData"] = {number: Variant("ay", data) for number, data in makers.items()}
    return said


def _uuids(data: bytes, size: int) -> list[str]:
    whole = range(0, len(data) - size + 1, size)
    return [uuid_text(core.UUID.from_bytes(data[at : at + size])) for at in whole]
