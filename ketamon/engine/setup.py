"""What is set up before the dose, derived from this session's entries alone, and what of it is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from ketamon.charting import CHECKS, ROUTES
from ketamon.core.placement import Placed
from ketamon.core.profile import SCHEDULED_PHASES
from ketamon.core.state import State
from ketamon.engine.charted import Charted
from ketamon.entries import Entry, Phase, Session
from ketamon.feed.flow_views import OpenItem, SetupView
from ketamon.feed.messages import DeviceView

WHO, WEIGHT, DOSE, SCHEDULE, CUFF, PROBE, LINE, LIMITS, CHECKLIST = range(1, 10)
"""Lines of the page."""
BEGINS = ("setup", "baseline")
GIVEN = frozenset({"dose.iv_start", "dose.im", "dose.nasal", "dose.bolus", "dose.lozenge"})
"""Doses that are not charted before the set-up is done."""
UNREADS = frozenset({"patient", "limits", "placement"})
"""Entries after which all has to be read back again."""


@dataclass(slots=True)
class Setup:
    """Watches one session; `title` is the pseudonym that it was opened with."""

    charted: Charted = field(default_factory=lambda: Charted(frozenset({"patient", "check"})))
    title: str = ""
    began: str | None = None
    unread_seq: int = 0

    def take(self, entry: Entry) -> bool:
        """Takes an entry; True if the page may look other than before."""
        body = entry.body
        if isinstance(body, Session):
            self.title = body.title or ""
        elif isinstance(body, Phase):
            self.began = self.began or body.phase
        if entry.kind in UNREADS:
            self.unread_seq = entry.seq
        changed = self.charted.take(entry)
        return changed or entry.kind in ("session", "phase", "limits", "placement", "device")

    def view(self, state: State, devices: Mapping[str, DeviceView]) -> SetupView:
        """The page now."""
        charted = self.charted
        route, _, rest = charted.text("patient.plan").partition(" ")
        minutes = rest.split()[0] if rest.split() else ""
        found = SetupView(
            self.began in BEGINS,
            charted.text("patient.identified"),
            charted.who("patient.identified"),
            charted.number("patient.weight"),
            charted.number("patient.plan"),
            route if route in ROUTES else "",
            int(minutes) if minutes.isdecimal() and len(minutes) < 4 else None,
            schedule_words(state.profile.schedule),
            self._read_back(),
            self._override(),
            charted.seqs(),
        )
        return structs.replace(found, open=tuple(self._open(found, state.placed, devices)))

    def blocking(self, state: State) -> list[str]:
        """Why dosing may not begin yet, in sentences; empty where nothing asks."""
        if self.began not in BEGINS or self._override():
            return []
        return [one.text for one in self.view(state, {}).open if one.needed]

    def _read_back(self) -> str:
        found = self.charted.newest("check.read_back")
        if found is None or found.seq < self.unread_seq:
            return ""
        return self.charted.who("check.read_back") or "at the chair"

    def _override(self) -> str:
        found = self.charted.newest("check.override")
        return (found.body.reason or "no reason") if found is not None else ""

    def _open(
        self, view: SetupView, placed: Placed, devices: Mapping[str, DeviceView]
    ) -> list[OpenItem]:
        found = []
        if not view.patient:
            found.append(OpenItem(WHO, "the patient is not identified", True))
        if view.weight_kg is None:
            found.append(OpenItem(WEIGHT, "no weight"))
        if view.dose_mg is None or not view.route:
            found.append(OpenItem(DOSE, "no planned dose"))
        told = ((CUFF, "cuff", placed.cuff.arm), (PROBE, "probe", placed.probe_arm),
                (LINE, "line", placed.line_arm))  # fmt: skip
        for line, what, arm in told:
            if arm is None and not (line == LINE and view.route in ("im", "nasal", "sc", "po")):
                found.append(OpenItem(line, f"nobody said on which arm the {what} is", True))
        found += [OpenItem(PROBE if "SpO2" in text else CUFF, text) for text in placed.conflicts()]
        found += [
            OpenItem(CUFF if one.device == "cuff" else PROBE, f"the {one.device} is {one.state}")
            for one in devices.values()
            if one.state != "streaming" and one.device in ("cuff", "oximeter")
        ]
        if not view.read_back:
            again = "again: something was changed" if "check.read_back" in view.done else "yet"
            found.append(OpenItem(LIMITS, f"limits and plan are not read back {again}", True))
        left = [check.words for check in CHECKS if check.id not in view.done]
        if left:
            found.append(OpenItem(CHECKLIST, f"not checked: {', '.join(left)}"))
        return found


def schedule_words(schedule: Mapping[str, Mapping[str, Any]]) -> str:
    """`5 · 5, then 10 · 15`: minutes between cuffs at baseline, while dosing, in recovery."""
    return " · ".join(_plan_words(schedule.get(phase, {})) for phase in SCHEDULED_PHASES)


def _plan_words(plan: Mapping[str, Any]) -> str:
    if "at_min" in plan:
        return "at " + " ".join(f"{minute:g}" for minute in plan["at_min"])
    if "interval_min" not in plan:
        return "–"
    usual = f"{plan['interval_min']:g}"
    first = plan.get("first")
    return f"{first['interval_min']:g}, then {usual}" if isinstance(first, Mapping) else usual
