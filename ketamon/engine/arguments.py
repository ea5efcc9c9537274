"""What came with a command: read as what it should be, or refused in a sentence."""

from typing import Any

from ketamon.core.plausible import counted, implausible_pressure
from ketamon.vitals import CONDITIONS, TECHNICAL
from ketamon_drivers.readings import printable

TYPED = {"systolic", "diastolic", "pulse_rate", "spo2", "rr", "moaas"}
LONGEST_TEXT = 500


class RefusedError(ValueError):
    """A command that is not carried out; the message says why in a sentence."""


def alarm_named(args: dict[str, Any]) -> str | None:
    """The alarm that somebody answers; RefusedError where there is no such condition."""
    condition = args.get("condition")
    if condition not in (None, *CONDITIONS, *TECHNICAL):
        raise RefusedError(f"{text(condition) or 'take, cannot'}: no such condition")
    return condition


def number(value: object, name: str) -> float | int:
    """A finite number; RefusedError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise RefusedError(f"{name}: give a number")
    return value


def text(value: object) -> str:
    """A person's text without what could steer a terminal, cut where it is very long."""
    return printable(value)[:LONGEST_TEXT] if isinstance(value, str) else ""


def assert_plausible(typed: dict[str, float | int]) -> None:
    """Refuses what was mistyped: it can't be a measurement (DESIGN 5)."""
    systolic, diastolic = typed.get("systolic"), typed.get("diastolic")
    if systolic is not None or diastolic is not None:
        reason = implausible_pressure(systolic, diastolic, None)
        if reason is not None:
            shown = "/".join("–" if v is None else f"{v:g}" for v in (systolic, diastolic))
            raise RefusedError(f"{shown} is no blood pressure: {reason}; type it again")
    for name, vital in (("pulse_rate", "hr"), ("spo2", "spo2"), ("rr", "rr"), ("moaas", "moaas")):
        value = typed.get(name)
        if value is not None and counted(vital, value) is None:
            raise RefusedError(f"{name} {value:g} can't be right; type it again")
