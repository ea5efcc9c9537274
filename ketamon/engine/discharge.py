"""Whether a patient meets what is asked before leaving: facts from the record, and no advice.

| criterion | met |
|---|---|
| time | so many minutes since dosing ended: 60, after a nasal device 120 |
| cuffs | the last two, both since dosing ended, within 20 % of the locked baseline |
| SpO2, HR | for the last 10 min within the profile's medium limits, without a gap of 2 min |
| MOAA/S | the last two scores, both since dosing ended, are 5 |
| symptoms | none that stands is over mild |
| alarms | none of the patient stands, none of a device waits for an answer |
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ketamon.feed.flow_views import CriterionView
from ketamon.feed.messages import Bin, CuffBar

Number = int | float

LEAST_MIN: Mapping[str, int] = {"nasal": 120}
LEAST_MIN_ELSE = 60
NEAR_PCT = 20
STEADY_MIN = 10
LONGEST_GAP_S = 120
ALERT = 5
MILD = 1
USUAL: Mapping[str, tuple[Number, Number]] = {"spo2": (94, 100), "hr": (50, 110)}
"""Lowest and highest, where the profile has no medium limit."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the criteria are judged by; times in session seconds.

    `scores`: MOAA/S with when it was taken. `symptoms`: words and severity of those that stand.
    `alarms`: those that stand, in words. `within`: lowest and highest by vital.
    """

    ended_t: float | None = None
    route: str = ""
    bars: Sequence[CuffBar] = ()
    baseline: Mapping[str, Number] | None = None
    bins: Sequence[Bin] = ()
    bin_s: float = 10
    within: Mapping[str, tuple[Number, Number]] | None = None
    scores: Sequence[tuple[float, Number]] = ()
    symptoms: Sequence[tuple[str, Number]] = ()
    alarms: Sequence[str] = ()


def criteria(record: Record, now_s: float) -> tuple[CriterionView, ...]:
    """Each criterion as it stands at `now_s`."""
    within = record.within or USUAL
    return (
        _time(record, now_s),
        _near(record),
        _steady(record, "spo2", "SpO2", within.get("spo2", USUAL["spo2"]), now_s),
        _steady(record, "hr", "HR", within.get("hr", USUAL["hr"]), now_s),
        _alert(record),
        _symptoms(record.symptoms),
        CriterionView("alarms", "no alarm open", not record.alarms, ", ".join(record.alarms[:3])),
    )


def _time(record: Record, now_s: float) -> CriterionView:
    least = LEAST_MIN.get(record.route, LEAST_MIN_ELSE)
    words = f"{least} min since the end"
    if record.ended_t is None:
        return CriterionView("time", words, False, "dosing has not ended")
    due_t = record.ended_t + 60 * least
    return CriterionView("time", words, now_s >= due_t, "", due_t)


def _near(record: Record) -> CriterionView:
    words = f"2 BP within {NEAR_PCT} % of base"
    base = record.baseline or {}
    if "sys" not in base or "dia" not in base:
        return CriterionView("near", words, False, "no baseline locked")
    ended_t = record.ended_t
    last = [bar for bar in record.bars if ended_t is not None and bar.t >= ended_t][-2:]
    shown = " ".join(f"{_figure(bar.systolic)}/{_figure(bar.diastolic)}" for bar in last)
    met = len(last) == 2 and all(
        _is_near(bar.systolic, base["sys"]) and _is_near(bar.diastolic, base["dia"]) for bar in last
    )
    return CriterionView("near", words, met, shown or "none since the end")


def _is_near(value: Number | None, base: Number) -> bool:
    return value is not None and 100 * abs(value - base) <= NEAR_PCT * base


def _steady(
    record: Record, vital: str, label: str, within: tuple[Number, Number], now_s: float
) -> CriterionView:
    low, high = within
    span = f"≥ {low:g}" if vital == "spo2" else f"{low:g} – {high:g}"
    words = f"{label} {span}, {STEADY_MIN} min"
    since = now_s - 60 * STEADY_MIN
    found = [b for b in record.bins if b.vital == vital and b.t + record.bin_s > since]
    if not found:
        return CriterionView(vital, words, False, "no values")
    times = [since, *sorted(b.t for b in found), now_s]
    whole = all(late - early <= LONGEST_GAP_S for early, late in pairwise(times))
    lowest, highest = min(b.low for b in found), max(b.high for b in found)
    fact = f"{lowest:g} – {highest:g}" + ("" if whole else ", with gaps")
    return CriterionView(vital, words, whole and low <= lowest and highest <= high, fact)


def _alert(record: Record) -> CriterionView:
    ended_t = record.ended_t
    last = [value for t, value in record.scores if ended_t is not None and t >= ended_t][-2:]
    fact = ", ".join(f"{value:g}" for value in last) or "none since the end"
    return CriterionView("moaas", "MOAA/S 5, twice", last == [ALERT, ALERT], fact)


def _symptoms(standing: Iterable[tuple[str, Number]]) -> CriterionView:
    over = [words for words, severity in standing if severity > MILD]
    return CriterionView("symptoms", "no symptom over mild", not over, ", ".join(over))


def _figure(value: Number | None) -> str:
    return "–" if value is None else f"{value:g}"
