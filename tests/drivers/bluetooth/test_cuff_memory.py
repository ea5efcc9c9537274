"""A cuff that tells its whole memory to whoever connects: none of it is of now, and none is lost."""

import asyncio

import pytest

from ketamon.vitals import TECHNICAL
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.radio.cuffs import VirtualCuff
from ketamon_drivers.virtual.radio.streams import SigOximeterDevice
from tests.drivers.bluetooth.chair import BluetoothChair, Path, at_a_chair
from tests.drivers.bluetooth.private_bus import needs_dbus

PATHS = [
    pytest.param("A", id="virtual radio"),
    pytest.param("B", id="BlueZ", marks=[needs_dbus, pytest.mark.slow]),
]
STORED = 20
MEASURED = (142, 88)


async def cuff_at(chair: BluetoothChair, family: str = "and-cuff") -> VirtualCuff:
    """A cuff that is bound, and in pairing mode as it is when it is new."""
    cuff = await chair.device("cuff", family)
    assert isinstance(cuff, VirtualCuff)
    cuff.pairing_mode()
    chair.bind("cuff", family)
    return cuff


def live(chair: BluetoothChair) -> list[tuple[object, object]]:
    """The pressures that count."""
    return [
        (reading.systolic_mmhg, reading.diastolic_mmhg)
        for reading in chair.pressures()
        if "from_storage" not in reading.status
    ]


@pytest.mark.parametrize("path", PATHS)
def test_twenty_stored_records_are_history_and_alarm_on_nothing(path: Path) -> None:
    async def act(chair: BluetoothChair) -> None:
        cuff = await cuff_at(chair)
        cuff.store(STORED)
        await chair.wait_for(lambda: len(chair.pressures()) >= STORED, 30)
        await asyncio.sleep(3)
        assert not cuff.records

    chair = at_a_chair(path, act)
    assert len(chair.pressures()) == STORED
    assert live(chair) == []
    assert chair.alarms() <= TECHNICAL.keys()


@pytest.mark.parametrize("path", PATHS)
def test_what_is_measured_now_counts_beside_a_full_memory(path: Path) -> None:
    async def act(chair: BluetoothChair) -> None:
        cuff = await cuff_at(chair)
        cuff.store(STORED)
        await chair.wait_for(lambda: len(chair.pressures()) >= STORED, 30)
        await asyncio.sleep(3)
        cuff.store(3)
        cuff.press_start()
        await chair.wait_for(lambda: live(chair), 60)

    chair = at_a_chair(path, act)
    assert live(chair) == [MEASURED]


@pytest.mark.parametrize("path", PATHS)
def test_a_link_that_drops_amid_the_memory_gives_nothing_twice_and_nothing_as_of_now(
    path: Path,
) -> None:
    async def act(chair: BluetoothChair) -> None:
        cuff = await cuff_at(chair)
        cuff.store(STORED)
        cuff.radio.delay_s = 0.01
        await chair.wait_for(lambda: len(cuff.records) <= STORED - 3, 30)
        cuff.drop()
        await chair.wait_for(lambda: not cuff.records, 60)
        await asyncio.sleep(3)

    chair = at_a_chair(path, act)
    told = [(r.device_time, r.systolic_mmhg, r.diastolic_mmhg) for r in chair.pressures()]
    assert len(told) == len(set(told)) == STORED
    assert live(chair) == []


def test_a_memory_with_a_clock_that_was_never_set_counts_for_nothing() -> None:
    async def act(chair: BluetoothChair) -> None:
        cuff = await cuff_at(chair)
        cuff.clock.lose()
        cuff.store(STORED)
        await chair.wait_for(lambda: not cuff.records, 60)
        await asyncio.sleep(5)

    chair = at_a_chair("A", act)
    assert live(chair) == []
    assert chair.alarms() <= TECHNICAL.keys()


def test_an_oximeters_memory_amid_its_stream_is_never_the_patients_saturation() -> None:
    async def act(chair: BluetoothChair) -> None:
        oximeter = await chair.streaming()
        assert isinstance(oximeter, SigOximeterDevice)
        oximeter.store(STORED)
        await chair.wait_for(lambda: len(stored(chair)) == STORED, 5)
        await asyncio.sleep(30)
        assert chair.shown("spo2", chair.now_s).value == 97

    chair = at_a_chair("A", act)
    assert {r.spo2_pct for _, r in chair.readings() if "from_storage" not in r.status} == {97}
    assert chair.alarms() <= TECHNICAL.keys()


def stored(chair: BluetoothChair) -> list[Oximetry]:
    """What the oximeter sent from its memory."""
    return [reading for _, reading in chair.readings() if "from_storage" in reading.status]
