"""The virtual device of each family, on whoever's body."""

from collections.abc import Callable

from ketamon_drivers.catalog import Family
from ketamon_drivers.virtual.device import VirtualDevice
from ketamon_drivers.virtual.monitors import Body, VirtualBerryBoard, VirtualGeMonitor
from ketamon_drivers.virtual.par_cuff import VirtualParCuff
from ketamon_drivers.virtual.streaming_oximeter import VirtualStreamingOximeter
from ketamon_drivers.virtual.suntech_cuff import VirtualSunTechCuff

SPOT_CHECK_S = 60.0
"""Somebody puts a finger into a virtual spot-check oximeter so often."""


__all__ = ["Body", "NoVirtualDeviceError", "has_virtual_device", "virtual_device"]


class NoVirtualDeviceError(LookupError):
    """Nobody has made this family of software; the message says what there is instead."""


MAKERS: dict[str, Callable[[Family, Body], VirtualDevice]] = {
    "nonin-df13": lambda family, body: VirtualStreamingOximeter(family, body.sample, SPOT_CHECK_S),
    "ge-dri": lambda _family, body: VirtualGeMonitor(body),
    "berry-pm6750": lambda _family, body: VirtualBerryBoard(body),
    "par-nibp": lambda _family, body: VirtualParCuff(body.measure, body.on_cycle),
    "suntech": lambda _family, body: VirtualSunTechCuff(body.measure, body.on_cycle),
}
"""By protocol; oximeters that stream need none."""

ON_AIR = {"gatt-2a35", "gatt-2a37", "viatom-bp2"}
"""The protocols of Bluetooth devices in `virtual.radio` that are no oximeters; those are all there."""


def virtual_device(family: Family, body: Body) -> VirtualDevice:
    """Makes a device of this serial family; raises NoVirtualDeviceError."""
    maker = MAKERS.get(family.protocol)
    if maker is not None:
        return maker(family, body)
    if family.line is not None and has_virtual_device(family):
        return VirtualStreamingOximeter(family, body.sample)
    raise NoVirtualDeviceError(
        f"{family.name}: there is no virtual device of this family yet; `ketamon devices` says of "
        "which there is one"
    )


def has_virtual_device(family: Family) -> bool:
    """Tells whether `virtual_device` makes one, or `virtual.radio` on Bluetooth."""
    if family.bluetooth is not None:
        return family.protocol in ON_AIR or (
            family.role == "oximeter" and family.cadence_s is not None
        )
    return family.protocol in MAKERS or (
        family.line is not None and family.role == "oximeter" and family.frames_per_s is not None
    )
