"""The session's alarms so far: from raised to over, with the worst value and who answered first."""

import pytest

from ketamon.engine import alarm_history
from ketamon.feed.messages import EpisodeView
from tests.engine.test_projector import Watched

LIMITS = {
    "sys": {"high": {"medium": 160, "high": 180}},
    "dia": {"high": {"medium": 100}},
}


def watched(*readings: tuple[float, int], answered: float | None = None) -> Watched:
    """A chair at which the cuff gave these systolic pressures; somebody answered at a time."""
    chair = Watched()
    chair.tell(0, "limits", profile=LIMITS)
    for t, systolic in readings:
        if answered is not None and answered < t:
            chair.tell(answered, "acknowledge", by={"person": "anna", "seat": "nurse"})
            answered = None
        chair.tell(t, "blood_pressure", "cuff", systolic=systolic, diastolic=80)
    if answered is not None:
        chair.tell(answered, "acknowledge", by={"person": "anna", "seat": "nurse"})
    return chair


def told(chair: Watched) -> list[EpisodeView]:
    """Its history, without the numbers of its lines."""
    return list(chair.projector.history.episodes.values())


def test_episode_goes_from_raised_to_cleared_with_its_worst_value_and_who_answered() -> None:
    chair = watched((10, 165), (100, 172), (200, 163), (300, 140), answered=130)
    (one,) = told(chair)
    assert (one.condition, one.priority, one.began_t, one.ended_t) == (
        "sys_high",
        "medium",
        10,
        300,
    )
    assert (one.value, one.limit, one.over) == (172, 160, "cleared")
    assert (one.acknowledged_t, one.by) == (130, "anna")
    assert chair.whole().episodes == (one,)


def test_episode_that_nobody_answered_says_so_and_keeps_the_worst_priority() -> None:
    (one,) = told(watched((10, 190), (100, 140)))
    assert (one.priority, one.value, one.limit) == ("high", 190, 180)
    assert (one.ended_t, one.over, one.acknowledged_t) == (100, "latched", None)


def test_answer_to_what_is_over_belongs_to_it_and_the_next_one_is_another() -> None:
    first, second = told(watched((10, 190), (100, 140), (200, 190), answered=150))
    assert (first.ended_t, first.acknowledged_t, first.by) == (100, 150, "anna")
    assert (second.began_t, second.ended_t) == (200, None)


def test_what_is_raised_again_unanswered_is_another_episode() -> None:
    first, second = told(watched((10, 190), (100, 140), (200, 190)))
    assert (first.began_t, second.began_t) == (10, 200)


def test_worst_of_a_low_limit_is_the_lowest() -> None:
    chair = Watched()
    chair.tell(0, "limits", profile={"moaas": {"low": {"medium": 4}}})
    for t, score in ((10, 3), (20, 1), (30, 2)):
        chair.tell(t, "score", event="scale.moaas", value=score)
    assert told(chair)[0].value == 1


def test_only_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_history, "KEPT", 3)
    chair = watched(*((10.0 + i * 10, 165 if i % 2 == 0 else 140) for i in range(12)))
    assert [one.began_t for one in told(chair)] == [70, 90, 110]
