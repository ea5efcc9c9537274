"""A Bluetooth link in a room of virtual devices, in virtual time; what it told, with its times."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.bluetooth_adapter import BluetoothAdapter
from ketamon_drivers.links.bluetooth_claims import Claims
from ketamon_drivers.links.bluetooth_link import BluetoothLink
from ketamon_drivers.links.bluetooth_live import Judged
from ketamon_drivers.links.bluetooth_place import bluetooth_place
from ketamon_drivers.readings import BloodPressure, Reading
from ketamon_drivers.virtual.radio.clock import loop_time
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from tests.drivers.links.scene import Told, now
from tests.drivers.virtual.radio.room import Room


class Linked:
    """One link, its adapter and what it told."""

    def __init__(
        self,
        room: Room,
        family: str,
        place: str,
        *,
        adapter: BluetoothAdapter | None = None,
        claims: Claims | None = None,
        wall: Callable[[], datetime] = loop_time,
    ) -> None:
        self.told = Told()
        self.unsure: list[tuple[float, Judged]] = []
        self.adapter = adapter or BluetoothAdapter(room.radio, chance=lambda: 0.5)
        self.link = BluetoothLink(
            bluetooth_place(place),
            FAMILIES[family],
            self.adapter,
            wall=wall,
            session_began=wall(),
            on_reading=lambda reading: self.told.readings.append((now(), reading)),
            on_bytes=lambda data: self.told.raw.append((now(), data)),
            on_change=lambda change: self.told.changes.append((now(), change)),
            on_open=lambda: self.told.openings.append(now()),
            on_unsure=lambda judged: self.unsure.append((now(), judged)),
            claims=claims,
        )
        self._task = asyncio.get_running_loop().create_task(self.link.run())

    @property
    def states(self) -> list[str]:
        """The states that it came through."""
        return [state for _, state in self.told.states]

    def of(self, kind: type[Any]) -> list[tuple[float, Any]]:
        """Readings of one kind."""
        return [(t, reading) for t, reading in self.told.readings if isinstance(reading, kind)]

    def live(self) -> list[Reading]:
        """Cuff readings that count."""
        return [r for _, r in self.of(BloodPressure) if "from_storage" not in r.status]

    def stored(self) -> list[Reading]:
        """Cuff readings that are history."""
        return [r for _, r in self.of(BloodPressure) if "from_storage" in r.status]

    async def close(self) -> None:
        """Ends link and adapter."""
        self._task.cancel()
        await asyncio.wait({self._task})
        await self.adapter.close()


def linked(room: Room, device: GattDevice, family: str, **how: Any) -> Linked:
    """A link to this device by its address."""
    return Linked(room, family, f"bluetooth:{device.address}", **how)
