"""A saturation that is measured beyond an inflated cuff says so on every screen."""

import pytest

from tests.tui.scenes import NOW, scene, text, vital

SIZES = [(60, 20), (80, 24), (120, 40)]


def beside_spo2(shown: str) -> str:
    return next(line for line in shown.splitlines() if "SpO2 %" in line).partition("SpO2 %")[2]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("view", ["", "alarms"])
def test_value_is_marked_while_the_cuff_squeezes_the_probes_arm(
    size: tuple[int, int], view: str
) -> None:
    free, squeezed = vital("spo2", 97), vital("spo2", 97, cuff_until_t=NOW + 40)
    assert "CUFF" not in beside_spo2(text(size, scene(free, view=view)))
    assert "CUFF" in beside_spo2(text(size, scene(squeezed, view=view)))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_an_old_value_keeps_its_age_beside_the_mark(size: tuple[int, int]) -> None:
    shown = text(size, scene(vital("spo2", 97, age=6.0, cuff_until_t=NOW + 40)))
    assert any("CUFF" in line and "6 s" in line for line in shown.splitlines())
