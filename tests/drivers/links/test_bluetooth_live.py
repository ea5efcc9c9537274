"""What of a cuff's readings is live, what is its memory's, and what only a person can say."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon_drivers.links.bluetooth_live import HELD_AT_MOST, SEEN_AT_MOST, Judged, LiveOrStored
from ketamon_drivers.readings import BloodPressure, Oximetry

BEGAN = datetime.fromisoformat("2026-05-04T09:00:00")
NOW = BEGAN + timedelta(minutes=30)


def reading(ago_s: float | None = 0.0, systolic: int = 130, *status: str) -> BloodPressure:
    """One measured so long ago by the cuff's clock; None: it bears no time."""
    time = None if ago_s is None else (NOW - timedelta(seconds=ago_s)).isoformat()
    return BloodPressure(systolic, 80, None, "mmHg", 70, time, 1, status)


def verdicts(judged: list[Judged]) -> list[str]:
    return [one.verdict for one in judged]


def sorter(*, clock: bool | None = True) -> LiveOrStored:
    made = LiveOrStored(BEGAN)
    made.connected()
    if clock is not None:
        made.clock(is_right=clock)
    return made


@pytest.mark.parametrize(
    ("ago_s", "verdict"),
    [
        (0, "live"),
        (120, "live"),
        (121, "stored"),
        (-120, "live"),
        (-121, "stored"),
        (86400, "stored"),
    ],
)
def test_with_a_clock_that_is_right_the_time_decides_within_two_minutes(
    ago_s: float, verdict: str
) -> None:
    (judged,) = sorter().take(reading(ago_s), NOW)
    assert judged.verdict == verdict
    assert ("from_storage" in judged.reading.status) == (verdict == "stored")


def test_what_was_measured_before_the_session_is_another_patients() -> None:
    made = LiveOrStored(NOW - timedelta(seconds=30))
    made.connected()
    made.clock(is_right=True)
    assert verdicts(made.take(reading(31.5), NOW)) == ["stored"]
    assert verdicts(made.take(reading(30), NOW)) == ["live"]


@pytest.mark.parametrize("word", ["from_storage", "demonstration", "test"])
def test_a_device_that_says_itself_that_it_is_not_live_is_believed(word: str) -> None:
    (judged,) = sorter().take(reading(0, 130, word), NOW)
    assert judged.verdict == "stored"
    assert {word, "from_storage"} <= set(judged.reading.status)
    spot = Oximetry(97, 70, status=(word,))
    assert verdicts(sorter(clock=None).take(spot, NOW)) == ["stored"]


def test_a_copy_of_what_came_before_is_told_nobody_in_any_connection() -> None:
    made = sorter()
    assert verdicts(made.take(reading(10), NOW)) == ["live"]
    assert verdicts(made.take(reading(10), NOW)) == ["known"]
    made.connected()
    assert verdicts(made.take(reading(10), NOW)) == ["known"]
    made.clock(is_right=True)
    assert verdicts(made.take(reading(10, 131), NOW)) == ["live"]


def test_without_a_known_clock_the_last_of_a_burst_waits_for_a_person_and_the_rest_is_history() -> (
    None
):
    made = sorter(clock=None)
    for number in range(5):
        assert made.take(reading(0, 120 + number), NOW) == []
    told = made.burst_over()
    assert verdicts(told) == ["stored"] * 4 + ["unsure"]
    assert getattr(told[-1].reading, "systolic_mmhg", None) == 124
    assert not made.waits


def test_a_clock_that_is_found_wrong_leaves_it_to_a_person_too() -> None:
    made = sorter(clock=False)
    assert made.take(reading(0), NOW) == []
    assert verdicts(made.burst_over()) == ["unsure"]


def test_what_waits_is_judged_when_the_clock_is_found_right() -> None:
    made = sorter(clock=None)
    made.take(reading(3600), NOW)
    made.take(reading(5), NOW)
    assert verdicts(made.clock(is_right=True)) == ["stored", "live"]
    assert made.burst_over() == []


def test_what_bears_no_time_is_live_alone_and_a_memory_s_in_a_burst() -> None:
    made = sorter()
    made.take(reading(None), NOW)
    assert verdicts(made.burst_over()) == ["live"]
    made.take(reading(None, 121), NOW)
    made.take(reading(None, 122), NOW)
    assert verdicts(made.burst_over()) == ["stored", "unsure"]


def test_the_time_of_a_clock_that_nobody_set_is_not_the_absence_of_one() -> None:
    for clock in (True, False, None):
        made = sorter(clock=clock)
        assert made.take(reading(None, 121, "clock_not_set"), NOW) == []
        (judged,) = made.burst_over()
        assert judged.verdict == "unsure"


def test_of_a_burst_without_a_set_clock_only_the_last_waits_for_a_person() -> None:
    made = sorter()
    for systolic in (121, 122):
        made.take(reading(None, systolic, "clock_not_set"), NOW)
    before, last = made.burst_over()
    assert (before.verdict, before.reading.status) == ("stored", ("from_storage",))
    assert last.verdict == "unsure"


def test_twenty_stored_records_and_one_of_now_give_one_live_reading() -> None:
    made = sorter()
    told = [
        v for n in range(20, -1, -1) for v in verdicts(made.take(reading(n * 600, 100 + n), NOW))
    ]
    assert told == ["stored"] * 20 + ["live"]


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(-1e6, 1e6)), st.integers(60, 250)), max_size=30
    ),
    st.sampled_from([True, False, None]),
)
def test_every_reading_is_told_exactly_once_and_live_ones_are_of_now(
    burst: list[tuple[float | None, int]], clock: bool | None
) -> None:
    made = sorter(clock=clock)
    told = [one for ago, systolic in burst for one in made.take(reading(ago, systolic), NOW)]
    told += made.burst_over()
    assert len(told) == len(burst)
    assert verdicts(told).count("unsure") <= 1
    for one in told:
        time = one.reading.device_time
        if one.verdict == "live" and time is not None:
            assert clock is True
            assert abs(datetime.fromisoformat(time) - NOW) <= timedelta(seconds=120)


def test_what_it_remembers_is_bounded() -> None:
    made = sorter(clock=None)
    held = [made.take(reading(None, n), NOW) for n in range(HELD_AT_MOST + 5)]
    assert sum(map(len, held)) == 5
    made = sorter()
    for number in range(SEEN_AT_MOST + 1):
        made.take(reading(number), NOW)
    assert verdicts(made.take(reading(SEEN_AT_MOST), NOW)) == ["known"]
    assert verdicts(made.take(reading(0), NOW)) == ["live"]  # forgotten: two thousand came since
