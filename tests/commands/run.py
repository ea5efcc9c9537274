"""Runs the command line in this process, as `main` does, and gives what a person would get."""

import sys
from typing import NamedTuple

import pytest

from ketamon.__main__ import main


class Ran(NamedTuple):
    """Exit code, and what was printed where."""

    code: int
    out: str
    err: str


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """Runs `ketamon ARGUMENTS`."""
    capfd.readouterr()
    before, sys.argv = sys.argv, ["ketamon", *map(str, arguments)]
    try:
        with pytest.raises(SystemExit) as stop:
            main()
    finally:
        sys.argv = before
    out, err = capfd.readouterr()
    code = stop.value.code
    return Ran(code if isinstance(code, int) else 0, out, err)


def assert_refused(ran: Ran, *words: str) -> None:
    """Exit 2, nothing on standard output, one sentence on standard error that holds the words."""
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("ketamon: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
