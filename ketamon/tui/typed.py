"""Readings that a person types: the fields, what a key does to them, and what is refused.

A number that can't be is refused with a sentence; one that can be but surprises (a jump of more
than 40 mmHg, SYS without DIA) is asked about once. The reading is measured when it is sent.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ketamon.tui.keys import TYPING, Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER
from ketamon.vitals import VITALS

if TYPE_CHECKING:
    from ketamon.feed.messages import Answer
    from ketamon.tui.desk import Desk

JUMP_MMHG = 40


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the argument of `manual`, the vital that bounds it, unit, length."""

    name: str
    argument: str
    vital: str
    unit: str
    longest: int


PRESSURE = Field("SYS/DIA", "systolic", "sys", "mmHg", 7)
FIELDS = (
    PRESSURE,
    Field("pulse", "pulse_rate", "hr", "/min", 3),
    Field("SpO2", "spo2", "spo2", "%", 3),
    Field("RR", "rr", "rr", "/min", 2),
    Field("MOAA/S", "moaas", "moaas", "0–5", 1),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far; `said` is why it was refused, or what is asked.

    `asked`: enter sends it all the same. `sending`: it is on its way.
    """

    texts: tuple[str, ...] = ("",) * len(FIELDS)
    at: int = 0
    said: str = ""
    asked: bool = False
    sending: bool = False

    @property
    def text(self) -> str:
        """What stands in the chosen field."""
        return self.texts[self.at]

    def moved(self, by: int) -> "Typed":
        """Chooses the next field, or the one before."""
        return replace(self, at=(self.at + by) % len(FIELDS))

    def erased(self) -> "Typed":
        """Takes the last character of the chosen field away."""
        return self._with(self.text[:-1])

    def with_key(self, char: str) -> "Typed":
        """Adds a digit, or the stroke between SYS and DIA; anything else changes nothing."""
        field = FIELDS[self.at]
        stroke = char == "/" and field is PRESSURE and "/" not in self.text
        digit = len(char) == 1 and char in "0123456789"
        if not (stroke or digit) or len(self.text) >= field.longest:
            return self
        return self._with(self.text + char)

    def refused(self, why: str, *, asked: bool = False) -> "Typed":
        """Says why it was not sent, or asks whether it is meant."""
        return replace(self, said=why, asked=asked, sending=False)

    # -- as a panel ------------------------------------------------------------------------------

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys beside digits and the stroke."""
        return TYPING

    @property
    def takes_text(self) -> bool:
        """Always: its fields take characters."""
        return True

    @property
    def takes_back(self) -> bool:
        """Never: `esc` closes it."""
        return False

    def act(self, action: str, name: str, desk: "Desk") -> None:
        """Does what a key means while a reading is typed."""
        if self.sending:
            return
        match action:
            case "send":
                self._send(desk)
            case "next" | "next_field":
                _show(desk, self.moved(1))
            case "previous" | "previous_field":
                _show(desk, self.moved(-1))
            case "erase":
                _show(desk, self.erased())
            case _:
                _show(desk, self.with_key(name))

    def _send(self, desk: "Desk") -> None:
        """Sends what was typed, or says why not; what surprises is asked about once."""
        try:
            given = values(self)
        except ValueError as error:
            _show(desk, self.refused(str(error)))
            return
        scene = desk.seen
        if scene is None or scene.lost:
            _show(desk, self.refused(LOST))
            return
        asked = question(given, scene.show("sys").value)
        if asked and not self.asked:
            _show(desk, self.refused(asked, asked=True))
            return

        def answered(answer: "Answer | None") -> None:
            if answer is not None and answer.ok:
                desk.choices.panel = None
                desk.say(f"typed: {summary(given)}")
            else:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                _show(desk, self.refused(why))

        _show(desk, replace(self, sending=True))
        desk.send("manual", answered, **given)

    def _with(self, text: str) -> "Typed":
        texts = (*self.texts[: self.at], text, *self.texts[self.at + 1 :])
        return replace(self, texts=texts, said="", asked=False)


def _show(desk: "Desk", typed: Typed) -> None:
    desk.choices.panel = typed
    desk.redraw()


def values(typed: Typed) -> dict[str, int]:
    """The arguments of `manual`; raises ValueError with a sentence on what can't be."""
    found: dict[str, int] = {}
    for field, text in zip(FIELDS, typed.texts, strict=True):
        if field is PRESSURE:
            sys, _, dia = text.partition("/")
            found |= _number("systolic", "sys", sys, " mmHg") | _number(
                "diastolic", "dia", dia, " mmHg"
            )
        else:
            found |= _number(field.argument, field.vital, text, _unit(field), field.name)
    if not found:
        raise ValueError("nothing is typed yet: type a number, or esc")
    sys_mmhg, dia_mmhg = found.get("systolic"), found.get("diastolic")
    if sys_mmhg is not None and dia_mmhg is not None and dia_mmhg >= sys_mmhg:
        raise ValueError(f"SYS {sys_mmhg} is not above DIA {dia_mmhg}: type SYS first")
    return found


def _unit(field: Field) -> str:
    return f" {VITALS[field.vital].unit}".rstrip()


def _number(argument: str, vital: str, text: str, unit: str, name: str = "") -> dict[str, int]:
    if not text:
        return {}
    known = VITALS[vital]
    if not known.lowest <= int(text) <= known.highest:
        raise ValueError(
            f"{name or known.label} {text} can't be: it is {known.lowest} to {known.highest}{unit}"
        )
    return {argument: int(text)}


def question(given: dict[str, int], standing_mmhg: float | None) -> str:
    """What is asked once before it is sent; empty where nothing surprises."""
    sys, dia = given.get("systolic"), given.get("diastolic")
    if (sys is None) != (dia is None):
        missing = "DIA" if dia is None else "SYS"
        return f"{missing} is missing: type it, or enter again"
    if sys is not None and standing_mmhg is not None:
        jump = sys - round(standing_mmhg)
        if abs(jump) > JUMP_MMHG:
            side = "above" if jump > 0 else "below"
            return f"{sys} is {abs(jump)} {side} the last SYS: enter again if it is so"
    return ""


def summary(given: dict[str, int]) -> str:
    """`158/94, pulse 88`: what was sent, in words."""
    parts: list[str] = []
    if given.keys() & {"systolic", "diastolic"}:
        parts.append("/".join(str(given.get(name, "–")) for name in ("systolic", "diastolic")))
    parts += [f"{f.name} {given[f.argument]}" for f in FIELDS[1:] if f.argument in given]
    return ", ".join(parts)
