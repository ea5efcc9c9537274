"""Virtual oximeters of every serial family: what their own protocol's decoder makes of them."""

import asyncio
from collections.abc import Callable

import pytest

from ketamon_drivers.catalog import FAMILIES, Family, protocol_of
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.protocols import contec_v7
from ketamon_drivers.readings import DeviceInfo, Oximetry, Pleth, Reading, Rejected, Reply
from ketamon_drivers.virtual.by_family import has_virtual_device
from ketamon_drivers.virtual.media import PipeMedium
from ketamon_drivers.virtual.streaming_oximeter import VirtualStreamingOximeter
from tests.drivers.links.scene import Told, listen, now

STREAMING = sorted(
    name
    for name, family in FAMILIES.items()
    if family.line is not None and family.role == "oximeter" and family.frames_per_s is not None
)


NOON = "2026-01-01T12:00:00"


def lives(
    family: Family,
    sample: Callable[[], Oximetry],
    seconds: float,
    act: Callable[[PipeMedium], None] = lambda _medium: None,
) -> Told:
    """Runs a device of this family and the link to it for so long."""
    told = Told()

    async def scene() -> None:
        assert family.line is not None
        device = VirtualStreamingOximeter(family, sample)
        medium = PipeMedium(device, baud=family.line.baud)
        link, _ = listen(medium, family, told)
        task = asyncio.get_running_loop().create_task(link.run())
        act(medium)
        await asyncio.sleep(seconds)
        task.cancel()
        await medium.close()

    run(scene(), VirtualLoop())
    return told


def readings(told: Told) -> list[Reading]:
    return [reading for _, reading in told.readings]


def test_every_serial_family_has_a_virtual_device() -> None:
    missing = [f.name for f in FAMILIES.values() if f.line and not has_virtual_device(f)]
    assert missing == []


@pytest.mark.parametrize("name", STREAMING)
def test_what_the_finger_gives_arrives_once_a_second(name: str) -> None:
    family = FAMILIES[name]
    told = lives(family, lambda: Oximetry(96.6, 129.5), 30.5)
    assert [state for _, state in told.states] == ["streaming"]
    assert family.cadence_s is not None
    seen = [reading for reading in readings(told) if isinstance(reading, Oximetry)]
    assert {(r.spo2_pct, r.pulse_rate_per_min) for r in seen} == {(97, 130)}
    assert len(seen) == pytest.approx(30 / family.cadence_s, abs=2)
    assert not any(isinstance(reading, Rejected) for reading in readings(told))


@pytest.mark.parametrize("name", STREAMING)
def test_frames_come_as_often_as_the_family_says(name: str) -> None:
    family = FAMILIES[name]
    told = lives(family, lambda: Oximetry(97, 72), 20.25)
    frames = sum(len(data) for _, data in told.raw) / (
        family.frame_bytes or len(protocol_of(family).encode(Oximetry(97, 72, device_time=NOON)))
    )
    assert family.frames_per_s is not None
    assert frames == pytest.approx(20 * family.frames_per_s, rel=0.1)


@pytest.mark.parametrize("name", STREAMING)
def test_a_finger_that_is_out_gives_no_values_and_comes_back(name: str) -> None:
    out = {"is_out": False}

    def sample() -> Oximetry:
        return Oximetry(status=("sensor_off",)) if out["is_out"] else Oximetry(97, 72, 2.5)

    def act(_medium: PipeMedium) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(10, out.update, {"is_out": True})
        loop.call_later(20, out.update, {"is_out": False})

    told = lives(FAMILIES[name], sample, 32, act)
    at = [(t, r) for t, r in told.readings if isinstance(r, Oximetry)]
    assert all(r.spo2_pct == 97 for t, r in at if t < 10 or t > 23)
    middle = [r for t, r in at if 13 < t < 20]
    assert middle
    assert {r.spo2_pct for r in middle} == {r.pulse_rate_per_min for r in middle} == {None}


@pytest.mark.parametrize("name", STREAMING)
def test_words_that_a_protocol_has_no_bit_for_are_left_out(name: str) -> None:
    words = ("low_perfusion", "motion", "questionable", "sensor_fault")
    told = lives(FAMILIES[name], lambda: Oximetry(97, 72, 0.1234, status=words[:3]), 5)
    assert any(isinstance(reading, Oximetry) for reading in readings(told))


@pytest.mark.parametrize("name", STREAMING)
def test_silence_and_unplugging_end_and_readings_come_back(name: str) -> None:
    def act(medium: PipeMedium) -> None:
        loop = asyncio.get_running_loop()
        for t, call in ((10, medium.stall), (30, medium.resume), (60, medium.unplug),
                        (61, medium.replug)):  # fmt: skip
            loop.call_later(t, call)

    family = FAMILIES[name]
    told = lives(family, lambda: Oximetry(97, 72), 80, act)
    after = [(t, s) for t, s in told.states if t > 10]
    assert [s for _, s in after] == ["silent", "streaming", "lost", "opening", "streaming"]
    assert after[0][0] <= 10 + family.silent_after_s + 2
    last = [t for t, r in told.readings if isinstance(r, Oximetry)]
    back = next(t for t in last if t > 30)
    assert back <= 45
    assert last[-1] > 75


def test_the_pulse_wave_beats() -> None:
    for name in ("contec-5byte", "contec-v7", "berry-usb"):
        told = lives(FAMILIES[name], lambda: Oximetry(97, 60), 5)
        (wave, *_) = [r for r in readings(told) if isinstance(r, Pleth)]
        assert max(wave.samples) - min(wave.samples) > 80


class TestContecV7:
    """What the V7 device does when it is told to."""

    family = FAMILIES["contec-v7"]

    def device(self) -> tuple[VirtualStreamingOximeter, list[tuple[float, bytes]]]:
        said: list[tuple[float, bytes]] = []
        device = VirtualStreamingOximeter(self.family, lambda: Oximetry(97, 72))
        device.attach(lambda data: said.append((now(), data)))
        return device, said

    def test_streams_only_while_it_is_kept_alive(self) -> None:
        device, said = self.device()

        async def scene() -> None:
            loop = asyncio.get_running_loop()
            task = loop.create_task(device.run())
            loop.call_later(2, device.received, contec_v7.COMMANDS["start_realtime"])
            loop.call_later(9, device.received, contec_v7.COMMANDS["keep_alive"])
            await asyncio.sleep(60)
            task.cancel()

        run(scene(), VirtualLoop())
        times = [t for t, _ in said]
        assert 2 <= times[0] < 2.1
        assert 18.9 < times[-1] <= 19.1

    def test_answers_what_it_is_asked_however_it_is_cut(self) -> None:
        asked = b"".join(
            contec_v7.COMMANDS[name]
            for name in ("ask_device_id", "ask_perfusion_index_support", "stop_realtime")
        ) + contec_v7.command(0xA3)

        async def scene(cut: int) -> list[Reading]:
            device, said = self.device()
            device.received(b"\xff\x00" + asked[:cut])
            device.received(asked[cut:])
            decoder = protocol_of(self.family).decoder()
            return decoder.feed(b"".join(data for _, data in said))

        for cut in (0, 1, 9, 14, len(asked)):
            answers = run(scene(cut), VirtualLoop())
            assert answers == [
                DeviceInfo(model="SIM-50"),
                Reply("ask_perfusion_index_support", True, "yes"),
                Reply("stop_realtime", True, "stopped"),
                Reply("23", False, "not supported"),
            ]
