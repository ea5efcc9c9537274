"""The vocabulary: ids that never change, and what each event takes."""

import pytest

from ketamon.charting import EVENTS, FORMS, GROUPS, refusal, value_words
from ketamon.entries import KINDS, Chart

FOR_EVER = {
    "symptom.nausea", "symptom.dissociation", "dose.iv_start", "dose.im", "dose.nasal",
    "scale.moaas", "intervention.oxygen", "position.supine", "note", "patient.identified",
    "patient.weight", "patient.plan", "check.consent", "check.override", "discharge.criteria",
}  # fmt: skip


def test_each_id_is_there_once_and_its_kind_is_one_that_is_charted() -> None:
    assert len(EVENTS) == sum(map(len, (*GROUPS.values(), *FORMS.values())))
    assert EVENTS.keys() >= FOR_EVER
    assert all(issubclass(KINDS[event.kind], Chart) for event in EVENTS.values())


@pytest.mark.parametrize(
    ("event", "value", "words"),
    [
        ("symptom.nausea", 2, None),
        ("symptom.nausea", 4, "nausea: the severity is 0 (none) to 3 (severe)"),
        ("symptom.nausea", None, "nausea: the severity is 0 (none) to 3 (severe)"),
        ("symptom.nausea", True, "nausea: the severity is 0 (none) to 3 (severe)"),
        ("scale.moaas", 5, None),
        ("scale.moaas", 6, "MOAA/S: 6 is not from 0 to 5"),
        ("dose.im", 36.5, None),
        ("dose.im", None, "injection IM: give a number of mg"),
        ("dose.im", "36", "injection IM: give a number of mg"),
        ("dose.iv_pause", None, None),
        ("dose.iv_pause", 3, "infusion paused takes no value"),
        ("note", 3, "note takes words, no number"),
    ],
)
def test_what_cannot_be_its_value_is_refused_in_a_sentence(
    event: str, value: object, words: str | None
) -> None:
    assert refusal(EVENTS[event], value) == words


def test_values_are_told_in_words_and_units() -> None:
    assert value_words(EVENTS["symptom.nausea"], 3) == "severe"
    assert value_words(EVENTS["dose.im"], 36) == "36 mg"
    assert value_words(EVENTS["scale.moaas"], 0) == "0"
    assert value_words(EVENTS["dose.iv_stop"], None) == ""
