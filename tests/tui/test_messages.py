"""Messages on the screens: seen at the other end, read by a key, written by typing; alarms answered from afar."""

from typing import Any

import pytest

from ketamon.feed.beside import Messages, MessageView, Viewers, ViewerView
from ketamon.feed.messages import Answer
from ketamon.feed.picture import Picture
from ketamon.tui.abilities import able, unread
from ketamon.tui.scene import Scene
from tests.tui.desk import FakeDesk
from tests.tui.scenes import NOW, condition, drawn, picture, text, words

TO_CHAIR = MessageView(70, NOW - 60, "drx", "repeat at 14:35 please")
FROM_CHAIR = MessageView(71, NOW - 50, "ann", "come please", from_chair=True)
READ = MessageView(72, NOW - 40, "drx", "thank you", read_by="ann", read_t=NOW - 20)


def saying(*messages: MessageView, seat: str = "nurse", **more: Any) -> Picture:
    made = picture(seat=seat, **more)
    made.apply(Messages(messages), 0.0)
    return made


def at(shown: Picture) -> FakeDesk:
    return FakeDesk(Scene(shown, NOW))


def test_a_message_waits_at_its_other_end_until_it_is_read() -> None:
    assert unread(saying(TO_CHAIR, FROM_CHAIR)) == TO_CHAIR
    assert unread(saying(TO_CHAIR, FROM_CHAIR, seat="physician")) == FROM_CHAIR
    assert unread(saying(TO_CHAIR, seat="observer")) is None
    assert unread(saying(READ)) is None


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_waits_to_be_read_stands_on_the_screen_with_its_key(size: tuple[int, int]) -> None:
    shown = text(size, Scene(saying(TO_CHAIR), NOW))
    assert "drx: repeat at 14:35 please" in shown
    assert "z read it" in words(shown)
    assert "repeat at" not in text(size, Scene(saying(READ), NOW))


def test_enter_reads_it_and_nothing_else_is_sent() -> None:
    desk = at(saying(TO_CHAIR))
    desk.press("z", "enter")
    assert desk.sent == [("read_message", {"seq": 70})]
    assert desk.choices.panel is None


def test_words_are_sent_and_every_key_is_a_character() -> None:
    desk = at(saying(seat="physician", conditions=(condition(),)))
    desk.press("z", *"repeat", "space", *"qy1", "backspace", "enter")
    assert desk.sent == [("message", {"text": "repeat qy"})]
    assert desk.said == ["sent: repeat qy"]


def test_an_answer_reads_what_it_answers() -> None:
    desk = at(saying(FROM_CHAIR, seat="physician"))
    desk.press("z", *"yes", "enter")
    assert desk.sent == [("read_message", {"seq": 71}), ("message", {"text": "yes"})]


def test_a_refusal_keeps_what_was_typed() -> None:
    desk = at(saying(seat="physician"))
    desk.answer = Answer(1, False, "the session has ended")
    desk.press("z", *"hm", "enter")
    shown = words(drawn((80, 24), desk.drawn()).text())
    assert "the session has ended" in shown
    assert "> hm" in shown


def test_the_panel_tells_who_has_read_what() -> None:
    desk = at(saying(TO_CHAIR, READ, seat="physician"))
    desk.press("z")
    shown = words(drawn((120, 40), desk.drawn()).text())
    assert "drx: repeat at 14:35 please" in shown
    assert "not read yet" in shown
    assert "read by ann, 14:59" in shown


def test_a_physician_answers_the_worst_alarm_and_a_nurse_has_no_such_key() -> None:
    worst = (condition("spo2_low", "high", value=86, limit=90), condition())
    desk = at(saying(seat="physician", conditions=worst))
    desk.press("j", "1", "j", "2")
    assert desk.sent == [("take", {"condition": "spo2_low"}), ("cannot", {"condition": "spo2_low"})]
    nurse = at(saying(conditions=worst))
    nurse.press("j", "1")
    assert nurse.sent == []
    calm = at(saying(seat="physician"))
    calm.press("j")
    assert calm.said == ["no alarm waits for an answer from afar"]


def test_the_chair_is_offered_messages_only_where_there_is_somebody_to_talk_to() -> None:
    alone = picture()
    assert "talk" not in able(alone)
    alone.apply(Viewers((ViewerView("drx", "physician"),)), 0.0)
    assert "talk" in able(alone)
    assert "talk" not in able(picture(seat="observer"))
    assert "talk" not in able(picture(mode="REPLAY"))


def test_a_phone_shows_the_counter_the_message_and_what_is_typed() -> None:
    desk = at(saying(FROM_CHAIR, seat="physician", conditions=(condition(),)))
    phone = (40, 20)
    shown = drawn(phone, desk.drawn()).text()
    assert ":00:00" in shown.splitlines()[0]  # seconds
    assert "dead if the clock stands still" in shown
    assert "ann: come please" in shown
    desk.press("z", *"yes")
    assert "> yes" in drawn(phone, desk.drawn()).text()
    desk.press("escape", "j")
    assert "1 taking it  2 can't: SYS HIGH" in drawn(phone, desk.drawn()).text()
    nurse = at(saying())
    assert "dead if" not in drawn(phone, nurse.drawn()).text()
