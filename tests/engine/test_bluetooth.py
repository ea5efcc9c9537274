"""Bluetooth devices at a chair: entries, raw bytes, alarms and review; in virtual time."""

import asyncio

import pytest

from ketamon.engine.bindings import bindings_of
from ketamon.engine.devices import Binding
from ketamon.engine.request import ChairError, ChairRequest
from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.bluetooth_place import bluetooth_place
from ketamon_drivers.virtual.radio.clock import loop_time
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from tests.drivers.virtual.radio.room import Room, play
from tests.engine.chairside import Chairside


def chair_with(room: Room, **devices: tuple[str, GattDevice]) -> Chairside:
    """A chair whose radio is the room's."""
    chair = Chairside()
    chair.devices.bluetooth.radio_at = lambda _place: room.radio
    chair.devices.bluetooth.wall = loop_time
    chair.devices.bind(
        Binding(role, FAMILIES[name], bluetooth_place(f"radio:127.0.0.1:1/{device.address}"))
        for role, (name, device) in devices.items()
    )
    return chair


async def leave(chair: Chairside) -> None:
    await chair.devices.close()
    chair.session.stop()
    await chair.cuff.close()
    await chair.oximeter.close()


def test_stored_records_add_nothing_to_the_screen_and_alarm_on_none_and_a_live_one_counts() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("and-cuff")
        cuff.store(20)
        chair = chair_with(room, cuff=("and-cuff", cuff))
        chair.phase()
        await asyncio.sleep(10)
        assert len(chair.kept.of("blood_pressure")) == 20
        assert not chair.session.projector.bars
        assert chair.session.state.pressures_taken == 0
        assert not chair.kept.of("alarm")
        cuff.press_start()
        await asyncio.sleep(45)
        (bar,) = chair.session.projector.bars
        assert bar.systolic == 142
        assert not chair.changes("device_lost")
        await leave(chair)

    play(scene)


def test_a_cuffs_wrong_clock_brings_its_reading_into_quarantine_until_the_nurse_takes_it() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("beurer-cuff")
        cuff.clock.go_wrong(-86400)
        chair = chair_with(room, cuff=("beurer-cuff", cuff))
        cuff.press_start()
        await asyncio.sleep(45)
        (waits,) = chair.session.projector.quarantine.views()
        assert not chair.session.projector.bars
        assert chair.ask("review_reading", seq=waits.seq, verdict="accept").ok
        (bar,) = chair.session.projector.bars
        assert (bar.systolic, bar.t) == (142, waits.t)
        await leave(chair)

    play(scene)


def test_an_oximeter_that_stalls_is_told_and_its_number_comes_back_while_the_cuff_goes_on() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        strap = await room.device("sig-strap")
        chair = chair_with(room, oximeter=("sig-oximeter", oximeter), strap=("sig-strap", strap))
        await asyncio.sleep(5.5)
        oximeter.stall()
        await asyncio.sleep(30)
        assert [state for _, state in chair.said_of("oximeter")][:2] == ["streaming", "silent"]
        assert chair.changes("oximeter_no_data")
        beats = len(chair.kept.of("heart_rate"))
        oximeter.resume()
        await asyncio.sleep(15)
        assert chair.session.projector.vital_view("spo2").state == "valid"
        assert len(chair.kept.of("heart_rate")) >= beats + 14
        assert beats >= 28
        raw = [data for _, role, data in chair.kept.raw if role == "strap"]
        assert len(raw) == len(chair.kept.of("heart_rate"))
        await leave(chair)

    play(scene)


@pytest.mark.parametrize(
    ("role", "given", "mode", "words"),
    [
        ("cuff", "and-cuff:bluetooth:F0:00:00:00:00:01", "SIMULATED", "is real"),
        ("cuff", "and-cuff:radio:127.0.0.1:1/F0:00:00:00:00:01", "LIVE", "is virtual"),
        ("cuff", "and-cuff:bluetooth:A&D_UA-651BLE", "LIVE", "names no device"),
        ("cuff", "and-cuff:/dev/ttyUSB0", "LIVE", "is no Bluetooth device"),
        ("oximeter", "nonin-df8:bluetooth:F0:00:00:00:00:01", "LIVE", "is on a serial line"),
    ],
)
def test_an_address_that_does_not_fit_family_or_mode_is_refused(
    role: str, given: str, mode: str, words: str
) -> None:
    request = ChairRequest("1", "/nowhere", mode, {role: given})  # type: ignore[arg-type]
    with pytest.raises(ChairError, match=words):
        bindings_of(request)
