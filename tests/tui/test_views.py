"""Views: one key away, scrolled, and never over an alarm or a number."""

import msgspec
import pytest

from ketamon.feed.beside import AudioView, ViewerView
from ketamon.feed.messages import AwayView, EpisodeView, EventLine, PauseView
from ketamon.tui.scene import Scene
from ketamon.tui.screens.monitor import page_end
from ketamon.tui.views import VIEWS
from ketamon.vitals import CONDITIONS
from tests.tui.desk import FakeDesk
from tests.tui.reading import figures
from tests.tui.scenes import CUFF, NOW, OXIMETER, SIZES, TILED, condition, drawn, scene, text, words

every_size = pytest.mark.parametrize("size", SIZES, ids=str)
every_tiled_size = pytest.mark.parametrize("size", TILED, ids=str)
KEYS = {"alarms": "a", "events": "e", "devices": "d", "summary": "f"}
ALARM = condition(value=172, worst=174)
OVER = EpisodeView(20, "spo2_low", "medium", 1800.0, 1865.0, 92, 94, 1811.0, "anna")


def busy(view: str, **changes: object) -> Scene:
    """A session in which much happens, this view open."""
    return scene(conditions=(ALARM,), episodes=(OVER,), view=view, **changes)


@pytest.mark.parametrize("view", VIEWS)
@every_tiled_size
def test_alarm_and_numbers_stand_above_every_view(size: tuple[int, int], view: str) -> None:
    shown = busy(view)
    c = drawn(size, shown)
    assert "** SYS HIGH 172 > 160" in words("\n".join(c.text().splitlines()[:3]))
    assert view.upper() in c.text()
    if size[0] >= 110 and size[1] >= 24:
        assert sorted(figures(c)) == sorted(["131", "82", "76", "97"])
    else:
        assert "NIBP mmHg" in c.text()
        assert "HR /min" in c.text()
        if size[0] < 70:
            assert "131/82" in c.text()
    assert "esc back" in c.text().splitlines()[-1]


@every_size
def test_no_view_covers_anything_on_a_screen_that_is_too_small(size: tuple[int, int]) -> None:
    if size in TILED:
        return
    for view in VIEWS:
        assert "131/82" in text(size, busy(view))


@pytest.mark.parametrize(("view", "key"), KEYS.items())
def test_view_opens_by_its_key_and_esc_or_the_same_key_closes_it(view: str, key: str) -> None:
    for back in ("escape", key):
        desk = FakeDesk()
        desk.press(key)
        assert desk.choices.view == view
        desk.press(back)
        assert desk.choices.view == ""
    assert VIEWS.keys() == KEYS.keys()


def test_one_view_leads_to_the_next_and_keys_of_the_patient_work_in_it() -> None:
    desk = FakeDesk(scene(conditions=(ALARM,)))
    desk.press("a", "e", "b", "space")
    assert desk.choices.view == "events"
    assert [name for name, _ in desk.sent] == ["cuff", "acknowledge"]


def test_view_scrolls_to_its_end_and_no_further() -> None:
    told = tuple(EventLine(float(i), i, f"event {i}") for i in range(60))
    desk = FakeDesk(scene(events=told, view="events"))
    desk.choices.view = "events"
    assert "event 59" in text((80, 24), desk.drawn())
    assert "below" in text((80, 24), desk.drawn())
    desk.press(*["pagedown"] * 30)
    assert "event 0" in text((80, 24), desk.drawn())
    assert "below" not in text((80, 24), desk.drawn())
    assert desk.choices.scroll == page_end(80, 24, desk.drawn())
    desk.press(*["up"] * 100)
    assert desk.choices.scroll == 0


# -- alarms ---------------------------------------------------------------------------------------


@every_tiled_size
def test_standing_alarm_has_state_priority_since_and_who_answered(size: tuple[int, int]) -> None:
    known = condition(state="acknowledged", acknowledged_t=NOW - 20, by="anna", seen=("P1",))
    shown = words(text(size, scene(conditions=(known,), view="alarms")))
    for part in ("14:59, 40 s", "medium, acknowledged", "by anna", "seen by P1"):
        assert part in shown


def test_history_says_worst_value_how_long_and_who_answered_when() -> None:
    for size in ((60, 20), (80, 24), (120, 40)):
        shown = words(text(size, busy("alarms")))
        for part in ("** SpO2 LOW", "92 < 94", "14:30", "1 min", "10 s, anna"):
            assert part in shown


