"""A chair on the screen: its devices, its cuff, the pace of a simulated session."""

import msgspec
import pytest

from ketamon.feed.messages import CuffView, DeviceView
from ketamon.tui.canvas import Canvas
from ketamon.tui.frames import pen_of
from ketamon.tui.palette import THEMES
from ketamon.tui.scene import Scene
from ketamon.tui.widgets.cuff import next_words, serial
from ketamon.tui.widgets.devices import has_bar
from tests.tui.reading import figures
from tests.tui.scenes import (
    CUFF,
    NOW,
    OXIMETER,
    SIZES,
    TILED,
    condition,
    drawn,
    scene,
    text,
    vital,
    words,
)

every_size = pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
every_tiled_size = pytest.mark.parametrize("size", [*TILED, (60, 20)], ids=str)
MEASURING = CuffView("measuring", NOW - 12, NOW + 300, True, 168)
PRESS = CuffView("press_start", NOW - 120, NOW + 20)
THUMB = msgspec.structs.replace(CUFF, can_start=False, identity="SN 4711")


def due(left_s: float, **changes: object) -> CuffView:
    """A cuff at rest whose next reading is due in so many seconds."""
    return msgspec.structs.replace(CuffView("idle", NOW - 120, NOW + left_s, True), **changes)


def device(name: str, state: str, since_s: float = 25.0, reason: str = "") -> DeviceView:
    """A device that has been in that state for so long."""
    return DeviceView(name, state, NOW - since_s, "", "", reason)


def inks(c: Canvas, found: str) -> set[str]:
    """The inks of the first place where these words stand."""
    for y, row in enumerate(c.chars):
        x = "".join(row).find(found)
        if x >= 0:
            return {c.looks[y][i].ink for i in range(x, x + len(found)) if c.chars[y][i] != " "}
    raise AssertionError(f"{found!r} is nowhere")


# -- the next reading ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_s", "said"),
    [
        (258, "next 4 min"), (120, "next 2 min"), (119.9, "next 2 min"), (119, "next 1 min"),
        (60, "next 1 min"), (59.01, "next 1 min"), (59, "next 0:59"), (42, "next 0:42"),
        (0.2, "next 0:01"), (0, "due now"), (-0.1, "due now"), (-59.9, "due now"),
        (-60, "overdue 1 min"), (-200, "overdue 3 min"), (5400, "next 1 h 30"),
    ],
)  # fmt: skip
def test_next_reading_is_minutes_away_until_the_last_one(left_s: float, said: str) -> None:
    assert next_words(scene(cuff=due(left_s)))[0] == said


def test_only_the_last_minute_ticks() -> None:
    for left_s, ticks in ((3030.0, False), (200.0, False), (50.0, True), (-30.0, False)):
        now, then = (next_words(scene(cuff=due(left_s - later)))[0] for later in (0, 1))
        assert (now != then) == ticks


@every_tiled_size
@pytest.mark.parametrize("left_s", [700.0, 42.0, -1.0, -300.0])
def test_next_reading_stands_in_the_pressures_tile_with_age_and_mark(
    size: tuple[int, int], left_s: float
) -> None:
    for alarm in ((), (condition(),), (condition("dia_high", value=104, limit=100),)):
        shown = scene(vital("sys", 172, 720.0), conditions=alarm, cuff=due(left_s))
        row = next(line for line in text(size, shown).splitlines() if "NIBP mmHg" in line)
        assert any(said in row for said in next_words(shown))
        assert "12 min" in row
        assert ("**" in row) == bool(alarm)


@every_tiled_size
def test_limits_stay_beside_the_next_reading(size: tuple[int, int]) -> None:
    for age in (120.0, 720.0):
        for left_s in (258.0, 720.0, 42.0, -1.0, -200.0):
            shown = scene(vital("sys", 131, age), cuff=due(left_s))
            assert "90–160" in text(size, shown).replace(" ", "")


