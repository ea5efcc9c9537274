"""All that keys do, a touch does too: what is drawn to be chosen has a place to touch."""

import pytest

from ketamon.feed.alarm_views import LimitsView, SettingView
from ketamon.tui.canvas import Canvas
from ketamon.tui.keys import KEYS
from tests.tui.desk import FakeDesk
from tests.tui.scenes import TILED, condition, drawn, scene

SETTINGS = tuple(
    SettingView(key, value, value)
    for key, value in (
        ("sys.high.medium", 160), ("sys.high.high", 180), ("sys.low.medium", 90), ("sys.low.high", 80),
        ("hr.high.medium", 110), ("hr.low.medium", 50), ("spo2.low.medium", 94), ("spo2.low.high", 90),
    )
)  # fmt: skip
SIZES = ((80, 24), (120, 40))
every_size = pytest.mark.parametrize("size", SIZES, ids=str)


def touch(desk: FakeDesk, size: tuple[int, int], x: int, y: int) -> None:
    """Touches a cell as the screen does: the first target there, key by key."""
    canvas = drawn(size, desk.drawn())
    found = next((k for ty, tx, w, k in canvas.touch if ty == y and tx <= x < tx + w), "")
    desk.press(*found.split())


def place(canvas: Canvas, text: str) -> tuple[int, int]:
    y, line = next((i, row) for i, row in enumerate(canvas.text().splitlines()) if text in row)
    return line.index(text), y


def limits_desk() -> FakeDesk:
    shown = scene(conditions=(condition(),), limits=LimitsView("P", 1, "", SETTINGS))
    desk = FakeDesk(shown)
    desk.press("l")
    return desk


@every_size
def test_a_touched_limit_is_chosen_and_touched_again_it_changes(size: tuple[int, int]) -> None:
    for setting in SETTINGS:
        desk = limits_desk()
        panel = desk.choices.panel
        targets = {k for _, _, _, k in drawn(size, desk.drawn()).touch}
        reached = set()
        for way in targets:
            other = limits_desk()
            other.press(*way.split())
            reached.add(getattr(other.choices.panel, "at", ""))
        assert setting.key in reached | {getattr(panel, "at", "")}, setting.key


@every_size
def test_a_reading_is_typed_by_touch_alone(size: tuple[int, int]) -> None:
    desk = FakeDesk(scene())
    desk.press("v")
    for char in "158/94":
        canvas = drawn(size, desk.drawn())
        x, y = place(canvas, "1 2 3 4 5 6 7 8 9 0 / ←")
        touch(desk, size, x + 2 * "1234567890/".index(char), y)
    touch(desk, size, *place(drawn(size, desk.drawn()), "enter send"))
    assert desk.sent == [("manual", {"systolic": 158, "diastolic": 94})]


@every_size
def test_an_absence_is_told_by_touch_alone(size: tuple[int, int]) -> None:
    desk = FakeDesk(scene(phase="recovery"))
    desk.press("w")
    touch(desk, size, *place(drawn(size, desk.drawn()), "cuff    "))
    x, y = place(drawn(size, desk.drawn()), "◂ stays ▸")
    touch(desk, size, x + 8, y)
    touch(desk, size, *place(drawn(size, desk.drawn()), "y do it"))
    assert desk.sent == [("away", {"minutes": 10, "sensors": ["oximeter", "cuff"]})]


@pytest.mark.parametrize("size", [one for one in TILED if one[0] >= 120], ids=str)
def test_every_key_of_the_footer_and_each_half_of_a_pair_has_its_place(
    size: tuple[int, int],
) -> None:
    canvas = drawn(size, scene(mode="REPLAY", view="alarms"))
    touched = {key for _, _, _, key in canvas.touch}
    pairs = {"left", "right", "[", "]", ",", ".", "up", "down", "{", "}"}
    assert pairs <= touched or size[0] < 150
    assert {"space", "escape", "?", "q"} <= touched
    assert touched <= {name for key in KEYS for name in key.names}
