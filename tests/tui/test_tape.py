"""A recording's screen: speed and position always, its events, its notices, what its sources are."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ketamon.feed.messages import Bin, DeviceView, EventLine
from ketamon.tui.keys import WINDOWS
from ketamon.tui.scene import Scene
from tests.tui.scenes import NOW, SIZES, TAPE, TILED, condition, drawn, scene, text, vital

every_size = pytest.mark.parametrize("size", SIZES, ids=str)
TAPED = (*TILED, (60, 17), (60, 20), (80, 25), (80, 28), (79, 24), (250, 24))
every_taped_size = pytest.mark.parametrize("size", TAPED, ids=str)
TIMES = "1:00:00 / 2:00:00"


def recording(**changes: Any) -> Scene:
    """A recording's scene."""
    return scene(mode="REPLAY", **changes)


# -- speed and position --------------------------------------------------------------------------


@every_taped_size
def test_notice_hides_neither_speed_nor_position(size: tuple[int, int]) -> None:
    tape = msgspec.structs.replace(TAPE, speed=0.25)
    for notice in ("", "600× is the fastest", "a reason as long as they come " * 3):
        shown = text(size, recording(notice=notice, transport=tape))
        row = next(line for line in shown.splitlines() if TIMES in line)
        assert "▶ 0.25×" in row
        assert notice[:20] in shown


def test_line_of_time_stands_still_whatever_the_event_beside_it_says() -> None:
    rows = []
    for said in ("a", "SYS HIGH 187 > 180 worse", "a note of so many words that it is cut " * 3):
        shown = recording(events=(EventLine(NOW - 60, 40, said),))
        row = next(line for line in text((80, 24), shown).splitlines() if TIMES in line)
        assert "13:59" not in row
        rows.append((row.index("●"), row.index("14:59"), row.rindex("─")))
    assert len(set(rows)) == 1


# -- events --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [s for s in TAPED if s[0] >= 80 and s[1] >= 24], ids=str)
def test_newest_event_is_told_in_words(size: tuple[int, int]) -> None:
    newest = EventLine(NOW - 60, 41, "SYS HIGH 187 > 180 worse")
    shown = text(size, recording(events=(EventLine(NOW - 300, 40, "symptom dizzy"), newest)))
    assert "14:59  SYS HIGH 187 > 180 worse" in shown


# -- sources -------------------------------------------------------------------------------------

COLUMNS = (DeviceView("oximeter", "streaming", 0.0, "long CSV"),)
KNOWN = (DeviceView("oximeter", "streaming", 0.0, "nonin-df8", "usb-FTDI_A50285BI"),)


def source(name: str, shown: Scene) -> str:
    """The source of a value, as it is drawn."""
    return shown.show(name).source


@pytest.mark.parametrize(
    ("mode", "devices", "said"),
    [
        ("REPLAY", (), "recorded"), ("REPLAY", COLUMNS, "recorded"), ("REPLAY", KNOWN, "oximeter"),
        ("LIVE", (), "oximeter"), ("SIMULATED", COLUMNS, "oximeter"),
    ],
)  # fmt: skip
def test_recording_names_no_device_that_it_does_not_know(
    mode: str, devices: tuple[DeviceView, ...], said: str
) -> None:
    assert source("hr", scene(mode=mode, devices=devices)) == said
    typed = vital("hr", 76, source="person")
    assert source("hr", scene(typed, mode=mode, devices=devices)) == "person"


@pytest.mark.parametrize("size", [s for s in TILED if s[0] >= 80], ids=str)
def test_charts_values_are_called_recorded_and_never_a_straps(size: tuple[int, int]) -> None:
    held = vital("hr", 76, 120.0, source="strap", old_after_s=None, stale_after_s=None)
    shown = text(size, scene(held, mode="REPLAY", devices=()))
    assert "strap" not in shown
    assert "recorded  2 min ago" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_between_charted_values_nothing_is_missing(size: tuple[int, int]) -> None:
    apart = tuple(
        Bin(name, t + more, 76, 77) for name in ("hr", "spo2")
        for t in (300, 2100, 3300) for more in range(0, 200, 10)
    )  # fmt: skip
    for stale, gaps in ((10.0, True), (None, False)):
        told = (vital(name, 76, 100.0, stale_after_s=stale) for name in ("hr", "spo2"))
        shown = text(size, replace(scene(*told, mode="REPLAY", bins=apart), window=WINDOWS[2]))
        assert (" gap " in shown) == gaps


# -- on any terminal -----------------------------------------------------------------------------


@every_size
@pytest.mark.parametrize("mode", ["LIVE", "REPLAY"])
def test_ascii_has_a_sign_for_everything_that_is_drawn(size: tuple[int, int], mode: str) -> None:
    shown = drawn(size, scene(mode=mode, phase_t=NOW - 1200), ascii_only=True).text()
    assert shown.count("?") == shown.count("? help")
    assert " <100" not in shown, "at most 100 is not under 100"


@pytest.mark.parametrize("size", TILED, ids=str)
def test_filled_tile_has_no_bar_beside_its_fill_in_ascii_either(size: tuple[int, int]) -> None:
    high = condition(priority="high", value=187, worst=187, limit=180)
    for ascii_only in (False, True):
        c = drawn(size, scene(conditions=(high,)), ascii_only=ascii_only)
        filled = [
            (y, x) for y, row in enumerate(c.looks) if y > 3
            for x, look in enumerate(row) if look.paper == "high"
        ]  # fmt: skip
        left = min(x for _, x in filled)
        assert {c.chars[y][x] for y, x in filled if x == left} == {" "}
