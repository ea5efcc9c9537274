"""Bluetooth devices in range, and which families each may be, with the reasons.

A service says what a device can tell, a name only what somebody called it: both order guesses, and
neither binds a device.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ketamon_drivers.catalog import Family
from ketamon_drivers.links.bluetooth_adapter import BluetoothAdapter, Sighting
from ketamon_drivers.links.bluetooth_connection import whole_uuid
from ketamon_drivers.links.bluetooth_radio import REAL, Radio
from ketamon_drivers.links.plugged_in import NAMED, Guess
from ketamon_drivers.readings import printable

SERVICE = 40
"""Points of 100 for the family's service."""
SCAN_S = 8.0
"""Cuffs between two measurements are not on the air; the rest is heard within seconds."""


@dataclass(frozen=True, slots=True)
class InRange:
    """One device: its address, what it calls itself, and what it may be."""

    address: str
    name: str
    rssi_dbm: int | None
    guesses: tuple[Guess, ...]


async def in_range(
    families: Iterable[Family], seconds: float = SCAN_S, radio: Radio = REAL
) -> list[InRange]:
    """Listens so long; those with the likeliest devices first. Raises BluetoothError."""
    known = [family for family in families if family.bluetooth is not None]
    adapter = BluetoothAdapter(radio)
    try:
        heard = await adapter.survey(seconds)
    finally:
        await adapter.close()
    found = [described(sighting, known) for sighting in heard]
    return sorted(found, key=lambda d: (-max((g.score for g in d.guesses), default=0), d.address))


def described(sighting: Sighting, families: Iterable[Family]) -> InRange:
    """Says of one device what it may be."""
    guesses = [guess for family in families if (guess := guessed(family, sighting)) is not None]
    guesses.sort(key=lambda guess: (-guess.score, guess.family))
    return InRange(sighting.address, printable(sighting.name), sighting.rssi_dbm, tuple(guesses))


def guessed(family: Family, sighting: Sighting) -> Guess | None:
    """Tells how likely a family is, and why; None where nothing speaks for it."""
    gatt = family.bluetooth
    if gatt is None:
        return None
    score, reasons = 0, []
    if whole_uuid(gatt.service) in sighting.services:
        score += SERVICE
        reasons.append(f"offers the service {gatt.service}")
    began = next((name for name in gatt.names if sighting.name.startswith(name)), None)
    if began is not None:
        score += NAMED
        reasons.append(f"its name begins with {began.strip()}")
    return Guess(family.name, score, "; ".join(reasons)) if reasons else None
