"""The product as a person would ask it: `ketamon replay FILE --headless [--limits P]`.

The oracle knows the patient's conditions; the technical lines between them are left out here.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ketamon.commands import cli
from ketamon.core import alarms
from ketamon.core.profile import parse_profile
from ketamon.entries import Entry, decode
from ketamon.vitals import CONDITIONS

ROOT = Path(__file__).resolve().parents[2]
PROFILES = ROOT / "ketamon" / "profiles"
TIMES = int(os.environ.get("KETAMON_ORACLE_TIMES", "1"))
"""The slow tests take so many times their seeds; after a change of the alarm core, say 10."""

Line = dict[str, Any]


def replay(file: Path, profile: Path | None = None) -> list[Line]:
    """The patient's alarm lines that the product prints for a file."""
    arguments = ["replay", str(file), "--headless"]
    if profile is not None:
        arguments += ["--limits", str(profile)]
    ran = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return [line for line in lines if line["condition"] in CONDITIONS]


def timeline(
    entries: Sequence[Mapping[str, Any]], limits: Mapping[str, Any] | None, folder: Path
) -> list[Line]:
    """The patient's alarm lines that the product prints for these entries under these limits."""
    entries = drawn_by_product(entries, limits)
    file = folder / "session.ndjson"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    if limits is None:
        return replay(file)
    profile = folder / "limits.toml"
    profile.write_text(as_toml(limits))
    return replay(file, profile)


def of_core(entries: Sequence[Mapping[str, Any]], limits: Mapping[str, Any] | None) -> list[Line]:
    """The same lines from the core itself: what the command prints, without files between."""
    state = alarms.start(None if limits is None else parse_profile(dict(limits)))
    found, now = [], 0.0
    for entry in drawn_by_product(entries, limits):
        now = max(now, entry["t"])
        found += alarms.step(state, decode(json.dumps({**entry, "t": now}).encode()))
    return [json.loads(line.line) for line in found if line.body.condition in CONDITIONS]


def drawn_by_product(
    entries: Sequence[Mapping[str, Any]], limits: Mapping[str, Any] | None
) -> Sequence[Mapping[str, Any]]:
    """The same entries, with `up_to_seq` in the product's numbers.

    Its technical lines take numbers too, so what the oracle counts as drawn has others there. A
    session with lines of its own has its numbers written in it.
    """
    answers = any("up_to_seq" in entry for entry in entries)
    if not answers or any(entry["kind"] == "alarm" for entry in entries):
        return entries
    state = alarms.start(None if limits is None else parse_profile(dict(limits)))
    numbers, now, out = [0], 0.0, []  # ours by the oracle's

    def count(lines: list[Entry]) -> None:
        numbers.extend(line.seq for line in lines if line.body.condition in CONDITIONS)

    for entry in entries:
        now, up_to, drawn = max(now, entry["t"]), entry.get("up_to_seq"), entry
        count(alarms.advance(state, round(now * 1000)))
        if up_to is not None:
            drawn = {**entry, "up_to_seq": numbers[up_to] if up_to < len(numbers) else state.seq}
        numbers.append(state.seq + 1)
        count(alarms.step(state, decode(json.dumps({**drawn, "t": now}).encode())))
        out.append(drawn)
    return out


def as_toml(limits: Mapping[str, Any]) -> str:
    """Writes a profile as a table a section, each of its keys on a line."""
    parts = ['[profile]\nname = "oracle"\nversion = 1']
    for section, keys in limits.items():
        parts.append(f"[{section}]")
        parts += [f"{key} = {_value(value)}" for key, value in keys.items()]
    return "\n".join(parts) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)
