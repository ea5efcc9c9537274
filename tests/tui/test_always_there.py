"""What is never left out, on any screen from 30x6 up: alarms, marks, the mode, ages, lost links."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ketamon.feed.messages import Bye, ConditionView, CuffView
from ketamon.tui.canvas import Canvas
from ketamon.tui.frames import pen_of
from ketamon.tui.palette import THEMES
from ketamon.tui.scene import Scene, label, mark
from ketamon.vitals import CONDITIONS
from tests.tui.pictures import conditions, scenes
from tests.tui.reading import figures
from tests.tui.scenes import NOW, SIZES, TILED, condition, drawn, scene, text, vital, words

WIDTHS = st.integers(30, 130) | st.just(200)
HEIGHTS = st.integers(6, 45) | st.just(60)
every_size = pytest.mark.parametrize("size", SIZES, ids=str)
every_tiled_size = pytest.mark.parametrize("size", TILED, ids=str)


# -- alarms --------------------------------------------------------------------------------------


@given(width=WIDTHS, height=HEIGHTS, shown=scenes(), worst=conditions())
@settings(max_examples=50)
def test_worst_alarm_of_any_picture_is_named_with_its_mark_on_any_screen(
    width: int, height: int, shown: Scene, worst: ConditionView
) -> None:
    assume(shown.picture.mode)
    shown.picture.conditions[worst.condition] = worst
    shown = replace(shown)  # sorts them anew
    found = words(text((width, height), shown))
    for first in (*shown.physiological[:1], *(() if shown.lost else shown.technical[:1])):
        assert f"{mark(first)} {label(first)}" in found


@every_size
def test_alarm_is_told_in_a_word_a_mark_and_numbers(size: tuple[int, int]) -> None:
    for name, known in CONDITIONS.items():
        side = "<" if known.direction == "low" else ">"
        for priority, stars in (("high", "***"), ("medium", "**"), ("low", "*")):
            alarm = condition(name, priority, value=99, limit=98 if side == ">" else 100)
            shown = words(text(size, scene(vital(known.vital, 99), conditions=(alarm,))))
            assert f" {stars} {known.label} 99 {side} {alarm.limit}" in f" {shown}"


@every_size
def test_devices_alarm_is_named_with_a_mark_of_its_own(size: tuple[int, int]) -> None:
    for priority, signs in (("high", "!!!"), ("medium", "!!"), ("low", "!")):
        both = (condition(), condition("oximeter_no_data", priority, value=None, limit=None))
        shown = words(text(size, scene(conditions=both)))
        assert f" {signs} SpO2 NO DATA" in shown
        assert "** SYS HIGH 172 > 160" in shown


@every_size
def test_number_of_alarms_is_told_where_they_are_not_all_named(size: tuple[int, int]) -> None:
    three = tuple(condition(name) for name in ("sys_high", "dia_high", "hr_high"))
    assert "1 of 3" in text(size, scene(conditions=three))


@every_size
def test_alarm_that_is_over_says_was(size: tuple[int, int]) -> None:
    over = condition("spo2_low", "high", state="latched", value=86, worst=86, limit=90)
    assert "*** SpO2 LOW was 86 < 90" in words(text(size, scene(conditions=(over,))))


@every_tiled_size
def test_number_that_alarms_has_the_mark_beside_it(size: tuple[int, int]) -> None:
    shown = scene(vital("sys", 172, 60.0), conditions=(condition(),))
    row = next(line for line in text(size, shown).splitlines() if "NIBP mmHg" in line)
    assert "** > 160" in row


# -- what session it is --------------------------------------------------------------------------


@given(
    width=WIDTHS,
    height=st.integers(1, 80),
    shown=scenes(),
    ascii_only=st.booleans(),
)
@settings(max_examples=40)
def test_replay_and_simulated_stand_in_the_first_row_of_any_screen(
    width: int, height: int, shown: Scene, *, ascii_only: bool
) -> None:
    assume(shown.picture.mode in ("REPLAY", "SIMULATED") and height > 1)
    c = drawn((width, height), shown, ascii_only=ascii_only)
    assert shown.picture.mode in "".join(c.chars[0])
    rail = "".join(row[0] for row in c.chars[1:])
    assert rail.startswith(shown.picture.mode[: height - 1])


@pytest.mark.parametrize("height", [2, 3])
def test_rail_is_there_from_two_rows_up(height: int) -> None:
    assert text((60, height), scene(mode="REPLAY")).splitlines()[1].startswith("R ")


@pytest.mark.parametrize("mode", ["LIVE", "REPLAY", "SIMULATED"])
def test_one_row_still_says_what_session_it_is(mode: str) -> None:
    assert text((34, 1), scene(mode=mode)).startswith(mode)
    assert text((16, 1), scene(mode=mode)).startswith(f"{mode[0]} ")


@every_size
def test_live_is_said_only_while_the_link_holds(size: tuple[int, int]) -> None:
    assert "LIVE" in text(size, scene())
    if size in TILED:
        lost = text(size, scene(silent_s=9.0)).splitlines()
        assert "LIVE" not in lost[0]
        assert "LAST PICTURE" in lost[0]


@every_size
def test_nothing_that_was_received_is_called_live_before_the_first_message(
    size: tuple[int, int],
) -> None:
    shown = text(size, Scene(type(scene().picture)(), 0.0))
    assert "LIVE" not in shown
    assert "WAITING" in shown


# -- ages and missing values ---------------------------------------------------------------------


@every_size
def test_cuff_value_always_has_its_age(size: tuple[int, int]) -> None:
    for age, said in ((12 * 60.0, "12 min"), (7500.0, "2 h 05"), (8.0, "8 s")):
        shown = scene(vital("sys", 128, age), vital("dia", 77, age))
        assert said in text(size, shown)
        assert said in text(size, replace(shown, silent_s=9.0))


@every_size
@pytest.mark.parametrize("name", ["hr", "spo2"])
def test_old_value_is_marked_with_its_age_and_a_fresh_one_is_not(
    size: tuple[int, int], name: str
) -> None:
    old, fresh = scene(vital(name, 88, 6.0)), scene(vital(name, 88, 2.0))
    assert "6 s" in text(size, old)
    assert "2 s" not in text(size, fresh)
    assert looks_of(drawn(size, old), "dim") > looks_of(drawn(size, fresh), "dim")


def looks_of(c: Canvas, ink: str) -> int:
    """How many cells have that ink."""
    return sum(look.ink == ink for row in c.looks for look in row)


@every_tiled_size
@pytest.mark.parametrize("missing", ["hr", "spo2", "sys"])
def test_missing_value_is_drawn_as_dashes_never_as_the_last_number(
    size: tuple[int, int], missing: str
) -> None:
    for gone in (
        vital(missing, 88, 11.0, stale_after_s=10.0),
        vital(missing, 88, 1.0, state="lost"),
        vital(missing, None, state="none"),
    ):
        shown = figures(drawn(size, scene(gone)))
        assert "88" not in shown
        others = {"sys": "131", "dia": "82", "hr": "76", "spo2": "97"}
        expected = ["---" if n == missing else v for n, v in others.items()]
        assert sorted(shown) == sorted(expected)


@pytest.mark.parametrize("missing", ["hr", "spo2"])
def test_missing_value_is_dashes_in_the_text_fallback_too(missing: str) -> None:
    shown = text((30, 6), scene(vital(missing, 88, 11.0)))
    assert "---" in shown
    assert "88" not in shown


@every_size
def test_value_that_never_came_is_dashes(size: tuple[int, int]) -> None:
    none = tuple(vital(n, None, state="none") for n in ("sys", "dia", "map", "hr", "spo2"))
    c = drawn(size, scene(*none))
    assert "nothing received yet" in c.text()
    if size in TILED:
        assert figures(c) == ["---"] * 4
    else:
        assert c.text().count("---") == 3


@every_tiled_size
def test_numbers_stand_in_big_figures(size: tuple[int, int]) -> None:
    shown = scene(
        vital("sys", 203), vital("dia", 149), vital("hr", 58), vital("spo2", 67, mark="?")
    )
    assert sorted(figures(drawn(size, shown))) == sorted(["203", "149", "58", "67"])


@every_size
def test_doubtful_saturation_has_a_question_mark(size: tuple[int, int]) -> None:
    sure, doubtful = (drawn(size, scene(vital("spo2", 67, mark=m))).text() for m in ("", "?"))
    assert sure != doubtful
    if size not in TILED:
        assert "67?" in doubtful


# -- units and limits ----------------------------------------------------------------------------


@every_tiled_size
def test_units_stand_beside_every_number(size: tuple[int, int]) -> None:
    shown = text(size, scene(silent_s=4.0))
    for name in ("NIBP mmHg", "HR /min", "SpO2 %"):
        assert name in shown


@every_tiled_size
def test_limits_stand_beside_every_number_and_a_missing_one_says_off(
    size: tuple[int, int],
) -> None:
    shown = text(size, scene()).replace(" ", "")
    for limit in ("90–160", "≤100", "50–110", "≥94"):
        assert limit in shown
    off = text(size, scene(*(vital(n, 90, high=(), low=()) for n in ("sys", "dia", "hr", "spo2"))))
    assert off.count("OFF") >= 3


HIGHS = ("40–130", "80–180", "≤110", "≥90")


@every_tiled_size
def test_limits_of_high_stand_under_the_pressure_and_on_large_screens_at_every_number(
    size: tuple[int, int],
) -> None:
    large, roomy = size[0] >= 110 and size[1] >= 36, size[0] >= 110 and size[1] >= 40
    rates = {"40–130", "≥90"} if large else set()
    for base, highs in ((None, rates | {"80–180", "≤110"}), (125, set(HIGHS) if roomy else rates)):
        told = (vital("sys", 131, 60.0, baseline=base), vital("dia", 82, 60.0))
        shown = text(size, scene(*told)).replace(" ", "")
        for limit in HIGHS:
            assert (limit in shown) == (limit in highs), (limit, base)
        assert ("HIGH80–180" in shown) == ("80–180" in highs)
    one = text(size, scene(vital("sys", 131, high=(), low=()))).replace(" ", "")
    assert "HIGH≤110" in one


@every_tiled_size
def test_limits_of_high_give_way_to_what_the_cuff_does(size: tuple[int, int]) -> None:
    measuring = CuffView("measuring", NOW - 12, None, True, 168)
    shown = text(size, scene(cuff=measuring)).replace(" ", "")
    assert "80–180" not in shown
    assert "90–160" in shown
    assert "measuring0:12" in shown


# -- lost links ----------------------------------------------------------------------------------


@given(width=WIDTHS, height=HEIGHTS, shown=scenes())
@settings(max_examples=40)
def test_lost_link_is_said_on_any_screen_over_any_picture(
    width: int, height: int, shown: Scene
) -> None:
    shown = replace(shown, silent_s=7.0)
    said = "LINK LOST 7 s" if shown.picture.bye is None else "LINK ENDED: "
    assert said.strip() in words(text((width, height), shown))


@every_size
def test_ended_link_says_why(size: tuple[int, int]) -> None:
    shown = scene(conditions=(condition(),))
    shown.picture.apply(Bye("session over"), 0.0)
    found = words(text(size, shown))
    assert "LINK ENDED: session over"[: size[0] - 4] in found
    assert "** SYS HIGH 172 > 160" in found, "what alarmed at that moment"


@every_tiled_size
def test_lost_link_strikes_the_numbers_and_says_that_nothing_is_current(
    size: tuple[int, int],
) -> None:
    lost = drawn(size, scene(silent_s=4.0))
    assert "nothing below is current" in lost.text()
    assert sum("━━" in "".join(row) for row in lost.chars) == (3 if size[0] >= 80 else 2)
    assert sorted(figures(lost)) == ["131", "76", "82", "97"], "still to be read"


def test_lost_link_leaves_no_number_in_the_text_fallback() -> None:
    shown = text((30, 6), scene(silent_s=4.0))
    assert shown.count("---") == 3
    assert "131" not in shown


@every_tiled_size
def test_lost_link_takes_every_colour_away_but_its_own(size: tuple[int, int]) -> None:
    shown = scene(vital("sys", 190), conditions=(condition(priority="high"),), silent_s=4.0)
    inks = {look.ink for row in drawn(size, shown).looks for look in row}
    papers = {look.paper for row in drawn(size, shown).looks[3:] for look in row[1:]}
    assert not inks & {"hr", "spo2", "high", "high-ink", "on-high", "med-ink", "nibp"}
    assert papers <= {"ground", "outside", "med", "dim"}


@every_size
def test_silence_of_three_seconds_is_not_yet_a_lost_link(size: tuple[int, int]) -> None:
    assert "LINK LOST" not in text(size, scene(silent_s=3.0))
    assert "LINK LOST" in text(size, scene(silent_s=3.01))


# -- without colour ------------------------------------------------------------------------------

DIFFERENT: dict[str, tuple[Scene, Scene]] = {
    "priority": (
        scene(vital("sys", 172), conditions=(condition(),)),
        scene(vital("sys", 172), conditions=(condition(priority="high"),)),
    ),
    "answered": (
        scene(vital("sys", 172), conditions=(condition(),)),
        scene(vital("sys", 172), conditions=(condition(state="acknowledged"),)),
    ),
    "over": (
        scene(conditions=(condition(priority="high"),)),
        scene(conditions=(condition(priority="high", state="latched"),)),
    ),
    "unresolved": (
        scene(conditions=(condition("hr_high"),)),
        scene(conditions=(condition("hr_high", state="unresolved"),)),
    ),
    "old": (scene(vital("hr", 76, 5.0)), scene()),
    "lost value": (scene(vital("hr", 76, state="lost")), scene()),
    "no value": (scene(vital("hr", None, state="none")), scene()),
    "which number": (scene(conditions=(condition("hr_high"),)), scene(conditions=(condition(),))),
    "devices": (
        scene(conditions=(condition("device_lost", value=None, limit=None),)),
        scene(conditions=(condition("sys_high", value=None, limit=None),)),
    ),
    "mode": (scene(mode="SIMULATED"), scene()),
    "link": (scene(silent_s=3.5), scene()),
    "flash": (
        scene(conditions=(condition(priority="high"),)),
        scene(conditions=(condition(priority="high"),), lit_high=False),
    ),
}


def colourless(c: Canvas) -> list[list[tuple[str, bool, bool]]]:
    """What a terminal without colour shows: characters, weight, reverse video."""
    looks = {look for row in c.looks for look in row}
    pens = {look: pen_of(THEMES["nocolor"], look, None) for look in looks}
    assert {(pen.front, pen.back) for pen in pens.values()} == {("39", "49")}
    return [
        [(char, pens[k].bold, pens[k].reverse) for char, k in zip(chars, row, strict=True)]
        for chars, row in zip(c.chars, c.looks, strict=True)
    ]


@every_size
def test_nothing_is_told_by_colour_alone(size: tuple[int, int]) -> None:
    for what, scenes_of_it in DIFFERENT.items():
        one, other = (colourless(drawn(size, shown, "nocolor")) for shown in scenes_of_it)
        still = what == "flash" and size not in TILED  # text does not flash
        assert (one == other) == still, what


@every_size
def test_every_palette_shows_the_same_text(size: tuple[int, int]) -> None:
    for shown, _ in DIFFERENT.values():
        texts = {drawn(size, shown, theme).text().replace("▌", " ") for theme in THEMES}
        stripped = {"\n".join(line.rstrip() for line in t.splitlines()) for t in texts}
        assert len(stripped) == 1


@every_size
def test_terminal_of_ascii_gets_the_same_words(size: tuple[int, int]) -> None:
    shown = DIFFERENT["priority"][1]
    plain = drawn(size, shown, ascii_only=True).text()
    assert plain.isascii()
    assert "*** SYS HIGH" in words(plain)
    assert "172 > 160" in plain


def test_condition_of_a_later_version_is_named_too() -> None:
    shown = scene(conditions=(condition("pump_occluded", value=None, limit=None),))
    assert "!! PUMP OCCLUDED" in words(text((80, 24), shown))
