"""One Bluetooth device in a room of its own, at a loopback port for a host in another process."""

from collections.abc import Callable
from datetime import datetime

from ketamon_drivers.catalog import Family
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.by_family import radio_device
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from ketamon_drivers.virtual.radio.hci_tcp import HOST, HciServer


class RadioMedium:
    """The device, its air, and the adapter that a host finds at the port."""

    def __init__(self, family: Family, body: Body, true_time: Callable[[], datetime]) -> None:
        self._family, self._body, self._true_time = family, body, true_time
        self.air = Air()
        self.adapter = HciServer(self.air)
        self.device = self._made(0)
        self.twin: GattDevice | None = None

    @property
    def address(self) -> str:
        """`radio:HOST:PORT/` and the device's Bluetooth address."""
        return f"radio:{HOST}:{self.adapter.port}/{self.device.address}"

    async def serve(self) -> None:
        """Switches device and adapter on; OSError where no port can be had."""
        await self.adapter.serve()
        await self.device.serve()

    async def close(self) -> None:
        """Switches everything off."""
        self.adapter.close()
        for device in (self.device, self.twin):
            if device is not None:
                await device.close()

    async def duplicate(self) -> bool:
        """Brings a second device of the same name into the room; False where there is one."""
        if self.twin is not None:
            return False
        self.twin = self._made(1)
        await self.twin.serve()
        return True

    def _made(self, number: int) -> GattDevice:
        return radio_device(
            self._family, self.air, self._body, number=number, true_time=self._true_time
        )
