"""Any picture on any screen: drawn without an error, in exactly the cells that the screen has."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from ketamon.tui.canvas import Canvas, Means
from ketamon.tui.palette import THEMES
from ketamon.tui.scene import Scene
from ketamon.tui.screens import monitor
from tests.tui.pictures import scenes
from tests.tui.scenes import drawn, scene

WIDTHS = st.integers(1, 250) | st.sampled_from((29, 30, 59, 60, 79, 80, 109, 110, 199, 200))
HEIGHTS = st.integers(1, 80) | st.sampled_from((5, 6, 15, 16, 23, 24, 35, 36, 59, 60))
MEANS = st.builds(
    lambda name, ascii_only: THEMES[name].means(ascii_only=ascii_only),
    st.sampled_from(tuple(THEMES)),
    st.booleans(),
)


class Edged(list[Any]):
    """A list without cells before its first: counted from the end, they are another edge's."""

    def __getitem__(self, at: Any) -> Any:
        assert not isinstance(at, int) or at >= 0, f"cell {at}"
        return super().__getitem__(at)

    def __setitem__(self, at: Any, what: Any) -> None:
        assert not isinstance(at, int) or at >= 0, f"cell {at}"
        super().__setitem__(at, what)


class EdgedCanvas(Canvas):
    """A canvas that tells of every cell touched outside it."""

    def __init__(self, width: int, height: int, means: Means | None = None) -> None:
        super().__init__(width, height, means)
        self.chars = Edged(Edged(row) for row in self.chars)
        self.looks = Edged(Edged(row) for row in self.looks)


@pytest.fixture(scope="module", autouse=True)
def edged() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(monitor, "Canvas", EdgedCanvas)
        yield


def is_whole(c: Canvas, width: int, height: int) -> None:
    """Checks that a canvas has its cells, each with a character that takes one."""
    assert [len(row) for row in c.chars] == [width] * height
    assert [len(row) for row in c.looks] == [width] * height
    for char in {char for row in c.chars for char in row}:
        assert len(char) == 1
        assert char.isprintable()
        assert cell_len(char) == 1, f"{char!r} does not take one cell"
    for y, x, _, _ in c.touch:
        assert (y, x) >= (0, 0)


@given(width=WIDTHS, height=HEIGHTS, shown=scenes(), means=MEANS)
@settings(max_examples=100)
def test_any_picture_is_drawn_on_any_screen_in_exactly_its_cells(
    width: int, height: int, shown: Scene, means: Means
) -> None:
    c = monitor.draw(width, height, shown, means)
    is_whole(c, width, height)
    if means.ascii:
        assert c.text().isascii()


@given(shown=scenes(), means=MEANS)
@settings(max_examples=25)
def test_every_look_has_a_colour_in_every_palette(shown: Scene, means: Means) -> None:
    for size in ((80, 24), (200, 60)):
        looks = {look for row in monitor.draw(*size, shown, means).looks for look in row}
        for theme in THEMES.values():
            for look in looks:
                theme.paint(look)


@pytest.mark.slow
def test_every_width_and_height_from_1x1_to_250x80_is_drawn() -> None:
    shown = scene(mode="REPLAY")
    for width in range(1, 251):
        for height in range(1 + width % 5, 81, 5):
            is_whole(drawn((width, height), shown), width, height)


@pytest.mark.parametrize("height", [*range(1, 29), 35, 36, 59, 60])
def test_every_height_is_drawn_at_each_layouts_least_width(height: int) -> None:
    for shown in (scene(mode="REPLAY"), scene(silent_s=9.0), scene(help_page=2)):
        for width in (1, 2, 17, 18, 20, 30, 60, 80, 110):
            is_whole(drawn((width, height), shown), width, height)


def test_the_same_scene_gives_the_same_canvas() -> None:
    first, second = (drawn((120, 40), scene(mode="REPLAY")) for _ in range(2))
    assert (first.chars, first.looks, first.touch) == (second.chars, second.looks, second.touch)
