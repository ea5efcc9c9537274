"""Every scenario, against the program as a person asks it, and the patient's lines against the oracle."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ketamon.commands import cli
from ketamon.core.transitions import TRANSITIONS
from ketamon.vitals import CONDITIONS, TECHNICAL
from tests.conformance import check
from tests.conformance.check import Scenario
from tests.oracle.alarm_oracle import timeline

SCENARIOS = check.scenarios()
ROWS: list[dict[str, Any]] = tomllib.loads((check.HERE / "index.toml").read_text())["row"]
OTHER_ENGINES = {
    "0.nightscout", "0.infirmary", "0.anasim", "0.pulseox", "0.xdrip", "0.nightscout-a",
    "0.nightscout-a2", "0.nightscout-b2", "0.nightscout-c", "0.nightscout-code",
}  # fmt: skip
WISHES = {f"2.{number}" for number in range(1, 31)}


def name(scenario: Scenario) -> str:
    return scenario.name


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_program_gives_the_expected_timeline(scenario: Scenario) -> None:
    words = ["replay", "{input}", "--headless", "--limits", "{limits}"]
    ran = CliRunner().invoke(cli, check.command(words, scenario), catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    assert check.difference(scenario.expected, check.lines(ran.stdout)) == ""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_oracle_gives_the_expected_timeline_of_the_patient(scenario: Scenario) -> None:
    limits = None if scenario.limits is None else tomllib.loads(scenario.limits.read_text())
    found = timeline(check.lines(scenario.input.read_text()), limits)
    assert check.difference(check.of_patient(scenario.expected), found) == ""


def test_there_are_at_least_sixty_scenarios() -> None:
    assert len(SCENARIOS) >= 60


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_scenario_says_in_plain_words_what_it_holds_and_why(scenario: Scenario) -> None:
    rule, why = scenario.rule.splitlines()
    assert re.fullmatch(r"[A-Z0-9].*\.", rule)
    assert re.fullmatch(r"Why: .*\.", why)
    times = [entry["t"] for entry in check.lines(scenario.input.read_text())]
    assert times == sorted(times)


def test_every_finding_about_other_programs_and_every_wish_is_in_the_index() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(ids) == len(set(ids))
    assert set(ids) == OTHER_ENGINES | WISHES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_row_has_scenarios_or_says_where_it_is_held(row: dict[str, Any]) -> None:
    names = {scenario.name for scenario in SCENARIOS}
    assert ("elsewhere" in row) != ("scenarios" in row)
    assert row.get("elsewhere") or set(row["scenarios"]) <= names
    assert row.get("scenarios") or row["id"] not in OTHER_ENGINES


def test_a_line_that_is_missing_too_much_or_different_is_told() -> None:
    line = {"t": 1.0, "condition": "sys_high", "change": "raised"}
    assert check.difference([line], [{**line, "value": 161}]) == ""
    assert check.difference([line], []).startswith("missing")
    assert check.difference([], [line]).startswith("too much")
    assert "t: expected" in check.difference([line], [{**line, "t": 1.001}])
    assert "change: expected" in check.difference([line], [{**line, "change": "cleared"}])


def test_conditions_of_the_patient_are_told_from_the_others() -> None:
    lines = [{"condition": condition} for condition in (*CONDITIONS, "hr_no_data", "device_lost")]
    assert [line["condition"] for line in check.of_patient(lines)] == list(CONDITIONS)


def test_where_a_scenario_has_its_own_limits_among_its_entries_the_option_is_left_out() -> None:
    words = ["engine", "{input}", "--limits", "{limits}"]
    given = Scenario("a", "", Path("a.ndjson"), Path("a.toml"), [])
    assert check.command(words, given) == ["engine", "a.ndjson", "--limits", "a.toml"]
    assert check.command(words, given._replace(limits=None)) == ["engine", "a.ndjson"]


def test_any_program_can_be_run_against_the_suite(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--patient-only", "true"]) == 1  # a program that never alarms
    out = capsys.readouterr().out
    assert "FAIL cuff-beyond-high-is-high-at-once: missing" in out
    assert "ok   short-excursion-is-no-alarm" in out
    assert check.main([]) == 2


def test_scenarios_that_the_readme_names_exist() -> None:
    table = (check.HERE / "README.md").read_text().partition("## What was found")[2]
    rows = [row for row in table.splitlines() if row.startswith("| ")]
    named = {found for row in rows for found in re.findall(r"`([a-z0-9-]+)`", row)}
    assert named
    assert named <= {scenario.name for scenario in SCENARIOS}


def test_every_kind_of_entry_in_a_scenario_is_explained_in_the_readme() -> None:
    readme = (check.HERE / "README.md").read_text().partition("## What goes in")[2]
    used = {
        entry["kind"]
        for scenario in SCENARIOS
        if scenario.name != "unknown-entries-change-nothing"
        for entry in check.lines(scenario.input.read_text())
    }
    unsaid = {"note", "announced"}  # they change nothing, which is said of all the rest
    assert used - unsaid <= set(re.findall(r"`([a-z_]+)`", readme))


def test_every_row_of_the_state_table_occurs_in_a_scenario() -> None:
    seen: set[tuple[str, str, str]] = set()
    for scenario in SCENARIOS:
        states: dict[str, str] = {}
        for line in scenario.expected:
            before = states.get(line["condition"], "normal")
            states[line["condition"]] = line["state"]
            seen.add((before, line["change"], line["state"]))
    rows = {(before, change, after) for (before, _), (after, change) in TRANSITIONS.items()}
    assert rows - seen == set()


def test_every_condition_occurs_in_a_scenario() -> None:
    seen = {line["condition"] for scenario in SCENARIOS for line in scenario.expected}
    assert {*CONDITIONS, *TECHNICAL} - seen == set()
