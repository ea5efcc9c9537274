"""Keys: which are there for whom, and what each does. One table, one meaning."""

from typing import Any

import msgspec
import pytest

from ketamon.feed.messages import Bye, CuffView, PauseView
from ketamon.tui.actions import Actions
from ketamon.tui.keys import KEYS, LEAVING, TYPING, WINDOWS, WORDS, help_lines, times_of
from ketamon.tui.panels.answering import Answering
from ketamon.tui.panels.away import Away
from ketamon.tui.panels.chart import Charting
from ketamon.tui.panels.discharge import Discharge
from ketamon.tui.panels.going import Going
from ketamon.tui.panels.heard import Heard
from ketamon.tui.panels.limits import Limits
from ketamon.tui.panels.messages import Writing
from ketamon.tui.panels.review import Review
from ketamon.tui.panels.setup import Setup
from ketamon.tui.panels.skip import Skip
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.typed import Typed
from ketamon.tui.widgets.footer import fitting
from tests.tui.desk import FakeDesk
from tests.tui.scenes import NOW, RESTS, TAPE, TILED, condition, drawn, scene, text

MEASURING = CuffView("measuring", NOW - 12, None, True)
BY_HAND = CuffView("idle", NOW - 120, NOW + 258)
every_tiled_size = pytest.mark.parametrize("size", TILED, ids=str)


# -- which keys are there ------------------------------------------------------------------------

MAY: list[tuple[str, str, dict[str, Any], str]] = [
    ("LIVE", "nurse", {}, "space ack b cuff v type m pause sound a l w c g s e f d t q n ?"),
    ("LIVE", "nurse", {"cuff": BY_HAND}, "space ack b started v type m pause sound a l w c g s e f d t q n ?"),
    ("LIVE", "nurse", {"cuff": MEASURING}, "space ack x stop cuff v type m pause sound a l w c g e f d t q n ?"),
    ("LIVE", "nurse", {"cuff": msgspec.structs.replace(MEASURING, can_start=False)},
     "space ack v type m pause sound a l w c g e f d t q n ?"),
    ("LIVE", "nurse", {"cuff": None}, "space ack v type m pause sound a l w c g e f d t q n ?"),
    ("LIVE", "nurse", {"cuff": None, "pause": PauseView(NOW - 10, NOW + 110, "anna")},
     "space ack v type m sound on a l w c g e f d t q n ?"),
    ("LIVE", "nurse", {"cuff": None, "view": "alarms"},
     "space ack v type m pause sound a l w c g e f d ↑↓ t q n esc ?"),
    ("LIVE", "physician", {}, "space seen z a l e f d t q n ?"),
    ("LIVE", "observer", {}, "a l e f d t q n ?"),
    ("LIVE", "trainer", {}, "a l e f d t q n ?"),
    ("SIMULATED", "nurse", {}, "space ack b cuff v type m pause sound a l w c g s e f d t q n ?"),
    ("SIMULATED", "trainer", {}, "space ack b cuff v type m pause sound a l w c g s e f d p pause +- t q n ?"),
    ("SIMULATED", "trainer", {"speed": 0.0},
     "space ack b cuff v type m pause sound a l w c g s e f d p play +- t q n ?"),
    ("SIMULATED", "observer", {}, "a l e f d t q n ?"),
    ("REPLAY", "trainer", {}, "space ack a l e f d p pause ←→ [] ,. +- {} t h q n ?"),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "seat", "changes", "keys"), MAY, ids=str)
def test_footer_names_the_keys_that_apply_and_no_other(
    mode: str, seat: str, changes: dict[str, Any], keys: str
) -> None:
    shown = scene(mode=mode, seat=seat, **changes)
    named = []
    for key in fitting(shown, 1000):
        word = key.word.format(**shown.words)
        named.append(f"{key.shown} {word}" if key.action in TOLD else key.shown)
    assert " ".join(named) == keys


TOLD = {"acknowledge", "cuff", "stop_cuff", "type", "play", "pause_sound"}


@pytest.mark.parametrize(("mode", "seat", "changes", "keys"), MAY, ids=str)
def test_key_that_is_not_in_the_footer_sends_nothing(
    mode: str, seat: str, changes: dict[str, Any], keys: str
) -> None:
    shown = scene(mode=mode, seat=seat, conditions=(condition(),), **changes)
    for key in KEYS:
        if not key.needs or key.needs in shown.able:
            continue
        desk = FakeDesk(shown)
        desk.press(key.names[0])
        assert desk.sent == []
        assert (desk.choices.panel, desk.choices.view) == (None, shown.view and "")


