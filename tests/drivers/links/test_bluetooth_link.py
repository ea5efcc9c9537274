"""A Bluetooth link with virtual devices: found, watched, connected again; in virtual time."""

import asyncio
import gc
from pathlib import Path

import pytest
from bleak import BleakClient

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.bluetooth_adapter import BluetoothAdapter, Wanted
from ketamon_drivers.links.bluetooth_claims import Claims
from ketamon_drivers.links.bluetooth_connection import Connection
from ketamon_drivers.links.bluetooth_states import BLUETOOTH_STATES
from ketamon_drivers.links.locks import hold
from ketamon_drivers.protocols.protocol import PacketDecoder
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    DeviceInfo,
    HeartRate,
    Oximetry,
    Rejected,
)
from ketamon_drivers.virtual.radio.clock import loop_time
from ketamon_drivers.virtual.radio.cuffs import VirtualCuff
from ketamon_drivers.virtual.radio.streams import PressedDevice
from tests.drivers.links.bluetooth_scene import Linked, linked
from tests.drivers.virtual.radio.room import ON_AIR, Room, now, play

CLOCKLESS = ("medisana-cuff", "sig-cuff")
"""They stamp their readings by a clock that nobody can look at, so a person has to."""
LINKS_OWN = (Connection, BleakClient, Wanted, PacketDecoder)
"""What each connection has of its own."""


