import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.device_link import LINK_STATES, OUTBOX, DeviceLink, LinkChange
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.links.port import PortError
from ketamon_drivers.protocols import PROTOCOLS, suntech
from ketamon_drivers.readings import BloodPressure, CuffPressure, Oximetry, Reading, Rejected
from tests.drivers.links.scene import FRAME, NONIN, SUNTECH, Bench, play

OLD = FRAME * 50
STATES = {"opening", "streaming", "silent", "wrong_protocol", "lost"}


def call_at(seconds: float, call: Callable[..., object], *args: object) -> None:
    asyncio.get_running_loop().call_at(seconds, call, *args)


def test_table_knows_every_state_and_leads_back_to_streaming_from_each() -> None:
    assert {state for state, _ in LINK_STATES} == STATES == set(LINK_STATES.values())
    for state in STATES:
        reached = {state}
        for _ in STATES:
            reached |= {to for (at, _event), to in LINK_STATES.items() if at in reached}
        assert "streaming" in reached


def test_link_streams_from_the_first_whole_frame() -> None:
    bench = Bench()
    play(lambda: bench.say(FRAME[:2], at=0.4) or bench.say(FRAME[2:], at=0.6), bench.link, 1)
    assert bench.told.changes == [(0.6, LinkChange("streaming", ""))]
    assert bench.told.readings == [(0.6, Oximetry(97, 72))]
    assert bench.told.raw == [(0.4, FRAME[:2]), (0.6, FRAME[2:])]


def test_no_byte_for_its_time_is_silence_and_the_next_frame_ends_it() -> None:
    bench = Bench()
    play(lambda: bench.say(FRAME, at=1, until=2) or bench.say(FRAME, at=8), bench.link, 9)
    assert bench.told.states == [(1, "streaming"), (5, "silent"), (8, "streaming")]
    assert bench.told.changes[1][1].reason == (
        "nothing came for 3 s: see that it is switched on and its cable is in at both ends"
    )


def test_silence_is_watched_again_after_each_recovery() -> None:
    bench = Bench()
    play(
        lambda: bench.say(FRAME, at=1) or bench.say(FRAME, at=60) or bench.say(FRAME, at=90),
        bench.link,
        120,
    )
    states = ["streaming", "silent", "streaming", "silent", "streaming", "silent"]
    assert [state for _, state in bench.told.states] == states


def test_silent_port_is_closed_and_opened_once_after_ten_seconds() -> None:
    bench = Bench()
    play(lambda: bench.say(FRAME, at=1), bench.link, 600)
    assert bench.told.openings == [0, 14.5]
    assert bench.told.states == [(1, "streaming"), (4, "silent")]


def test_each_new_silence_may_reopen_once() -> None:
    bench = Bench()
    play(lambda: bench.say(FRAME, at=1) or bench.say(FRAME, at=100), bench.link, 600)
    assert bench.told.openings == [0, 14.5, 113.5]


def test_port_that_never_says_a_word_is_silent() -> None:
    bench = Bench()
    play(lambda: None, bench.link, 10)
    assert bench.told.states == [(3, "silent")]


def test_bytes_of_another_protocol_are_told_after_five_seconds_and_not_as_silence() -> None:
    bench = Bench()
    play(
        lambda: bench.say(b"SPO2=098 HR=072\r\n", at=1, until=10) or bench.say(FRAME, at=11),
        bench.link,
        12,
    )
    assert bench.told.states == [(6, "wrong_protocol"), (11, "streaming")]
    assert bench.told.changes[0][1].reason == (
        "what comes is not nonin-df8 at 9600 8N1: see that the right device is at pipe:device"
    )


def test_malformed_packets_are_not_the_familys_protocol() -> None:
    bench = Bench(SUNTECH)
    play(lambda: bench.say(b"\x3e\x05\x00\x00\x00", at=1, until=8), bench.link, 9)
    assert bench.told.states == [(6, "wrong_protocol")]
    assert all(isinstance(reading, Rejected) for _, reading in bench.told.readings)


