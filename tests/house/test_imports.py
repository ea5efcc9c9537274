"""Imports point one way: by contract, and by what really gets loaded."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules, walk_packages

import pytest

import ketamon.core
import ketamon_drivers.protocols
from tests.conftest import ROOT

HEAVY = ("asyncio", "serial", "bleak", "sqlite3", "textual", "selectors", "socket", "threading")
PURE = sorted(
    module.name
    for package in (ketamon.core, ketamon_drivers.protocols)
    for module in walk_packages(package.__path__, package.__name__ + ".")
)
MAY_KNOW = {
    "ketamon.core": {"entries", "vitals", "readings"},
    "ketamon.feed": {"entries", "vitals", "readings", "lock_file"},
    "ketamon.ledger": {"core", "entries", "vitals", "readings", "lock_file"},
    "ketamon.tui": {"feed", "entries", "charting", "vitals", "readings", "lock_file"},
    "ketamon.training": {
        "core", "entries", "vitals", "readings", "protocols", "links", "virtual", "catalog",
    },
}  # fmt: skip
"""What each layer may import, itself or through another (DESIGN 3; `vitals`, `charting` and
`lock_file` are below all layers, `readings` is what entries are made of)."""


def loaded_by(statement: str) -> set[str]:
    """Gives the top-level names of all that a fresh interpreter loads for a statement."""
    program = f"import sys\n{statement}\nprint(*sorted({{n.split('.')[0] for n in sys.modules}}))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


@cache
def loaded_by_libraries() -> set[str]:
    """msgspec and the standard library load threading for themselves; that is not ours."""
    return loaded_by("import msgspec, dataclasses, datetime, decimal, tomllib, fractions, enum")


@pytest.mark.parametrize("module", [*PURE, "ketamon.entries", "ketamon.vitals", "ketamon.charting"])
def test_pure_modules_load_no_clock_no_thread_no_port_and_no_screen(module: str) -> None:
    assert not (loaded_by(f"import {module}") - loaded_by_libraries()).intersection(HEAVY)
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    nodes = list(ast.walk(ast.parse(Path(found.origin).read_text())))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    assert not {name.partition(".")[0] for name in named}.intersection(HEAVY)


def test_every_pure_module_is_looked_at() -> None:
    files = [*(ROOT / "ketamon" / "core").rglob("*.py")]
    files += (ROOT / "drivers" / "ketamon_drivers" / "protocols").rglob("*.py")
    assert len(PURE) == len([file for file in files if file.name != "__init__.py"])
    assert "ketamon.core.alarms" in PURE


@pytest.mark.parametrize("layer", MAY_KNOW)
def test_contract_forbids_a_layer_all_that_the_design_does_not_allow(layer: str) -> None:
    every = {
        module.name
        for package in (ketamon, ketamon_drivers)
        for module in iter_modules(package.__path__, package.__name__ + ".")
        if not module.name.endswith("__main__")
    }
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    forbidden = {
        module
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["source_modules"] == [layer]
        for module in contract["forbidden_modules"]
    }
    unmentioned = every - forbidden - {layer}
    assert {name.rpartition(".")[2] for name in unmentioned} <= MAY_KNOW[layer]


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
    wrong = (
        ("core/limits.py", "ketamon.tui.keys", "core knows entries"),
        ("tui/times.py", "ketamon_drivers.catalog", "screens know the feed"),
        ("feed/paths.py", "ketamon_drivers.protocols.suntech", "feed knows entries"),
        ("ledger/chain.py", "ketamon_drivers.links.port", "ledger knows entries"),
    )
    for file, module, _ in wrong:
        path = tmp_path / "ketamon" / file
        path.write_text(path.read_text() + f"\nimport {module}  # noqa\n")
    ran = lint_imports(tmp_path)
    assert ran.returncode == 1
    for _, _, contract in wrong:
        assert re.search(rf"{contract}.* BROKEN", ran.stdout)
