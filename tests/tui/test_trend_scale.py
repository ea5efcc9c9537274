"""The scale of a trend is fixed: a peak is where it is, and makes nothing else look flat or steep."""

import pytest

from ketamon.feed.messages import Bin
from tests.tui.scenes import NOW, drawn, scene

SIZES = ((80, 24), (120, 40), (200, 60))
PEAK = range(3300, 3360, 10)  # one minute, five minutes ago


def minutes(value: dict[str, float], peak: float) -> tuple[Bin, ...]:
    """An hour that is flat but for one minute."""
    return tuple(
        Bin(name, t, low, peak if name == "hr" and t in PEAK else low)
        for name, low in value.items()
        for t in range(0, int(NOW), 10)
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_peak_moves_nothing_else_of_the_trend(size: tuple[int, int]) -> None:
    flat = drawn(size, scene(bins=minutes({"hr": 75, "spo2": 96}, 75)))
    peak = drawn(size, scene(bins=minutes({"hr": 75, "spo2": 96}, 125)))
    differ = {
        x for y in range(size[1]) for x in range(size[0]) if peak.chars[y][x] != flat.chars[y][x]
    }
    assert differ, "the peak is nowhere to be seen"
    assert max(differ) - min(differ) < 12, "more than the peak's own columns has moved"