@every_size
def test_nothing_is_said_of_a_next_reading_where_none_is_due(size: tuple[int, int]) -> None:
    for cuff in (None, CuffView("idle", NOW)):
        shown = text(size, scene(cuff=cuff))
        assert "next" not in shown
        assert "due" not in shown


@every_tiled_size
def test_lost_link_stops_the_countdown(size: tuple[int, int]) -> None:
    lost = scene(cuff=due(42.0), silent_s=9.0)
    assert "0:42" in text(size, lost), "the last picture: its time stands still"


# -- measuring -----------------------------------------------------------------------------------


@every_tiled_size
def test_measurement_shows_how_long_it_takes_and_the_cuffs_pressure(size: tuple[int, int]) -> None:
    shown = text(size, scene(cuff=MEASURING))
    assert "measuring 0:12  cuff at 168 mmHg" in shown
    assert "next" not in shown
    assert "2 min ago" in shown, "the number is still the one before"
    assert "cuff at" not in text(
        size, scene(cuff=msgspec.structs.replace(MEASURING, pressure_mmhg=None))
    )


@every_tiled_size
def test_cuffs_row_hides_no_number(size: tuple[int, int]) -> None:
    for cuff in (MEASURING, PRESS):
        shown = scene(vital("sys", 203, 60.0, baseline=138), vital("map", 131, 60.0), cuff=cuff)
        c = drawn(size, shown)
        assert sorted(figures(c)) == sorted(["203", "82", "76", "97"])
        assert "MAP 131" in c.text()


@every_tiled_size
def test_change_against_baseline_stands_there_while_the_cuff_rests(size: tuple[int, int]) -> None:
    risen = vital("sys", 148, 60.0, baseline=138)
    assert "Δ +10" in text(size, scene(risen))
    large = size[0] >= 110 and size[1] >= 36
    assert ("Δ +10" in text(size, scene(risen, cuff=MEASURING))) == large
    assert "90–160" in text((80, 24), scene(risen, cuff=MEASURING)).replace(" ", "")


# -- a cuff that only a thumb can start ----------------------------------------------------------


@every_tiled_size
def test_person_is_told_to_press_start_on_which_cuff(size: tuple[int, int]) -> None:
    shown = scene(cuff=PRESS, devices=(THUMB,))
    c = drawn(size, shown)
    assert "PRESS START ON CUFF SN4711  then b" in c.text()
    assert inks(c, "PRESS START") == {"on-focus"}
    assert "next 0:20" in c.text()
    assert "b started" in c.text()


@every_tiled_size
def test_prompt_stands_out_without_colour(size: tuple[int, int]) -> None:
    c = drawn(size, scene(cuff=PRESS, devices=(THUMB,)), "nocolor")
    y, row = next((y, "".join(row)) for y, row in enumerate(c.chars) if "PRESS" in "".join(row))
    pen = pen_of(THEMES["nocolor"], c.looks[y][row.index("PRESS")], None)
    assert pen.bold
    assert pen.reverse


@pytest.mark.parametrize(
    ("identity", "said"),
    [("", ""), ("4711", "4711"), ("SN 123-456", "SN123456"), ("AA:BB:CC:DD:EE:FF", "EEFF"),
     ("/dev/serial/by-id/usb-FTDI_A50285BI", "85BI"), ("患者患者患者患者患者", "患者患者")],
)  # fmt: skip
def test_cuff_is_named_by_a_short_identity_or_its_last_four(identity: str, said: str) -> None:
    assert serial(scene(devices=(msgspec.structs.replace(THUMB, identity=identity),))) == said


def test_nobody_is_asked_to_press_start_who_is_not_at_the_chair() -> None:
    assert "then b" not in text((80, 24), scene(cuff=PRESS, seat="physician"))
    assert "PRESS START" in text((80, 24), scene(cuff=PRESS, seat="physician"))
    assert "PRESS START" not in text((80, 24), scene(cuff=PRESS, mode="REPLAY"))


# -- a measurement that failed -------------------------------------------------------------------

FAILED = due(100.0, failed="air leak: check hose and cuff")