def test_stream_that_turns_to_noise_and_then_ends_is_wrong_and_then_silent() -> None:
    bench = Bench()
    play(lambda: bench.say(FRAME, at=1) or bench.say(b"\x01", at=2, until=8), bench.link, 13)
    assert bench.told.states == [(1, "streaming"), (7, "wrong_protocol"), (11, "silent")]


def test_unplugged_device_is_lost_at_once_and_tried_again_for_ever() -> None:
    bench = Bench()
    tried = []

    def act() -> None:
        bench.say(FRAME, at=1)
        call_at(2, bench.end.unplug)
        opens = bench.port.open

        def counted() -> object:
            tried.append(asyncio.get_running_loop().time())
            return opens()

        bench.port.open = counted  # type: ignore[assignment,method-assign]

    play(act, bench.link, 26)
    assert bench.told.changes[1] == (2, LinkChange("lost", "unplugged: plug it in again"))
    assert [round(t - 2, 3) for t in tried if t > 1] == [0.5, 1.5, 3.5, 8.5, 13.5, 18.5, 23.5]


def test_reason_of_a_loss_is_told_when_it_changes_and_not_twice() -> None:
    bench = Bench()
    sentences = ["gone"] * 3 + ["held"] * 3

    async def refused() -> object:
        raise PortError(sentences.pop(0) if sentences else "held")

    bench.port.open = refused  # type: ignore[assignment,method-assign]
    play(lambda: None, bench.link, 30)
    assert [change for _, change in bench.told.changes] == [
        LinkChange("lost", "gone"),
        LinkChange("lost", "held"),
    ]


def test_device_that_is_back_starts_with_a_fresh_decoder_and_its_start_sequence() -> None:
    bench = Bench()

    def act() -> None:
        bench.say(FRAME, at=1)
        bench.say(FRAME[:2], at=1.5)
        call_at(2, bench.end.unplug)
        call_at(3, bench.end.replug)
        bench.say(FRAME[2:], at=3.7)
        bench.say(FRAME, at=4)

    play(act, bench.link, 5)
    assert bench.told.openings == [0, 3.5]
    assert bench.sent == [(t, NONIN.start[0]) for t in (0, 3.5)]
    assert [t for t, _ in bench.told.readings] == [1, 4]
    assert bench.told.states == [(1, "streaming"), (2, "lost"), (3.5, "opening"), (4, "streaming")]


def test_reading_that_is_the_same_after_a_loss_is_given_again() -> None:
    bench = Bench(FAMILIES["contec-5byte"])
    frame = PROTOCOLS["contec-5byte"].encode(Oximetry(97, 72))

    def act() -> None:
        bench.say(frame, at=1)
        call_at(2, bench.end.unplug)
        call_at(2.1, bench.end.replug)
        bench.say(frame, at=3)

    play(act, bench.link, 4)
    assert [t for t, _ in bench.told.readings] == [1, 3]


def test_each_loss_is_tried_again_soon_if_the_device_was_heard_between() -> None:
    bench = Bench()

    def act() -> None:
        bench.say(FRAME, at=1, until=60, every=0.1)
        for n in range(5):
            call_at(10 * n + 2, bench.end.unplug)
            call_at(10 * n + 2.1, bench.end.replug)

    play(act, bench.link, 60)
    assert bench.told.openings == [0, 2.5, 12.5, 22.5, 32.5, 42.5]


def test_what_waited_while_our_own_loop_stood_still_is_old_and_no_reading() -> None:
    bench = Bench()

    def stand_still() -> None:
        asyncio.get_running_loop()._now_s += 60  # type: ignore[attr-defined] # no timer rings meanwhile
        bench.end.write(OLD)

    def act() -> None:
        bench.say(FRAME, at=1, until=3)
        call_at(3.5, stand_still)
        bench.say(FRAME, at=64)

    play(act, bench.link, 65)
    assert [at for at, _ in bench.told.readings] == [1, 2, 3, 64]
    assert OLD in [raw for _, raw in bench.told.raw]  # kept as it came


