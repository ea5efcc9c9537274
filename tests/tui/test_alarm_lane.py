"""The alarm lane: what stands now, what was worst, for how long, in words that fit."""

from typing import Any

import pytest

from ketamon.feed.messages import ConditionView, EventLine
from ketamon.tui.flash import Flash
from ketamon.tui.scene import Scene, against, at_priority_since, worst
from tests.tui.scenes import NOW, SIZES, TILED, condition, drawn, scene, text, vital, words

every_size = pytest.mark.parametrize("size", SIZES, ids=str)
every_tiled_size = pytest.mark.parametrize("size", TILED, ids=str)
WIDE = ((80, 24), (80, 36), (110, 36))


def lane(size: tuple[int, int], shown: Scene) -> str:
    """The patient's lane, runs of blanks as one, without the rail."""
    return words(text(size, shown).splitlines()[1][1:])


def line(ago_s: float, priority: str, said: str = "SYS HIGH 187 > 180 worse") -> EventLine:
    """An alarm's line so long ago."""
    return EventLine(NOW - ago_s, 40, said, "", priority)


# -- value and limit -----------------------------------------------------------------------------


@every_size
def test_lane_tells_the_standing_value_and_never_the_worst_in_its_place(
    size: tuple[int, int],
) -> None:
    risen = condition(value=169, worst=174, since_t=NOW - 500)
    shown = scene(vital("sys", 169, 40.0), conditions=(risen,))
    said = words(text(size, shown))
    assert "SYS HIGH 169 > 160" in said
    assert "174 > 160" not in said
    if size in TILED:
        assert "SYS HIGH 169 > 160 worst 174 8 min" in lane(size, shown)


@every_tiled_size
def test_lost_link_tells_the_value_that_stood(size: tuple[int, int]) -> None:
    risen = condition(value=169, worst=174)
    said = words(text(size, scene(conditions=(risen,), silent_s=9.0)))
    assert "at that moment ** SYS HIGH 169 > 160" in said


@pytest.mark.parametrize(
    ("changes", "figures", "extreme"),
    [
        ({"value": 174, "worst": 174}, "174 > 160", ""),
        ({"value": 169, "worst": 174}, "169 > 160", "worst 174"),
        ({"value": 169, "worst": None}, "169 > 160", ""),
        ({"value": None, "worst": 174}, "174 > 160", ""),
        ({"value": None, "worst": None}, "", ""),
        ({"value": 169, "worst": 174, "limit": None}, "169", "worst 174"),
        ({"value": 158, "worst": 174}, "158 ≤ 160", "worst 174"),
        ({"value": 160, "worst": 174}, "160 ≤ 160", "worst 174"),
        ({"value": 169.04, "worst": 169.01}, "169 > 160", ""),
        ({"value": 169, "worst": 174, "state": "acknowledged"}, "169 > 160", "worst 174"),
        ({"value": 169, "worst": 174, "state": "latched"}, "was 174 > 160", ""),
        ({"value": 158, "worst": 174, "state": "unresolved"}, "was 174 > 160", ""),
        ({"value": 158, "worst": None, "state": "unresolved"}, "was 158", ""),
    ],
)
def test_value_worst_and_side_of_the_limit(
    changes: dict[str, Any], figures: str, extreme: str
) -> None:
    shown = condition(**changes)
    assert (against(shown), worst(shown)) == (figures, extreme)


def test_low_condition_has_its_worst_and_its_inside_on_the_other_side() -> None:
    for value, figures in ((88, "88 < 90"), (91, "91 ≥ 90"), (90, "90 ≥ 90")):
        low = condition("spo2_low", "high", value=value, worst=86, limit=90)
        assert (against(low), worst(low)) == (figures, "worst 86")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": 169}, "above 160 mmHg, the limit"),
        ({"value": 158}, "inside 160 mmHg again, not yet for long enough"),
        ({"value": 174, "worst": 174, "state": "latched"}, "was above 160 mmHg, the limit"),
    ],
)
def test_sentence_under_the_lane_says_what_is_so_now(changes: dict[str, Any], said: str) -> None:
    shown = text((120, 40), scene(conditions=(condition(**changes),))).splitlines()[2]
    assert shown[6:] == said


# -- how long ------------------------------------------------------------------------------------

RISEN = condition(priority="high", value=187, worst=187, limit=180, since_t=NOW - 840)
LINES = (
    line(900, "medium", "SYS HIGH 162 > 160 raised"),
    line(840, "medium", "SYS HIGH 170 > 160 raised"),
    line(500, "medium", "SYS HIGH 174 > 160 again beyond the limit"),
    line(300, "high", "HR HIGH 131 > 130 raised"),
    line(25, "high"),
    line(9, "high", "SYS HIGH 187 > 180 unanswered"),
    EventLine(NOW - 5, 41, "SYS HIGH is what a note says", "anna"),
)


@pytest.mark.parametrize(
    ("shown", "lines", "ago_s"),
    [
        (RISEN, LINES, 25),
        (RISEN, LINES[:4], 840),
        (RISEN, (), 840),
        (RISEN, LINES[4:], 840),
        (condition(since_t=NOW - 840), (*LINES, line(3, "medium")), 3),
        (condition(since_t=NOW - 840), LINES[:3], 840),
        (condition("hr_high", "high", since_t=NOW - 300), LINES, 300),
    ],
)
def test_priority_is_counted_from_its_first_line_in_this_episode(
    shown: ConditionView, lines: tuple[EventLine, ...], ago_s: float
) -> None:
    assert at_priority_since(scene(events=lines), shown) == NOW - ago_s


