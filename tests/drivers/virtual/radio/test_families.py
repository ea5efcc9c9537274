"""Every Bluetooth family has a device on air that its own protocol's decoder understands."""

import asyncio

import pytest

from ketamon_drivers.catalog import Family
from ketamon_drivers.readings import BloodPressure, HeartRate, Oximetry, Reading, Rejected
from ketamon_drivers.virtual.by_family import has_virtual_device
from ketamon_drivers.virtual.radio.cuffs import VirtualCuff
from ketamon_drivers.virtual.radio.streams import PressedDevice
from tests.drivers.virtual.radio.room import ON_AIR, Room, listen, play, uuid

each_family = pytest.mark.parametrize("family", ON_AIR, ids=lambda family: family.name)


def value(reading: Reading) -> tuple[object, ...] | None:
    """The numbers of a reading; None where it is about something else."""
    match reading:
        case BloodPressure():
            return (reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg,
                    reading.pulse_rate_per_min)  # fmt: skip
        case Oximetry():
            return reading.spo2_pct, reading.pulse_rate_per_min
        case HeartRate():
            return (reading.heart_rate_per_min,)
    return None


EXPECTED = {"cuff": (142, 88, 106, 77), "oximeter": (97, 72), "strap": (72,)}


def test_every_bluetooth_family_has_a_virtual_device() -> None:
    assert [family.name for family in ON_AIR if not has_virtual_device(family)] == []


@each_family
def test_it_is_found_by_name_and_service_and_gives_what_the_body_has(family: Family) -> None:
    gatt = family.bluetooth
    assert gatt is not None

    async def scene(room: Room) -> None:
        device = await room.device(family.name)
        if isinstance(device, VirtualCuff | PressedDevice):
            device.press_start()
            await asyncio.sleep(31 if isinstance(device, VirtualCuff) else 0)
        _, adverts = (await room.scan())[device.address]
        name = adverts[-1].local_name
        assert name
        assert not gatt.names or name.startswith(gatt.names)
        assert adverts[-1].service_uuids == [uuid(gatt.service)]
        client = await room.connected(device)
        assert await client.read_gatt_char(uuid("2A19")) == bytes([83])
        assert (await client.read_gatt_char(uuid("2A25"))).decode() == device.identity.serial
        heard = await listen(client, family.name)
        for command in family.start:
            await heard.send(command)
        for _ in range(40):
            if family.protocol == "viatom-bp2":
                await heard.send(bytes.fromhex("a508f700000000ee"))
            elif family.keep_alive is not None:
                await heard.send(family.keep_alive[1])
            await asyncio.sleep(1)
        values = [found for _, reading in heard.readings if (found := value(reading))]
        assert set(values) == {EXPECTED[family.role]}
        assert len(values) >= (30 if family.role != "cuff" else 1)
        assert not any(isinstance(reading, Rejected) for _, reading in heard.readings)
        await client.disconnect()

    play(scene)
