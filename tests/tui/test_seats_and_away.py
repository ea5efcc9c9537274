"""Whose seat a screen is, and that the patient is away: said where it matters, quietly."""

from dataclasses import replace

import msgspec
import pytest

from ketamon.feed.messages import AwayView, DeviceView
from ketamon.tui.abilities import why_other_seat
from tests.tui.scenes import (
    CUFF,
    NOW,
    OXIMETER,
    SIZES,
    TILED,
    condition,
    drawn,
    picture,
    scene,
    text,
    vital,
    words,
)

every_size = pytest.mark.parametrize("size", SIZES, ids=str)
every_tiled_size = pytest.mark.parametrize("size", TILED, ids=str)
LOST = condition("device_lost", value=None, limit=None)


# -- seats ---------------------------------------------------------------------------------------


@every_size
def test_another_seat_than_the_nurses_is_named(size: tuple[int, int]) -> None:
    for mode, seat in (("LIVE", "observer"), ("LIVE", "physician"), ("SIMULATED", "trainer")):
        for alarms in ((), (LOST,)) if size in TILED else ((),):
            assert seat in text(size, scene(mode=mode, seat=seat, conditions=alarms))
    for mode, seat in (("LIVE", "nurse"), ("SIMULATED", "nurse"), ("REPLAY", "observer")):
        shown = text(size, scene(mode=mode, seat=seat))
        assert not any(word in shown for word in ("nurse", "observer", "information only"))


@every_tiled_size
def test_who_only_watches_is_told_so(size: tuple[int, int]) -> None:
    for seat in ("observer", "physician"):
        assert f"{seat}, information only" in text(size, scene(seat=seat))
    assert "information only" not in text(size, scene(mode="SIMULATED", seat="trainer"))


@every_tiled_size
def test_seat_hides_nothing_of_a_devices_alarm(size: tuple[int, int]) -> None:
    shown = text(size, scene(seat="physician", conditions=(LOST,)))
    assert "!! DEVICE LOST 40 s" in words(shown)


def test_seat_that_was_not_given_has_its_reason() -> None:
    for mode, asked, given, said in (
        ("LIVE", "trainer", "observer", "only a simulated session has a trainer: this screen is an observer's"),
        ("SIMULATED", "trainer", "observer", "this account may not take the trainer seat: this screen is an observer's"),
        ("LIVE", "nurse", "observer", "this account may not take the nurse seat: this screen is an observer's"),
        ("LIVE", None, "observer", ""),
        ("LIVE", "physician", "physician", ""),
    ):  # fmt: skip
        assert why_other_seat(picture(mode=mode, seat=given), asked) == said


# -- away ----------------------------------------------------------------------------------------


def away(left_s: float, *sensors: str, minutes: int = 10) -> AwayView:
    """Away from these sensors, for so long still."""
    until = NOW + left_s
    return AwayView(until - minutes * 60, until, sensors or ("oximeter",))


@pytest.mark.parametrize(
    ("left_s", "minutes", "said"),
    [
        (372.0, 10, "AWAY 6 min left of 10 min oximeter"),
        (60.0, 10, "AWAY 1 min left of 10 min oximeter"),
        (59.9, 10, "AWAY 0:59 left of 10 min oximeter"),
        (12.0, 25, "AWAY 0:12 left of 25 min oximeter"),
    ],
)
def test_away_counts_minutes_and_seconds_in_the_last(
    left_s: float, minutes: int, said: str
) -> None:
    for size in TILED:
        shown = words(text(size, scene(away=away(left_s, minutes=minutes))))
        assert said in shown
        assert "no technical alarms" not in shown


@every_tiled_size
def test_away_is_quiet(size: tuple[int, int]) -> None:
    calm, gone = drawn(size, scene()), drawn(size, scene(away=away(372.0)))
    used = {look.paper for row in gone.looks for look in row}
    assert used == {look.paper for row in calm.looks for look in row}


@every_size
def test_what_is_missing_for_that_is_said_by_that_alone(size: tuple[int, int]) -> None:
    silent = oximeter("silent")
    gone = (vital("hr", 76, 30.0), vital("spo2", 97, 30.0))
    shown = text(size, scene(*gone, away=away(372.0), devices=(CUFF, silent)))
    assert "no data:" not in shown
    assert "oximeter silent" not in shown
    assert "AWAY" in shown
    other = text(size, scene(*gone, away=away(372.0, "cuff"), devices=(CUFF, silent)))
    assert "no data:" in other or size not in TILED


def oximeter(state: str) -> DeviceView:
    """The oximeter in another state."""
    return msgspec.structs.replace(OXIMETER, state=state, since_t=NOW - 20)


@every_size
def test_away_is_over_when_its_time_is(size: tuple[int, int]) -> None:
    shown = scene(away=away(5.0))
    assert "AWAY" in text(size, shown)
    assert "AWAY" not in text(size, replace(shown, now=NOW + 5))


def test_devices_alarm_stands_before_it() -> None:
    row = words(text((120, 40), scene(conditions=(LOST,), away=away(372.0))).splitlines()[3])
    assert row.startswith("!! DEVICE LOST 40 s AWAY 6 min left of 10 min oximeter")
    row = words(text((80, 24), scene(conditions=(LOST,), away=away(372.0))).splitlines()[2])
    assert row == "!! DEVICE LOST 40 s AWAY 6 min SPACE acknowledge"


# -- why a device's alarm stands -----------------------------------------------------------------


def test_engines_reason_is_told_and_once() -> None:
    told = condition("device_lost", value=None, limit=None, reason="oximeter: unplugged")
    gone = oximeter("lost")
    row = words(text((110, 35), scene(conditions=(told,), devices=(CUFF, gone))).splitlines()[2])
    assert "oximeter: unplugged" in row
    assert "oximeter lost" not in row
    other = condition("record_failing", value=None, limit=None, reason="the disk is full")
    row = words(text((110, 35), scene(conditions=(other,), devices=(CUFF, gone))).splitlines()[2])
    assert "the disk is full; oximeter lost 20 s" in row