@every_tiled_size
def test_failed_measurement_is_said_beside_the_number_and_why_in_the_lane(
    size: tuple[int, int],
) -> None:
    low = condition("cuff_failed", "low", value=None, limit=None)
    shown = text(size, scene(cuff=FAILED, conditions=(low,)))
    row = next(line for line in shown.splitlines() if "NIBP mmHg" in line)
    assert "failed" in row
    lane = next(line for line in shown.splitlines() if "CUFF FAILED" in line)
    assert "! CUFF FAILED 40 s air leak" in words(lane)
    assert ("air leak: check hose and cuff" in lane) == (size[0] >= 79)


def test_failed_measurement_still_says_when_the_next_is_due() -> None:
    assert next_words(scene(cuff=FAILED)) == ("failed, next 1 min", "failed, in 1 min", "failed")


# -- devices -------------------------------------------------------------------------------------

TROUBLE = (
    ("silent", "oximeter silent 20 s"), ("lost", "oximeter lost 20 s"),
    ("wrong_protocol", "oximeter wrong protocol 20 s"), ("opening", "oximeter opening 20 s"),
)  # fmt: skip


@every_size
@pytest.mark.parametrize(("state", "said"), TROUBLE)
def test_device_that_does_not_stream_is_never_invisible(
    size: tuple[int, int], state: str, said: str
) -> None:
    shown = text(size, scene(devices=(CUFF, device("oximeter", state))))
    signed = said.replace(
        "oximeter", "oximeter ×" if state in ("lost", "wrong_protocol") else "oximeter ○"
    )
    assert (signed if has_bar(*size, tape=False) else said) in words(shown)


@every_tiled_size
def test_device_that_does_not_stream_is_said_beside_a_devices_alarm_too(
    size: tuple[int, int],
) -> None:
    alarm = condition("record_failing", "low", value=None, limit=None)
    gone = device("oximeter", "lost", reason="unplugged")
    shown = words(text(size, scene(devices=(gone,), conditions=(alarm,))))
    assert "! RECORD FAILING" in shown
    assert "oximeter lost" in shown.replace("× ", "")


def test_devices_row_names_each_device_with_sign_and_state() -> None:
    shown = scene(
        devices=(CUFF, device("strap", "lost", 700, "unplugged"), device("oximeter", "silent")),
        profile="IV infusion",
    )
    row = text((120, 40), shown).splitlines()[-2]
    assert (
        "cuff suntech ● streaming   strap × lost 11 min: unplugged   oximeter ○ silent 20 s" in row
    )
    assert row.endswith("limits: IV infusion")
    assert "strap" not in text((120, 40), shown).splitlines()[3], "once is enough"


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_devices_row_is_there_only_where_the_height_allows(size: tuple[int, int]) -> None:
    assert ("suntech" in text(size, scene())) == (size[0] >= 110 and size[1] >= 36)


def test_chair_without_a_device_says_so() -> None:
    assert text((120, 40), scene(devices=())).splitlines()[-2].strip() == "no devices"


def test_state_of_a_device_is_no_alarm_by_itself() -> None:
    c = drawn((80, 24), scene(devices=(device("oximeter", "lost", reason="unplugged"),)))
    assert inks(c, "oximeter lost 20 s: unplugged") <= {"dim", "text"}


@every_tiled_size
def test_missing_values_and_the_silent_device_are_said_together(size: tuple[int, int]) -> None:
    gone = scene(vital("hr", 76, 30.0), devices=(device("oximeter", "silent"),))
    shown = words(text(size, gone)).replace("○ ", "")
    assert "no data: HR 30 s" in shown
    assert "oximeter silent 20 s" in shown


@every_tiled_size
def test_devices_alarm_that_waits_names_its_key(size: tuple[int, int]) -> None:
    stuck = condition("cuff_inflated", "high", value=None, limit=None)
    lane = next(row for row in text(size, scene(conditions=(stuck,))).splitlines() if "!!!" in row)
    assert "SPACE" in lane
    answered = msgspec.structs.replace(stuck, state="acknowledged", by="anna")
    lane = next(
        row for row in text(size, scene(conditions=(answered,))).splitlines() if "!!!" in row
    )
    assert "SPACE" not in lane
    assert "acknowledged, anna" in lane


