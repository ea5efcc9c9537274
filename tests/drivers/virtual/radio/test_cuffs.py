"""Cuffs on air: when they are found, whom they tell, what stays in their memory, whose time they show."""

import asyncio

import pytest
from bleak.exc import BleakError, BleakGATTProtocolError

from ketamon_drivers.protocols.date_time import encode_date_time
from ketamon_drivers.readings import BloodPressure, CuffPressure
from ketamon_drivers.virtual.cuff_cycle import Measurement
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.radio.cuffs import FOUND_FOR_S, LINGERS_S
from tests.drivers.virtual.radio.room import BODY, Listening, Room, listen, now, play, uuid


def pressures(heard: Listening) -> list[BloodPressure]:
    return [reading for _, reading in heard.readings if isinstance(reading, BloodPressure)]


def test_a_cuff_is_found_only_after_a_measurement_and_hangs_up_when_it_has_told_it() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        assert await room.scan(30) == {}
        cuff.press_start()
        assert await room.scan(29) == {}
        await asyncio.sleep(1.5)
        client = await room.connected(cuff)
        await listen(client, "and-cuff")
        told_s = now()
        await asyncio.sleep(5)
        assert room.gone == [pytest.approx(told_s + LINGERS_S, abs=0.1)]
        assert await room.scan(FOUND_FOR_S) == {}

    play(scene)


def test_nobody_comes_and_the_cuff_gives_up_but_keeps_its_record() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        cuff.press_start()
        await asyncio.sleep(31 + FOUND_FOR_S)
        assert await room.scan(5) == {}
        cuff.press_start()
        await asyncio.sleep(31)
        heard = await listen(await room.connected(cuff), "and-cuff")
        await asyncio.sleep(1)
        assert len(pressures(heard)) == 2

    play(scene)


def test_a_stranger_gets_nothing_from_a_cuff_that_bonds() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        cuff.store(3)
        client = await room.connected(cuff, pair=False)
        with pytest.raises(BleakGATTProtocolError) as refused:
            await listen(client, "and-cuff")
        assert refused.value.code == 0x0F
        await asyncio.sleep(1)
        assert len(cuff.records) == 3

    play(scene)


def test_a_bonded_host_needs_not_pair_again_and_one_whom_the_cuff_forgot_must() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        cuff.store(1)
        await (await room.connected(cuff)).disconnect()
        client = await room.connected(cuff, pair=False)
        assert len(pressures(await listen(client, "and-cuff"))) <= 1
        await client.disconnect()
        cuff.forget_bond()
        cuff.store(1)
        client = await room.connected(cuff, pair=False)
        with pytest.raises(BleakGATTProtocolError):
            await listen(client, "and-cuff")
        await client.pair()
        heard = await listen(client, "and-cuff")
        await asyncio.sleep(1)
        assert pressures(heard)

    play(scene)


def test_a_cuff_that_refuses_to_bond_says_that_pairing_failed() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        cuff.store(1)
        cuff.refuse_bonds()
        with pytest.raises(BleakError, match="pairing failed"):
            await room.connected(cuff, pair=True)

    play(scene)


@pytest.mark.parametrize(("family", "second_time"), [("and-cuff", 0), ("omron-cuff", 0), ("beurer-cuff", 4)])  # fmt: skip
def test_records_are_told_once_or_to_every_host_by_maker(family: str, second_time: int) -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff(family)
        cuff.store(4)
        heard = await listen(await room.connected(cuff), family)
        await asyncio.sleep(5)
        assert len(pressures(heard)) == 4
        assert len(cuff.records) == second_time
        cuff.store(0)
        again = await listen(await room.connected(cuff), family)
        await asyncio.sleep(1)
        assert len(pressures(again)) == second_time

    play(scene)


def test_a_record_that_was_not_confirmed_is_sent_again() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        cuff.store(6)
        cuff.radio.delay_s = 0.1
        heard = await listen(await room.connected(cuff), "and-cuff")
        await asyncio.sleep(0.5)
        cuff.drop()
        await asyncio.sleep(0.5)
        kept, came = len(cuff.records), len(heard.packets)
        assert 0 < came < 6
        assert kept in (6 - came, 7 - came)
        cuff.radio.delay_s = 0.0
        again = await listen(await room.connected(cuff), "and-cuff")
        await asyncio.sleep(1)
        assert len(again.packets) == kept
        assert cuff.records == []

    play(scene)


def test_a_clock_that_is_wrong_or_lost_stamps_readings_until_a_host_sets_it() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff()
        times: list[str | None] = []
        for wrong in ("ahead", "lost", "set"):
            if wrong == "ahead":
                cuff.clock.go_wrong(3600)
            elif wrong == "lost":
                cuff.clock.lose()
            cuff.press_start()
            await asyncio.sleep(31)
            client = await room.connected(cuff)
            heard = await listen(client, "and-cuff")
            await asyncio.sleep(0.5)
            times += [reading.device_time for reading in pressures(heard)]
            if wrong == "lost":
                set_to = encode_date_time("2026-01-01T09:30:00")
                await client.write_gatt_char(uuid("2A08"), set_to, response=True)
            await client.disconnect()
        assert times[0] == "2026-01-01T01:00:30"
        assert times[1] is None
        assert times[2] is not None
        assert times[2].startswith("2026-01-01T09:3")
        assert cuff.set_times == ["2026-01-01T09:30:00"]

    play(scene)


def test_omron_tells_its_time_when_asked_and_in_its_advertisement_that_it_has_none() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("omron-cuff")
        cuff.clock.lose()
        cuff.store(1)
        _, adverts = (await room.scan())[cuff.address]
        assert adverts[-1].manufacturer_data[0x020E][1] & 0x44 == 0x44
        client = await room.connected(cuff)
        came: list[bytes] = []
        await client.start_notify(uuid("2A2B"), lambda _, data: came.append(bytes(data)))
        await asyncio.sleep(0.5)
        assert came == [bytes(10)]

    play(scene)


def test_what_failed_has_no_numbers_and_the_word_for_it() -> None:
    loose = Body(BODY.sample, lambda: Measurement(0, 0, 0, 0, 20.0, error=87))

    async def scene(room: Room) -> None:
        cuff = await room.cuff("and-cuff", loose)
        cuff.press_start()
        await asyncio.sleep(21)
        heard = await listen(await room.connected(cuff), "and-cuff")
        await asyncio.sleep(0.5)
        (failed,) = pressures(heard)
        assert failed.systolic_mmhg is failed.diastolic_mmhg is failed.mean_mmhg is None
        assert failed.status == ("cuff_too_loose",)

    play(scene)


def test_status_words_go_with_the_reading() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("medisana-cuff")
        cuff.say_next("irregular_pulse")
        cuff.press_start()
        await asyncio.sleep(31)
        heard = await listen(await room.connected(cuff), "medisana-cuff")
        await asyncio.sleep(0.5)
        assert [reading.status for reading in pressures(heard)] == [("irregular_pulse",)]

    play(scene)


def test_a_cuff_that_stays_connected_shows_its_inflation() -> None:
    async def scene(room: Room) -> None:
        cuff = await room.cuff("sig-cuff")
        client = await room.connected(cuff)
        heard = await listen(client, "sig-cuff")
        came: list[CuffPressure] = []
        await client.start_notify(uuid("2A36"), lambda _, data: came.append(CuffPressure(data[1])))
        cuff.press_start()
        await asyncio.sleep(31)
        assert len(came) > 50
        assert [r.systolic_mmhg for r in pressures(heard)] == [142]
        assert client.is_connected
        await client.disconnect()

    play(scene)