def test_every_key_of_every_table_has_an_action() -> None:
    actions = Actions(FakeDesk())
    assert [key.action for key in KEYS if not callable(getattr(actions, key.action, None))] == []
    for table in TABLES:
        names = [name for key in table for name in key.names]
        assert len(names) == len(set(names))


TABLES = (
    KEYS, LEAVING, TYPING, WORDS, Limits.KEYS, Away.KEYS, Skip.KEYS, Heard.KEYS, Review.KEYS,
    Charting.KEYS, Going.KEYS, *Setup.TABLES.values(), *Discharge.TABLES.values(),
    Limits().keys, Limits(may=True).keys, Limits(may=True, writing=True).keys,
)  # fmt: skip
"""Every table of keys that a screen can have: a new panel's belongs here too."""


def test_every_kind_of_panel_is_in_the_tables() -> None:
    assert LOOKS.keys() == {Typed, Limits, Away, Skip, Heard, Review, Charting, Going, Setup,
                            Discharge, Writing, Answering}  # fmt: skip


def test_one_key_has_one_meaning_on_every_screen() -> None:
    meanings: dict[str, str] = {}
    for key in (key for table in TABLES for key in table):
        for name in key.names:
            assert meanings.setdefault(name, key.action) == key.action, name


@every_tiled_size
def test_footer_keeps_what_must_stay(size: tuple[int, int]) -> None:
    for mode, seat in (("LIVE", "observer"), ("SIMULATED", "trainer"), ("REPLAY", "trainer")):
        last = text(size, scene(mode=mode, seat=seat)).splitlines()[-1]
        assert ("space ack" in last) == (mode != "LIVE")
        assert "q leave" in last
        assert last.endswith("? help")


def test_help_names_the_keys_of_this_viewer() -> None:
    able = scene(seat="observer").able
    assert [key for key, _ in help_lines(WINDOWS[0], able)] == [*"alefdtqn?"]
    shown = text((120, 40), scene(help_page=1))
    assert "b         start the cuff" in shown
    assert "back, on by" not in shown


def test_steps_and_leaps_are_round_times() -> None:
    told = {(w.label, *times_of(w).values()) for w in WINDOWS}
    assert ("all", "5 min", "1 h") in told
    assert ("15 min", "10 s", "1 min") in told


# -- what they do --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "changes", "sent"),
    [
        ("b", {}, ("cuff", {"action": "start"})),
        ("b", {"cuff": BY_HAND}, ("cuff", {"action": "started"})),
        ("b", {"cuff": CuffView("press_start", NOW)}, ("cuff", {"action": "started"})),
        ("x", {"cuff": MEASURING}, ("cuff", {"action": "stop"})),
        (
            "space",
            {"conditions": (condition(),)},
            ("acknowledge", {"condition": "sys_high", "up_to_seq": 60}),
        ),
        (
            " ",
            {"conditions": (condition("cuff_inflated"),)},
            ("acknowledge", {"condition": "cuff_inflated", "up_to_seq": 60}),
        ),
        ("m", {}, ("pause_audio", {"seconds": 120.0})),
        ("m", {"pause": PauseView(NOW - 10, NOW + 110)}, ("pause_audio", {"seconds": 0})),
        ("u", {}, ("test_sound", {})),
        ("p", {}, ("pause", {})),
        ("p", {"speed": 0.0}, ("play", {})),
    ],
)
def test_key_sends_its_command(
    key: str, changes: dict[str, Any], sent: tuple[str, dict[str, Any]]
) -> None:
    desk = FakeDesk(scene(mode="SIMULATED", seat="trainer", **changes))
    desk.press(key)
    assert desk.sent == [sent]


