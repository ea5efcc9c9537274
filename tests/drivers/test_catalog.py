from dataclasses import replace
from math import inf
from typing import Any

import pytest

from ketamon_drivers import catalog
from ketamon_drivers.catalog import FAMILIES, UnknownFamilyError, every_family, family_named
from ketamon_drivers.protocols import PROTOCOLS


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_family_speaks_a_known_protocol_and_sends_only_its_commands(name: str) -> None:
    family = FAMILIES[name]
    assert family.name == name
    protocol = PROTOCOLS[family.protocol]
    sent = {*family.start, *([family.keep_alive[1]] if family.keep_alive else [])}
    assert sent <= set(protocol.commands.values())
    assert not any("start_adult" in key for key, data in protocol.commands.items() if data in sent)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_family_is_silent_after_three_periods_or_three_seconds(name: str) -> None:
    family = FAMILIES[name]
    period = family.keep_alive[0] if family.cadence_s is None and family.keep_alive else None
    if family.cadence_s is not None:
        assert family.silent_after_s == max(3.0, 3 * family.cadence_s)
    elif family.bluetooth is not None:
        assert family.silent_after_s == inf  # away between readings
    else:
        assert period is not None
        assert family.silent_after_s > 2 * period


def test_built_in_families_come_by_entry_point() -> None:
    from importlib.metadata import entry_points

    names = {e.value for e in entry_points(group="ketamon.drivers", name="families")}
    assert "ketamon_drivers.catalog:families" in names


def test_families_of_others_are_found_and_take_no_built_in_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = replace(FAMILIES["suntech"], name="theirs", title="another's")

    class Theirs:
        @staticmethod
        def load() -> Any:
            return lambda: {"theirs": theirs, "suntech": theirs}

    monkeypatch.setattr(
        catalog, "entry_points", lambda name, **_kw: [Theirs] if name == "families" else []
    )
    assert every_family()["theirs"] is theirs
    assert family_named("suntech") is FAMILIES["suntech"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"theirs": replace(FAMILIES["nonin-df8"], name="theirs", protocol="none")},
            "its protocol none",
        ),
        ({"theirs": "no family"}, "can't be loaded (TypeError)"),
        (None, "can't be loaded (TypeError)"),
    ],
)
def test_families_of_others_that_cannot_work_are_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, given: Any, words: str
) -> None:
    class Theirs:
        value = "their_package:families"

        @staticmethod
        def load() -> Any:
            return lambda: given

    monkeypatch.setattr(
        catalog, "entry_points", lambda name, **_kw: [Theirs] if name == "families" else []
    )
    assert every_family() == FAMILIES
    assert words in caplog.text


def test_a_family_is_on_a_line_or_on_bluetooth() -> None:
    with pytest.raises(ValueError, match="a serial line or a Bluetooth service"):
        replace(FAMILIES["suntech"], line=None)


def test_a_cuff_that_nothing_here_can_start_is_never_called_startable() -> None:
    with pytest.raises(ValueError, match="nothing here can start a cuff that speaks par-nibp"):
        replace(FAMILIES["par-nibp"], can_start=True)


def test_unknown_family_names_those_that_are_known() -> None:
    with pytest.raises(UnknownFamilyError) as caught:
        family_named("omron")
    said = str(caught.value)
    assert said.startswith("no device family is called omron: the names are ")
    assert said.rpartition(" are ")[2].split(", ") == sorted(FAMILIES)