@every_tiled_size
def test_rise_of_seconds_ago_is_not_called_as_old_as_the_alarm(size: tuple[int, int]) -> None:
    said = lane(size, scene(conditions=(RISEN,), events=LINES))
    assert "187 > 180 20 s of 14 min" in said


# -- words that fit ------------------------------------------------------------------------------

STATES: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ("not acknowledged", "not ack'd")),
    ({"unanswered": True}, ("UNANSWERED",)),
    ({"state": "acknowledged"}, ("acknowledged", "ack'd")),
    ({"state": "latched"}, ("over, not acknowledged", "over, not ack'd")),
    ({"state": "unresolved"}, ("unresolved: no data", "no data")),
    ({"state": "unresolved", "acknowledged_t": NOW}, ("no data, acknowledged", "no data, ack'd")),
]


@pytest.mark.parametrize("size", WIDE, ids=str)
@pytest.mark.parametrize(("changes", "said"), STATES)
@pytest.mark.parametrize("seen", [(), ("a doctor", "one who has a long name")])
@pytest.mark.parametrize("others", [(), (condition("dia_high", "low"),)])
def test_state_is_said_in_whole_words(
    size: tuple[int, int],
    changes: dict[str, Any],
    said: tuple[str, ...],
    others: tuple[ConditionView, ...],
    seen: tuple[str, ...],
) -> None:
    found = condition(
        value=187.5, worst=203.5, limit=160.5, since_t=NOW - 3500, seen=seen, **changes
    )
    shown = lane(size, scene(conditions=(found, *others)))
    assert "…" not in shown
    assert any(state in shown for state in said)
    assert ("SPACE ack" in shown) == (said[-1] != "ack'd" and "data, ack'd" not in said[-1])
    assert ("1 of 2" in shown) == (bool(others) and size[1] < 36)


def test_words_get_shorter_before_anything_goes() -> None:
    two = (condition(value=169, worst=174, since_t=NOW - 500), condition("hr_high", "low"))
    assert (
        lane((80, 24), scene(conditions=two))
        == "** SYS HIGH 169 > 160 worst 174 8 min not ack'd 1 of 2 SPACE ack"
    )
    assert (
        lane((80, 24), scene(conditions=two[:1]))
        == "** SYS HIGH 169 > 160 worst 174 8 min not acknowledged SPACE ack"
    )
    assert (
        lane((80, 24), scene(conditions=(condition(),)))
        == "** SYS HIGH 172 > 160 40 s not acknowledged SPACE acknowledge"
    )


def test_that_somebody_has_seen_it_is_said_in_what_room_there_is() -> None:
    over: dict[str, Any] = {"state": "latched", "seen": ("doctor",)}
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "over, not ack'd, seen SPACE ack"),
        ({"state": "active"}, "not ack'd; seen by doctor SPACE ack"),
        ({"state": "acknowledged", "by": "anna"}, "acknowledged, anna; seen by doctor"),
    )
    for figures, said in cases:
        shown = scene(conditions=(condition(**{**over, **figures}),))
        assert lane((80, 24), shown).endswith(said)
    two = (condition(**over), condition("hr_high", "low"))
    assert lane((80, 24), scene(conditions=two)).endswith("over, not ack'd 1 of 2 SPACE ack")


def test_names_that_do_not_fit_go_before_the_state() -> None:
    seen = condition(seen=("doctor who has a long name",))
    assert "not acknowledged, seen SPACE" in lane((80, 24), scene(conditions=(seen,)))
    assert "not ack'd; seen by doctor who" in lane((120, 40), scene(conditions=(seen,)))
    by = condition(state="acknowledged", by="anna")
    assert lane((80, 24), scene(conditions=(by,))).endswith("acknowledged, anna")


@pytest.mark.parametrize("name", ["sys_high", "record_failing"])
@pytest.mark.parametrize(
    ("priority", "flashes"), [("high", True), ("medium", True), ("low", False)]
)
def test_only_the_marks_ground_flashes_never_a_digit(
    name: str, priority: str, flashes: bool
) -> None:
    alarm = condition(name, priority, value=172 if name == "sys_high" else None)
    for size in TILED:
        lit = drawn(size, scene(conditions=(alarm,)))
        dark = drawn(size, scene(conditions=(alarm,), lit_high=False, lit_medium=False))
        assert lit.chars == dark.chars
        changed = {
            (x, y)
            for y, (one, other) in enumerate(zip(lit.looks, dark.looks, strict=True))
            for x, (before, after) in enumerate(zip(one, other, strict=True))
            if before != after
        }
        assert bool(changed) == flashes
        assert not any(lit.chars[y][x].isdigit() for x, y in changed)
        assert len(changed) <= 5


@pytest.mark.parametrize(
    ("alarms", "hz"),
    [
        ((condition("sys_high", "high"),), 2.0), ((condition(),), 0.6), ((condition("hr_low", "low"),), 0),
        ((condition("record_failing", "high"),), 2.0), ((condition(), condition("host_slept", "high")), 2.0),
        ((condition("sys_high", "high", state="acknowledged"),), 0),
    ],
)  # fmt: skip
def test_flash_runs_at_the_rate_of_the_worst_that_waits(
    alarms: tuple[ConditionView, ...], hz: float
) -> None:
    class Timers:
        every: float | None = None

        def set_interval(self, seconds: float, _draw: object) -> None:
            self.every = seconds

    timers = Timers()
    Flash(lambda: 0.0).follow(timers, scene(conditions=alarms), lambda: None)
    assert timers.every == (pytest.approx(1 / (2 * hz)) if hz else None)
