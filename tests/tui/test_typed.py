"""Typed readings: in few keys, refused with a sentence, never over a lane or a number."""

from typing import Any

import pytest

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Then
from ketamon.tui.typed import FIELDS, Typed, question, summary, values
from tests.tui.desk import FakeDesk
from tests.tui.reading import figures
from tests.tui.scenes import TILED, condition, drawn, scene, text, vital, words

every_tiled_size = pytest.mark.parametrize("size", [*TILED, (60, 20)], ids=str)


def typing(*texts: str, at: int = 0) -> Typed:
    """What stands in the fields, from the first."""
    return Typed((*texts, *("",) * (len(FIELDS) - len(texts))), at)


def test_a_pressure_takes_eight_keys() -> None:
    keys = ("v", "1", "5", "8", "/", "9", "4", "enter")
    desk = FakeDesk()
    desk.press(*keys)
    assert len(keys) <= 12
    assert desk.sent == [("manual", {"systolic": 158, "diastolic": 94})]
    assert desk.choices.typed is None
    assert desk.said == ["typed: 158/94"]


def test_all_vitals_go_in_one_command() -> None:
    desk = FakeDesk()
    desk.press("v", *"128/77", "tab", *"72", "tab", *"98", "down", *"14", "tab", "5", "enter")
    assert desk.sent == [(
        "manual",
        {"systolic": 128, "diastolic": 77, "pulse_rate": 72, "spo2": 98, "rr": 14, "moaas": 5},
    )]  # fmt: skip
    assert desk.said == ["typed: 128/77, pulse 72, SpO2 98, RR 14, MOAA/S 5"]


def test_fields_are_chosen_in_a_ring_and_corrected() -> None:
    desk = FakeDesk()
    desk.press("v", "shift+tab", "3", "tab", *"129", "backspace", *"8/77", "up", "backspace", "4")
    assert desk.choices.typed == typing("128/77", "", "", "", "4", at=4)


@pytest.mark.parametrize("key", ["a", "q", "?", "-", ".", "f1", "٣", "²", "left", "home"])
def test_other_keys_change_nothing(key: str) -> None:
    desk = FakeDesk()
    desk.press("v", "1", key)
    assert desk.choices.typed == typing("1")
    assert (desk.sent, desk.left, desk.choices.leaving) == ([], False, False)


def test_stroke_is_taken_once_and_only_by_the_pressure() -> None:
    assert typing("158/").with_key("/") == typing("158/")
    assert typing("", "88", at=1).with_key("/") == typing("", "88", at=1)


def test_no_field_takes_more_than_it_holds() -> None:
    typed = Typed()
    for field in range(len(FIELDS)):
        for _ in range(12):
            typed = typed.with_key("9")
        assert len(typed.text) == FIELDS[field].longest
        typed = typed.moved(1)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (typing("1120/80"), "SYS 1120 can't be: it is 30 to 300 mmHg"),
        (typing("80/120"), "SYS 80 is not above DIA 120: type SYS first"),
        (typing("120/120"), "SYS 120 is not above DIA 120: type SYS first"),
        (typing("120/8"), "DIA 8 can't be: it is 15 to 300 mmHg"),
        (typing("", "10"), "pulse 10 can't be: it is 20 to 300 /min"),
        (typing("", "", "104"), "SpO2 104 can't be: it is 40 to 100 %"),
        (typing("", "", "", "0"), "RR 0 can't be: it is 1 to 80 /min"),
        (typing("", "", "", "", "7"), "MOAA/S 7 can't be: it is 0 to 5"),
        (typing("120/80", "", "104"), "SpO2 104 can't be: it is 40 to 100 %"),
        (typing("/"), "nothing is typed yet: type a number, or esc"),
        (typing(), "nothing is typed yet: type a number, or esc"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(typed: Typed, why: str) -> None:
    with pytest.raises(ValueError, match="^" + why.replace("/", "\\/") + "$"):
        values(typed)


def test_refused_reading_stays_to_be_corrected_and_is_not_sent() -> None:
    desk = FakeDesk()
    desk.press("v", *"80/120", "enter")
    assert desk.sent == []
    typed = desk.choices.typed
    assert typed is not None
    assert typed.text == "80/120"
    assert typed.said == "SYS 80 is not above DIA 120: type SYS first"
    desk.press("enter", "enter")
    assert desk.sent == [], "asking again changes nothing of what can't be"
    desk.press("backspace")
    assert desk.choices.typed == typing("80/12"), "the sentence goes when it is corrected"


@pytest.mark.parametrize(
    ("given", "standing", "asked"),
    [
        ({"systolic": 172, "diastolic": 90}, 131, "172 is 41 above the last SYS: enter again if it is so"),
        ({"systolic": 90, "diastolic": 60}, 131, "90 is 41 below the last SYS: enter again if it is so"),
        ({"systolic": 171, "diastolic": 90}, 131, ""), ({"systolic": 91, "diastolic": 60}, 131, ""),
        ({"systolic": 200, "diastolic": 90}, None, ""),
        ({"systolic": 128}, 131, "DIA is missing: type it, or enter again"),
        ({"diastolic": 77}, 131, "SYS is missing: type it, or enter again"),
        ({"pulse_rate": 200}, 131, ""),
    ],
)  # fmt: skip
def test_what_surprises_is_asked_about(
    given: dict[str, int], standing: float | None, asked: str
) -> None:
    assert question(given, standing) == asked


def test_question_is_asked_once() -> None:
    desk = FakeDesk()
    desk.press("v", *"190/99", "enter")
    assert desk.sent == []
    desk.press("enter")
    assert desk.sent == [("manual", {"systolic": 190, "diastolic": 99})]


def test_question_is_asked_anew_about_another_number() -> None:
    desk = FakeDesk()
    desk.press("v", *"190/99", "enter", "backspace", "8", "enter")
    assert desk.sent == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(1, False, "the session has ended"), "the session has ended"),
        (Answer(1, False), "refused"), (None, "no answer came"),
    ],
)  # fmt: skip
def test_reading_that_the_engine_did_not_take_stays_with_the_reason(
    answer: Answer | None, why: str
) -> None:
    desk = FakeDesk(answer=answer)
    desk.press("v", *"128/77", "enter")
    assert desk.choices.typed == typing("128/77").refused(why)
    assert desk.said == []


