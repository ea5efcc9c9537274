"""What Bluetooth goes through: bleak's own backend, or another that is put in its place.

A `Radio` is the one point at which a virtual radio or a test comes in: everything above it uses
`bleak.BleakScanner` and `bleak.BleakClient` with what a radio names, and nothing else of it.
"""

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ketamon_drivers.links.bluetooth_place import BluetoothPlace

if TYPE_CHECKING:
    from bleak import BleakClient, BleakScanner
    from bleak.backends.adapter import BaseBleakAdapter
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementDataCallback, BaseBleakScanner

DEFAULT_NAME = "default adapter"


async def _nothing() -> None:
    """What a radio that is simply there does to begin or end."""


@dataclass(frozen=True, slots=True, eq=False)
class Radio:
    """One adapter: which backend classes, and what their constructors get beside bleak's arguments.

    As it stands it is the machine's own. A virtual one gives its backends, `is_virtual` and, where
    it has to be reached first, `begin` and `finish`.
    """

    name: str = DEFAULT_NAME
    """What tells it from other adapters: engines take turns at a lock of this name."""
    is_virtual: bool = False
    scanner_backend: "type[BaseBleakScanner] | None" = None
    client_backend: "type[BaseBleakClient] | None" = None
    adapter_backend: "type[BaseBleakAdapter] | None" = None
    """Lists what is connected already; a virtual radio without one has nothing to adopt."""
    scanner_kwargs: Mapping[str, Any] = field(default_factory=dict)
    client_kwargs: Mapping[str, Any] = field(default_factory=dict)
    begin: Callable[[], Awaitable[None]] = _nothing
    """Called before each scan, so it returns at once where the radio is reached already; raises
    OSError or BleakError where it can't be."""
    finish: Callable[[], Awaitable[None]] = _nothing
    """Called once, when nobody uses it any more."""

    @property
    def is_bluez(self) -> bool:
        """True where the system's Bluetooth service is behind it, which may be restarted under us."""
        return sys.platform == "linux" and self.scanner_backend is None

    def scanner(self, seen: "AdvertisementDataCallback") -> "BleakScanner":
        """Makes a fresh scanner that hands over every advertisement."""
        from bleak import BleakScanner  # noqa: PLC0415 50 ms that most programs need not wait

        return BleakScanner(seen, backend=self.scanner_backend, **self.scanner_kwargs)

    def client(
        self,
        device: "BLEDevice",
        gone: "Callable[[BleakClient], None]",
        *,
        pair: bool,
        timeout_s: float,
    ) -> "BleakClient":
        """Makes a fresh client for one connection; with `pair` it bonds before it discovers."""
        from bleak import BleakClient  # noqa: PLC0415 as above

        return BleakClient(
            device,
            gone,
            timeout=timeout_s,
            pair=pair,
            backend=self.client_backend,
            **self.client_kwargs,
        )

    async def connected(self, services: list[str]) -> "list[BLEDevice]":
        """The devices with these services that the system holds connected, whoever connected them."""
        import bleak  # noqa: PLC0415 as above

        adapter = getattr(bleak, "BleakAdapter", None)  # from bleak 3.1 on
        if adapter is None or (self.scanner_backend is not None and self.adapter_backend is None):
            return []
        try:
            found = await adapter.get(backend=self.adapter_backend)
            connected: list[BLEDevice] = await found.get_connected_devices(services)
        except NotImplementedError:
            return []
        return connected


REAL = Radio()
"""The machine's own adapter."""


def radio_at(place: BluetoothPlace) -> Radio:
    """Gives the radio that a place names: the machine's own, or one behind a loopback port."""
    if place.radio is None:
        return REAL
    from ketamon_drivers.virtual.radio.opening import over_tcp  # noqa: PLC0415 half a second

    return over_tcp(*place.radio)
