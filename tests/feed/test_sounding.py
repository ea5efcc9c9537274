"""What sounds when: priorities, repetition, news, answers and pauses, by the clock alone."""

import pytest

from ketamon.feed.messages import ConditionView, PauseView
from ketamon.feed.picture import Picture
from ketamon.feed.sounding import PATTERNS, SILENT_BETWEEN_S, Sounding, sounding

HIGH, MEDIUM, LOW = {"spo2_low": "high"}, {"sys_high": "medium"}, {"cuff_failed": "low"}


def played(
    state: Sounding, until: float, changes: list[tuple[float, dict[str, str]]], **how: object
) -> list[tuple[float, str, str]]:
    """Plays changes of what stands, and gives each burst: when, at what priority, for what."""
    out: list[tuple[float, str, str]] = []
    stands: dict[str, str] = {}
    pending = list(changes)
    while True:
        due = [at for at in (pending[0][0] if pending else None, state.due) if at is not None]
        if not due or min(due) > until:
            return out
        now = min(due)
        if pending and pending[0][0] == now:
            stands = pending.pop(0)[1]
        burst = state.step(now, stands)
        if burst is not None:
            out.append((round(now, 3), burst.priority, burst.condition))


@pytest.mark.parametrize(
    ("stands", "times"),
    [(HIGH, [0, 10, 20, 30]), (MEDIUM, [0, 25]), (LOW, [0, 30])],
)
def test_a_burst_comes_at_once_and_again_as_its_priority_asks(
    stands: dict[str, str], times: list[float]
) -> None:
    assert [at for at, _, _ in played(Sounding(), 39, [(0, stands)])] == times


def test_only_the_highest_priority_sounds_and_one_that_is_milder_waits_its_turn() -> None:
    found = played(Sounding(), 29, [(0, HIGH), (3, HIGH | MEDIUM | LOW)])
    assert found == [(t, "high", "spo2_low") for t in (0, 10, 20)]


def test_what_is_worse_cuts_a_milder_burst_short() -> None:
    assert played(Sounding(), 5, [(0, MEDIUM), (0.3, MEDIUM | HIGH)]) == [
        (0, "medium", "sys_high"),
        (0.3, "high", "spo2_low"),
    ]


def test_news_of_the_same_priority_sound_when_the_burst_before_is_over() -> None:
    found = played(Sounding(), 9, [(0, HIGH), (1, HIGH | {"sys_high": "high"}), (2, HIGH | {"sys_high": "high"})])  # fmt: skip
    over = round(PATTERNS["high"].lasts_s + SILENT_BETWEEN_S, 3)
    assert [at for at, _, _ in found] == [0, over]


def test_a_rise_sounds_at_once_and_a_fall_does_not() -> None:
    found = played(
        Sounding(), 30, [(0, MEDIUM), (8, {"sys_high": "high"}), (9, MEDIUM), (9.5, MEDIUM)]
    )
    assert found[:2] == [(0, "medium", "sys_high"), (8, "high", "sys_high")]
    assert found[2] == (18, "medium", "sys_high")


def test_what_was_answered_is_silent_and_what_comes_again_sounds_at_once() -> None:
    state = Sounding()
    assert [at for at, _, _ in played(state, 60, [(0, HIGH), (4, {})])] == [0]
    assert state.due is None
    assert [at for at, _, _ in played(state, 70, [(65, HIGH)])] == [65]


def test_a_re_alarm_of_what_stands_sounds_at_once() -> None:
    state = Sounding()
    assert state.step(0, MEDIUM)
    assert state.step(9, MEDIUM) is None
    assert state.step(10, MEDIUM, ["sys_high"])


def test_a_pause_is_silent_and_all_that_stands_sounds_when_it_ends() -> None:
    state = Sounding()
    assert state.step(0, HIGH)
    for now in (5, 10, 100):
        assert state.step(now, HIGH, paused=True) is None
        assert state.due is None
    burst = state.step(120, HIGH)
    assert burst is not None
    assert burst.condition == "spo2_low"


def test_further_looks_change_nothing() -> None:
    state = Sounding()
    assert state.step(0, HIGH)
    assert not any(state.step(0.1 * i, HIGH) for i in range(1, 100))
    assert state.step(10, HIGH)


@pytest.mark.parametrize(
    ("state", "acknowledged_t", "sounds"),
    [
        ("active", None, True),
        ("acknowledged", 5.0, False),
        ("unresolved", None, True),
        ("unresolved", 5.0, False),
        ("latched", None, False),
    ],
)
def test_a_condition_sounds_until_it_is_answered_or_over(
    state: str, acknowledged_t: float | None, sounds: bool
) -> None:
    view = ConditionView("spo2_low", state, "high", acknowledged_t=acknowledged_t)
    picture = Picture(conditions={"spo2_low": view})
    assert sounding(picture) == ({"spo2_low": "high"} if sounds else {})


def test_a_pause_ends_by_itself_in_the_picture() -> None:
    from ketamon.feed.messages import Beat

    picture = Picture(pause=PauseView(0, 120))
    picture.apply(Beat(119, 0, 1, "LIVE"), 0)
    assert picture.pause is not None
    picture.apply(Beat(120, 0, 1, "LIVE"), 1)
    assert picture.pause is None
