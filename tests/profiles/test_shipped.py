"""The profiles that ship: a route each, none approved, and when each asks for the cuff."""

from pathlib import Path

import pytest

from ketamon.profiles import FOLDER, load_profile
from tests.core.chair import Chair

SHIPPED = sorted(FOLDER.glob("*.toml"))
ROUTES = ("iv_adult", "im_adult", "nasal_adult", "lozenge_adult")

DUE = [
    # (profile, phase, its dose events by minute, minutes at which a reading is due)
    ("iv_adult", "baseline", {}, [0, 5, 10, 15, 20, 25, 30]),
    ("iv_adult", "dosing", {0: "dose.iv_start"}, [0, 5, 10, 20, 30, 40, 50, 60, 70]),
    ("iv_adult", "dosing", {2: "dose.bolus"}, [0, 5, 10, 20, 30, 40, 50, 60, 70]),
    ("iv_adult", "recovery", {}, [0, 15, 30, 45, 60, 75, 90]),
    ("im_adult", "baseline", {}, [0, 5, 10, 15, 20]),
    ("im_adult", "dosing", {}, [5, 10, 15, 20, 30, 45, 60]),
    ("im_adult", "dosing", {1: "dose.im"}, [6, 11, 16, 21, 31, 46, 61]),
    ("im_adult", "dosing", {0: "dose.im", 12: "dose.im"}, [5, 10, 17, 22, 27, 32, 42, 57, 72]),
    ("im_adult", "recovery", {}, [0, 15, 30, 45, 60]),
    ("nasal_adult", "baseline", {}, [0, 10, 20]),
    ("nasal_adult", "dosing", {}, [10, 20, 30, 40, 60, 80, 100, 120]),
    ("nasal_adult", "dosing", {2: "dose.nasal", 7: "dose.nasal", 12: "dose.nasal"},
     [12, 22, 32, 42, 62, 82, 102, 122]),
    ("nasal_adult", "recovery", {}, [0, 20, 40, 60]),
    ("lozenge_adult", "baseline", {}, [0, 10, 20]),
    ("lozenge_adult", "dosing", {}, [15, 30, 45, 60, 75, 90, 105, 120]),
    ("lozenge_adult", "dosing", {3: "dose.other", 20: "dose.other"},
     [18, 33, 48, 63, 78, 93, 108, 123]),
    ("lozenge_adult", "recovery", {}, [0, 20, 40, 60]),
    ("demo", "dosing", {}, [0, 3, 6, 9, 12, 22, 32, 42]),
]  # fmt: skip


def due_minutes(name: str, phase: str, doses: dict[int, str], until_min: float) -> list[float]:
    """Minutes at which a reading falls due, each taken ten seconds late."""
    chair = Chair(dict(load_profile(FOLDER / f"{name}.toml").schedule))
    chair.phase(0, phase)
    doses = dict(doses)
    found: list[float] = []
    while True:
        due = chair.due_s
        dose = min(doses, default=None)
        if dose is not None and (due is None or dose * 60 < due):
            chair.tell(dose * 60, "dose", event=doses.pop(dose))
        elif due is None or due > until_min * 60:
            return found
        else:
            found.append(due / 60)
            chair.cuff(due + 10, 120 + len(found))


@pytest.mark.parametrize(("name", "phase", "doses", "expected"), DUE)
def test_readings_are_due_at(
    name: str, phase: str, doses: dict[int, str], expected: list[float]
) -> None:
    assert due_minutes(name, phase, doses, expected[-1]) == expected


@pytest.mark.parametrize("name", ["im_adult", "nasal_adult", "lozenge_adult"])
def test_listed_minutes_end_and_recovery_goes_on(name: str) -> None:
    assert due_minutes(name, "dosing", {}, 1000)[-1] in (60, 120)
    assert due_minutes(name, "recovery", {}, 300)[-1] >= 285


def test_every_route_has_a_profile_and_a_name_of_its_own() -> None:
    assert {path.stem for path in SHIPPED} == {*ROUTES, "demo"}
    names = {load_profile(path).name for path in SHIPPED}
    assert len(names) == len(SHIPPED)
    assert all("(training)" in name for name in names)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_none_is_approved_and_says_so(path: Path) -> None:
    assert not list(FOLDER.glob("*approval*.json"))
    assert path.read_text().startswith("# For training. Not approved:")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_rise_has_a_floor_below_the_absolute_limit(path: Path) -> None:
    profile = load_profile(path)
    for vital in ("sys", "dia"):
        limits = profile.vitals[vital]
        assert limits.only_above is not None
        for level in limits.high:
            assert level.limit is not None
            assert level.rise_mmhg is not None
            assert limits.only_above < level.limit
