"""Patients of the tests: one that is typical in all, and changes of it."""

from typing import Any

from ketamon.training.patient import Patient
from ketamon.training.person import Person
from ketamon.training.pharmacology import Body

TYPICAL = Person(
    weight_kg=70, female=False, age_years=40, hypertensive=False, sys_mmhg=124, dia_mmhg=77,
    hr_per_min=74, spo2_pct=97.3, rr_per_min=14, anxiety_mmhg=0, pressure_gain=1, diastolic_gain=1,
    rate_gain=1, dissociation_gain=1, sedation_gain=1, body=Body.typical(70),
)  # fmt: skip


def typical(seed: int = 1, **changes: Any) -> Patient:
    """Gives the typical patient, but for what is given."""
    from dataclasses import replace

    return Patient(seed, person=replace(TYPICAL, **changes))
