"""A technical condition says its cause and what to do, whole, also where there is little room."""

import msgspec
import pytest

from ketamon.feed.messages import EpisodeView
from ketamon.tui.scene import Scene, against
from ketamon.tui.views import VIEWS
from tests.tui.scenes import NOW, condition, scene, text, words

CAUSE = "oximeter lost: unplugged: plug it in again"
LOST = condition("oximeter_no_data", value=None, limit=None, reason=CAUSE)
ALSO = condition("hr_no_data", value=None, limit=None, reason=CAUSE)


def page(shown: Scene, width: int) -> str:
    rows = VIEWS["alarms"](shown, width).rows
    return words(" ".join(piece.text for line in rows for piece in line.pieces))


@pytest.mark.parametrize("width", [30, 58, 70, 78, 110])
def test_standing_cause_is_never_cut(width: int) -> None:
    assert CAUSE in page(scene(conditions=(LOST,)), width)


@pytest.mark.parametrize("width", [62, 78, 110])
def test_cause_of_what_is_over_is_never_cut(width: int) -> None:
    over = EpisodeView(20, "oximeter_no_data", "medium", NOW - 90, NOW - 60, reason=CAUSE)
    shown = scene()
    shown.picture.episodes = {over.seq: over}
    assert CAUSE in page(shown, width)


def test_cause_has_its_room_in_the_lane_before_the_long_word_for_the_key() -> None:
    lane = words(text((80, 24), scene(conditions=(LOST, ALSO))).splitlines()[2])
    assert "and 1 more oximeter lost: unplugged: pl" in lane
    assert lane.endswith("SPACE ack")


def test_value_that_is_over_is_not_said_to_be_beyond_a_limit_that_came_later() -> None:
    latched = condition("hr_high", "high", state="latched", value=80, worst=173, limit=175)
    assert against(latched) == "was 173"
    assert against(msgspec.structs.replace(latched, limit=130)) == "was 173 > 130"
    over = EpisodeView(20, "hr_high", "high", NOW - 90, NOW - 60, 173, 175)
    shown = scene()
    shown.picture.episodes = {over.seq: over}
    assert "173 > 175" not in page(shown, 78)
