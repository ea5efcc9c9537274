"""What README and CONTRIBUTING say is so: tables made anew from the code, commands that run."""

import re
import shlex
from pathlib import Path

import pytest

from ketamon.commands import COMMANDS
from ketamon.commands.demo import SPEED
from ketamon.core.alarms import CONDITIONS
from ketamon.tui.keys import KEYS
from ketamon_drivers.protocols import PROTOCOLS
from tests.commands.run import run
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted(ROOT.glob("*.md"))
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv run pytest"


def table(name: str) -> list[str]:
    """Gives the rows of one of README's marked tables, without its head."""
    block = README.partition(f"<!-- {name} -->\n")[2].partition("<!-- end -->")[0]
    return [row for row in block.splitlines() if row.startswith("| `")]


def test_commands_in_the_readme_are_those_of_the_program() -> None:
    assert table("commands") == [
        f"| `ketamon {name}` | {command.line} |" for name, command in COMMANDS.items()
    ]


def test_protocols_in_the_readme_are_those_of_the_program() -> None:
    assert table("protocols") == [f"| `{name}` | {p.title} |" for name, p in PROTOCOLS.items()]


def test_keys_in_the_readme_are_those_of_the_screen() -> None:
    from ketamon.tui.keys import WINDOWS, help_lines

    def plain(sentence: str) -> str:
        return re.sub(r"\d+ (min|s|h)\b", "_", sentence)

    rows = [row.strip("| ").split(" | ") for row in table("keys")]
    shown = [(key.strip("`"), re.sub("a (step|leap)", "_", words)) for key, words in rows]
    assert shown == [(key, plain(words)) for key, words in help_lines(WINDOWS[0])]


def test_every_key_has_one_meaning() -> None:
    names = [name for key in KEYS for name in key.names]
    assert len(names) == len(set(names))


def test_the_test_command_is_printed_once_and_is_what_ci_runs() -> None:
    assert README.count(TEST_COMMAND) == 1
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text()
    assert README.count(TEST_COMMAND.replace("pytest", "ketamon demo")) == 1


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        assert target.startswith("https://") or (ROOT / target).exists(), target


@pytest.mark.parametrize(
    "line",
    sorted(
        line.strip()
        for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
        for line in block.splitlines()
        if line.strip().startswith("ketamon")
    ),
)
def test_commands_that_the_readme_prints_run(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(ROOT)
    words = shlex.split(line.replace("my.toml", "ketamon/profiles/iv_adult.toml"))[1:]
    ran = run(capfd, *words)
    assert ran.code == 0
    assert ran.out


def test_the_profile_that_the_readme_checks_is_there(capfd: pytest.CaptureFixture[str]) -> None:
    assert "ketamon limits check ketamon/profiles/iv_adult.toml" in README
    assert run(capfd, "limits", "check", ROOT / "ketamon/profiles/iv_adult.toml").code == 0


def test_the_demo_alarms_when_the_readme_says(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "demo", "--headless", "--minutes", "6")
    raised = re.findall(
        r'"t":([\d.]+),"kind":"alarm","condition":"sys_high","change":"raised"', ran.out
    )
    seconds = float(raised[0]) / SPEED
    assert seconds < 30
    assert f"after about {round(seconds)} seconds" in README


def test_the_readme_says_what_ketamon_is_not() -> None:
    text = " ".join(README.split())
    assert "**Not a medical device.**" in text
    assert (
        "for training, for research, and as a secondary display beside an approved monitor" in text
    )


def test_the_changelog_starts_with_what_is_unreleased() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def test_the_alarm_table_that_the_readme_names_is_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert "ketamon alarms --table" in README
    out = run(capfd, "alarms", "--table").out
    assert "unresolved" in out
    assert CONDITIONS
