"""The room over its wires: patient, devices, faults; the same bytes each time, and fast."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import pytest

from ketamon.training.demo_patient import DEMO_SEED, demo_patient
from ketamon.training.room import Room
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.readings import BloodPressure, Oximetry, Rejected
from tests.training.host import Host
from tests.training.people import typical
from tests.training.test_probe import QUIET

DEMO_PEAK_S = 1400


def in_room(
    act: Callable[[Host], Awaitable[None]],
    *,
    seed: int = QUIET,
    cuff_on_probe_arm: bool = False,
    truth_log: Callable[[str], None] | None = None,
    demo: bool = False,
) -> Host:
    """Lets a host act in a room on virtual time; gives the host with what it heard."""

    async def main() -> Host:
        patient = demo_patient(seed) if demo else typical(seed)
        room = Room(seed, patient=patient, cuff_on_probe_arm=cuff_on_probe_arm, truth_log=truth_log)
        host = Host(room)
        await host.open()
        log = asyncio.create_task(room.run())
        await act(host)
        log.cancel()
        await room.close()
        return host

    return run(main(), VirtualLoop())


def test_the_oximeter_sends_one_frame_a_second_near_the_truth() -> None:
    async def act(host: Host) -> None:
        await host.until(60.5)

    samples = in_room(act).samples()
    assert len(samples) == 61
    assert all(abs((sample.spo2_pct or 97) - 97.3) < 3 for sample in samples)
    assert all(abs((sample.pulse_rate_per_min or 74) - 74) < 8 for sample in samples)


def test_the_cuff_measures_the_patient_of_the_moment() -> None:
    results: list[BloodPressure] = []

    async def act(host: Host) -> None:
        results.append(await host.measure())
        host.room.start_infusion(mg_per_kg=2.0, minutes=10)
        await host.until(900)
        results.append(await host.measure())

    in_room(act)
    before, during = (result.systolic_mmhg or 0 for result in results)
    assert before == pytest.approx(124, abs=20)
    assert during > before + 8


def test_a_pump_that_is_stopped_stops() -> None:
    effects = {}

    async def act(host: Host) -> None:
        host.room.start_infusion()
        await host.until(600)
        host.room.stop_infusion()
        await host.until(2400)
        effects["now"] = host.room.truth().effect_ng_per_ml

    in_room(act)
    assert 0 < effects["now"] < 40


def scripted(seed: int) -> Host:
    """Forty minutes of the demo with a cuff cycle every five and one of each fault."""

    async def act(host: Host) -> None:
        room = host.room
        for cycle in range(8):
            await host.until(300 * cycle)
            await host.measure()
            match cycle:
                case 1:
                    room.motion(25)
                case 2:
                    room.probe_off()
                case 3:
                    room.probe_on()
                    room.fail_cuff()
                case 5:
                    room.corrupt("oximeter", 6)
                    room.unplug("oximeter")
                case 6:
                    room.replug("oximeter")
                    await host.open("oximeter")
        await host.until(2400)

    return in_room(act, seed=seed, demo=True)


def test_the_same_seed_gives_the_same_bytes_at_the_same_times() -> None:
    one, other = scripted(DEMO_SEED), scripted(DEMO_SEED)
    assert len(one.wire) > 1500
    assert one.wire == other.wire
    assert one.fingerprint == other.fingerprint


def test_another_seed_gives_other_bytes() -> None:
    assert scripted(DEMO_SEED).fingerprint != scripted(DEMO_SEED + 1).fingerprint


def test_two_hours_with_both_devices_pass_a_thousand_times_as_fast_as_real_ones() -> None:
    async def act(host: Host) -> None:
        for cycle in range(24):
            await host.until(300 * cycle)
            await host.measure()
        await host.until(7200)

    begun = time.perf_counter()
    host = in_room(act, demo=True)
    assert len(host.samples()) == 7200
    assert time.perf_counter() - begun < 7.2


@pytest.mark.parametrize("second_s", [90, 120, 180, 240, 270, 300])
def test_the_demos_pressure_crosses_160_at_its_second_reading(second_s: float) -> None:
    readings: list[tuple[float, float]] = []

    async def act(host: Host) -> None:
        for start in (0, second_s, 600, 900):
            await host.until(start)
            result = await host.measure()
            readings.append((asyncio.get_running_loop().time(), float(result.systolic_mmhg or 0)))

    in_room(act, seed=DEMO_SEED, demo=True)
    (first_s, first), (crossed_s, crossed), *later = readings
    assert 150 <= first <= 158
    assert first_s < 32
    assert 163 <= crossed < 180
    assert crossed_s < second_s + 35
    assert all(161 < systolic < 180 for _, systolic in later)


def test_the_demos_first_quarter_of_an_hour_has_no_other_trouble() -> None:
    async def act(host: Host) -> None:
        for start in range(0, 900, 300):
            await host.until(start)
            result = await host.measure()
            assert 80 <= (result.diastolic_mmhg or 0) < 100
        await host.until(900)

    samples = in_room(act, seed=DEMO_SEED, demo=True).samples()
    assert {sample.status for sample in samples} == {()}
    assert all(95 <= sample.spo2_pct <= 100 for sample in samples if sample.spo2_pct is not None)
    rates = [s.pulse_rate_per_min for s in samples if s.pulse_rate_per_min is not None]
    assert all(60 < rate < 105 for rate in rates)


def test_the_demos_truth_rises_through_160_and_stays_under_180() -> None:
    patient = demo_patient()
    assert patient.person.sys_mmhg == 128
    assert 150 < patient.at(0).sys_mmhg < 158
    assert 160 < patient.at(300).sys_mmhg < 165
    assert max(patient.at(t).sys_mmhg for t in range(0, 3600, 5)) < 180


def test_a_probe_that_falls_off_and_comes_back_is_seen_on_the_wire() -> None:
    async def act(host: Host) -> None:
        await host.until(10.5)
        host.room.probe_off()
        await host.until(20.5)
        host.room.probe_on()
        await host.until(30.5)

    host = in_room(act)
    assert set(host.samples(10.6, 20.4)) == {Oximetry(status=("sensor_off",))}
    assert host.samples(9, 10.4)[0].spo2_pct is not None
    assert host.samples(29, 30.4)[0].spo2_pct is not None


def test_motion_reaches_finger_and_cuff() -> None:
    failed = {}
    for moving in (False, True):
        failed[moving] = 0
        for seed in range(40):

            async def act(host: Host, moving: bool = moving) -> None:
                await host.until(20.5)
                if moving:
                    host.room.motion(200)
                result = await host.measure()
                failed[moving] += result.systolic_mmhg is None
                await host.until(100)

            host = in_room(act, seed=seed)
            assert not moving or "motion" in host.samples(30, 99)[0].status
    assert failed[True] > failed[False] + 3


def test_failures_of_the_cuff_are_told_by_the_module() -> None:
    results = []

    async def act(host: Host) -> None:
        host.room.fail_cuff(times=2, error=87)
        for _ in range(3):
            results.append(await host.measure())

    in_room(act)
    assert [result.status for result in results] == [
        ("cuff_error", "cuff_too_loose", "invalid"), ("cuff_error", "cuff_too_loose", "invalid"), (),
    ]  # fmt: skip


def test_a_stalled_device_is_silent_and_comes_back_without_a_word() -> None:
    async def act(host: Host) -> None:
        await host.until(10.5)
        host.room.stall("oximeter")
        await host.until(30.5)
        host.room.resume("oximeter")
        await host.until(40.5)
        assert host.closed == []

    host = in_room(act)
    assert len(host.samples(0, 10.5)) == 11
    assert host.samples(10.5, 30.5) == []
    assert len(host.samples(30.5)) == 10


@pytest.mark.parametrize("device", ["cuff", "oximeter"])
def test_an_unplugged_device_is_gone_until_it_is_plugged_in_again(device: str) -> None:
    async def act(host: Host) -> None:
        await host.until(10.5)
        host.room.unplug(device)
        await host.until(20.5)
        assert len(host.closed) == 1
        with pytest.raises(OSError, match="unplugged"):
            await host.open(device)
        host.room.replug(device)
        await host.open(device)
        await host.measure()

    host = in_room(act)
    assert len(host.samples(10.6, 20.4)) == (10 if device == "cuff" else 0)
    assert host.samples(21)


def test_turned_over_bytes_cost_what_they_touch_and_no_more() -> None:
    async def act(host: Host) -> None:
        await host.until(5.5)
        host.room.corrupt("oximeter", 2)
        await host.until(20.5)

    host = in_room(act)
    assert 19 <= len(host.samples()) < 21
    assert len(host.samples()) + sum(isinstance(r, Rejected) for _, r in host.readings) <= 21


def test_a_cuff_on_the_probes_arm_takes_the_signal_while_it_is_full() -> None:
    async def act(host: Host) -> None:
        await host.until(30.5)
        await host.measure()
        await host.until(100)

    other_arm, same_arm = in_room(act), in_room(act, cuff_on_probe_arm=True)
    blank = [sample for sample in same_arm.samples(20) if sample.spo2_pct is None]
    assert len(blank) >= 10
    assert all("low_perfusion" in sample.status for sample in blank[:8])
    assert same_arm.samples(95)[0].spo2_pct is not None
    assert all(sample.spo2_pct is not None for sample in other_arm.samples(20))


def test_a_device_that_is_not_served_is_named() -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="no device strap is served here"):
            Room(1).unplug("strap")

    run(main(), VirtualLoop())


def test_the_truth_is_logged_each_second_and_changes_no_byte() -> None:
    lines: list[str] = []

    async def act(host: Host) -> None:
        await host.measure()
        await host.until(60.5)

    logged, plain = in_room(act, truth_log=lines.append), in_room(act)
    assert logged.wire == plain.wire
    truths = [json.loads(line) for line in lines]
    assert [truth["t"] for truth in truths] == list(range(61))
    assert truths[0].keys() >= {"sys", "dia", "map", "hr", "spo2", "rr", "moaas", "effect"}
    assert all(abs(truth["sys"] - 124) < 6 for truth in truths)
