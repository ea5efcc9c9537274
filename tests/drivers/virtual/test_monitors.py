"""Virtual monitors and the PAR cuff, through the link and decoder that a session would use."""

import asyncio
from collections.abc import Callable

import pytest

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.protocols import berry_pm6750, par_nibp
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    HeartRate,
    Oximetry,
    Reading,
    Rejected,
    Respiration,
)
from ketamon_drivers.virtual.by_family import (
    MAKERS,
    Body,
    NoVirtualDeviceError,
    virtual_device,
)
from ketamon_drivers.virtual.media import PipeMedium
from ketamon_drivers.virtual.monitors import CUFF_EVERY_S, FIRST_CUFF_S, Monitor
from ketamon_drivers.virtual.par_cuff import VirtualParCuff
from ketamon_drivers.virtual.suntech_cuff import Measurement
from tests.drivers.links.scene import Told, listen

GOOD = Measurement(142, 88, 106, 77, duration_s=30.0)
LEAK = Measurement(0, 0, 0, 0, 30.0, error=87)
WITH_CUFF = ("ge-dri", "berry-pm6750")


def lives(
    name: str,
    seconds: float,
    act: Callable[[PipeMedium], None] = lambda _medium: None,
    measure: Callable[[], Measurement] = lambda: GOOD,
    sample: Callable[[], Oximetry] = lambda: Oximetry(96.6, 129.5),
) -> Told:
    """Runs a device of this family and its link."""
    told = Told()

    async def scene() -> None:
        family = FAMILIES[name]
        assert family.line is not None
        body = Body(sample, measure, heart_rate=lambda: 71.6, breaths=lambda: 13.7)
        medium = PipeMedium(virtual_device(family, body), baud=family.line.baud)
        link, _ = listen(medium, family, told)
        task = asyncio.get_running_loop().create_task(link.run())
        act(medium)
        await asyncio.sleep(seconds)
        task.cancel()
        await medium.close()

    run(scene(), VirtualLoop())
    assert not [reading for _, reading in told.readings if isinstance(reading, Rejected)]
    return told


def all_of(told: Told, kind: type[Reading]) -> list[tuple[float, Reading]]:
    return [(t, reading) for t, reading in told.readings if isinstance(reading, kind)]


