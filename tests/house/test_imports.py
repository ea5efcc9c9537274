"""Imports point one way: by contract, and by what really gets loaded."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HEAVY = ("asyncio", "serial", "bleak", "sqlite3", "textual", "selectors", "socket", "threading")
PURE = (
    "ketamon_drivers.protocols",
    "ketamon.core.tracks",
    "ketamon.core.intake",
    "ketamon.entries",
)


def loaded_by(statement: str) -> set[str]:
    """Gives the top-level names of all that a fresh interpreter loads for a statement."""
    program = f"import sys\n{statement}\nprint(*sorted({{n.split('.')[0] for n in sys.modules}}))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_load_no_clock_no_thread_no_port_and_no_screen(module: str) -> None:
    # msgspec and the standard library load threading for themselves; what they load is not ours.
    allowed = loaded_by("import msgspec, dataclasses, datetime, decimal, tomllib, fractions, enum")
    assert not (loaded_by(f"import {module}") - allowed).intersection(HEAVY)


def test_drivers_load_nothing_of_the_application() -> None:
    assert "ketamon" not in loaded_by("import ketamon_drivers.protocols, ketamon_drivers.readings")


def test_help_loads_no_screen_and_no_database() -> None:
    loaded = loaded_by(
        "import contextlib, io; from ketamon.commands import cli\n"
        "with contextlib.redirect_stdout(io.StringIO()): cli.main(['-h'], standalone_mode=False)\n"
    )
    assert "click" in loaded
    assert not loaded & {"textual", "sqlite3", "bleak", "serial", "asyncio"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the import contracts of a tree."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{folder}:{folder / 'drivers'}", "PATH": "/usr/bin:/bin"},
    )


def test_import_contracts_hold() -> None:
    ran = lint_imports(ROOT)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
def test_import_contracts_can_fail(tmp_path: Path) -> None:
    for name in ("ketamon", "drivers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    core = tmp_path / "ketamon" / "core" / "limits.py"
    core.write_text(core.read_text() + "\nimport ketamon.tui.keys  # noqa\n")
    ran = lint_imports(tmp_path)
    assert ran.returncode == 1
    assert "core knows entries" in ran.stdout
