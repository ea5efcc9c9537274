"""What can't be right never counts, and the reason is in words."""

import pytest

from ketamon.core.plausible import implausible, implausible_pressure, pressure_values
from ketamon_drivers.readings import BloodPressure


@pytest.mark.parametrize(
    ("vital", "lowest", "highest"),
    [("sys", 30, 300), ("hr", 20, 300), ("spo2", 40, 100), ("moaas", 0, 5)],
)
def test_bounds_themselves_are_plausible_and_nothing_beyond(
    vital: str, lowest: int, highest: int
) -> None:
    assert implausible(vital, lowest) is None
    assert implausible(vital, highest) is None
    assert implausible(vital, lowest - 0.1) is not None
    assert implausible(vital, highest + 0.1) is not None


def test_zero_means_no_value() -> None:
    assert implausible("spo2", 0) == "SpO2 0 means no value"


@pytest.mark.parametrize(
    ("reading", "values"),
    [
        (BloodPressure(120, 80, 93), {"sys": 120, "dia": 80, "map": 93}),
        (BloodPressure(120, None, None), {"sys": 120}),
        (BloodPressure(None, 80, None), {"dia": 80}),
        (BloodPressure(120, 80, 0), {"sys": 120, "dia": 80}),
        (BloodPressure(11, 36, 27.7), None),
        (BloodPressure(11647, None, 65), None),
        (BloodPressure(90, 95, None), None),
        (BloodPressure(90, 90, None), None),
        (BloodPressure(120, 80, 93, pulse_rate_per_min=-256000), None),
        (BloodPressure(120, 80, 93, status=("from_storage",)), None),
        (BloodPressure(), None),
    ],
)
def test_one_impossible_number_fails_the_whole_measurement(
    reading: BloodPressure, values: dict[str, float] | None
) -> None:
    assert pressure_values(reading) == values


def test_reason_names_number_and_bounds() -> None:
    assert implausible_pressure(11647, None, None) == "SYS 11647 is outside 30–300 mmHg"
    assert implausible_pressure(90, 95, None) == "SYS 90 is not above DIA 95"
