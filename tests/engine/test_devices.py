"""Devices at a chair, in virtual time: what they say becomes entries, what is asked reaches them."""

import asyncio
from collections.abc import Callable

import pytest

from ketamon.core.cuff import StartCuff
from ketamon.engine.devices import Devices
from ketamon.entries import Cuff, Fault
from ketamon_drivers.links.device_link import DeviceLink, LinkChange
from ketamon_drivers.protocols.suntech import COMMANDS
from ketamon_drivers.readings import Manual
from tests.engine.chairside import Chairside, at_a_chair

START, ABORT = COMMANDS["start_adult"], COMMANDS["abort"]


def test_each_device_is_bound_to_its_role_with_what_it_is_and_can_do() -> None:
    async def bound(chair: Chairside) -> None:
        chair.bind()

    cuff, oximeter = (e for e in at_a_chair(bound).kept.of("device") if e.body.family)
    assert (cuff.device, cuff.body.family, cuff.body.identity) == ("cuff", "suntech", "pipe:cuff")
    assert (cuff.body.can_start, cuff.body.cadence_s) == (True, None)
    assert (oximeter.body.can_start, oximeter.body.cadence_s) == (None, 1.0)


def test_the_schedule_starts_the_cuff_over_the_wire_and_its_reading_alarms() -> None:
    async def scheduled(chair: Chairside) -> None:
        chair.bind()
        await chair.until(2)
        chair.systolic = 170
        chair.phase()
        await chair.until(330)

    chair = at_a_chair(scheduled)
    assert chair.cycles == [2, 302]
    assert [action for _, action in chair.did()] == ["start", "start"]
    assert [(round(t), change) for t, change in chair.changes("sys_high")] == [
        (22, "raised"),
        (142, "unanswered"),
        (322, "confirmed"),
    ]


def test_every_byte_is_kept_as_it_came() -> None:
    async def listened(chair: Chairside) -> None:
        chair.bind("oximeter")
        await chair.until(5)

    chair = at_a_chair(listened)
    raw = b"".join(data for _, device, data in chair.kept.raw if device == "oximeter")
    assert len(raw) >= 4 * len(chair.kept.of("oximetry")) > 0


def test_a_cuff_that_is_only_asked_whether_it_lives_says_nothing_of_the_patient() -> None:
    async def idle(chair: Chairside) -> None:
        chair.bind("cuff")
        await chair.until(60)

    chair = at_a_chair(idle)
    assert len(chair.to_cuff) > 5
    assert {entry.kind for entry in chair.kept.entries} == {"session", "limits", "device"}


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        (lambda medium: medium.unplug(), "lost", "plug"),
        (lambda medium: medium.stall(), "silent", "switched on"),
        (lambda medium: medium.corrupt(1000), "silent", "not nonin-df8"),
    ],
    ids=["unplugged", "silent", "another protocol"],
)
def test_a_device_that_fails_is_told_with_its_reason_and_the_session_goes_on(
    fault: Callable[[object], None], state: str, words: str
) -> None:
    async def fails(chair: Chairside) -> None:
        chair.bind()
        await chair.until(5.5)
        fault(chair.oximeter)
        await chair.until(30)
        chair.phase()
        await chair.until(60)

    chair = at_a_chair(fails)
    told = [e for e in chair.kept.of("device") if e.device == "oximeter" and e.body.state == state]
    assert words in (told[0].body.reason or "")
    assert chair.kept.of("blood_pressure")  # the other one measures on


def test_a_link_that_fails_the_same_way_again_and_again_is_told_once() -> None:
    async def fails(chair: Chairside) -> None:
        chair.bind("oximeter")
        link = chair.devices.attached["oximeter"].link
        for _ in range(5):
            link._on_change(LinkChange("lost", "it answers nonsense"))
        link._on_bytes(b"\x01")
        link._on_change(LinkChange("lost", "it answers nonsense"))

    chair = at_a_chair(fails)
    assert [state for _, state in chair.said_of("oximeter")][:2] == ["lost", "lost"]
    assert [state for _, state in chair.said_of("oximeter")].count("lost") == 2


def test_a_device_that_is_plugged_in_again_is_back() -> None:
    async def comes_back(chair: Chairside) -> None:
        chair.bind()
        await chair.until(5.5)
        chair.oximeter.unplug()
        await chair.until(20)
        chair.oximeter.replug()
        await chair.until(40)

    chair = at_a_chair(comes_back)
    assert [state for _, state in chair.said_of("oximeter")] == ["streaming", "lost", "streaming"]
    assert chair.kept.of("oximetry")[-1].t_ms > 39_000


def test_a_measurement_that_fails_says_why_and_is_tried_again_after_a_minute() -> None:
    async def loose(chair: Chairside) -> None:
        chair.cuff_error = 87
        chair.bind()
        await chair.until(2)
        chair.phase()
        await chair.until(100)

    chair = at_a_chair(loose)
    failed = [entry for entry in chair.kept.of("cuff") if entry.body.action == "failed"]
    assert "leaks" in (failed[0].body.reason or "")
    assert len(chair.cycles) == 2
    assert chair.cycles[1] - round(failed[0].t_ms / 1000) >= 60


def test_never_two_starts_within_thirty_seconds_whoever_started_before() -> None:
    async def twice(chair: Chairside) -> None:
        chair.bind()
        await chair.until(2)
        chair.take(Cuff("started"), "cuff")  # a thumb, or an engine that died since
        chair.take(Cuff("failed", "test"), "cuff")
        await chair.until(20)
        assert "again in 12 s" in (chair.devices.start_cuff("by key") or "")
        await chair.until(32.5)
        assert chair.devices.start_cuff("by key") is None

    [cycle] = at_a_chair(twice).cycles
    assert cycle in (32, 33)


