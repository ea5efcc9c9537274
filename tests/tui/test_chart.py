"""Charting: a symptom in two keys, a value where there is one, struck and never gone."""

from typing import Any

from ketamon.charting import GROUPS
from ketamon.feed.messages import Answer, EventLine
from ketamon.tui.panels.chart import Charting, standing
from tests.tui.desk import FakeDesk
from tests.tui.scenes import scene, text


def desk() -> FakeDesk:
    return FakeDesk(scene(), answer=Answer(1, True, seq=7))


def charted(of: FakeDesk) -> list[tuple[str, Any, Any]]:
    return [(a["event"], a["value"], a["text"]) for n, a in of.sent if n == "chart"]


def test_a_symptom_is_charted_by_two_keys_and_its_digit_again_makes_it_worse() -> None:
    at = desk()
    at.press("c", "3")
    assert charted(at) == [("symptom.nausea", 1, None)]
    at.press("3", "3", "3")
    assert [value for _, value, _ in charted(at)] == [1, 2, 3, 0]
    assert [args["seq"] for name, args in at.sent if name == "strike"] == [7, 7, 7]


def test_another_symptom_strikes_nothing() -> None:
    at = desk()
    at.press("c", "3", "1")
    assert [name for name, _ in at.sent] == ["chart", "chart"]


def test_a_dose_takes_a_number_and_words() -> None:
    at = desk()
    at.press("c", "right", "1", *"36,5")
    at.press("space", *"over", "space", "4", "0", "enter")
    assert charted(at) == [("dose.iv_start", 36.5, "over 40")]


def test_what_is_no_number_is_asked_for_again_and_nothing_is_sent() -> None:
    at = desk()
    at.press("c", "right", "1", "x", "enter")
    assert at.sent == []
    assert isinstance(at.choices.panel, Charting)
    assert at.choices.panel.said == "infusion started: type a number of mg first"


def test_while_a_value_is_typed_no_key_is_anything_else() -> None:
    at = desk()
    at.press("c", "right", "1", "q", "b", "escape")
    assert at.sent == []
    assert not at.left
    assert isinstance(at.choices.panel, Charting)
    at.press("escape")
    assert at.choices.panel is None


def test_time_is_set_back_with_a_reason_and_only_once() -> None:
    at = desk()
    at.press("c", "<", "<", "3", "1")
    (first, second) = (args for name, args in at.sent if name == "chart")
    assert (first["ago_min"], first["reason"]) == (2, "charted afterwards")
    assert "ago_min" not in second


def test_struck_is_what_was_charted_last_and_still_stands() -> None:
    lines = (
        EventLine(1, 1, "nausea mild", charted=True),
        EventLine(2, 2, "dizziness mild", charted=True),
        EventLine(3, 3, "struck: dizziness mild", strikes=2),
    )
    assert [line.seq for line in standing(lines)] == [1]
    at = desk()
    at.picture.events = list(lines)
    at.press("c", "delete")
    assert at.sent == [("strike", {"seq": 1, "reason": "charted by mistake"})]


def test_a_refusal_is_said_and_what_was_typed_stays() -> None:
    at = desk()
    at.answer = Answer(1, False, "MOAA/S: 9 is not from 0 to 5")
    at.press("c", "right", "right", "1", "9", "enter")
    assert isinstance(at.choices.panel, Charting)
    assert (at.choices.panel.text, at.choices.panel.said) == ("9", "MOAA/S: 9 is not from 0 to 5")


def test_every_event_can_be_reached_by_keys() -> None:
    reached = set()
    for group in range(len(GROUPS)):
        at = desk()
        at.press("c", *["right"] * group)
        for _ in range(4):
            panel = at.choices.panel
            assert isinstance(panel, Charting)
            reached |= {event.id for event in panel.shown}
            at.press("down")
    assert reached == {event.id for group in GROUPS.values() for event in group}


def test_chart_and_steps_are_drawn_beside_the_numbers() -> None:
    at = desk()
    at.press("c", "3")
    assert "nausea         mild" in text((80, 24), at.drawn())
    at.press("escape", "g")
    assert "dosing begins" in text((80, 24), at.drawn())


def test_the_session_goes_on_by_a_digit_and_y() -> None:
    at = desk()
    at.press("g", "3", "y")
    assert at.sent == [("phase", {"phase": "dosing"})]
    assert at.choices.panel is None