def test_any_failure_of_a_port_is_a_loss_and_no_end() -> None:
    bench = Bench()
    opens = bench.port.open
    failing = [OSError(5, "Input/output error")]

    async def once() -> object:
        if failing:
            raise failing.pop()
        return await opens()

    bench.port.open = once  # type: ignore[assignment,method-assign]
    play(lambda: bench.say(FRAME, at=1), bench.link, 2)
    assert [state for _, state in bench.told.states] == ["lost", "opening", "streaming"]


def test_cuff_that_only_answers_is_asked_and_never_silent_and_never_started() -> None:
    bench = Bench(SUNTECH)

    def answer(data: bytes) -> None:
        bench.sent.append((0, data))
        bench.end.write(suntech.encode(CuffPressure(0)))

    bench.end.received = answer
    play(lambda: None, bench.link, 599)
    assert bench.told.states == [(0, "streaming")]
    assert {data for _, data in bench.sent} == {suntech.COMMANDS["get_cuff_pressure"]}
    assert len(bench.sent) == 120


def test_cuff_that_answers_no_more_is_silent() -> None:
    bench = Bench(SUNTECH)
    play(lambda: bench.say(suntech.packet(ord("A")), at=1), bench.link, 14)
    assert bench.told.states == [(1, "streaming"), (13, "silent")]


def test_stream_that_must_be_kept_alive_is() -> None:
    family = FAMILIES["contec-v7"]
    bench = Bench(family)
    play(lambda: bench.say(b"\x80", at=0.1, until=20.5), bench.link, 21)
    assert bench.sent == [
        *((0, data) for data in family.start),
        *((t, PROTOCOLS["contec-v7"].commands["keep_alive"]) for t in (5, 10, 15, 20)),
    ]


def test_commands_keep_their_distance_and_only_a_few_wait() -> None:
    bench = Bench(replace(SUNTECH, start=()))
    sent = []

    def act() -> None:
        call_at(1, lambda: sent.extend(bench.link.send(bytes([n])) for n in range(OUTBOX + 2)))

    play(act, bench.link, 3)
    assert sent == [True] * (OUTBOX + 1) + [False]
    assert bench.sent == [(round(1 + n / 10, 3), bytes([n])) for n in range(OUTBOX + 1)]


def test_commands_that_wait_are_dropped_with_the_wire() -> None:
    bench = Bench(replace(SUNTECH, start=()))

    def act() -> None:
        call_at(1, lambda: [bench.link.send(bytes([n])) for n in range(4)])
        call_at(1.15, bench.end.unplug)
        call_at(1.2, bench.end.replug)

    play(act, bench.link, 12)
    keep_alive = suntech.COMMANDS["get_cuff_pressure"]
    assert [data for _, data in bench.sent] == [b"\0", b"\1", keep_alive, keep_alive]


def test_nothing_can_be_sent_while_the_port_is_not_open() -> None:
    bench = Bench()
    assert bench.link.send(b"x") is False
    assert not bench.link.is_open
    play(lambda: bench.say(FRAME, at=1), bench.link, 2)
    assert bench.link.send(b"x") is False


def test_result_is_not_hidden_by_noise_that_looks_like_a_long_packet() -> None:
    bench = Bench(SUNTECH)
    result = suntech.result(115, 74, 88, 85, 0)

    def act() -> None:
        bench.say(b"\x3e\x43", at=1)
        bench.say(result, at=2)

    play(act, bench.link, 3)
    assert bench.told.readings == [(2, BloodPressure(115, 74, 88, "mmHg", 85))]


def test_ended_link_has_let_its_port_go() -> None:
    bench = Bench()

    async def scene() -> None:
        task = asyncio.create_task(bench.link.run())
        await asyncio.sleep(1)
        assert bench.link.is_open
        task.cancel()
        await asyncio.sleep(0)
        assert not bench.link.is_open
        await bench.port.open()

    run(scene(), VirtualLoop())


SERIAL = sorted(name for name, family in FAMILIES.items() if family.line is not None)


@pytest.mark.parametrize("name", SERIAL)
def test_link_of_every_family_opens_and_falls_silent(name: str) -> None:
    bench = Bench(FAMILIES[name])
    play(lambda: None, bench.link, FAMILIES[name].silent_after_s + 5)
    assert [state for _, state in bench.told.states] == ["silent"]
    assert [data for _, data in bench.sent][: len(FAMILIES[name].start)] == [*FAMILIES[name].start]


