"""Each fault of device, air and adapter does what it says, as bleak shows it."""

import asyncio

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.readings import HeartRate, Oximetry, Rejected
from ketamon_drivers.virtual.radio.strap import SLEEPS_AFTER_S, StrapDevice
from ketamon_drivers.virtual.radio.streams import PressedDevice
from tests.drivers.virtual.radio.room import Room, listen, now, play, uuid


def test_a_stall_is_silence_on_a_link_that_stands() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        heard = await listen(client, "sig-oximeter")
        await asyncio.sleep(3.5)
        oximeter.stall()
        before = len(heard.packets)
        await asyncio.sleep(60)
        assert len(heard.packets) == before > 2
        assert client.is_connected
        oximeter.resume()
        await asyncio.sleep(3.5)
        assert len(heard.packets) >= before + 3
        await client.disconnect()

    play(scene)


def test_a_drop_is_told_at_once_and_fails_what_waits() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        oximeter.radio.delay_s = 5
        asyncio.get_running_loop().call_later(1, oximeter.drop)
        began_s = now()
        with pytest.raises(BleakError, match="disconnected"):
            await client.read_gatt_char(uuid("2A19"))
        assert now() == began_s + 1
        assert room.gone == [began_s + 1]
        assert not client.is_connected

    play(scene)


def test_out_of_range_ends_the_link_after_the_supervision_time_and_a_short_gap_loses_nothing() -> (
    None
):
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        heard = await listen(client, "sig-oximeter")
        await asyncio.sleep(0.65)  # so that it is away whenever it speaks
        for _ in range(10):
            oximeter.out_of_range()
            await asyncio.sleep(0.5)
            oximeter.in_range()
            await asyncio.sleep(0.5)
        assert len(heard.packets) >= 9
        oximeter.out_of_range()
        away_s = now()
        await asyncio.sleep(2)
        assert room.gone == [pytest.approx(away_s + 0.72)]
        assert await room.scan(5) == {}
        oximeter.in_range()
        assert list(await room.scan()) == [oximeter.address]

    play(scene)


def test_a_hushed_device_leaves_a_link_that_only_the_host_believes_in() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        oximeter.radio.is_hushed = True
        await asyncio.sleep(10)
        assert client.is_connected
        oximeter.radio.is_hushed = False

    play(scene)


def test_packets_of_a_wrong_length_are_rejected() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        heard = await listen(client, "sig-oximeter")
        oximeter.cut_next(3, 2)
        await asyncio.sleep(6.5)
        kinds = [type(reading) for _, reading in heard.readings]
        assert kinds[:3] == [Rejected] * 3
        assert set(kinds[3:]) == {Oximetry}
        await client.disconnect()

    play(scene)


def test_damaged_packets_of_a_protocol_with_a_checksum_give_no_value() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter("viatom-pc60")
        client = await room.connected(oximeter)
        heard = await listen(client, "viatom-pc60")
        await asyncio.sleep(3)
        before = len(heard.readings)
        oximeter.corrupt_next(10**6)
        await asyncio.sleep(5)
        assert {type(r) for _, r in heard.readings[before + 1 :]} <= {Rejected}
        oximeter.corrupt_next(0)
        await asyncio.sleep(5)
        assert Oximetry in {type(reading) for _, reading in heard.readings[-5:]}
        await client.disconnect()

    play(scene)


def test_a_gatt_error_on_a_characteristic_is_typed() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        oximeter.fail_characteristic("2A19", 0x0E)
        oximeter.fail_characteristic("2A5F", 0x80)
        client = await room.connected(oximeter)
        with pytest.raises(BleakGATTProtocolError) as failed:
            await client.read_gatt_char(uuid("2A19"))
        assert failed.value.code == 0x0E
        with pytest.raises(BleakGATTProtocolError) as failed:
            await listen(client, "sig-oximeter")
        assert failed.value.code == 0x80
        oximeter.fail_characteristic("2A5F", None)
        await listen(client, "sig-oximeter")
        await client.disconnect()

    play(scene)


def test_a_twin_has_the_name_and_another_address() -> None:
    async def scene(room: Room) -> None:
        await room.device("medisana-cuff", number=0)
        first = await room.device("sig-oximeter")
        second = await room.device("sig-oximeter", number=1)
        heard = await room.scan()
        assert set(heard) == {first.address, second.address}
        assert len({device.name for device, _ in heard.values()}) == 1

    play(scene)


def test_rssi_fades_and_advertisements_get_lost() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        _, usual = (await room.scan(5))[oximeter.address]
        oximeter.radio.rssi_dbm, oximeter.radio.advert_loss = -94, 0.9
        _, faded = (await room.scan(5))[oximeter.address]
        assert {data.rssi for data in faded} == {-94}
        assert 0 < len(faded) < len(usual) / 4

    play(scene)


