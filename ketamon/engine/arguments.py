"""What came with a command: read as what it should be, or refused in a sentence."""

from typing import Any

from ketamon.charting import EVENTS, refusal
from ketamon.core.plausible import counted, implausible_pressure
from ketamon.entries import Chart
from ketamon.vitals import CONDITIONS, TECHNICAL
from ketamon_drivers.readings import printable

TYPED = {"systolic", "diastolic", "pulse_rate", "spo2", "rr", "moaas"}
LONGEST_TEXT = 500


class RefusedError(ValueError):
    """A command that is not carried out; the message says why in a sentence."""


def assert_allowed(refused: str | None) -> None:
    """Raises RefusedError where there is a reason to."""
    if refused is not None:
        raise RefusedError(refused)


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


def charted(kind: type[Chart], event: str, args: dict[str, Any], now_s: float) -> Chart:
    """What was charted, as an entry's body; RefusedError where value or time can't be.

    `ago_min` sets it back by so many minutes, with a reason.
    """
    value, words = args.get("value"), text(args.get("text"))
    known = EVENTS.get(event)
    if known is not None and (why := refusal(known, value)) is not None:
        raise RefusedError(why)
    if known is not None and known.takes == "text" and not words:
        raise RefusedError(f"{known.words}: say what, in words")
    if value is not None:
        value = text(value) if isinstance(value, str) else number(value, "value")
    ago_min, reason = args.get("ago_min"), text(args.get("reason"))
    t_event = None
    if ago_min:
        t_event = round(now_s - 60 * number(ago_min, "ago_min"), 3)
        if not 0 <= t_event <= now_s:
            raise RefusedError("the event was before this session, or is still to come")
        if not reason:
            raise RefusedError("say why it is charted so late")
    return kind(event, value, words or None, t_event, reason or None)


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
