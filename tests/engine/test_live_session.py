"""A running session: one order of entries, exact moments, and going on after a crash."""

import asyncio

import pytest

from ketamon.core import alarms
from ketamon.engine.live_session import LiveSession
from ketamon.entries import Acknowledge, Baseline, Device, Entry, Note, Phase, make
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.readings import BloodPressure, Manual, Oximetry
from tests.engine.chairside import Chairside, Kept, at_a_chair

PRESSURES = {5: 150, 6: 152, 30: 172, 45: 175}


def pressure(systolic: int) -> BloodPressure:
    return BloodPressure(systolic, 80, None, "mmHg", None, None, None, ())


async def a_session(chair: Chairside) -> None:
    """Readings, alarms that come with them and by time alone, commands."""
    chair.phase()
    for second in range(1, 60):
        await chair.until(second)
        chair.take(Oximetry(97 if second < 10 else 88, 75), "oximeter")
        if second in PRESSURES:
            chair.take(pressure(PRESSURES[second]), "cuff")
        if second == 8:
            chair.take(Baseline())
        if second == 40:
            chair.take(Acknowledge("sys_high", chair.session.state.seq))
    await chair.until(200)  # the oximeter is lost, a reading is due, nobody answers


@pytest.fixture(scope="module")
def whole() -> list[Entry]:
    """The entries of a session that nothing interrupted."""
    entries = at_a_chair(a_session).kept.entries
    assert {"spo2_low", "sys_high"} <= {e.body.condition for e in entries if e.kind == "alarm"}
    return entries


def test_numbers_rise_by_one_and_time_never_goes_back(whole: list[Entry]) -> None:
    assert [entry.seq for entry in whole] == list(range(1, len(whole) + 1))
    assert [entry.t_ms for entry in whole] == sorted(entry.t_ms for entry in whole)


def test_what_falls_due_comes_at_its_very_millisecond_without_an_entry() -> None:
    async def falls_silent(chair: Chairside) -> None:
        for second in range(20):
            chair.take(Oximetry(88, 75), "oximeter")
            await chair.until(second + 1)
        await chair.until(60)

    chair = at_a_chair(falls_silent)
    assert chair.changes("spo2_low") == [(10.0, "raised"), (29.0, "unresolved")]


def test_what_falls_due_at_an_entrys_moment_is_numbered_before_it() -> None:
    async def at_the_moment(chair: Chairside) -> None:
        for second in range(20):
            chair.take(Oximetry(88, 75), "oximeter")
            await chair.until(second + 1)
        chair.session.stop()  # the timer that would have come a moment before
        await chair.until(29)
        chair.take(Note(text="now"))

    kinds = [entry.kind for entry in at_a_chair(at_the_moment).kept.entries][-2:]
    assert kinds == ["alarm", "note"]


def test_more_evaluations_change_no_line(whole: list[Entry]) -> None:
    async def watched(chair: Chairside) -> None:
        async def look() -> None:
            while True:
                chair.session.evaluate()
                await asyncio.sleep(0.0371)

        looking = asyncio.create_task(look())
        await a_session(chair)
        looking.cancel()

    again = at_a_chair(watched).kept.entries
    assert [entry.line for entry in again] == [entry.line for entry in whole]


def restored(entries: list[Entry]) -> tuple[LiveSession, Kept]:
    async def restore() -> tuple[LiveSession, Kept]:
        kept = Kept()
        session = LiveSession("SIMULATED", kept)
        session.restore(entries)
        return session, kept

    return run(restore(), VirtualLoop())


def test_a_session_cut_anywhere_gives_the_lines_that_its_tail_had(whole: list[Entry]) -> None:
    cut_short = 0
    for cut in range(3, len(whole)):
        session, kept = restored(whole[:cut])
        goes_on = whole[cut : cut + len(kept.entries)]
        assert [entry.line for entry in kept.entries] == [entry.line for entry in goes_on], cut
        assert session.state.seq == cut + len(kept.entries)
        cut_short += bool(kept.entries)
    assert cut_short > 2


def test_what_was_known_is_known_again(whole: list[Entry]) -> None:
    running = at_a_chair(a_session)
    session, kept = restored(whole)
    assert kept.entries == []
    mine, theirs = session.projector, running.session.projector
    last_s = whole[-1].t_ms / 1000
    assert mine.snapshot(1, last_s, "") == theirs.snapshot(1, last_s, "")
    assert session.state.baseline == running.session.state.baseline != {}
    assert session.state.tracks["sys_high"].state == "acknowledged"
    assert alarms.due(session.state) == alarms.due(running.session.state)


def test_a_start_that_was_asked_for_before_the_crash_is_not_asked_for_again() -> None:
    async def due(chair: Chairside) -> None:
        chair.take(Device("suntech", "pipe", can_start=True), "cuff")
        await chair.until(10)
        chair.phase()

    session, _ = restored(at_a_chair(due).kept.entries)
    assert session.state.cuff.tries == 1
    assert alarms.take_effects(session.state) == []


def test_time_goes_on_from_what_was_recorded_whatever_a_clock_says() -> None:
    async def behind() -> None:
        session = LiveSession("SIMULATED", Kept())
        session.restore([make(1, 5000, Note(text="before"))])
        assert session.take(Note(text="after")).t_ms == 5000

    run(behind(), VirtualLoop())


def test_moments_are_whole_milliseconds_of_the_loops_time() -> None:
    async def late(chair: Chairside) -> None:
        await chair.until(1000.4996)
        chair.take(Phase("dosing"))
        await chair.until(1000.5004)
        chair.take(Manual(systolic_mmhg=120, diastolic_mmhg=70), "person")

    entries = at_a_chair(late).kept.entries[-2:]
    assert [entry.t_ms for entry in entries] == [1000_500, 1000_500]
