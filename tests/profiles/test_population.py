"""What the floors of the shipped profiles (`only_above`) spare a simulated population.

A rise over a low baseline is expected of ketamine; below the floor it is no alarm. What is beyond
an absolute HIGH limit is HIGH with the floor and without it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from ketamon.core import alarms
from ketamon.core.profile import parse_profile
from ketamon.entries import Baseline, Dose, Entry, Phase, make
from ketamon.profiles import FOLDER, load_profile
from ketamon.training.arm import CuffOnArm
from ketamon.training.patient import Patient
from ketamon_drivers.readings import BloodPressure

PATIENTS = 400
DOSE_MIN = 15
READ_MIN = (0, 5, 10, *(DOSE_MIN + m for m in (5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105)))


def infused(patient: Patient) -> None:
    """0.5 mg/kg over 40 minutes."""
    patient.start_infusion(DOSE_MIN * 60, 0.5, 40)


def injected(patient: Patient) -> None:
    """1 mg/kg into a muscle."""
    patient.inject(DOSE_MIN * 60, 1.0)


def sprayed(patient: Patient) -> None:
    """84 mg in three devices, five minutes apart."""
    for device in range(3):
        patient.spray((DOSE_MIN + 5 * device) * 60)


ROUTES: dict[str, Callable[[Patient], None]] = {
    "iv_adult": infused,
    "im_adult": injected,
    "nasal_adult": sprayed,
}


class Burden(NamedTuple):
    """What a population's pressures led to under one profile."""

    sessions: Counter[str]  # with an alarm of that priority
    lines: Counter[str]  # alarms raised, escalated or lowered to that priority
    beyond_high: tuple[tuple[int, int], ...]  # (patient, minute) of readings beyond absolute HIGH
    not_high: int  # of these, without a HIGH alarm


def readings(seed: int, dosed: Callable[[Patient], None]) -> Iterator[Entry]:
    """What a cuff finds in one session, and when it is dosed."""
    patient, arm = Patient(seed), CuffOnArm(seed)
    patient.needle((DOSE_MIN - 3) * 60)
    dosed(patient)
    for minute in READ_MIN:
        if minute == READ_MIN[3]:
            yield make(0, (DOSE_MIN - 2) * 60_000, Baseline())
            yield make(0, DOSE_MIN * 60_000, Phase("dosing"))
            yield make(0, DOSE_MIN * 60_000, Dose())
        found = arm.measure(patient.at(minute * 60))
        if found.error is None:
            body = BloodPressure(found.systolic, found.diastolic)
            yield make(0, minute * 60_000, body, "cuff")


def burden(raw: dict[str, Any], dosed: Callable[[Patient], None]) -> Burden:
    """Runs the population under one profile."""
    profile = parse_profile(raw)
    absolute = {vital: raw[vital]["high"]["high"] for vital in ("sys", "dia")}
    sessions, lines = Counter[str](), Counter[str]()
    beyond, not_high = [], 0
    for seed in range(PATIENTS):
        state, heard = alarms.start(profile), set()
        for entry in readings(seed, dosed):
            for line in alarms.step(state, entry):
                alarm = line.body
                if alarm.condition in state.tracks and alarm.change in (
                    "raised", "escalated", "deescalated",
                ):  # fmt: skip
                    lines[alarm.priority] += 1
                    heard.add(alarm.priority)
            for vital, limit in absolute.items():
                if entry.kind == "blood_pressure" and state.episodic[vital].value > limit:
                    beyond.append((seed, entry.t_ms // 60_000))
                    not_high += state.tracks[f"{vital}_high"].priority != "high"
        sessions.update(heard)
    return Burden(sessions, lines, tuple(beyond), not_high)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROUTES)
def test_floors_spare_medium_alarms_and_no_absolute_high(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    raw: dict[str, Any] = dict(load_profile(FOLDER / f"{name}.toml").raw)
    bare = deepcopy(raw)
    for vital in ("sys", "dia"):
        del bare[vital]["only_above"]
    with_floor, without = burden(raw, ROUTES[name]), burden(bare, ROUTES[name])
    with capsys.disabled():
        print(f"\n{name}, {PATIENTS} simulated sessions     with floors  without")
        for priority in ("medium", "high"):
            for what, of in (("sessions with", 0), ("alarms,", 1)):
                row = (with_floor[of][priority], without[of][priority])
                print(f"  {what} {priority.upper():<30}{row[0]:>10}{row[1]:>9}")
        row = (len(with_floor.beyond_high), len(without.beyond_high))
        print(f"  readings beyond an absolute HIGH, all HIGH {row[0]:>8}{row[1]:>9}")
    assert with_floor.sessions["medium"] < without.sessions["medium"]
    assert with_floor.lines["medium"] < without.lines["medium"]
    assert with_floor.beyond_high == without.beyond_high
    assert with_floor.beyond_high
    assert with_floor.not_high == without.not_high == 0
