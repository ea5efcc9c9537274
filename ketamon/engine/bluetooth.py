"""A chair's Bluetooth: one adapter for all its links, the names its devices go by, and the wall clock.

A reading that only a person can call live is entered for review (`ketamon.engine.quarantine`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ketamon.engine.live_session import LiveSession
from ketamon.engine.quarantine import waiting
from ketamon.engine.wall import local_now
from ketamon_drivers.catalog import Family
from ketamon_drivers.links.bluetooth_adapter import BluetoothAdapter
from ketamon_drivers.links.bluetooth_claims import Claims
from ketamon_drivers.links.bluetooth_link import BluetoothLink
from ketamon_drivers.links.bluetooth_live import Judged
from ketamon_drivers.links.bluetooth_place import BluetoothPlace
from ketamon_drivers.links.bluetooth_radio import Radio, radio_at
from ketamon_drivers.links.device_link import LinkChange
from ketamon_drivers.readings import BloodPressure, Reading


@dataclass(slots=True)
class ChairBluetooth:
    """What the Bluetooth links of one chair share; there is nothing until the first is made."""

    session: LiveSession
    folder: Path | None = None
    """Where locks stand that other chairs see; None where there are none."""
    radio_at: Callable[[BluetoothPlace], Radio] = radio_at
    wall: Callable[[], datetime] = local_now
    adapters: dict[str, BluetoothAdapter] = field(default_factory=dict)
    claims: Claims = field(default_factory=Claims)

    def link(
        self,
        role: str,
        place: BluetoothPlace,
        family: Family,
        *,
        on_reading: Callable[[Reading], None],
        on_bytes: Callable[[bytes], None],
        on_change: Callable[[LinkChange], None],
    ) -> BluetoothLink:
        """Makes the link of one device."""
        self.claims.folder = self.folder
        self.claims.ours.add(place.identity)

        def unsure(judged: Judged) -> None:
            if isinstance(judged.reading, BloodPressure):
                self.session.take(waiting(judged.reading), role)

        return BluetoothLink(
            place,
            family,
            self._adapter(place),
            wall=self.wall,
            session_began=self.wall() - timedelta(milliseconds=self.session.now_ms()),
            on_reading=on_reading,
            on_bytes=on_bytes,
            on_change=on_change,
            on_unsure=unsure,
            claims=self.claims,
        )

    async def close(self) -> None:
        """Ends scanning and lets the names go, once the links have ended."""
        for adapter in self.adapters.values():
            await adapter.close()
        self.adapters.clear()
        self.claims.release(remove=self.session.mode != "LIVE")

    def _adapter(self, place: BluetoothPlace) -> BluetoothAdapter:
        radio = self.radio_at(place) if place.radio_name not in self.adapters else None
        if radio is not None:
            folder = None if radio.is_virtual else self.folder
            self.adapters[place.radio_name] = BluetoothAdapter(radio, folder)
        return self.adapters[place.radio_name]
