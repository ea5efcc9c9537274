"""Cuff readings in the trend: one bar each, told apart also where they touch, on any terminal."""

from collections.abc import Iterable

import pytest

from ketamon.feed.messages import CuffBar
from ketamon.tui.canvas import Canvas
from ketamon.tui.frames import pen_of
from ketamon.tui.palette import THEMES
from ketamon.tui.scene import Scene
from ketamon.tui.screens import bands
from ketamon.tui.screens.monitor import grey
from ketamon.tui.widgets.lanes import lanes_end
from tests.tui.scenes import NOW, drawn, scene

SIZE = (80, 24)
SLIM = "▌▘▖"
COLUMN_S = 3600 / 25


def shown(*back: float, **changes: object) -> Scene:
    """A chair with readings of 150/85 so many columns before now."""
    readings = tuple(
        CuffBar(NOW - at * COLUMN_S, 150, 85, 110) for at in sorted(back, reverse=True)
    )
    return scene(bars=readings, **changes)


def nibp(c: Canvas) -> Iterable[int]:
    """The rows of the pressures' trend."""
    at = bands.layout(c.width, c.height, lanes_end(c.height), tape=False)
    return range(at.rows.nibp[0], at.rows.nibp[0] + at.rows.nibp[1])


def columns(c: Canvas) -> dict[int, str]:
    """Column of the trend: the glyphs of the bar in it, from above."""
    at = bands.layout(c.width, c.height, lanes_end(c.height), tape=False)
    found: dict[int, str] = {}
    for y in nibp(c):
        for x in range(6, at.tile_x - 2):
            if c.chars[y][x] in "#|█▁▂▃▄▅▆▇" + SLIM:
                found[x] = found.get(x, "") + c.chars[y][x]
    return found


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_bars_that_touch_are_told_apart_without_colour(theme: str) -> None:
    c = drawn(SIZE, shown(0, 1, 2, 3, 12), theme)
    found = columns(c)
    touching = [x for x in found if x + 1 in found]
    assert len(touching) == 3
    for x in touching:
        assert set(found[x]) <= set(SLIM), "its right half is empty"
    for x in found.keys() - set(touching):
        assert not set(found[x]) & set(SLIM), "a bar that stands alone is as wide as its column"


def test_empty_half_of_a_slim_bar_is_the_grounds() -> None:
    c = drawn(SIZE, shown(0, 1), "nocolor")
    x = min(columns(c))
    for y in nibp(c):
        if c.chars[y][x] in SLIM:
            assert not pen_of(THEMES["nocolor"], c.looks[y][x], None).reverse


def test_bars_that_touch_are_told_apart_in_ascii() -> None:
    found = columns(drawn(SIZE, shown(0, 1, 2, 12), ascii_only=True))
    assert [set(found[x]) for x in sorted(found)] == [{"#"}, {"|"}, {"|"}, {"#"}]


@pytest.mark.parametrize(("top", "bottom"), [(150, 85), (151, 149), (300, 30), (60, 52)])
def test_slim_bar_keeps_its_ends_to_half_a_cell(top: float, bottom: float) -> None:
    readings = (CuffBar(NOW - COLUMN_S, top, bottom, None), CuffBar(NOW, top, bottom, None))
    c = drawn(SIZE, scene(bars=readings))
    slim, whole = (text for _, text in sorted(columns(c).items()))
    assert slim
    assert abs(len(slim) - len(whole)) <= 1


def test_lost_link_does_not_turn_a_bars_lower_end_over() -> None:
    c = drawn(SIZE, shown(0))
    ends = [(y, x) for y in nibp(c) for x, look in enumerate(c.looks[y]) if look.paper == "nibp"]
    assert ends
    grey(c)
    for y, x in ends:
        assert c.looks[y][x][:2] == ("ground", "dim")
        assert pen_of(THEMES["nocolor"], c.looks[y][x], None).reverse
