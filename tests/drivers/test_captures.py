"""Captures that `ketamon probe --save` made, each decoded to what it was decoded to then."""

import json
from pathlib import Path
from typing import Any

import pytest

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.readings import encode

CAPTURES = sorted((Path(__file__).parents[1] / "vectors" / "captures").glob("*.json"))


@pytest.mark.parametrize("file", CAPTURES, ids=lambda path: path.stem)
def test_a_capture_means_what_it_meant_when_it_was_saved(file: Path) -> None:
    capture: dict[str, Any] = json.loads(file.read_text())
    decoder = PROTOCOLS[capture["protocol"]].decoder()
    readings = [r for piece in capture["hex"] for r in decoder.feed(bytes.fromhex(piece))]
    assert [json.loads(encode(reading)) for reading in readings] == capture["decoded"]
    assert FAMILIES[capture["family"]].protocol == capture["protocol"]
    assert "saved by ketamon probe" in capture["origin"]


def test_there_are_captures() -> None:
    assert CAPTURES