def descriptors() -> int:
    """How many this program has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


READING = {"cuff": BloodPressure, "oximeter": Oximetry, "strap": HeartRate}


@pytest.mark.parametrize("name", [family.name for family in ON_AIR])
def test_each_family_is_read_with_what_it_says_of_itself(name: str) -> None:
    family = FAMILIES[name]

    async def scene(room: Room) -> None:
        device = await room.device(name)
        here = linked(room, device, name)
        await asyncio.sleep(1)
        if isinstance(device, VirtualCuff | PressedDevice):
            device.press_start()
        await asyncio.sleep(45)
        readings = [reading for _, reading in here.of(READING[family.role])]
        if name in CLOCKLESS:
            readings = [judged.reading for _, judged in here.unsure]
        assert len(readings) == (1 if family.role == "cuff" else len(readings)) > 0
        assert here.states[0] == "streaming"
        assert not here.of(Rejected)
        assert here.told.raw
        (_, info), *_ = here.of(DeviceInfo)
        assert (info.serial_number, info.battery_pct) == (device.identity.serial, 83)
        if family.role == "cuff":
            assert not here.stored()
        await here.close()

    play(scene)


def test_a_stalled_stream_is_silent_within_its_time_and_back_soon_after_the_stall_ends() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        here = linked(room, oximeter, "sig-oximeter")
        await asyncio.sleep(5.5)
        oximeter.stall()
        await asyncio.sleep(40)
        oximeter.resume()
        stall_ended_s = now()
        await asyncio.sleep(20)
        last_s, first_s = 5.0, min(t for t, _ in here.of(Oximetry) if t > stall_ended_s)
        silent_s = next(t for t, state in here.told.states if state == "silent")
        assert silent_s - last_s == pytest.approx(3.0, abs=0.1)
        assert first_s - stall_ended_s < 15
        assert here.states[-1] == "streaming"
        assert len(here.told.openings) > 2  # it was not only waited for
        await here.close()

    play(scene)


def test_a_link_that_drops_is_told_at_once_and_is_back_by_itself() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        here = linked(room, oximeter, "sig-oximeter")
        await asyncio.sleep(5.5)
        oximeter.drop()
        await asyncio.sleep(10)
        lost_s = next(t for t, state in here.told.states if state == "lost")
        assert lost_s - 5.5 < 0.1
        assert here.states == ["streaming", "lost", "opening", "streaming"]
        assert here.told.states[-1][0] < 9
        await here.close()

    play(scene)


def test_a_device_that_is_not_there_is_told_with_what_to_do_and_found_when_it_comes() -> None:
    async def scene(room: Room) -> None:
        here = Linked(room, "sig-oximeter", "bluetooth:F0:00:00:00:00:99")
        await asyncio.sleep(15)
        (change,) = [change for _, change in here.told.changes]
        assert change.state == "lost"
        assert "switch it on" in change.reason
        await here.close()

    play(scene)


def test_an_adapter_that_is_off_is_told_and_links_come_back_when_it_is_on() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        here = linked(room, oximeter, "sig-oximeter")
        await asyncio.sleep(3.5)
        room.central.switch_off()
        await asyncio.sleep(10)
        assert here.link.state == "lost"
        assert "switched off: switch it on" in here.link.reason
        room.central.switch_on()
        await asyncio.sleep(10)
        assert here.states[-1] == "streaming"
        await here.close()

    play(scene)


def test_twenty_stored_records_are_history_and_only_the_measurement_of_now_is_live() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("and-cuff")
        cuff.store(20)
        here = linked(room, cuff, "and-cuff")
        await asyncio.sleep(10)
        assert (len(here.live()), len(here.stored()), here.unsure) == (0, 20, [])
        cuff.press_start()
        await asyncio.sleep(45)
        (live,) = here.live()
        assert isinstance(live, BloodPressure)
        assert live.systolic_mmhg == 142
        await here.close()

    play(scene)


def test_a_memory_that_is_cut_off_and_sent_again_gives_each_record_once() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("beurer-cuff")
        cuff.store(6)
        here = linked(room, cuff, "beurer-cuff")
        await asyncio.sleep(6)
        cuff.store(0)
        cuff.wake()
        await asyncio.sleep(60)
        assert len(here.told.openings) > 1
        assert len(here.told.raw) > 6
        assert len(here.stored()) == 6
        await here.close()

    play(scene)


def test_a_cuff_with_a_wrong_clock_is_set_by_its_makers_way_and_its_reading_waits_for_a_person() -> (
    None
):
    async def scene(room: Room) -> None:
        for name in ("and-cuff", "omron-cuff", "beurer-cuff"):
            cuff = await room.cuff(name)
            cuff.clock.go_wrong(-7200)
            here = linked(room, cuff, name)
            cuff.press_start()
            await asyncio.sleep(45)
            assert not here.live()
            ((_, judged),) = here.unsure
            assert isinstance(judged.reading, BloodPressure)
            assert judged.reading.systolic_mmhg == 142
            assert len(cuff.set_times) == (0 if name == "beurer-cuff" else 1)
            await here.close()
            await cuff.close()
            room.devices.remove(cuff)

    play(scene)


def test_an_omron_clock_that_is_a_little_off_is_left_as_it_is() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("omron-cuff")
        cuff.clock.go_wrong(-300)
        here = linked(room, cuff, "omron-cuff")
        cuff.press_start()
        await asyncio.sleep(45)
        assert cuff.set_times == []
        assert not here.live()
        await here.close()

    play(scene)


def test_a_bonding_cuff_is_paired_first_and_reconnects_without() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("and-cuff")
        here = linked(room, cuff, "and-cuff")
        for _ in range(3):
            cuff.press_start()
            await asyncio.sleep(90)
        assert len(here.live()) == 3
        assert "lost" not in here.states
        await here.close()

    play(scene)


def test_inflation_is_told_while_it_lasts() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("sig-cuff")
        here = linked(room, cuff, "sig-cuff")
        await asyncio.sleep(1)
        cuff.press_start()
        await asyncio.sleep(40)
        assert here.of(CuffPressure)
        await here.close()

    play(scene)


def test_two_devices_of_one_name_are_told_apart_by_address_and_by_serial_number() -> None:
    async def scene(room: Room) -> None:
        one = await room.device("sig-oximeter", number=0)
        two = await room.device("sig-oximeter", number=1)
        adapter = BluetoothAdapter(room.radio)
        by_address = linked(room, one, "sig-oximeter", adapter=adapter)
        place = f"bluetooth:serial={two.identity.serial}"
        by_serial = Linked(room, "sig-oximeter", place, adapter=adapter)
        await asyncio.sleep(12)
        for here, device in ((by_address, one), (by_serial, two)):
            (_, info), *_ = here.of(DeviceInfo)
            assert info.serial_number == device.identity.serial
            assert here.link.state == "streaming"
        await by_address.close()
        await by_serial.close()

    play(scene)


def test_a_device_that_another_chair_has_by_its_other_name_is_refused(tmp_path: Path) -> None:
    async def scene(room: Room) -> None:
        device = await room.device("sig-oximeter")
        theirs = hold(f"bluetooth:serial={device.identity.serial}", tmp_path)
        here = linked(room, device, "sig-oximeter", claims=Claims(tmp_path))
        await asyncio.sleep(5)
        assert not here.of(Oximetry)
        assert "in use by another chair" in here.link.reason
        assert theirs is not None
        theirs.release()
        await asyncio.sleep(10)
        assert here.link.state == "streaming"
        await here.close()

    play(scene)


def test_a_session_that_began_after_the_measurement_takes_it_for_anothers() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("and-cuff")
        cuff.press_start()
        await asyncio.sleep(45)
        here = linked(room, cuff, "and-cuff", wall=loop_time)
        await asyncio.sleep(5)
        assert len(here.stored()) == 1
        assert not here.live()
        await here.close()

    play(scene)


def test_garbage_gives_no_value_and_after_five_seconds_the_device_is_said_to_be_a_wrong_one() -> (
    None
):
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        here = linked(room, oximeter, "sig-oximeter")
        await asyncio.sleep(2.5)
        oximeter.stall()
        seen = len(here.of(Oximetry))
        for _ in range(20):
            oximeter.burst([b"\xff"])
            await asyncio.sleep(0.5)
        assert len(here.of(Oximetry)) == seen
        await here.close()

    play(scene)


@pytest.mark.slow
def test_two_hundred_reconnects_leave_no_task_descriptor_or_memory_behind() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        here = linked(room, oximeter, "sig-oximeter")
        await asyncio.sleep(3)

        async def reconnect(times: int) -> tuple[int, int, int]:
            for _ in range(times):
                oximeter.drop()
                await asyncio.sleep(4)
            here.told.readings.clear()
            here.told.raw.clear()
            gc.collect()
            held = [kind for kind in map(type, gc.get_objects()) if kind in LINKS_OWN]
            return len(asyncio.all_tasks()), descriptors(), len(held)

        before = await reconnect(20)
        assert await reconnect(180) == before
        assert len(here.told.openings) == 201
        await here.close()

    play(scene)


def test_every_state_has_a_way_out_and_back_to_streaming() -> None:
    states = {state for state, _ in BLUETOOTH_STATES} | set(BLUETOOTH_STATES.values())
    for state in states - {"streaming"}:
        assert BLUETOOTH_STATES[state, "valid"] == "streaming"


def test_a_cuff_that_refuses_the_bond_is_told_with_what_to_do_and_others_go_on() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("and-cuff")
        cuff.refuse_bonds()
        oximeter = await room.oximeter()
        adapter = BluetoothAdapter(room.radio, chance=lambda: 0.5)
        refused = linked(room, cuff, "and-cuff", adapter=adapter)
        other = linked(room, oximeter, "sig-oximeter", adapter=adapter)
        cuff.press_start()
        await asyncio.sleep(40)
        assert refused.link.state == "lost"
        assert "set it to pairing" in refused.link.reason
        assert not refused.of(BloodPressure)
        assert other.states == ["streaming"]
        assert len(other.of(Oximetry)) > 35
        cuff.refuse_bonds(False)
        cuff.press_start()
        await asyncio.sleep(60)
        assert refused.link.state != "lost"
        assert refused.live()
        await refused.close()
        await other.close()

    play(scene)


def test_a_link_that_nobody_hears_any_more_is_found_dead_and_made_anew() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        here = linked(room, oximeter, "sig-oximeter")
        await asyncio.sleep(4.5)
        oximeter.fail_characteristic("2A19", 0x0E)  # it answers, but not sensibly
        oximeter.stall()
        await asyncio.sleep(6)
        oximeter.fail_characteristic("2A19", None)
        oximeter.resume()
        await asyncio.sleep(8)
        assert here.states[-1] == "streaming"
        assert len(here.told.openings) > 1
        await here.close()

    play(scene)