def test_pauses_and_absences_are_listed_with_the_time_left() -> None:
    away = AwayView(NOW - 60, NOW + 372, ("oximeter",))
    shown = words(
        text((80, 24), busy("alarms", away=away, pause=PauseView(NOW - 20, NOW + 100, "anna")))
    )
    assert "AUDIO PAUSED 1:40 left by anna" in shown
    assert "AWAY 6:12 left, oximeter" in shown


def test_every_condition_is_named_with_a_limit_or_as_off() -> None:
    rows = VIEWS["alarms"](busy("alarms"), 70).rows
    found = words(" ".join(piece.text for row in rows for piece in row.pieces))
    assert "OFF DIA LOW, MAP HIGH, MAP LOW, RR HIGH, RR LOW, MOAA/S LOW" in found
    for known in CONDITIONS.values():
        assert known.label in found


# -- devices --------------------------------------------------------------------------------------


def test_device_has_battery_signal_link_identity_since_and_reason() -> None:
    lost = msgspec.structs.replace(
        OXIMETER, state="lost", since_t=NOW - 65, reason="unplugged", battery_pct=42
    )
    shown = words(text((80, 24), scene(devices=(CUFF, lost), view="devices")))
    for part in ("cuff streaming", "signal good", "/dev/serial/by-id/usb-4711", "oximeter lost 1 min",
                 "battery 42 %", "usb-FTDI_A50285BI", "unplugged"):  # fmt: skip
        assert part in shown


def test_who_watches_is_told_with_how_fresh_that_picture_is() -> None:
    shown = scene(view="devices")
    shown.picture.viewers = (
        ViewerView("clinic", "nurse", 0.0, 0.2), ViewerView("P1", "physician", 35.0, None, True),
    )  # fmt: skip
    found = words(text((80, 24), shown))
    assert "nurse clinic OK 0.2 s" in found
    assert "physician P1 LOST 30 s takes it" in found


def test_physician_who_watches_is_told_beside_the_devices() -> None:
    shown = scene()
    shown.picture.viewers = (ViewerView("P1", "physician", 0.0, 0.4, True),)
    assert "physician P1 watches, takes it" in text((120, 40), shown)


# -- sound ----------------------------------------------------------------------------------------


@every_tiled_size
@pytest.mark.parametrize(
    ("audio", "said"),
    [
        (AudioView("device", "speaker"), "AUDIO: on"),
        (AudioView("bell"), "AUDIO: bell"),
        (AudioView("none", why="no device"), "AUDIO: NONE"),
        (AudioView("device", "speaker", "", 1, "not_heard"), "AUDIO: NOT HEARD"),
    ],
)
def test_status_line_says_how_the_chair_sounds(
    size: tuple[int, int], audio: AudioView, said: str
) -> None:
    shown = scene()
    shown.picture.audio = audio
    assert said in text(size, shown)


@every_tiled_size
@pytest.mark.parametrize(
    ("phase", "audio", "said"),
    [
        ("setup", AudioView("device"), True), ("dosing", AudioView("device"), False),
        ("dosing", AudioView("device", tests=1, test="played"), True),
        ("setup", AudioView("device", tests=1, test="heard"), False),
    ],
)  # fmt: skip
def test_start_asks_for_a_sound_test_and_whether_it_was_heard(
    size: tuple[int, int], phase: str, audio: AudioView, said: bool
) -> None:
    shown = scene(phase=phase)
    shown.picture.audio = audio
    line = text(size, shown)
    assert ("AUDIO: on, u tests it" in line or "AUDIO: on, heard it? u" in line) == said


@every_tiled_size
def test_pause_shows_its_countdown(size: tuple[int, int]) -> None:
    assert "AUDIO PAUSED 1:40" in text(size, scene(pause=PauseView(NOW - 20, NOW + 100, "anna")))
    assert "PAUSED" not in text(size, scene(pause=PauseView(NOW - 200, NOW - 1, "anna")))


def test_a_broken_limit_over_a_view_is_never_written_into_its_neighbour() -> None:
    over = condition("hr_high", "high", state="latched", value=80, worst=173, limit=130)
    shown = words(text((80, 24), scene(conditions=(over,), view="events")))
    assert "HR *** was 173 SpO2 %" in shown.replace("▌ ", "")