# -- the pace of a simulated session -------------------------------------------------------------


@every_size
@pytest.mark.parametrize(
    ("speed", "said"), [(10.0, "SIMULATED ×10 "), (0.25, "SIMULATED ×0.25 "), (0.0, "SIMULATED PAUSED ")]
)  # fmt: skip
def test_other_than_real_time_is_said_beside_the_mode(
    size: tuple[int, int], speed: float, said: str
) -> None:
    head = text(size, scene(mode="SIMULATED", speed=speed)).splitlines()[0]
    assert said in words(head).replace("▚▞▚ ", "").replace("▞▚▞ ", "")


@every_size
def test_real_time_needs_no_word(size: tuple[int, int]) -> None:
    for mode in ("LIVE", "SIMULATED"):
        assert "×" not in text(size, scene(mode=mode))
        assert "PAUSED" not in text(size, scene(mode=mode))


@every_tiled_size
def test_sign_beside_the_clock_says_whether_all_is_recorded(size: tuple[int, int]) -> None:
    for recorded, sign in ((60, "●"), (59, "○")):
        shown = scene(recorded=recorded, due_seq=60)
        assert text(size, shown).splitlines()[0].endswith(sign)


def test_ages_count_session_seconds_at_any_speed() -> None:
    for speed in (0.25, 1.0, 10.0, 60.0):
        assert scene(vital("sys", 131, 720.0), speed=speed).show("sys").age == "12 min"


@pytest.mark.parametrize("speed", [2.0, 10.0, 60.0])
def test_value_under_way_is_not_old_because_time_runs_fast(speed: float) -> None:
    for real_s in (0.02, 0.1):
        shown = scene(vital("hr", 76, 1.0 + real_s * (speed - 1)), speed=speed).show("hr")
        assert (shown.state, shown.age) == ("live", "")
    late = scene(vital("hr", 76, 10.01 + 0.1 * (speed - 1)), speed=speed)
    assert late.show("hr").state == "lost"


def test_value_gets_no_grace_in_real_time() -> None:
    assert scene(vital("hr", 76, 4.0)).show("hr").state == "old"
    assert scene(vital("hr", 76, 10.0)).show("hr").state == "lost"


def test_typed_value_says_so_beside_its_age() -> None:
    typed = (vital("sys", 158, 720.0, source="person"), vital("dia", 94, 720.0, source="person"))
    for size in TILED:
        row = next(r for r in text(size, scene(*typed)).splitlines() if "NIBP mmHg" in r)
        assert "typed  12 min ago" in row or "M 12 min" in row


# -- the same on any terminal --------------------------------------------------------------------

SHOWN: dict[str, Scene] = {
    "measuring": scene(cuff=MEASURING, mode="SIMULATED", speed=10.0),
    "press start": scene(cuff=PRESS, devices=(THUMB,)),
    "failed": scene(
        cuff=FAILED, devices=(device("oximeter", "lost", reason="unplugged"), OXIMETER)
    ),
}


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)], ids=str)
def test_chair_is_told_in_ascii_in_the_same_words(size: tuple[int, int]) -> None:
    for name, shown in SHOWN.items():
        plain = drawn(size, shown, ascii_only=True).text()
        assert plain.isascii(), name
    assert (
        "measuring 0:12  cuff at 168 mmHg"
        in drawn(size, SHOWN["measuring"], ascii_only=True).text()
    )
    assert "x10" in drawn(size, SHOWN["measuring"], ascii_only=True).text()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=str)
def test_chair_has_no_alarm_colour_of_its_own(size: tuple[int, int]) -> None:
    for name, shown in SHOWN.items():
        looks = {look for row in drawn(size, shown).looks for look in row}
        used = {look.ink for look in looks} | {look.paper for look in looks}
        assert not used & {"high", "high-ink", "med", "med-ink", "low", "low-ink"}, name