def test_what_is_wanted_while_the_cuff_is_away_is_measured_when_it_is_back() -> None:
    async def away(chair: Chairside) -> None:
        chair.cuff.unplug()
        chair.bind()
        await chair.until(2)
        chair.phase()
        await chair.until(280)  # the core has asked three times, and asks no more
        chair.cuff.replug()
        await chair.until(299)

    assert [280 <= cycle < 290 for cycle in at_a_chair(away).cycles] == [True]


@pytest.mark.parametrize(
    "answered",
    [
        lambda chair: chair.take(Cuff("skipped", "asleep"), "cuff"),
        lambda chair: chair.take(Manual(systolic_mmhg=120, diastolic_mmhg=70), "person"),
        lambda chair: chair.ask("cuff", action="stop"),
    ],
    ids=["skipped", "typed", "stopped"],
)
def test_what_is_not_wanted_any_more_is_not_measured_when_the_cuff_is_back(
    answered: Callable[[Chairside], object],
) -> None:
    async def away(chair: Chairside) -> None:
        chair.cuff.unplug()
        chair.bind()
        await chair.until(2)
        chair.phase()
        await chair.until(100)
        answered(chair)
        chair.cuff.replug()
        await chair.until(200)

    chair = at_a_chair(away)
    assert chair.said_of("cuff")[-1][1] == "streaming"
    assert chair.cycles == []


def test_a_start_that_falls_due_before_the_devices_are_bound_is_not_forgotten() -> None:
    async def early(chair: Chairside) -> None:
        chair.session.state.cuff.can_start = True
        chair.phase()
        await chair.until(3)
        chair.bind()
        await chair.until(10)

    [cycle] = at_a_chair(early).cycles
    assert cycle < 6


def test_a_stop_reaches_the_cuff_twice() -> None:
    async def stopped(chair: Chairside) -> None:
        chair.bind()
        await chair.until(5)
        assert chair.devices.start_cuff("by key") is None
        await chair.until(10)
        chair.to_cuff.clear()
        assert chair.devices.stop_cuff("by key") is None
        await chair.until(11)
        assert chair.to_cuff.count(ABORT) == 2

    assert [action for _, action in at_a_chair(stopped).did()] == ["start", "stop"]


def test_a_measurement_is_stopped_and_told_when_the_session_closes() -> None:
    async def closed(chair: Chairside) -> None:
        chair.bind()
        await chair.until(5)
        assert chair.devices.start_cuff("by key") is None
        await chair.until(10)
        chair.to_cuff.clear()

    chair = at_a_chair(closed)
    assert [action for _, action in chair.did()] == ["start", "stop"]
    assert chair.to_cuff.count(ABORT) == 2


def test_a_cuff_that_no_program_can_start_asks_for_a_thumb() -> None:
    async def by_thumb(chair: Chairside) -> None:
        chair.bind("oximeter")
        await chair.until(2)
        assert "pressing START" in (chair.devices.start_cuff("by key") or "")
        assert "its own button" in (chair.devices.stop_cuff("by key") or "")

    assert at_a_chair(by_thumb).did() == []


def test_a_link_that_fails_by_a_fault_of_its_own_is_started_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run, failures = DeviceLink.run, iter([RuntimeError("broken")])

    async def fails_once(link: DeviceLink) -> None:
        if link.family.role == "oximeter" and (error := next(failures, None)):
            raise error
        await run(link)

    monkeypatch.setattr(DeviceLink, "run", fails_once)

    async def on(chair: Chairside) -> None:
        chair.bind()
        await chair.until(10)

    chair = at_a_chair(on)
    assert [state for _, state in chair.said_of("oximeter")] == ["lost", "streaming"]
    assert "the link of the oximeter has failed" in caplog.text


def test_effects_never_pile_up_into_a_second_start() -> None:
    async def asked_often(chair: Chairside) -> None:
        chair.bind()
        await chair.until(2)
        chair.phase()
        for _ in range(5):
            chair.devices.effect(StartCuff("scheduled"))
            chair.take(Fault("host", "test"))
        await chair.until(60)

    chair = at_a_chair(asked_often)
    assert chair.to_cuff.count(START) == len(chair.cycles) == 1


def test_a_cuff_that_may_stand_inflated_from_before_is_let_go_when_its_port_is_opened() -> None:
    async def opened(chair: Chairside) -> None:
        chair.bind("cuff")
        await chair.until(2)
        assert chair.to_cuff.count(ABORT) == 2

    at_a_chair(opened)


def test_what_can_not_start_yet_is_tried_once_a_second_however_often_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[float] = []
    start_cuff = Devices.start_cuff

    def counted(devices: Devices, *reason: str) -> str | None:
        tried.append(asyncio.get_running_loop().time())
        return start_cuff(devices, *reason)

    monkeypatch.setattr(Devices, "start_cuff", counted)

    async def asked_often(chair: Chairside) -> None:
        chair.bind()
        await chair.until(2)
        chair.take(Cuff("started"), "cuff")
        chair.take(Cuff("failed", "test"), "cuff")
        chair.phase()
        for _ in range(5):
            chair.devices.effect(StartCuff("scheduled"))
        tried.clear()
        await chair.until(12.5)
        assert len(tried) == 10

    at_a_chair(asked_often)


def test_nothing_is_started_after_the_session_was_closed() -> None:
    async def closed(chair: Chairside) -> None:
        chair.cuff.unplug()
        chair.bind()
        await chair.until(2)
        chair.phase()
        await chair.until(4)
        assert chair.devices.wanted is not None
        await chair.devices.close()
        assert chair.devices.wanted is None
        chair.cuff.replug()
        await asyncio.sleep(60)

    assert at_a_chair(closed).cycles == []