@pytest.mark.parametrize("name", [name for name in SERIAL if FAMILIES[name].start])
def test_start_sequence_is_sent_again_after_each_reopening(name: str) -> None:
    family = FAMILIES[name]
    bench = Bench(family)

    def act() -> None:
        call_at(3.25, bench.end.unplug)
        call_at(3.5, bench.end.replug)

    play(act, bench.link, 6)
    assert len(bench.told.openings) == 2
    for opened in bench.told.openings:
        until = opened + family.command_gap_s * len(family.start)
        sent = [data for t, data in bench.sent if opened <= t <= until]
        assert sent[: len(family.start)] == [*family.start]


@pytest.mark.parametrize("name", [name for name in SERIAL if FAMILIES[name].start])
def test_silent_device_is_told_to_start_every_ten_seconds_until_it_speaks(name: str) -> None:
    family = FAMILIES[name]
    bench = Bench(family)
    play(lambda: None, bench.link, 100)
    first = [t for t, data in bench.sent if data == family.start[0]]
    assert max(b - a for a, b in pairwise([*first, 100])) <= max(10, family.silent_after_s) + 1


@pytest.mark.parametrize("name", [name for name in SERIAL if FAMILIES[name].keep_alive])
def test_keep_alive_is_sent_for_hours_and_again_after_reopening(name: str) -> None:
    family = FAMILIES[name]
    assert family.keep_alive is not None
    every, word = family.keep_alive
    bench = Bench(family)

    def act() -> None:
        call_at(3600.25, bench.end.unplug)
        call_at(3600.5, bench.end.replug)
        for t in range(7200):  # it streams all the time
            call_at(t + 0.1, bench.end.write, b"\0")

    play(act, bench.link, 7200)
    again = bench.told.openings[1]
    assert 3600 < again < 3602
    for since, until in ((0.0, 3600.0), (again, 7199.0)):
        told = [t for t, data in bench.sent if data == word and since <= t <= until]
        moments = [since, *told, until]
        assert max(b - a for a, b in pairwise(moments)) <= every + 0.001


GOOD: dict[str, tuple[Reading, ...]] = {
    "nonin-df8": (Oximetry(97, 72), Oximetry(88, 130), Oximetry(status=("sensor_off",))),
    "suntech": (CuffPressure(120), BloodPressure(142, 88, 106, "mmHg", 77)),
    "contec-5byte": (Oximetry(97, 72), Oximetry(90, 140)),
    "contec-v7": (Oximetry(97, 72), Oximetry(90, 140, 1.5)),
}
CHUNKS = st.lists(st.tuples(st.binary(max_size=80), st.floats(0, 20), st.booleans()), max_size=20)


@pytest.mark.parametrize("name", sorted(GOOD))
@given(chunks=CHUNKS)
def test_garbage_between_frames_never_stops_a_link(
    name: str, chunks: list[tuple[bytes, float, bool]]
) -> None:
    family = FAMILIES[name]
    bench = Bench(family)
    encode = PROTOCOLS[family.protocol].encode
    frames = [encode(reading) for reading in GOOD[name]]

    async def act() -> None:
        for n, (garbage, pause, is_unplugged) in enumerate(chunks):
            bench.end.write(garbage)
            bench.end.write(frames[n % len(frames)])
            if is_unplugged:
                bench.end.unplug()
                bench.end.replug()
            await asyncio.sleep(pause)
        await asyncio.sleep(20)
        for n in range(5):
            bench.end.write(frames[n % len(frames)])
            await asyncio.sleep(1)

    play(act, bench.link, 600)
    at = bench.told.states
    last = max(t for t, state in at if state == "streaming")
    assert all(state in {"streaming", "silent"} for t, state in at if t >= last)
    seen = [reading for t, reading in bench.told.readings if t >= last]
    assert set(GOOD[name]) <= set(seen)
    assert isinstance(bench.link, DeviceLink)
