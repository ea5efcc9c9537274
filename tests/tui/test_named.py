"""What space covers: what was named here for a second, no more; a held key presses once."""

import pytest

from ketamon.tui.named import Named
from tests.tui.desk import FakeDesk
from tests.tui.scenes import NOW, condition, drawn, scene, vital

SYS, HR = condition(), condition("hr_high")


def long(
    *frames: tuple[float, tuple[str, ...]], at: float, standing: tuple[object, ...] = (SYS, HR)
) -> set[str]:
    """What was named for long enough after these frames."""
    named = Named()
    for when, names in frames:
        named.drew(standing, names, when)  # type: ignore[arg-type]
    return set(named.long(at))


def test_alarm_counts_after_a_second_without_a_break() -> None:
    both = ("sys_high", "hr_high")
    assert long((0.0, both), at=0.9) == set()
    assert long((0.0, both), at=1.0) == set(both)
    assert long((0.0, both), (0.5, ("sys_high",)), (0.6, both), at=1.2) == {"sys_high"}


@pytest.mark.parametrize(
    "changes", [{"priority": "high"}, {"since_t": NOW - 1}, {"state": "latched"}]
)
def test_alarm_that_got_worse_or_came_again_counts_anew(changes: dict[str, object]) -> None:
    named = Named()
    named.drew((SYS,), ("sys_high",), 0.0)
    named.drew((condition(**changes),), ("sys_high",), 5.0)  # type: ignore[arg-type]
    assert named.long(5.5) == ()
    assert named.long(6.0) == ("sys_high",)


def test_answered_alarm_does_not_count() -> None:
    answered = (condition(state="acknowledged"),)
    assert long((0.0, ("sys_high",)), at=2.0, standing=answered) == set()


@pytest.mark.parametrize("size", [(30, 6), (60, 16), (80, 24), (120, 40), (200, 60)])
def test_what_a_screen_has_no_room_to_name_is_not_named_on_it(size: tuple[int, int]) -> None:
    three = (SYS, condition("dia_high"), HR)
    names = drawn(size, scene(vital("sys", 172), conditions=three)).drawn
    assert "sys_high" in names
    assert ("dia_high" in names) == (size[0] >= 120), "SYS and DIA share a tile and a lane row"
    assert names == {c.condition for c in three} or "dia_high" not in names


def test_view_of_all_alarms_names_them_all() -> None:
    three = (SYS, condition("dia_high"), HR)
    assert drawn((80, 24), scene(conditions=three, view="alarms")).drawn == {
        c.condition for c in three
    }


def test_space_sends_what_was_named_and_says_what_it_left() -> None:
    desk = FakeDesk(scene(conditions=(SYS, HR)), named=("hr_high",))
    desk.press("space")
    assert desk.sent == [("acknowledge", {"condition": "hr_high", "up_to_seq": 60})]
    assert desk.said == ["ack: HR HIGH; 1 alarm more not shown yet"]


def test_space_before_a_second_sends_nothing_and_says_so() -> None:
    desk = FakeDesk(scene(conditions=(SYS, HR)), named=())
    desk.press("space")
    assert desk.sent == []
    assert desk.said == ["2 alarms not yet shown for a second: look, then press again"]


@pytest.mark.parametrize(("key", "count"), [("space", 1), ("b", 1), ("m", 1), ("n", 0)])
def test_held_key_does_once_what_it_does_to_the_patient(key: str, count: int) -> None:
    desk = FakeDesk(scene(conditions=(SYS,)))
    desk.press(key)
    for _ in range(20):
        desk.at += 0.5 if desk.at == 1000.0 else 0.03
        desk.press(key)
    assert len(desk.sent) == count
    desk.at += 1.0
    desk.press(key)
    assert len(desk.sent) == 2 * count
