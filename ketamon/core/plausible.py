"""Plausible before it counts: the one gate at the core's entrance (DESIGN 5).

What fails is kept in the record and never alarms as physiology.
"""

from ketamon.vitals import VITALS, Number
from ketamon_drivers.readings import VALUELESS, BloodPressure

NOT_LIVE = frozenset({"from_storage", "demonstration", "test", "early_estimate"})
"""Readings with one of these words carry no values for alarms. `early_estimate` means early and not
yet validated; a decoder leaves the word out once the value is validated."""

UNCOUNTED = VALUELESS | NOT_LIVE


def implausible(vital: str, value: Number) -> str | None:
    """Says in words why a value can't be right, or None if it can.

    0 is "sensor off" for every vital but a score, whose 0 is a real one.
    """
    facts = VITALS[vital]
    if value == 0 and facts.lowest > 0:
        return f"{facts.label} 0 means no value"
    if not facts.lowest <= value <= facts.highest:
        return f"{facts.label} {value:g} is outside {facts.lowest:g}–{facts.highest:g} {facts.unit}".rstrip()
    return None


def implausible_pressure(
    systolic: Number | None, diastolic: Number | None, mean: Number | None
) -> str | None:
    """Says why a pressure reading as a whole can't be right, or None if it can.

    One impossible number makes the whole measurement a failed one. A mean of 0 is how some cuffs
    send none, and counts as not given.
    """
    for vital, value in (("sys", systolic), ("dia", diastolic), ("map", mean or None)):
        reason = implausible(vital, value) if value is not None else None
        if reason:
            return reason
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        return f"SYS {systolic:g} is not above DIA {diastolic:g}"
    if systolic is None and diastolic is None and not mean:
        return "no pressure given"
    return None


def pressure_values(reading: BloodPressure) -> dict[str, Number] | None:
    """Gives the vitals that a cuff reading may be judged by; None where the measurement failed."""
    if UNCOUNTED.intersection(reading.status):
        return None
    systolic, diastolic, mean = (
        reading.systolic_mmhg,
        reading.diastolic_mmhg,
        reading.mean_mmhg or None,
    )
    pulse = reading.pulse_rate_per_min or None
    if implausible_pressure(systolic, diastolic, mean) or (pulse and implausible("hr", pulse)):
        return None
    given = (("sys", systolic), ("dia", diastolic), ("map", mean))
    return {vital: value for vital, value in given if value is not None}


def counted(vital: str, value: Number | None, status: tuple[str, ...] = ()) -> Number | None:
    """Gives the value if it may be judged: present, plausible, live; else None."""
    if value is None or (status and UNCOUNTED.intersection(status)):
        return None
    facts = VITALS[vital]
    return value if facts.lowest <= value <= facts.highest else None
