"""What is in range is listed with a reason for each guess."""

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.bluetooth_in_range import in_range
from tests.drivers.virtual.radio.room import Room, play


def test_each_device_on_the_air_is_guessed_by_its_service_and_its_name() -> None:
    async def scene(room: Room) -> None:
        for name in ("sig-oximeter", "nonin-ble", "sig-strap"):
            await room.device(name)
        found = await in_range(FAMILIES.values(), 3.0, room.radio)
        best = {device.guesses[0].family for device in found}
        assert best == {"sig-oximeter", "nonin-ble", "sig-strap"}
        assert all(device.rssi_dbm for device in found)
        reasons = {g.reason for device in found for g in device.guesses}
        assert "offers the service 1822" in reasons

    play(scene)
