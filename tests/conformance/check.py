"""Runs an alarm engine over the scenarios beside this file; needs Python 3.11 and nothing else.

    python3 check.py [--patient-only] COMMAND…

COMMAND is run once a scenario. `{input}` in it is the path of the entries, `{limits}` that of the
limits; where a scenario has its limits among its entries, the word with `{limits}` is left out, and
so is an option before it. What it prints must be one JSON object a line for each change of an alarm.

    python3 check.py ketamon replay {input} --headless --limits {limits}
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE / "scenarios"
EXACT_S = 0.0005
PATIENT = ("sys", "dia", "map", "hr", "spo2", "rr", "moaas")

Line = dict[str, Any]


class Scenario(NamedTuple):
    """One folder: entries in, lines out, and the limits in force (None: they are among the entries)."""

    name: str
    rule: str
    input: Path
    limits: Path | None
    expected: list[Line]


def scenarios() -> list[Scenario]:
    """All folders, by name."""
    return [_scenario(folder) for folder in sorted(SCENARIOS.iterdir()) if folder.is_dir()]


def _scenario(folder: Path) -> Scenario:
    entries, own = folder / "input.ndjson", folder / "limits.toml"
    limits: Path | None = own if own.exists() else HERE / "default.toml"
    if not own.exists() and any(entry["kind"] == "limits" for entry in lines(entries.read_text())):
        limits = None
    rule = (folder / "rule.txt").read_text()
    return Scenario(
        folder.name, rule, entries, limits, lines((folder / "expected.ndjson").read_text())
    )


def lines(text: str) -> list[Line]:
    """One JSON object a line."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def of_patient(found: Sequence[Line]) -> list[Line]:
    """Only lines of the patient's conditions; the others are about devices, record and people."""
    return [line for line in found if line["condition"].rpartition("_")[0] in PATIENT]


def difference(expected: Sequence[Line], found: Sequence[Line]) -> str:
    """What is the first that differs, in a sentence; empty where nothing does.

    Every field of an expected line must be there and equal; an engine may print others beside them.
    """
    for number, line in enumerate(expected):
        if number >= len(found):
            return f"missing: {json.dumps(line)}"
        wrong = [key for key, value in line.items() if not _equal(found[number].get(key), value)]
        if wrong:
            return (
                f"line {number + 1} differs in {', '.join(wrong)}: "
                f"expected {json.dumps(line)}, got {json.dumps(found[number])}"
            )
    return f"too much: {json.dumps(found[len(expected)])}" if len(found) > len(expected) else ""


def _equal(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < EXACT_S
    return one == other


def command(words: Sequence[str], scenario: Scenario) -> list[str]:
    """The command for one scenario."""
    out: list[str] = []
    for word in words:
        if "{limits}" in word and scenario.limits is None:
            if out and out[-1].startswith("-"):
                out.pop()
            continue
        out.append(
            word.replace("{input}", str(scenario.input)).replace("{limits}", str(scenario.limits))
        )
    return out


def main(words: list[str]) -> int:
    """Prints a line a scenario, and how many passed; 0 where all did."""
    patient_only = words[:1] == ["--patient-only"]
    words = words[1:] if patient_only else words
    if not words:
        print(__doc__)
        return 2
    passed = 0
    found = scenarios()
    for scenario in found:
        ran = subprocess.run(command(words, scenario), capture_output=True, text=True, check=False)
        expected, got = scenario.expected, []
        try:
            got = lines(ran.stdout)
        except ValueError:
            reason = "prints what is not JSON"
        else:
            if patient_only:
                expected, got = of_patient(expected), of_patient(got)
            reason = difference(expected, got)
        if ran.returncode:
            reason = f"exit code {ran.returncode}: {ran.stderr.strip()[:200]}"
        passed += not reason
        print(
            f"{'ok  ' if not reason else 'FAIL'} {scenario.name}{f': {reason}' if reason else ''}"
        )
    print(f"{passed} of {len(found)} passed")
    return 0 if passed == len(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
