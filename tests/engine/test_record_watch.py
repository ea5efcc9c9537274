"""That entries do not reach the disk is an alarm; that they do again ends it."""

from pathlib import Path

import pytest

from ketamon.engine.record_watch import RecordWatch
from tests.engine.chairside import Chairside, at_a_chair


class Ledger:
    """What a ledger says of itself."""

    def __init__(self) -> None:
        self.waiting_since: float | None = None
        self.trouble: str | None = None
        self.waiting = 3


def looked(
    *looks: tuple[float, float | None, str | None], speed: float = 1
) -> list[tuple[float, str]]:
    """What was told at each (time, waiting since, trouble)."""

    async def look(chair: Chairside) -> None:
        ledger = Ledger()
        watch = RecordWatch(chair.session, ledger)
        for at, ledger.waiting_since, ledger.trouble in looks:
            await chair.until(at)
            watch.look(at, speed)

    faults = at_a_chair(look).kept.of("fault")
    return [(entry.t_ms / 1000, entry.body.detail) for entry in faults]


def test_what_waits_longer_than_two_seconds_is_failing_until_nothing_waits() -> None:
    assert looked(
        (1, 0.5, None), (2, 1.5, None), (3, 0.9, None), (4, 0.9, "full"), (5, 4.9, None), (6, None, None)
    ) == [(3, "failing"), (6, "back")]  # fmt: skip


def test_a_disk_knows_no_simulated_seconds() -> None:
    assert looked((10, 1, None), (30, 1, None), speed=10) == [(30, "failing")]
    assert looked((10, 1, None), speed=0) == []


def test_a_file_that_was_taken_away_is_failing_though_nothing_waits() -> None:
    assert looked((1, None, "was moved"), (2, 1.9, "was moved"), (3, None, None)) == [
        (1, "failing"),
        (3, "back"),
    ]


def test_the_alarm_says_why_in_the_ledgers_words() -> None:
    async def fail(chair: Chairside) -> None:
        ledger = Ledger()
        ledger.waiting_since, ledger.trouble = 61.0, "the disk is full; free some space"
        await chair.until(64)
        RecordWatch(chair.session, ledger).look(64, 1)

    [line] = at_a_chair(fail).kept.of("alarm")
    assert line.body.reason == "the disk is full; free some space; 3 entries wait since 0:01:01"


def test_while_it_fails_it_is_told_each_minute_how_many_wait_and_no_alarm_comes_of_that() -> None:
    async def fail(chair: Chairside) -> None:
        ledger = Ledger()
        ledger.waiting_since, watch = 0.0, RecordWatch(chair.session, ledger)
        for second in range(1, 130):
            ledger.waiting = second
            await chair.until(second)
            watch.look(second, 1)

    kept = at_a_chair(fail).kept
    assert [entry.body.reason for entry in kept.of("fault")] == [
        "3 entries wait since 0:00:00",
        "64 entries wait since 0:00:00",
        "125 entries wait since 0:00:00",
    ]
    changes = [e.body.change for e in kept.of("alarm") if e.body.condition == "record_failing"]
    assert changes == ["raised", "escalated"]


def test_a_file_that_was_replaced_is_told_with_where_the_session_goes_on() -> None:
    async def move(chair: Chairside) -> None:
        watch = RecordWatch(chair.session, Ledger())
        watch.moved(Path("/d/s.ketamon"), Path("/d/s-recovered.ketamon"))

    [entry] = at_a_chair(move).kept.of("fault")
    assert (entry.body.detail, entry.body.reason) == (
        "moved",
        "s.ketamon was moved, removed or replaced; it goes on in s-recovered.ketamon",
    )


@pytest.mark.parametrize(("seconds", "priorities"), [(9, ["low"]), (12, ["low", "high"])])
def test_the_alarm_rises_when_it_fails_for_long(seconds: float, priorities: list[str]) -> None:
    async def fail(chair: Chairside) -> None:
        ledger = Ledger()
        watch = RecordWatch(chair.session, ledger)
        ledger.waiting_since = 0.0
        await chair.until(2.5)
        watch.look(2.5, 1)
        await chair.until(seconds)

    lines = [e for e in at_a_chair(fail).kept.of("alarm") if e.body.condition == "record_failing"]
    assert [line.body.priority for line in lines] == priorities
