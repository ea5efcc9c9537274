"""A machine that slept and a clock that was set are told, and nothing else is."""

from itertools import pairwise

from ketamon.engine.host_watch import STOOD_STILL_S, HostWatch
from ketamon.engine.wall import HostClocks, host_clocks
from tests.engine.chairside import Chairside, at_a_chair


def told(*looks: tuple[float, float, float]) -> list[tuple[str, str, float | None]]:
    """What was told at looks that find these clocks: since start, awake, wall."""

    async def look(chair: Chairside) -> None:
        watch = HostWatch(chair.session)
        for second, clocks in enumerate(looks):
            await chair.until(second)
            watch.look(HostClocks(*clocks))

    kept = at_a_chair(look).kept
    assert len(kept.of("gap")) == sum(b[0] - a[0] > STOOD_STILL_S for a, b in pairwise(looks))
    faults = kept.of("fault")
    return [(f.body.what, f.body.detail, f.body.seconds) for f in faults]


def test_seconds_that_pass_are_no_news() -> None:
    assert told((0, 0, 1000), (1, 1, 1001), (2.9, 2.9, 1002.9), (4, 4, 1004.5)) == []


def test_a_machine_that_slept_is_told_with_how_long() -> None:
    assert told((0, 0, 1000), (1, 1, 1001), (65, 2, 1065)) == [("host", "slept", 63)]


def test_a_clock_that_is_set_is_told_and_so_is_its_way_back() -> None:
    assert told((0, 0, 1000), (1, 1, 4601), (2, 2, 4602), (3, 3, 1003)) == [
        ("clock", "stepped", 3600),
        ("clock", "back", None),
    ]


def test_a_clock_set_back_changes_no_age_and_is_told() -> None:
    assert told((10, 10, 5000), (11, 11, 1401)) == [("clock", "stepped", -3600)]


def test_the_machines_clocks_are_read_together() -> None:
    clocks = host_clocks()
    assert clocks.boot_s > clocks.awake_s - 1 > 0
    assert clocks.utc_s > 1_700_000_000


def test_a_long_sleep_raises_high_until_it_is_acknowledged() -> None:
    async def sleep(chair: Chairside) -> None:
        watch = HostWatch(chair.session)
        watch.look(HostClocks(0, 0, 1000))
        watch.look(HostClocks(600, 1, 1600))

    [line] = at_a_chair(sleep).kept.of("alarm")
    assert (line.body.condition, line.body.change, line.body.priority) == (
        "host_slept",
        "raised",
        "high",
    )


def test_an_engine_that_stood_still_marks_the_gap() -> None:
    async def stall(chair: Chairside) -> None:
        watch = HostWatch(chair.session)
        watch.look(HostClocks(0, 0, 1000))
        await chair.until(90)
        watch.look(HostClocks(90, 90, 1090))

    [gap] = at_a_chair(stall).kept.of("gap")
    assert gap.t_ms == 90_000
    assert (gap.body.since_t, gap.body.reason) == (0.0, "the engine stood still for 90 s")
