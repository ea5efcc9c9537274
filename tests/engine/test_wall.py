"""Back into session time after a crash or a restart of the machine."""

import datetime

import pytest

from ketamon.engine import wall
from ketamon.engine.wall import ClockMark

NOW = datetime.datetime(2026, 1, 1, 12, 0, 0, tzinfo=datetime.UTC)
UTC = NOW.timestamp()


@pytest.fixture(autouse=True)
def _clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "boot_s", lambda: 5000.0)
    monkeypatch.setattr(wall, "boot_id", lambda: "this boot")
    monkeypatch.setattr(wall, "utc_now", lambda: NOW)


@pytest.mark.parametrize(
    ("mark", "t"),
    [
        (
            ClockMark(100, 4990, "this boot", UTC - 7, 1),
            110,
        ),  # the boot clock counts, not the wall's
        (ClockMark(100, 4990, "this boot", UTC + 9999, 1), 110),  # set back by hours meanwhile
        (ClockMark(100, 4990, "this boot", UTC, 10), 200),  # a simulated session at ten times
        (ClockMark(100, 4990, "this boot", UTC, 0), 100),  # which was paused
        (ClockMark(100, 4990, "another boot", UTC - 60, 1), 160),  # the machine was started anew
        (ClockMark(100, 9999, "another boot", UTC + 60, 1), 100),  # with a clock gone back
        (ClockMark(100, 9999, "this boot", UTC, 1), 100),
        (ClockMark(100, 4990, "", UTC - 60, 1), 160),  # a system that doesn't name its boots
    ],
)
def test_session_time_goes_on_where_it_would_be(mark: ClockMark, t: float) -> None:
    assert wall.resumed_t(mark) == pytest.approx(t)


def test_where_no_boot_has_a_name_two_are_never_taken_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wall, "boot_id", lambda: "")
    assert wall.resumed_t(ClockMark(100, 9999, "", UTC - 60, 1)) == pytest.approx(160)


def test_without_a_note_the_wall_clock_at_the_beginning_tells() -> None:
    started = (NOW - datetime.timedelta(hours=1)).isoformat()
    assert wall.resumed_t(wall.since(started, 10)) == pytest.approx(3600)


@pytest.mark.parametrize("started", [None, "", "yesterday"])
def test_without_even_that_it_goes_on_at_its_last_entry(started: str | None) -> None:
    assert wall.resumed_t(wall.since(started, 42)) == pytest.approx(42)


def test_a_mark_is_now() -> None:
    assert wall.resumed_t(wall.mark(12.5, 1)) == pytest.approx(12.5)
