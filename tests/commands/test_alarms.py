"""`ketamon alarms --table` prints the tables that the core runs on."""

import pytest

from ketamon.core.transitions import TRANSITIONS
from ketamon.vitals import CONDITIONS, TECHNICAL
from tests.commands.run import run


def test_table_holds_every_transition_and_every_condition(
    capfd: pytest.CaptureFixture[str],
) -> None:
    rows = [line.split() for line in run(capfd, "alarms", "--table").out.splitlines()]
    for (state, event), (after, change) in TRANSITIONS.items():
        assert [state, event, after, change] in rows
    assert ["conditions", *CONDITIONS] in rows


@pytest.mark.parametrize("name", TECHNICAL)
def test_table_holds_every_technical_condition_with_its_levels_and_end(
    capfd: pytest.CaptureFixture[str], name: str
) -> None:
    out = run(capfd, "alarms", "--table").out
    condition = TECHNICAL[name]
    about = out[out.index(f"\n{name} ") :].split("ends by: ")
    rows = [line.split() for line in about[0].splitlines() if line.strip()]
    assert [
        row[-len(words.split()) :] for row, words in zip(rows, condition.raised, strict=True)
    ] == [words.split() for words in condition.raised]
    assert rows[0][:3] == [name, *condition.priorities[0]]
    assert [tuple(row[:2]) for row in rows[1:]] == list(condition.priorities[1:])
    assert about[1].splitlines()[0] == condition.ends
