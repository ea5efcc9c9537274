"""Where a session stands between set-up and discharge: watched from its entries, told where it changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec import structs

from ketamon.charting import BY_HAND, EVENTS, SEVERITIES
from ketamon.core.baseline import WINDOW_MS, lock
from ketamon.core.placement import PRESSURES
from ketamon.core.state import State
from ketamon.engine.charted import Charted, when_s, who
from ketamon.engine.discharge import LONGEST_GAP_S, STEADY_MIN, USUAL, Record, criteria
from ketamon.engine.setup import Setup
from ketamon.entries import Baseline, Entry, Phase
from ketamon.feed.flow_views import (
    BaselineReading,
    BaselineView,
    DischargeView,
    SetupView,
)
from ketamon.feed.messages import Bin
from ketamon.vitals import condition_label
from ketamon_drivers.readings import Manual

if TYPE_CHECKING:
    from ketamon.engine.projector import Projector

FEWEST = 2
LOOK_EACH_S = 10.0
"""How often continuous values are judged for discharge."""
ENDS_DOSING = frozenset(
    {"dose.iv_stop", "dose.iv_complete", "dose.im", "dose.nasal", "dose.bolus", "dose.lozenge"}
)
MEASURES = frozenset({"blood_pressure", "manual", "baseline", "placement"})
CONTINUOUS = frozenset({"oximetry", "heart_rate", "respiration", "pleth", "cuff_pressure"})


@dataclass(slots=True)
class Flow:
    """Watches one core beside its projector, and remembers what was told."""

    setup: Setup = field(default_factory=Setup)
    charted: Charted = field(
        default_factory=lambda: Charted(frozenset({"dose", "symptom", "score", "discharge"}))
    )
    typed_scores: list[tuple[float, int | float]] = field(default_factory=list)
    phase: str | None = None
    phase_t: float = 0.0
    locked: Entry | None = None
    looked_t: float = float("-inf")
    told: tuple[SetupView | None, BaselineView | None, DischargeView | None] = (None, None, None)

    def take(
        self, entry: Entry, whole: "Projector"
    ) -> tuple[SetupView | None, BaselineView | None, DischargeView | None]:
        """Takes an entry that the core has taken; gives what looks other than last told."""
        touches_setup = self.setup.take(entry)
        is_charted = self.charted.take(entry)
        body = entry.body
        if isinstance(body, Phase):
            self.phase, self.phase_t = body.phase, entry.t_ms / 1000
        elif isinstance(body, Baseline):
            self.locked = entry
        elif isinstance(body, Manual) and isinstance(body.moaas, int | float):
            self.typed_scores.append((entry.t_ms / 1000, body.moaas))
        setup, baseline, leaving = self.told
        if touches_setup or (is_charted and entry.kind in ("dose", "correction")):
            setup = structs.replace(
                self.setup.view(whole.state, whole.devices), infusion_t=self._infusion_t()
            )
        if entry.kind in MEASURES:
            baseline = self.baseline(whole.state)
        if is_charted or self._looks(entry):
            leaving = self.discharge(whole, entry.t_ms / 1000)
        now = (setup, baseline, leaving)
        changed = tuple(
            new if new != old else None for new, old in zip(now, self.told, strict=True)
        )
        self.told = now
        return changed  # type: ignore[return-value]

    def parts(self) -> dict[str, Any]:
        """Everything as last told, for a snapshot."""
        setup, baseline, discharge = self.told
        return {"setup": setup, "baseline": baseline, "discharge": discharge}

    def _looks(self, entry: Entry) -> bool:
        """Whether discharge is judged with this entry: not with every value of a second."""
        if self.phase != "recovery":
            return entry.kind == "phase"
        t = entry.t_ms / 1000
        if entry.kind in CONTINUOUS and t < self.looked_t + LOOK_EACH_S:
            return False
        self.looked_t = t
        return True

    def baseline(self, state: State) -> BaselineView:
        """What a lock would give now, and what the newest one gave."""
        place = state.placed.cuff
        here = [
            m for m in state.measured if m.t >= state.t - WINDOW_MS and not m.place.moves(place)
        ]
        medians = lock(state.measured, state.t, place, FEWEST)
        spread = {}
        for vital in (*PRESSURES, "hr"):
            values = [m.values[vital] for m in here if vital in m.values]
            if len(values) >= FEWEST:
                spread[vital] = max(values) - min(values)
        readings = tuple(
            BaselineReading(
                m.t / 1000, m.values.get("sys"), m.values.get("dia"), m.values.get("hr")
            )
            for m in here[-6:]
        )
        if self.locked is None:
            return BaselineView(readings, medians, spread)
        return BaselineView(
            readings, medians, spread, self.locked.t_ms / 1000, who(self.locked),
            dict(state.baseline),
        )  # fmt: skip

    @property
    def ended_t(self) -> float | None:
        """When dosing ended: what was given or stopped last, or recovery began."""
        times = [self.phase_t] if self.phase == "recovery" else []
        times += [
            when_s(found)
            for event in ENDS_DOSING
            if (found := self.charted.newest(event)) is not None
        ]
        return max(times) if times else None

    def _infusion_t(self) -> float | None:
        """When the infusion that runs was started; None where none runs."""
        started = self.charted.newest("dose.iv_start")
        over = [self.charted.newest(event) for event in ("dose.iv_stop", "dose.iv_complete")]
        if started is None or any(one is not None and one.seq > started.seq for one in over):
            return None
        return when_s(started)

    def discharge(self, whole: "Projector", t: float) -> DischargeView | None:
        """What is asked before the patient leaves, at `t`; None but in recovery."""
        if self.phase != "recovery":
            return None
        record = Record(
            self.ended_t,
            self._route(whole),
            whole.bars,
            whole.state.baseline,
            tuple(_recent(whole.bins, t)),
            whole.bin_s,
            _within(whole.state),
            self._scores(),
            self._symptoms(),
            _alarms(whole.state),
        )
        done = {
            event: seq for event, seq in self.charted.seqs().items() if event.startswith("disch")
        }
        return DischargeView(record.ended_t, criteria(record, t), done)

    def open_at_discharge(self, whole: "Projector", t: float) -> list[str]:
        """What is open at `t`, in words."""
        view = self.discharge(whole, t)
        if view is None:
            return ["recovery has not begun"]
        found = [
            f"{one.words}{one.fact and f' ({one.fact})'}"
            for one in view.criteria
            if not one.met_at(t)
        ]
        return found + [one.words for one in BY_HAND if one.id not in view.done]

    def _route(self, whole: "Projector") -> str:
        if self.charted.newest("dose.nasal") is not None:
            return "nasal"
        return self.setup.view(whole.state, {}).route

    def _scores(self) -> list[tuple[float, int | float]]:
        found = [
            (when_s(entry), value)
            for entry in self.charted.standing.get("scale.moaas", [])
            if isinstance(value := _score(entry), int | float)
        ]
        return sorted(found + self.typed_scores)

    def _symptoms(self) -> list[tuple[str, int | float]]:
        found = []
        for event, entries in self.charted.standing.items():
            value = entries[-1].body.value
            if event.startswith("symptom.") and isinstance(value, int | float) and value > 0:
                known = EVENTS.get(event)
                words = known.words if known else event
                named = SEVERITIES[int(value)] if value in range(len(SEVERITIES)) else f"{value:g}"
                found.append((f"{words} {named}", value))
        return found


def _recent(bins: dict[tuple[str, float], Bin], t: float) -> Iterator[Bin]:
    """The bins that count for discharge, and a few before them."""
    for one in reversed(bins.values()):
        if one.t < t - 60 * STEADY_MIN - LONGEST_GAP_S:
            return
        yield one


def _score(entry: Entry) -> object:
    body = entry.body
    return body.moaas if getattr(body, "moaas", None) is not None else body.value


def _within(state: State) -> Mapping[str, tuple[int | float, int | float]]:
    """The medium limits in force, the usual ones where there are none."""
    found = {}
    for vital, (lowest, highest) in USUAL.items():
        limits = state.profile.vitals.get(vital)
        low = next((x.limit for x in limits.low if x.limit is not None), None) if limits else None
        high = next((x.limit for x in limits.high if x.limit is not None), None) if limits else None
        found[vital] = (lowest if low is None else low, highest if high is None else high)
    return found


def _alarms(state: State) -> list[str]:
    found = [
        condition_label(name) for name, track in state.tracks.items() if track.state != "normal"
    ]
    return found + [
        condition_label(name)
        for name, track in state.technical.items()
        if track.state in ("active", "latched")
    ]
