"""What somebody who takes over has to know: baseline, peaks, last values, doses, alarms, what is open."""

from collections.abc import Iterable
from textwrap import wrap

from ketamon.charting import BY_HAND, FORMS, GROUPS
from ketamon.feed.alarm_views import EpisodeView
from ketamon.feed.messages import CuffBar
from ketamon.tui.panels.chart import standing
from ketamon.tui.scene import Scene
from ketamon.tui.shown import exact
from ketamon.tui.times import age_words, clock
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, row
from ketamon.vitals import condition_label, condition_sign

AT = 11  # column of the text, after its heading
LEAST = 8
DOSES = tuple(event.words for event in GROUPS["dose"])
FORMAL = tuple(event.words for form in FORMS.values() for event in form)


def page(scene: Scene, width: int) -> Page:
    """The page."""
    picture = scene.picture
    parts: list[tuple[str, list[str]]] = [
        ("phase", [_phase(scene)]),
        ("planned", [_plan(scene)]),
        ("baseline", [_baseline(scene)]),
        ("peaks", _peaks(scene)),
        ("last", [_last(scene)]),
        ("given", [f"{_at(scene, e.t)} {e.text}" for e in standing(picture.events)
                   if e.text.startswith(DOSES)]),
        ("charted", [f"{_at(scene, e.t)} {e.text}" for e in standing(picture.events)
                     if not e.text.startswith((*DOSES, *FORMAL))][-6:]),
        ("alarms", _alarms(scene)),
        ("pauses", [f"{_at(scene, e.t)} {e.text}" for e in picture.events
                    if e.text.startswith(("audio paused", "away"))][-4:]),
        ("open", _open(scene)),
    ]  # fmt: skip
    rows = [part for name, told in parts for part in _part(name, told, width)]
    return Page("SUMMARY", _names(scene), rows=tuple(rows))


def _part(name: str, told: Iterable[str], width: int) -> list[Row]:
    lines = [line for text in told if text for line in wrap(text, max(LEAST, width - AT - 3))]
    rows = [
        row(Piece(0, name if i == 0 else "", "dim", bold=True), Piece(AT, line))
        for i, line in enumerate(lines or ["none"])
    ]
    return [*rows, BLANK] if name in ("last", "alarms") else rows


def _names(scene: Scene) -> str:
    picture = scene.picture
    return ", ".join(part for part in (picture.chair, picture.title) if part)


def _at(scene: Scene, t: float) -> str:
    return clock(scene.picture.started, t, seconds=False)


def _phase(scene: Scene) -> str:
    picture = scene.picture
    if picture.phase_t is None:
        return picture.phase or "not told"
    return f"{picture.phase} for {age_words(scene.now - picture.phase_t)}"


def _plan(scene: Scene) -> str:
    view = scene.picture.setup
    weight = "" if view.weight_kg is None else f"{view.weight_kg:g} kg"
    minutes = "" if view.minutes is None else f", {view.minutes:g} min"
    dose = "" if view.dose_mg is None else f"{view.dose_mg:g} mg {view.route}{minutes}"
    return "; ".join(part for part in (dose, weight) if part)


def _baseline(scene: Scene) -> str:
    view = scene.picture.baseline
    if view.locked_t is None:
        return "not locked"
    base = view.locked
    hr = f", HR {exact(base['hr'])}" if "hr" in base else ""
    told = f"{_figure(base.get('sys'))}/{_figure(base.get('dia'))}{hr}"
    return f"{told}, locked {_at(scene, view.locked_t)} by {view.locked_by or 'somebody'}"


def _figure(value: float | None) -> str:
    return "–" if value is None else exact(value)


def _peaks(scene: Scene) -> list[str]:
    """Highest pressures, extremes of the rates, each with its minute."""
    found = []
    for label, of in (("SYS", _systolic), ("DIA", _diastolic)):
        bars = [bar for bar in scene.picture.bars if of(bar) is not None]
        if bars:
            top = max(bars, key=lambda bar: of(bar) or 0)
            found.append(f"{label} {exact(of(top) or 0)} at {_at(scene, top.t)}")
    for vital, label in (("hr", "HR"), ("spo2", "SpO2")):
        bins = list(scene.picture.bins.get(vital, {}).values())
        if bins:
            low, high = min(bins, key=lambda b: b.low), max(bins, key=lambda b: b.high)
            found.append(f"{label} lowest {exact(low.low)} at {_at(scene, low.t)}")
            if vital == "hr":
                found.append(f"{label} highest {exact(high.high)} at {_at(scene, high.t)}")
    return ["; ".join(found)] if found else []


def _systolic(bar: CuffBar) -> float | None:
    return bar.systolic


def _diastolic(bar: CuffBar) -> float | None:
    return bar.diastolic


def _last(scene: Scene) -> str:
    told = []
    sys, dia = scene.show("sys"), scene.show("dia")
    if sys.last is not None:
        pressure = f"{_figure(sys.last)}/{_figure(dia.last)}"
        told.append(f"BP {pressure}, {age_words(sys.age_s or 0)} ago")
    for vital, label in (("hr", "HR"), ("spo2", "SpO2"), ("rr", "RR"), ("moaas", "MOAA/S")):
        shown = scene.show(vital)
        if shown.last is not None:
            age = f", {shown.age} ago" if shown.age else ""
            told.append(f"{label} {exact(shown.last)}{age}")
    return "; ".join(told)


def _alarms(scene: Scene) -> list[str]:
    """Each condition once: when first, how often, the worst value, whether somebody answered."""
    of: dict[str, list[EpisodeView]] = {}
    for one in sorted(scene.picture.episodes.values(), key=lambda e: e.began_t):
        of.setdefault(one.condition, []).append(one)
    return [_alarm(scene, condition, found) for condition, found in of.items()]


def _alarm(scene: Scene, condition: str, found: list[EpisodeView]) -> str:
    values = [one.value for one in found if one.value is not None]
    low = condition_sign(condition) == "<"
    worst = f" {exact(min(values) if low else max(values))}" if values else ""
    count = f", {len(found)} times" if len(found) > 1 else ""
    stands = ", stands" if found[-1].ended_t is None else ""
    answered = [one for one in found if one.acknowledged_t is not None]
    told = "nobody answered"
    if answered:
        names = ", ".join(sorted({one.by for one in answered if one.by}))
        told = f"answered {len(answered)} of {len(found)}" + (f" by {names}" if names else "")
    return (
        f"{_at(scene, found[0].began_t)} {condition_label(condition)}{worst}{count}{stands}, {told}"
    )


def _open(scene: Scene) -> list[str]:
    """What of set-up and discharge is open."""
    picture = scene.picture
    found = [one.text for one in picture.setup.open] if picture.setup.asked else []
    if picture.discharge.criteria:
        found = [one.words for one in picture.discharge.criteria if not one.met_at(scene.now)]
        found += [one.words for one in BY_HAND if one.id not in picture.discharge.done]
    return ["; ".join(found)] if found else []
