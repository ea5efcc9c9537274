"""The product as a person would ask it: `ketamon replay FILE --headless [--limits P]`."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ketamon.commands import cli

ROOT = Path(__file__).resolve().parents[2]
PROFILES = ROOT / "ketamon" / "profiles"
TIMES = int(os.environ.get("KETAMON_ORACLE_TIMES", "1"))
"""The slow tests take so many times their seeds; after a change of the alarm core, say 10."""

Line = dict[str, Any]


def replay(file: Path, profile: Path | None = None) -> list[Line]:
    """The alarm lines that the product prints for a file."""
    arguments = ["replay", str(file), "--headless"]
    if profile is not None:
        arguments += ["--limits", str(profile)]
    ran = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines()]


def timeline(
    entries: Sequence[Mapping[str, Any]], limits: Mapping[str, Any] | None, folder: Path
) -> list[Line]:
    """The alarm lines that the product prints for these entries under these limits."""
    file = folder / "session.ndjson"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    if limits is None:
        return replay(file)
    profile = folder / "limits.toml"
    profile.write_text(as_toml(limits))
    return replay(file, profile)


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
