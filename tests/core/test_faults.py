"""Faults that the engine tells: clock, host, audio, viewer, screen."""

import pytest

from tests.core.chair import Chair


def fault(chair: Chair, t: float, what: str, detail: str, **more: object) -> list[str]:
    """A `fault` entry."""
    return chair.tell(t, "fault", what=what, detail=detail, **more)


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(2.5, "the wall clock stepped by +2.5 s"), (-3600, "the wall clock stepped by -3600 s"),
     (2, None), (-2, None), (None, "the wall clock stepped")],
)  # fmt: skip
def test_clock_step_over_two_seconds_is_low(seconds: float | None, reason: str | None) -> None:
    chair = Chair({})
    found = fault(chair, 5, "clock", "stepped", seconds=seconds)
    assert found == ([f"5.000 clock_step raised active low: {reason}"] if reason else [])


@pytest.mark.parametrize(
    ("seconds", "is_told"), [(10, False), (10.1, True), (3600, True), (None, True)]
)
def test_host_that_slept_over_ten_seconds_is_high_until_acknowledged(
    seconds: float | None, is_told: bool
) -> None:
    chair = Chair({})
    found = fault(chair, 5, "host", "slept", seconds=seconds)
    assert [line.partition(":")[0] for line in found] == (
        ["5.000 host_slept raised active high"] if is_told else []
    )
    if not is_told:
        return
    assert [line.split()[2] for line in chair.wait(500)] == ["unanswered"]
    assert chair.acknowledge(501, by={"seat": "physician"}) == [
        "501.000 host_slept seen active high"
    ]
    assert chair.acknowledge(502) == [
        "502.000 host_slept acknowledged acknowledged high",
        "502.000 host_slept cleared normal high",
    ]


def test_gap_is_no_sleep() -> None:
    chair = Chair({})
    assert chair.tell(500, "gap", since_t=100, reason="the engine was started again") == []


def test_second_step_asks_anew_and_an_acknowledgement_ends_both() -> None:
    chair = Chair({})
    fault(chair, 0, "clock", "stepped", seconds=5)
    assert fault(chair, 9, "clock", "stepped", seconds=-7, reason="set by hand") == [
        "9.000 clock_step realarmed active low: set by hand"
    ]
    assert [line.split()[2] for line in chair.acknowledge(10)] == ["acknowledged", "cleared"]
    assert [line.split()[2] for line in fault(chair, 11, "clock", "stepped")] == ["raised"]
    assert [line.split()[2] for line in fault(chair, 12, "clock", "back")] == ["cleared"]


def test_audio_that_fails_ends_when_back_or_acknowledged() -> None:
    chair = Chair({})
    assert fault(chair, 0, "audio", "failing", reason="no sound card") == [
        "0.000 audio_failing raised active low: no sound card"
    ]
    assert fault(chair, 1, "audio", "back") == ["1.000 audio_failing cleared normal low"]
    assert fault(chair, 2, "audio", "failing") == [
        "2.000 audio_failing raised active low: no sound is given"
    ]
    assert [line.split()[2] for line in chair.acknowledge(3)] == ["acknowledged", "cleared"]
    assert fault(chair, 4, "audio", "back") == []


def test_viewers_are_kept_apart() -> None:
    chair = Chair({})
    assert fault(chair, 0, "viewer", "lost", who="Dr A") == [
        "0.000 viewer_lost raised active low: Dr A: does not answer"
    ]
    assert [line.split()[2] for line in fault(chair, 1, "viewer", "lost", who="Dr B")] == [
        "realarmed"
    ]
    assert fault(chair, 2, "viewer", "back", who="Dr A") == []
    assert [line.split()[2] for line in fault(chair, 3, "viewer", "back", who="Dr B")] == [
        "cleared"
    ]


@pytest.mark.parametrize(
    ("phase", "is_told"),
    [("setup", False), ("baseline", False), ("dosing", True), ("recovery", True), ("ended", False)],
)
def test_chair_without_a_drawing_screen_is_told_while_dosing_or_recovery(
    phase: str, is_told: bool
) -> None:
    chair = Chair({})
    chair.phase(0, phase)
    found = fault(chair, 5, "screen", "lost")
    told = ["5.000 no_screen_at_chair raised active medium: no nurse's screen has drawn for 10 s"]
    assert found == (told if is_told else [])


def test_missing_screen_is_told_when_dosing_begins_and_ends_with_a_drawn_frame() -> None:
    chair = Chair({})
    fault(chair, 0, "screen", "lost")
    assert [line.split()[2] for line in chair.phase(60, "dosing")] == ["raised"]
    chair.acknowledge(61)
    assert chair.state.technical["no_screen_at_chair"].state == "acknowledged"
    assert [line.split()[2] for line in fault(chair, 62, "screen", "back")] == ["cleared"]


@pytest.mark.parametrize(
    ("what", "detail"),
    [("screen", "back"), ("audio", "loud"), ("viewer", "back"), ("moon", "lost"), ("host", "woke")],
)
def test_what_is_back_or_unknown_raises_nothing(what: str, detail: str) -> None:
    assert fault(Chair({}), 0, what, detail) == []
