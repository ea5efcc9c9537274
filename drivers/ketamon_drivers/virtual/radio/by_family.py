"""The Bluetooth device of each family, on whoever's body, as it names itself on air."""

from collections.abc import Callable
from datetime import datetime
from zlib import crc32

from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.protocols import berry_bci
from ketamon_drivers.virtual.device import VirtualDevice
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.advertising import Identity
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.clock import DeviceClock, loop_time
from ketamon_drivers.virtual.radio.cuffs import ANY_OTHER, MANNERS, VirtualCuff
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from ketamon_drivers.virtual.radio.strap import StrapDevice
from ketamon_drivers.virtual.radio.streams import PressedDevice, SigOximeterDevice, StreamDevice
from ketamon_drivers.virtual.radio.viatom import Talker, VirtualBP2, VirtualO2Ring, VirtualPc60
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


INSIDES: dict[str, Callable[[Body], VirtualDevice]] = {
    "viatom-pc60": lambda body: VirtualPc60(body.sample),
    "viatom-o2ring": lambda body: VirtualO2Ring(body.sample),
}
"""By protocol; oximeters that just stream need none."""
FRAMES_PER_S = {"berry-bci": berry_bci.FRAMES_PER_S}
GATHERS_BYTES = {"berry-bci": 20}
"""What goes into one notification, where it is more than one frame."""


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
    if family.protocol == "gatt-2a37":
        return StrapDevice(air, identity, gatt, body.heart_rate)
    if family.protocol == "gatt-2a5f":
        return SigOximeterDevice(air, identity, gatt, streaming(family, body))
    if family.protocol == "viatom-bp2":
        return PressedDevice(air, identity, gatt, VirtualBP2(body, DeviceClock(true_time)))
    maker = INSIDES.get(family.protocol)
    inside = streaming(family, body) if maker is None else maker(body)
    is_stream = protocol_of(family).framing == "stream"
    gathers_bytes = GATHERS_BYTES.get(family.protocol, 0)
    device = StreamDevice(
        air, identity, gatt, inside, gathers_bytes=gathers_bytes, is_stream=is_stream
    )
    if isinstance(inside, Talker):
        inside.battery_pct = lambda: device.battery_pct
    return device


def streaming(family: Family, body: Body) -> VirtualDevice:
    """What streams frames of the family's protocol, as often as its kind does."""
    frames_per_s = FRAMES_PER_S.get(family.protocol)
    return VirtualStreamingOximeter(
        family, body.sample, 1 / frames_per_s if frames_per_s else family.cadence_s
    )