def test_who_cannot_connect_is_told_so_and_can_try_again() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        found = await room.found(oximeter)
        oximeter.radio.refuses_connects = True
        with pytest.raises(BleakError):
            await room.client(found).connect()
        oximeter.radio.refuses_connects = False
        oximeter.out_of_range()
        began_s = now()
        with pytest.raises(TimeoutError):
            await room.client(found, timeout_s=4).connect()
        assert now() == began_s + 4
        oximeter.in_range()
        client = room.client(found)
        await client.connect()
        assert client.is_connected
        room.central.most_connections = 1
        second = await room.oximeter("jumper")
        with pytest.raises(BleakError, match="connection limit"):
            await room.connected(second)
        await client.disconnect()

    play(scene)


def test_an_address_that_nobody_has_is_not_found() -> None:
    async def scene(room: Room) -> None:
        found = await room.found(await room.oximeter())
        found.address = "F0:00:00:00:00:01"
        with pytest.raises(BleakDeviceNotFoundError):
            await room.client(found, timeout_s=3).connect()

    play(scene)


def test_an_adapter_that_is_off_says_so_and_takes_links_and_scans_with_it() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        scanned: list[str] = []
        scanner = room.radio.scanner(lambda device, _data: scanned.append(device.address))
        await scanner.start()
        room.central.switch_off()
        assert not client.is_connected
        assert len(room.gone) == 1
        with pytest.raises(BleakBluetoothNotAvailableError) as off:
            await room.scan()
        assert off.value.reason == BleakBluetoothNotAvailableReason.POWERED_OFF
        room.central.switch_on()
        scanned.clear()
        await asyncio.sleep(3)
        assert list(await room.scan()) == [oximeter.address]
        assert scanned == []  # as with a real service: who scans must begin anew
        await scanner.stop()
        assert (await room.connected(oximeter)).is_connected

    play(scene)


def test_the_battery_is_told_to_who_asked_for_it() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.oximeter()
        client = await room.connected(oximeter)
        told: list[int] = []
        await client.start_notify(uuid("2A19"), lambda _, data: told.append(data[0]))
        await oximeter.set_battery(8)
        await asyncio.sleep(0.1)
        assert told == [8]
        await client.disconnect()

    play(scene)


def test_what_comes_from_memory_is_marked_so() -> None:
    async def scene(room: Room) -> None:
        oximeter = await room.device("sig-oximeter")
        client = await room.connected(oximeter)
        heard = await listen(client, "sig-oximeter")
        oximeter.store(20)  # type: ignore[attr-defined]
        await asyncio.sleep(0.5)
        marked = [r for _, r in heard.readings if isinstance(r, Oximetry) and r.status]
        assert [r.status for r in marked] == [("from_storage",)] * 20
        await client.disconnect()

    play(scene)


def test_contec_stops_without_its_heartbeat() -> None:
    async def scene(room: Room) -> None:
        client = await room.connected(await room.oximeter("contec-ff12"))
        heard = await listen(client, "contec-ff12")
        await asyncio.sleep(3)
        assert heard.packets == []
        for command in FAMILIES["contec-ff12"].start:
            await heard.send(command)
        await asyncio.sleep(20)
        assert 3 <= len(heard.packets) <= 5
        await client.disconnect()

    play(scene)


def test_a_strap_without_contact_gives_no_rate_and_hangs_up() -> None:
    async def scene(room: Room) -> None:
        strap = await room.device("sig-strap")
        assert isinstance(strap, StrapDevice)
        client = await room.connected(strap)
        heard = await listen(client, "sig-strap")
        await asyncio.sleep(5)
        strap.loosen()
        loose_s = now()
        await asyncio.sleep(SLEEPS_AFTER_S + 5)
        rates = [(t, r) for t, r in heard.readings if isinstance(r, HeartRate)]
        assert {r.heart_rate_per_min for t, r in rates if t > loose_s + 1} == {None}
        assert {r.contact for t, r in rates if t > loose_s + 1} == {False}
        assert room.gone == [pytest.approx(loose_s + SLEEPS_AFTER_S, abs=0.1)]
        assert await room.scan() == {}
        strap.tighten()
        assert list(await room.scan()) == [strap.address]

    play(scene)


def test_a_bp2_refuses_what_nobody_may_send_and_is_started_by_its_button_alone() -> None:
    async def scene(room: Room) -> None:
        device = await room.device("viatom-bp2")
        assert isinstance(device, PressedDevice)
        client = await room.connected(device)
        heard = await listen(client, "viatom-bp2")
        for opcode in (0x04, 0x0A, 0xE3):
            await heard.send(bytes([0xA5, opcode, opcode ^ 0xFF, 0, 0, 0, 0, 0]))
        await asyncio.sleep(1)
        assert device.cuff.refused == [0x04, 0x0A, 0xE3]
        assert not device.cuff.is_measuring
        assert heard.packets == []
        await client.disconnect()

    play(scene)
