"""Rules of the house that a glance at the tree can check."""

import ast
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted([*ROOT.glob("ketamon/**/*.py"), *ROOT.glob("drivers/**/*.py")])
SHOWN = re.compile(
    r"\b(you should|we recommend|recommended|please consult|seek medical|diagnos\w*|"
    r"safe to|FDA|CE[- ]mark\w*|compliant|complies|certified|exempt\w*|IEC 6\d+)\b",
    re.IGNORECASE,
)
VAGUE = re.compile(r"(^|_)(utils?|helpers?|manager|misc|common)(_|$)")


def strings(tree: ast.AST) -> Iterator[str]:
    """Gives every string that a program holds, documentation with it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_short_named_well_and_states_what_it_is_for(module: Path) -> None:
    text = module.read_text()
    assert text.count("\n") < 400
    assert not VAGUE.search(module.stem)
    tree = ast.parse(text)
    if tree.body:
        assert ast.get_docstring(tree), "a module says in its first line what it is for"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_wording_states_facts_and_claims_nothing(module: Path) -> None:
    for text in strings(ast.parse(module.read_text())):
        assert not SHOWN.search(text), text


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_left_for_later(module: Path) -> None:
    with tokenize.open(module) as file:
        comments = [
            t.string for t in tokenize.generate_tokens(file.readline) if t.type == tokenize.COMMENT
        ]
    assert not [c for c in comments if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", c)]
    assert "raise NotImplementedError" not in module.read_text()


def tracked() -> list[Path]:
    """Gives the files that git knows, or all that lie here where there is no git."""
    ran = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = ran.stdout.split("\0") if ran.returncode == 0 else []
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_names_a_path_of_a_machine() -> None:
    path = re.compile(rb"/(?:" + b"|".join([b"ro" + b"ot", b"wo" + b"rk", b"fa" + b"rm"]) + rb")/")
    found = [
        file
        for file in tracked()
        if file.suffix in {".py", ".md", ".toml", ".json", ""} and path.search(file.read_bytes())
    ]
    assert found == []


def test_the_top_level_holds_what_it_should() -> None:
    allowed = {"ketamon", "drivers", "tests", "sample_data", "pyproject.toml", "README.md",
               "uv.lock", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}  # fmt: skip
    tops = {file.relative_to(ROOT).parts[0] for file in tracked()}
    assert {top for top in tops if not top.startswith(".")} <= allowed


def test_every_recording_that_ships_names_its_source_and_licence() -> None:
    attribution = (ROOT / "sample_data" / "ATTRIBUTION.md").read_text()
    for file in (ROOT / "sample_data").iterdir():
        stem = file.name.removesuffix(".expected.json")
        charted = stem.startswith("charted_") and "charted_*.csv" in attribution
        assert file.name == "ATTRIBUTION.md" or charted or stem in attribution, file.name


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    asked = [line for line in lines if re.match(r'\s+"[a-z][\w.-]*[><=]', line)]
    assert len(asked) > 10
    assert [line for line in asked if "# " not in line] == []
