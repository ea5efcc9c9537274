"""What is charted in a session: events with ids that never change, the words for them, what they take.

The first nine of a group have a digit on the screen, most frequent first. `value` of a symptom is
its severity, of a score the number on its scale, of a dose or an intervention what it is counted in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Takes = Literal["severity", "number", "text", "nothing"]
SEVERITIES = ("none", "mild", "moderate", "severe")


@dataclass(frozen=True, slots=True)
class ChartEvent:
    """One event; `least` to `most` where its number has a range, `unit` where it has one."""

    id: str
    words: str
    takes: Takes = "nothing"
    unit: str = ""
    least: float = 0
    most: float = 10_000

    @property
    def kind(self) -> str:
        """The kind of its entry: the id's first part, but for the scales, which are scores."""
        head = self.id.partition(".")[0]
        return "score" if head == "scale" else head


def _symptoms(*words: str) -> tuple[ChartEvent, ...]:
    return tuple(ChartEvent(f"symptom.{w.replace(' ', '_')}", w, "severity") for w in words)


GROUPS: Mapping[str, tuple[ChartEvent, ...]] = {
    "symptom": _symptoms(
        "dissociation",
        "dizziness",
        "nausea",
        "anxiety",
        "headache",
        "drowsy",
        "blurred vision",
        "vomiting",
        "tearful",
        "palpitations",
        "chest pain",
        "dyspnoea",
        "nystagmus",
        "paraesthesia",
        "panic",
        "agitation",
        "hallucination",
        "confusion",
        "hypersalivation",
        "dysgeusia",
        "pain",
        "itching",
        "rash",
        "laryngospasm",
        "stridor",
        "syncope",
        "seizure",
    ),
    "dose": (
        ChartEvent("dose.iv_start", "infusion started", "number", "mg", 0.1),
        ChartEvent("dose.iv_rate", "rate changed", "number", "mL/h"),
        ChartEvent("dose.iv_pause", "infusion paused"),
        ChartEvent("dose.iv_resume", "infusion goes on"),
        ChartEvent("dose.iv_stop", "infusion stopped early"),
        ChartEvent("dose.iv_complete", "infusion complete"),
        ChartEvent("dose.bolus", "bolus", "number", "mg", 0.1),
        ChartEvent("dose.im", "injection IM", "number", "mg", 0.1),
        ChartEvent("dose.nasal", "nasal device", "number", "", 1, 4),
        ChartEvent("dose.lozenge", "lozenge", "number", "mg", 0.1),
        ChartEvent("dose.other", "other drug", "text"),
    ),
    "score": (
        ChartEvent("scale.moaas", "MOAA/S", "number", "", 0, 5),
        ChartEvent("scale.rass", "RASS", "number", "", -5, 4),
        ChartEvent("scale.pain_nrs", "pain NRS", "number", "", 0, 10),
        ChartEvent("scale.nausea", "nausea score", "number", "", 0, 10),
        ChartEvent("scale.cadss6", "CADSS-6", "number", "", 0, 24),
        ChartEvent("scale.cadss", "CADSS", "number", "", 0, 92),
        ChartEvent("scale.aldrete", "Aldrete", "number", "", 0, 10),
        ChartEvent("scale.mood_vas", "mood VAS", "number", "", 0, 100),
    ),
    "intervention": (
        ChartEvent("intervention.reassured", "reassured"),
        ChartEvent("intervention.stimulated", "stimulated"),
        ChartEvent("intervention.oxygen", "oxygen", "number", "L/min", 0, 60),
        ChartEvent("intervention.airway", "airway opened"),
        ChartEvent("intervention.drug", "drug given", "text"),
        ChartEvent("intervention.fluid", "fluid", "number", "mL", 1),
        ChartEvent("intervention.suction", "suction"),
        ChartEvent("intervention.physician_called", "physician called"),
        ChartEvent("intervention.help_called", "help called"),
    ),
    "position": (
        ChartEvent("position.semi_recumbent", "semi-recumbent"),
        ChartEvent("position.supine", "supine"),
        ChartEvent("position.left_side", "left side"),
        ChartEvent("position.right_side", "right side"),
        ChartEvent("position.sitting", "sitting"),
        ChartEvent("position.standing", "standing"),
        ChartEvent("position.walking", "walking"),
        ChartEvent("position.legs_raised", "legs raised"),
    ),
    "note": (ChartEvent("note", "note", "text"),),
}
"""Group: its events."""

FORMS: Mapping[str, tuple[ChartEvent, ...]] = {
    "patient": (
        ChartEvent("patient.identified", "patient", "text"),
        ChartEvent("patient.weight", "weight", "number", "kg", 1, 400),
        ChartEvent("patient.plan", "planned", "number", "mg", 0.1),
    ),
    "check": (
        ChartEvent("check.consent", "consent"),
        ChartEvent("check.fasting", "fasting"),
        ChartEvent("check.escort", "escort named"),
        ChartEvent("check.pregnancy", "pregnancy"),
        ChartEvent("check.meds", "medicines"),
        ChartEvent("check.allergies", "allergies"),
        ChartEvent("check.iv_patent", "line patent"),
        ChartEvent("check.emergency_kit", "emergency kit"),
        ChartEvent("check.read_back", "read back aloud", "text"),
        ChartEvent("check.override", "gone on with open items", "text"),
    ),
    "discharge": (
        ChartEvent("discharge.oriented", "oriented"),
        ChartEvent("discharge.dissociation", "dissociation gone"),
        ChartEvent("discharge.walks", "walks unaided"),
        ChartEvent("discharge.line_removed", "line removed"),
        ChartEvent("discharge.escort", "escort here"),
        ChartEvent("discharge.instructions", "instructions given"),
        ChartEvent("discharge.no_driving", "no driving: told"),
        ChartEvent("discharge.criteria", "discharge criteria", "text"),
    ),
}
"""What is asked before the dose and before the patient leaves; in no group of the chart."""
CHECKS = FORMS["check"][:8]
BY_HAND = FORMS["discharge"][:7]
"""What a person ticks."""
ROUTES = ("iv", "im", "nasal", "sc", "po")
"""First word of a plan's text; for an infusion its minutes follow."""

EVENTS: Mapping[str, ChartEvent] = {
    event.id: event for group in (*GROUPS.values(), *FORMS.values()) for event in group
}


def value_words(event: ChartEvent, value: float | str | None) -> str:
    """A charted value in words: `moderate`, `36 mg`, `5`; empty where there is none."""
    if value is None or isinstance(value, str):
        return value or ""
    if event.takes == "severity" and value in range(len(SEVERITIES)):
        return SEVERITIES[int(value)]
    return f"{value:g} {event.unit}".rstrip()


def refusal(event: ChartEvent, value: object) -> str | None:
    """Why this can't be the event's value, in a sentence; None if it can."""
    match event.takes:
        case "nothing":
            return None if value is None else f"{event.words} takes no value"
        case "text":
            return None if value is None else f"{event.words} takes words, no number"
        case "severity":
            if value in range(len(SEVERITIES)) and not isinstance(value, bool):
                return None
            return f"{event.words}: the severity is 0 (none) to 3 (severe)"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{event.words}: give a number{event.unit and f' of {event.unit}'}"
    if not event.least <= value <= event.most:
        return f"{event.words}: {value:g} is not from {event.least:g} to {event.most:g}"
    return None
