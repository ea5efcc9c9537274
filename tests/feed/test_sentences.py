"""The feed in plain sentences: what a screen reader hears."""

import pytest

from ketamon.feed.messages import (
    Beat,
    Bye,
    ConditionView,
    DeviceView,
    EntryMessage,
    EventLine,
    FromEngine,
    Hello,
    Snapshot,
    View,
    VitalView,
)
from ketamon.feed.sentences import Sentences, condition_words, value_words

SYS = VitalView("sys", 172, 61.0, "cuff", "valid")
SPO2_LOST = VitalView("spo2", 97, 40.0, "oximeter", "lost")
HIGH = ConditionView("sys_high", "active", "medium", 172, 160)


def snapshot(**parts: object) -> Snapshot:
    whole = {"seq": 9, "t": 61.5, "mode": "LIVE", "phase": "dosing", **parts}
    return Snapshot(**whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        (Hello(1, "made", "e", "LIVE", "nurse", 0.0, 1.0), ["LIVE session made, seat nurse"]),
        (Beat(1.0, 1, 1.0, "LIVE"), []),
        (Bye("the session was ended"), ["end: the session was ended"]),
        (snapshot(), ["0:01:01  phase dosing"]),
        (
            snapshot(phase=None, vitals=(SYS, SPO2_LOST, VitalView("rr")), conditions=(HIGH,)),
            [
                "0:01:01  SYS 172 mmHg from cuff",
                "0:01:01  SpO2 no data, was 97",
                "0:01:01  SYS HIGH 172 > 160, medium, not acknowledged",
            ],
        ),
        (
            snapshot(
                phase=None,
                devices=(
                    DeviceView("cuff", "streaming"),
                    DeviceView("oximeter", "lost", reason="unplugged: plug it in again"),
                ),
            ),
            ["0:01:01  oximeter lost: unplugged: plug it in again"],
        ),
        (
            EntryMessage(3, b"{}", View(event=EventLine(3723.9, 3, "SYS HIGH raised", "", "high"))),
            ["1:02:03  SYS HIGH raised, high"],
        ),
        (
            EntryMessage(3, b"{}", View(event=EventLine(5.0, 3, "acknowledged", "nurse A"))),
            ["0:00:05  acknowledged (by nurse A)"],
        ),
        (EntryMessage(3, b"{}", View(vitals=(SYS,))), []),
        (EntryMessage(3, b"{}", None), []),
    ],
)
def test_a_message_is_worth_these_lines(message: FromEngine, lines: list[str]) -> None:
    assert Sentences().of(message) == lines


def test_with_values_each_value_is_a_line_of_its_own() -> None:
    message = EntryMessage(3, b"{}", View(vitals=(SYS, VitalView("dia"))))
    assert Sentences(values=True).of(message) == ["0:01:01  SYS 172 mmHg from cuff"]


def test_times_are_the_wall_clocks_where_the_sessions_beginning_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    sentences = Sentences()
    sentences.of(snapshot(started="2026-01-01T12:00:00+00:00"))
    event = EntryMessage(3, b"{}", View(event=EventLine(90.0, 3, "phase recovery")))
    assert sentences.of(event)[0].endswith(":01:30  phase recovery")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (ConditionView("spo2_low", "unresolved", "high", 88, 90), "SpO2 LOW 88 < 90, high, unresolved"),
        (ConditionView("sys_high", "acknowledged", "medium", 170.5, 160),
         "SYS HIGH 170.5 > 160, medium, acknowledged"),
        (ConditionView("cuff_failed", "active", "low"), "CUFF FAILED, low, not acknowledged"),
        (ConditionView("something_new", "active", "low"), "SOMETHING NEW, low, not acknowledged"),
    ],
)  # fmt: skip
def test_a_condition_says_value_limit_priority_and_state(
    condition: ConditionView, words: str
) -> None:
    assert condition_words(condition) == words


@pytest.mark.parametrize(
    ("vital", "words"),
    [
        (VitalView("spo2", 65, 1.0, "oximeter", "valid", mark="?"), "SpO2 65? % from oximeter"),
        (VitalView("moaas", 4, 1.0, None, "valid"), "MOAA/S 4"),
        (VitalView("sys"), ""),
        (VitalView("something_new", 4), ""),
    ],
)
def test_a_value_says_unit_and_source(vital: VitalView, words: str) -> None:
    assert value_words(vital) == words
