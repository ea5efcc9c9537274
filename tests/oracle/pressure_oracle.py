"""Which pressure readings count."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.oracle.limits_oracle import plausible


class Accepted:
    """A pressure reading that counted."""

    def __init__(
        self, t: int, values: Mapping[str, Fraction | None], key: object, place: "Place"
    ) -> None:
        """`t` is when it was measured, `key` all fields of a cuff's reading."""
        self.t, self.values, self.key, self.place = t, values, key, place


Place = dict[str, str]
"""Where the cuff is, and which: `arm, site, size`, as far as somebody said."""


def comparable(one: Place, other: Place) -> bool:
    """False where they are known to differ."""
    return all(one[part] == other[part] for part in one.keys() & other.keys())


def pressure_values(raw: Mapping[str, Any]) -> dict[str, Fraction | None] | None:
    """The pressures, or None where one of them is impossible."""
    values = {vital: plausible(vital, value) for vital, value in raw.items()}
    if any(raw[vital] is not None and values[vital] is None for vital in raw):
        return None
    systolic, diastolic = values["sys"], values["dia"]
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        return None
    return values