class SlowDesk(FakeDesk):
    """Its engine takes its time."""

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Keeps the command, and who waits for its answer."""
        self.sent.append((name, args))
        self.waiting = then


def test_reading_on_its_way_is_not_sent_twice() -> None:
    desk = SlowDesk()
    desk.press("v", *"128/77", "enter", "enter", "5")
    assert len(desk.sent) == 1
    assert "sending" in text((80, 24), desk.drawn())


def test_alarm_is_acknowledged_while_a_reading_is_on_its_way() -> None:
    desk = SlowDesk(scene(conditions=(condition(),)))
    desk.press("v", *"128/77", "enter", " ")
    assert [name for name, _ in desk.sent] == ["manual", "acknowledge"]


def test_reading_that_was_not_taken_comes_back_to_who_went_on() -> None:
    desk = SlowDesk()
    desk.press("v", *"128/77", "enter", "escape")
    assert desk.waiting is not None
    desk.waiting(Answer(1, False, "the session has ended"))
    assert desk.choices.typed == typing("128/77").refused("the session has ended")


def test_lost_link_keeps_what_was_typed() -> None:
    desk = FakeDesk(scene(silent_s=9.0))
    desk.press("v", *"128/77", "enter")
    assert desk.sent == []
    typed = desk.choices.typed
    assert typed is not None
    assert (typed.text, typed.said) == ("128/77", "the link is lost: nothing can be sent from here")


def test_escape_goes_back_and_nothing_is_kept() -> None:
    desk = FakeDesk()
    desk.press("v", *"128/77", "escape")
    closed = desk.choices.typed
    desk.press("v")
    assert (closed, desk.choices.typed, desk.sent) == (None, Typed(), [])


def test_space_acknowledges_while_somebody_types() -> None:
    desk = FakeDesk(scene(conditions=(condition(),)))
    desk.press("v", "1", " ")
    assert desk.sent == [("acknowledge", {"condition": "sys_high", "up_to_seq": 60})]
    assert desk.choices.typed == typing("1")


@pytest.mark.parametrize("seat", ["physician", "observer", "trainer"])
def test_only_who_is_at_the_chair_types(seat: str) -> None:
    desk = FakeDesk(scene(seat=seat))
    desk.press("v")
    assert desk.choices.typed is None


def test_summary_marks_what_was_not_typed() -> None:
    assert summary({"systolic": 128}) == "128/–"
    assert summary({"spo2": 98}) == "SpO2 98"


# -- the panel -----------------------------------------------------------------------------------


@every_tiled_size
def test_panel_shows_what_is_typed_and_covers_no_lane_and_no_number(size: tuple[int, int]) -> None:
    alarms = (condition(), condition("oximeter_no_data", value=None, limit=None))
    calm = scene(vital("sys", 172, 60.0), conditions=alarms)
    shown = scene(vital("sys", 172, 60.0), conditions=alarms, panel=typing("158/94"))
    before, after = drawn(size, calm), drawn(size, shown)
    assert "158/94▏" in after.text()
    assert figures(after) == figures(before)
    lanes = 4 if size[1] >= 36 else 3
    assert after.chars[:lanes] == before.chars[:lanes]
    for word in ("** > 160", "NIBP mmHg", "HR /min", "SpO2 %", "MAP 98"):
        assert word in after.text()


@every_tiled_size
def test_panel_names_every_field_and_its_keys(size: tuple[int, int]) -> None:
    shown = text(size, scene(panel=Typed()))
    for field in FIELDS:
        assert field.name in shown
    assert "space ack  enter send  tab next  esc back" in shown.splitlines()[-1]


@every_tiled_size
def test_refusal_stands_beside_what_was_typed(size: tuple[int, int]) -> None:
    for said in (
        "SYS 80 is not above DIA 120: type SYS first",
        "SYS 1120 can't be: it is 30 to 300 mmHg",
    ):
        shown = text(size, scene(panel=typing("80/120").refused(said)))
        assert "80/120▏" in shown
        rows = shown.splitlines()
        if size[0] >= 80 and size[1] >= 24:
            rows = [row[:30] if size[0] < 110 else row[:70] for row in rows]
        assert said in words(" ".join(rows).replace("│", " "))


@every_tiled_size
def test_chosen_field_is_seen_without_colour(size: tuple[int, int]) -> None:
    first, second = (
        drawn(size, scene(panel=typing("158/94", "88", at=at)), "nocolor").text() for at in (0, 1)
    )
    assert first != second


def test_the_text_fallback_shows_the_chosen_field_and_why() -> None:
    shown = text((40, 7), scene(panel=typing("158/94")))
    assert "SYS/DIA 158/94▏" in shown
    assert "SYS 80 is not above" in text(
        (40, 7), scene(panel=typing("80/120").refused("SYS 80 is not above DIA 120"))
    )


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)], ids=str)
def test_panel_is_drawn_in_ascii(size: tuple[int, int]) -> None:
    c = drawn(size, scene(panel=typing("158/94")), ascii_only=True)
    assert c.text().isascii()
    assert "158/94_" in c.text()
