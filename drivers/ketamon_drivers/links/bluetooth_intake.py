"""From packets to readings: each characteristic's decoder, and what is live or a memory's.

A burst is over when nothing that waits for its end came for a while, or the connection is over.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from ketamon_drivers.catalog import Family, every_protocol, protocol_of
from ketamon_drivers.links.bluetooth_live import BURST_OVER_S, Judged, LiveOrStored
from ketamon_drivers.protocols.protocol import Decoder
from ketamon_drivers.readings import BloodPressure, Oximetry, Reading

SORTED = frozenset({"gatt-2a35", "gatt-2a5e"})
"""Protocols of devices that send what is in their memory like what they measure now."""


class Intake:
    """One device's readings on their way to who wants them."""

    def __init__(
        self,
        family: Family,
        *,
        wall: Callable[[], datetime],
        session_began: datetime,
        on_reading: Callable[[Reading], None],
        on_unsure: Callable[[Judged], None],
    ) -> None:
        self._family, self._wall = family, wall
        self._on_reading, self._on_unsure = on_reading, on_unsure
        self._sorter = LiveOrStored(session_began)
        self._timer: asyncio.TimerHandle | None = None

    def decoder(self, protocol: str, model: str | None) -> Decoder:
        """A fresh decoder for one characteristic of a device of this model."""
        spec = protocol_of(self._family) if protocol == self._family.protocol else None
        return (spec or every_protocol()[protocol]).decoder(model)

    def connected(self) -> None:
        """A connection begins: its clock is not known."""
        self._sorter.connected()

    def clock(self, is_right: bool | None) -> None:
        """Its clock was compared with ours; None where it doesn't tell it."""
        if is_right is not None:
            self._hand_over(self._sorter.clock(is_right=is_right))

    def take(self, reading: Reading, protocol: str) -> None:
        """Hands a reading over, once it is known whether it is of now."""
        if protocol not in SORTED or not isinstance(reading, BloodPressure | Oximetry):
            self._on_reading(reading)
            return
        self._hand_over(self._sorter.take(reading, self._wall()))
        self._stop()
        if self._sorter.waits:
            self._timer = asyncio.get_running_loop().call_later(BURST_OVER_S, self.ended)

    def ended(self) -> None:
        """The burst is over: what still waited is judged."""
        self._stop()
        self._hand_over(self._sorter.burst_over())

    def _hand_over(self, judged: list[Judged]) -> None:
        for one in judged:
            if one.verdict == "unsure":
                self._on_unsure(one)
            elif one.verdict != "known":
                self._on_reading(one.reading)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