def later(seconds: float, call: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_later(seconds, call)


@pytest.mark.parametrize("name", WITH_CUFF)
def test_a_monitor_gives_all_vitals_at_its_cadence(name: str) -> None:
    told = lives(name, 60)
    cadence = FAMILIES[name].cadence_s
    assert cadence is not None
    assert [state for _, state in told.states] == ["streaming"]
    for kind, values in (
        (Oximetry, {(97, 130)}),
        (HeartRate, {(72,)}),
        (Respiration, {(14,)}),
    ):
        found = all_of(told, kind)  # type: ignore[arg-type]
        assert len(found) == pytest.approx(60 / cadence, abs=1)
        seen = {tuple(v for v in (getattr(r, f, None) for f in r.__struct_fields__) if isinstance(v, int) and not isinstance(v, bool)) for _, r in found[1:]}  # fmt: skip
        assert seen == values


@pytest.mark.parametrize("name", WITH_CUFF)
def test_a_monitors_cuff_measures_by_itself_and_each_result_is_told_once(name: str) -> None:
    told = lives(name, FIRST_CUFF_S + CUFF_EVERY_S + 50)
    results = all_of(told, BloodPressure)
    assert len(results) == 2
    for number, (t, result) in enumerate(results):
        assert isinstance(result, BloodPressure)
        assert (result.systolic_mmhg, result.diastolic_mmhg, result.mean_mmhg) == (142, 88, 106)
        assert result.status == ()
        ended = FIRST_CUFF_S + number * CUFF_EVERY_S + 30
        assert ended <= t <= ended + 11


@pytest.mark.parametrize("name", WITH_CUFF)
def test_a_finger_that_is_out_gives_no_values(name: str) -> None:
    told = lives(name, 40, sample=lambda: Oximetry(status=("sensor_off",)))
    readings = all_of(told, Oximetry)
    assert readings
    assert {r.spo2_pct for _, r in readings if isinstance(r, Oximetry)} == {None}


@pytest.mark.parametrize("name", [*WITH_CUFF, "par-nibp"])
def test_silence_and_unplugging_end_and_readings_come_back(name: str) -> None:
    def act(medium: PipeMedium) -> None:
        for t, call in ((60, medium.stall), (120, medium.resume), (200, medium.unplug),
                        (201, medium.replug)):  # fmt: skip
            later(t, call)

    told = lives(name, 260, act)
    states = [state for t, state in told.states if t > 60]
    assert states == ["silent", "streaming", "lost", "opening", "streaming"]
    back = next(t for t, state in told.states if t > 120 and state == "streaming")
    assert back - 120 <= 15


def test_a_board_says_nothing_before_it_is_told_to() -> None:
    said: list[bytes] = []

    async def scene() -> None:
        device = virtual_device(FAMILIES["berry-pm6750"], Body(Oximetry, lambda: GOOD))
        device.attach(said.append)
        task = asyncio.get_running_loop().create_task(device.run())
        await asyncio.sleep(5)
        assert said == []
        device.received(b"\x55" + berry_pm6750.COMMANDS["enable_spo2"][:3])
        device.received(berry_pm6750.COMMANDS["enable_spo2"][3:])
        await asyncio.sleep(2)
        task.cancel()

    run(scene(), VirtualLoop())
    assert said


def test_a_board_is_started_and_stopped_by_command_and_by_hand() -> None:
    def act(medium: PipeMedium) -> None:
        device = medium.device
        assert isinstance(device, Monitor)
        later(100, lambda: device.received(berry_pm6750.COMMANDS["start_nibp"]))
        later(110, lambda: device.received(berry_pm6750.COMMANDS["stop_nibp"]))
        later(150, device.press_start)

    told = lives("berry-pm6750", 200, act)
    pressing = [
        t for t, r in all_of(told, CuffPressure)
        if isinstance(r, CuffPressure) and (r.pressure_mmhg or 0) > 30
    ]  # fmt: skip
    assert [any(a <= t < b for t in pressing) for a, b in ((100, 110), (112, 149), (150, 180))] == [
        True, False, True
    ]  # fmt: skip


def test_a_pressure_that_has_no_byte_is_a_failed_measurement() -> None:
    told = lives("berry-pm6750", 60, measure=lambda: Measurement(260, 130, 170, 90, 20))
    ((_, failed),) = all_of(told, BloodPressure)
    assert isinstance(failed, BloodPressure)
    assert "cuff_error" in failed.status
    assert failed.systolic_mmhg is None


@pytest.mark.parametrize("name", ["berry-pm6750", "par-nibp"])
def test_a_leak_is_told_in_the_protocols_words(name: str) -> None:
    def act(medium: PipeMedium) -> None:
        device = medium.device
        assert isinstance(device, Monitor | VirtualParCuff)
        later(20, device.press_start)

    told = lives(name, 80, act, measure=lambda: LEAK)
    failed = [r for _, r in all_of(told, BloodPressure) if isinstance(r, BloodPressure)]
    assert {"cuff_error", "cuff_too_loose", "invalid"} == set(failed[-1].status)


def test_a_par_cuff_shows_its_pressure_and_gives_its_result_once() -> None:
    def act(medium: PipeMedium) -> None:
        device = medium.device
        assert isinstance(device, VirtualParCuff)
        later(20, device.press_start)
        later(25, device.press_start)  # it measures already
        later(100, lambda: device.received(par_nibp.COMMANDS["start_manual"]))
        later(200, device.press_start)
        later(210, device.press_stop)

    told = lives("par-nibp", 300, act)
    results = [(t, r) for t, r in all_of(told, BloodPressure)]
    assert [r for _, r in results] == [BloodPressure(142, 88, 106, "mmHg", 77)] * 2
    assert 50 <= results[0][0] <= 56
    assert 130 <= results[1][0] <= 136
    assert len(all_of(told, CuffPressure)) == pytest.approx(2 * 60 + 20, abs=4)
    assert [state for _, state in told.states] == ["streaming"]


def test_a_family_without_a_virtual_device_is_told() -> None:
    with pytest.raises(NoVirtualDeviceError, match="and-cuff: there is no virtual device"):
        virtual_device(FAMILIES["and-cuff"], Body(Oximetry, lambda: GOOD))


def test_every_maker_is_of_a_protocol_that_a_serial_family_speaks() -> None:
    assert MAKERS.keys() <= {family.protocol for family in FAMILIES.values() if family.line}