@pytest.mark.parametrize(
    ("key", "changes", "said"),
    [
        ("b", {"cuff": MEASURING}, "the cuff is measuring; x stops it"),
        ("b", {"cuff": msgspec.structs.replace(MEASURING, can_start=False)},
         "the cuff is measuring; only its own button stops it"),
        ("x", {}, "the cuff is not measuring"),
        ("b", {"cuff": None}, "this chair has no cuff: type the reading"),
        ("b", {"seat": "physician"}, "the physician seat can't do that from here"),
        ("v", {"seat": "observer"}, "the observer seat can't do that from here"),
        ("p", {"mode": "SIMULATED"}, "the trainer's seat changes the speed"),
        ("space", {}, "there was nothing to acknowledge"),
    ],
)  # fmt: skip
def test_key_that_does_nothing_says_why(key: str, changes: dict[str, Any], said: str) -> None:
    desk = FakeDesk(scene(**changes))
    desk.press(key)
    assert (desk.sent, desk.said) == ([], [said])


@pytest.mark.parametrize("key", ["b", "x", "v", "h", "left", "p"])
def test_key_that_means_nothing_here_is_silent(key: str) -> None:
    shown = scene() if key in ("h", "left", "p") else scene(mode="REPLAY")
    desk = FakeDesk(shown)
    desk.press(key)
    assert (desk.sent, desk.said) == ([], [])


@pytest.mark.parametrize("key", ["space", "b", "x"])
def test_lost_link_takes_no_command(key: str) -> None:
    cuff = MEASURING if key == "x" else RESTS
    desk = FakeDesk(scene(silent_s=9.0, conditions=(condition(),), cuff=cuff))
    desk.press(key)
    assert desk.sent == []
    assert desk.said == ["the link is lost: nothing can be sent from here"]


@pytest.mark.parametrize(
    ("ran", "key", "said"),
    [
        (10.0, "+", 20), (10.0, "=", 20), (10.0, "-", 4), (1.0, "-", 0.5), (20.0, "+", 60),
        (60.0, "+", "60× is the fastest"), (0.25, "-", "0.25× is the slowest"),
    ],
)  # fmt: skip
def test_simulated_time_runs_from_a_quarter_to_sixty_times(
    ran: float, key: str, said: float | str
) -> None:
    for speed in (ran, 0.0):  # paused: the speed is the one before
        desk = FakeDesk(scene(mode="SIMULATED", seat="trainer", speed=speed), ran=ran)
        desk.press(key)
        if isinstance(said, str):
            assert (desk.sent, desk.said) == ([], [said])
        else:
            assert desk.sent == [("speed", {"speed": said})]


def test_recording_still_goes_up_to_six_hundred_times() -> None:
    tape = msgspec.structs.replace(TAPE, speed=300.0)
    desk = FakeDesk(scene(mode="REPLAY", seat="trainer", transport=tape))
    desk.press("+")
    assert desk.sent == [("speed", {"speed": 600})]


# -- leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["escape", "n", "q", " ", "7"])
def test_leaving_asks_once_and_only_y_leaves(second: str) -> None:
    desk = FakeDesk()
    desk.press("q")
    asked = desk.choices.leaving
    desk.press(second)
    assert (asked, desk.choices.leaving, desk.left) == (True, False, False)
    desk.press("q", "y")
    assert desk.left


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
def test_what_ends_other_programs_asks_as_q_does(key: str) -> None:
    desk = FakeDesk()
    desk.press(key)
    assert (desk.choices.leaving, desk.left) == (True, False)
    desk.press(key)
    assert (desk.choices.leaving, desk.left) == (True, False), "who insists is asked on"
    desk.press("escape", "v", "1", key)
    assert (desk.choices.leaving, desk.left) == (True, False)
    desk.press("escape")
    assert desk.choices.typed is not None
    assert desk.choices.typed.text == "1", "what was typed is still there"
    assert "ctrl" not in text((80, 24), desk.drawn())


@every_tiled_size
def test_leaving_says_what_becomes_of_the_session(size: tuple[int, int]) -> None:
    def asked(**changes: Any) -> str:
        return text(size, scene(leaving=True, **changes)).splitlines()[-1]

    assert "leave this screen? the session goes on  y leave  esc stay" in asked()
    assert "end the session and leave?  y leave  esc stay" in asked(mode="SIMULATED", ends=True)
    assert "leave this screen?  y leave  esc stay" in asked(mode="REPLAY")
    over = scene(leaving=True)
    over.picture.apply(Bye("the session has ended"), 0.0)
    assert "goes on" not in text(size, over)


def test_footers_keys_can_be_touched() -> None:
    c = drawn((80, 24), scene(leaving=True))
    assert {key for *_, key in c.touch} == {"y", "escape"}
    assert {"b", "v", "space"} <= {key for *_, key in drawn((80, 24), scene()).touch}
