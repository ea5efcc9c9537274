"""The Bluetooth device of each family, on whoever's body, as it names itself on air."""

from collections.abc import Callable
from datetime import datetime
from zlib import crc32

from ketamon_drivers.catalog import Family
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.advertising import Identity
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.clock import loop_time
from ketamon_drivers.virtual.radio.cuffs import ANY_OTHER, MANNERS, VirtualCuff
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from ketamon_drivers.virtual.radio.streams import StreamDevice
from ketamon_drivers.virtual.streaming_oximeter import VirtualStreamingOximeter

CUFFS = "gatt-2a35"

NAMES: dict[str, tuple[str, str, str]] = {
    "and-cuff": ("A&D Medical", "UA-651BLE", "A&D_UA-651BLE_{serial}"),
    "omron-cuff": ("OMRON HEALTHCARE", "X4 Smart", "BLESmart_0000011A{serial}"),
    "beurer-cuff": ("Beurer", "BM59", "BM59"),
    "medisana-cuff": ("Medisana", "BU 530", "1872B"),
    "sig-oximeter": ("ChoiceMMed", "MD300C208", "ChoiceMMed MD300"),
    "sig-strap": ("Polar Electro Oy", "H10", "Polar H10 {serial}"),
    "nonin-ble": ("Nonin Medical", "3230", "Nonin3230_{serial}"),
    "contec-ff12": ("A&D Medical", "UP-200BLE", "UP-200BLE_{serial}"),
    "viatom-pc60": ("Viatom", "PC-60FW", "PC-60F_SN{serial}"),
    "viatom-o2ring": ("Viatom", "O2Ring", "O2Ring {serial}"),
    "viatom-bp2": ("Viatom", "BP2", "BP2 {serial}"),
    "berry-ble": ("BerryMed", "BM1000C", "BerryMed"),
    "jumper": ("Jumper", "JPD-500F", "My Oximeter"),
}
"""Maker, model and name of each, as real ones give them."""


def identity_of(family: Family, number: int = 0) -> Identity:
    """What the device of a family says of itself; another `number` is another one of the same name."""
    digits = f"{crc32(family.name.encode()) & 0xFFFFFF:06X}"
    octets = [digits[at : at + 2] for at in (0, 2, 4)]
    address = ":".join(("F0", "0D", *octets, f"{number:02X}"))
    maker, model, name = NAMES.get(family.name, ("ketamon", family.name, family.name))
    return Identity(name.format(serial=digits), address, maker, model, f"{digits}{number:02}")


def radio_device(
    family: Family,
    air: Air,
    body: Body,
    *,
    number: int = 0,
    true_time: Callable[[], datetime] = loop_time,
) -> GattDevice:
    """Makes the device of a Bluetooth family."""
    gatt = family.bluetooth
    if gatt is None:
        raise ValueError(f"{family.name} is on a serial line")
    identity = identity_of(family, number)
    if family.protocol == CUFFS:
        manner = MANNERS.get(family.name, ANY_OTHER)
        return VirtualCuff(air, identity, body, manner, bonds=gatt.bonds, true_time=true_time)
    inside = VirtualStreamingOximeter(family, body.sample, family.cadence_s)
    return StreamDevice(air, identity, gatt, inside)
