"""A pressure reading that failed as a whole: why, and what else it gave that is not judged.

A table's row with an impossible number becomes a reading without values. Its line keeps all that
the row gave as `raw`, in the recording's own words and units, and the cause as `not_judged`:
`"raw":{"SYS":190,"DIA":0,"MAP":120},"not_judged":"DIA 0"`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from ketamon.core.plausible import implausible, implausible_pressure
from ketamon.entries import Entry
from ketamon.vitals import VITALS, Number
from ketamon_drivers.readings import BloodPressure, Manual, printable

SHOWN_AT_MOST = 64  # characters of a cell or a cause that reach a line on the screen
FAILING = {"SYS", "DIA"}
"""A mean that can't be read counts as not given, as from a cuff that sends none."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a measurement failed: for counting, in words, and the values that went with it."""

    cause: str
    words: str
    others: Mapping[str, str]  # by label, as text

    def counted(self) -> str | None:
        """What a summary counts; None where the impossible number stood alone."""
        if not self.others:
            return None
        return f"{' and '.join(self.others)} kept, not judged: {self.cause} in the same measurement"


class _Marked(msgspec.Struct):
    not_judged: str
    raw: dict[str, Number | str] = {}


_decode = msgspec.json.Decoder(_Marked).decode


def marked(entry: Entry, raw: Mapping[str, Number | str], not_judged: str | None) -> Entry:
    """The entry with what stood in the recording, and why that is not judged, in its line."""
    if not raw:
        return entry
    marks: dict[str, object] = {"raw": raw}
    if not_judged is not None:
        marks["not_judged"] = not_judged
    line = entry.line[:-1] + b"," + msgspec.json.encode(marks)[1:]
    return msgspec.structs.replace(entry, line=line)


def why_not_judged(entry: Entry) -> str | None:
    """Says why a pressure reading failed and what it gave besides, as `DIA 0; SYS 190 not judged`."""
    found = failed(entry)
    if found is None:
        return None
    others = ", ".join(f"{label} {value}" for label, value in found.others.items())
    return f"{found.words}; {others} not judged" if others else found.words


def failed(entry: Entry) -> Failed | None:
    """What makes a pressure reading a failed measurement; None where it is none."""
    if isinstance(entry.body, BloodPressure):
        if b'"not_judged":' in entry.line:
            return _from_marks(entry.line)
        body = entry.body
        pulse = body.pulse_rate_per_min or None  # 0 is how a cuff sends none
        given = (body.systolic_mmhg, body.diastolic_mmhg, body.mean_mmhg or None, pulse)
        return _from_values(dict(zip(("sys", "dia", "map", "hr"), given, strict=True)))
    if isinstance(entry.body, Manual):
        typed = {"sys": entry.body.systolic_mmhg, "dia": entry.body.diastolic_mmhg}
        return _from_values(
            {k: v if isinstance(v, int | float) else None for k, v in typed.items()}
        )
    return None


def _from_marks(line: bytes) -> Failed | None:
    """Reads back what `marked` wrote; a field of that name with something else in it is none."""
    try:
        marks = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    cause = printable(marks.not_judged)[:SHOWN_AT_MOST]
    causes = {part.strip().split(" ")[0] for part in cause.split(",")}
    others = {
        label: printable(str(value))[:SHOWN_AT_MOST]
        for label, value in marks.raw.items()
        if label in ("SYS", "DIA", "MAP") and label not in causes
    }
    return Failed(cause, cause, others)


def _from_values(values: Mapping[str, Number | None]) -> Failed | None:
    given = {vital: value for vital, value in values.items() if value is not None}
    if not given:
        return None
    wrong = {v: words for v, value in given.items() if (words := implausible(v, value))}
    crossed = implausible_pressure(given.get("sys"), given.get("dia"), None)
    if wrong:
        cause, words = ", ".join(_cause(v, given[v]) for v in wrong), ", ".join(wrong.values())
    elif crossed and {"sys", "dia"} <= given.keys():
        cause, words, wrong = "SYS not above DIA", crossed, {"sys": "", "dia": ""}
    else:
        return None
    others = {VITALS[v].label: f"{n:g}" for v, n in given.items() if v not in wrong}
    return Failed(cause, words, others)


def _cause(vital: str, value: Number) -> str:
    facts = VITALS[vital]
    if value == 0:
        return f"{facts.label} 0"
    return f"{facts.label} outside {facts.lowest:g}–{facts.highest:g} {facts.unit}"
