"""From core state to picture: what viewers are shown, derived in one place.

The projector watches one core. `changed` tells what an entry changed, `snapshot` tells everything;
no screen judges a value itself.
"""

from dataclasses import dataclass, field

import msgspec

from ketamon.core.equipment import cuff_view
from ketamon.core.sources import Sources
from ketamon.core.state import CONTINUOUS, State
from ketamon.engine.alarm_history import AlarmHistory
from ketamon.engine.at_patient import AtPatient, placement_view, rhythm_view
from ketamon.engine.audio_pause import AudioPause
from ketamon.engine.flow import Flow
from ketamon.engine.limit_changes import LimitsWatch
from ketamon.engine.quarantine import Quarantine
from ketamon.engine.views import away_view, condition_view, device_view, with_battery
from ketamon.engine.words import describe
from ketamon.entries import Device, Entry, Phase, Session
from ketamon.feed.messages import (
    BIN_S,
    HISTORY_S,
    AwayView,
    Bin,
    ConditionView,
    CuffBar,
    CuffView,
    DeviceView,
    EventLine,
    LimitView,
    Snapshot,
    View,
    VitalView,
)
from ketamon.feed.parts import kept
from ketamon.vitals import (
    CHARTED_OVER_MS,
    PRIORITY_RANK,
    SPO2_UNCERTAIN_PCT,
    VITALS,
    Number,
    old_after_ms,
    stale_after_ms,
)
from ketamon_drivers.readings import CuffPressure, DeviceInfo, Oximetry

TOUCHED: dict[str, tuple[str, ...]] = {
    "oximetry": ("hr", "spo2"),
    "heart_rate": ("hr",),
    "respiration": ("rr",),
    "blood_pressure": ("sys", "dia", "map", "hr"),
    "manual": tuple(VITALS),
    "score": ("moaas",),
    "device": CONTINUOUS,
    "placement": ("sys", "dia", "map"),
    "limits": tuple(VITALS),
    "baseline": tuple(VITALS),
    "alarm": (),
}
"""Which vitals an entry of this kind can change in the picture."""

TOUCHES_CUFF = frozenset(
    {"phase", "limits", "device", "cuff", "blood_pressure", "manual", "cuff_pressure", "alarm",
     "dose", "intervention", "symptom", "position", "score", "acknowledge"}
)  # fmt: skip
"""Entries of these kinds can change what is shown of the cuff; time alone changes only `idle` to
`press_start`, which every viewer does by itself (`Picture`)."""

PROVES_BACK = frozenset(
    {"oximetry", "heart_rate", "respiration", "blood_pressure", "cuff_pressure", "pleth"}
)
"""A reading of these kinds shows that its device is there, whatever was said of it before."""

EVENTS_KEPT = 200


@dataclass(slots=True)
class Projector:
    """Keeps what the core doesn't: history for the trend, events in words, who and where."""

    state: State
    bin_s: float = BIN_S
    history_s: float = HISTORY_S
    session: Session | None = None
    phase: str | None = None
    phase_t: float | None = None
    status: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    doubtful: tuple[Number, float] | None = None  # an SpO2 of 1–39: shown with `?`, never judged
    bars: list[CuffBar] = field(default_factory=list)
    bins: dict[tuple[str, float], Bin] = field(default_factory=dict)
    events: list[EventLine] = field(default_factory=list)
    told: dict[str, ConditionView] = field(default_factory=dict)
    gone: set[str] = field(default_factory=lambda: set(CONTINUOUS))  # no source gives them, as told
    accepted: int = 0  # pressure readings that the core took
    devices: dict[str, DeviceView] = field(default_factory=dict)
    inflation: Number | None = None  # what a measuring cuff last told of its pressure
    cuff: CuffView | None = None  # as last told
    away: AwayView | None = None  # as last told
    pause: AudioPause = field(default_factory=AudioPause)
    quarantine: Quarantine = field(default_factory=Quarantine)
    reworded: int = 0  # of the core's technical reasons, what was told
    limits: LimitsWatch = field(init=False)
    history: AlarmHistory = field(init=False)
    at_patient: AtPatient = field(init=False)
    flow: Flow = field(default_factory=Flow)

    def __post_init__(self) -> None:
        self.limits = LimitsWatch(self.state.profile.raw)
        self.history = AlarmHistory({**self.state.tracks, **self.state.technical})
        self.at_patient = AtPatient(self.state)

    def changed(self, entry: Entry) -> View | None:
        """Gives what `entry`, just taken by the core or given out by it, changed in the picture."""
        self._note(entry)
        touched = TOUCHED.get(entry.kind, ())
        if entry.kind == "alarm" and entry.body.condition in self.state.tracks:
            touched = (self.state.tracks[entry.body.condition].condition.vital,)
        touched += self._lost_meanwhile(touched)
        touched += self.at_patient.touched(entry, touched)
        placement, rhythm = self.at_patient.changed()
        devices = self._devices(entry)
        cuff, away = self._cuff(entry), self._away()
        pause = self.pause.take(entry, self.state.profile.audio_pause_ms / 1000)
        vitals = tuple(self.at_patient.marked(self.vital_view(vital)) for vital in touched)
        conditions = self._conditions(touched, entry.kind)
        bar = self._bar(entry)
        event = describe(entry)
        if event is not None:
            self.events = [*kept(self.events, EVENTS_KEPT), event]
        bins = self._bins(entry)
        phase = self.phase if entry.kind == "phase" else None
        limits = self.limits.view(self.state.profile) if entry.kind == "limits" else None
        episodes = self.history.take(entry) if entry.kind == "alarm" else ()
        unsure = self.quarantine.views() if self.quarantine.take(entry) else None
        found = (vitals, conditions, bins, bar, event, phase, devices, cuff, away)
        flow = self.flow.take(entry, self)
        if unsure is None and not any((*found, *flow, limits, episodes, pause, placement, rhythm)):
            return None
        return View(*found, placement, rhythm, pause, limits, episodes, unsure, *flow)

    def snapshot(self, seq: int, t: float, mode: str) -> Snapshot:
        """Gives the whole picture."""
        session = self.session or Session()
        return Snapshot(
            seq,
            t,
            mode,
            session.title,
            session.chair,
            session.started,
            self.phase,
            self.phase_t,
            self.state.profile.name or None,
            tuple(self.at_patient.marked(self.vital_view(vital)) for vital in VITALS),
            tuple(
                condition_view(track)
                for tracks in (self.state.tracks, self.state.technical)
                for track in tracks.values()
                if track.state != "normal"
            ),
            tuple(self.bars),
            tuple(self.bins.values()),
            tuple(self.events),
            self.bin_s,
            self.history_s,
            devices=tuple(self.devices.values()),
            away=away_view(self.state.away, t),
            placement=placement_view(self.state.placed),
            rhythm=rhythm_view(self.state.rhythm),
            pause=self.pause.at(t),
            cuff=self.cuff_view(max(self.state.t, round(t * 1000))),
            limits=self.limits.view(self.state.profile),
            episodes=tuple(self.history.episodes.values()),
            quarantine=self.quarantine.views(),
            **self.flow.parts(),
        )

    def vital_view(self, vital: str) -> VitalView:
        """What is known of one vital now."""
        limits = {
            track.condition.direction: tuple(
                LimitView(r.level.name, r.level.priority, r.level.limit, r.level.basis)
                for r in track.runs
            )
            for track in self.state.by_vital[vital]
        }
        fixed = (self.state.baseline.get(vital), limits.get("high", ()), limits.get("low", ()))
        sources = self.state.sources.get(vital)
        if sources is not None:
            return self._continuous_view(vital, sources, *fixed)
        held = self.state.episodic.get(vital)
        if held is None:
            return VitalView(vital, None, None, None, "none", None, None, "", (), *fixed)
        return VitalView(
            vital, held.value, held.t / 1000, held.role, "valid", None, None, "", (), *fixed
        )

    def _continuous_view(
        self, vital: str, sources: Sources, base: Number | None, high: tuple[LimitView, ...],
        low: tuple[LimitView, ...],
    ) -> VitalView:  # fmt: skip
        fixed = (base, high, low)
        source = sources.in_use
        newest = source or max(
            (s for s in sources.all.values() if s.value is not None),
            key=lambda s: s.t,
            default=None,
        )
        status = self.status.get((newest.role, vital), ()) if newest else self._any_status(vital)
        if vital == "spo2" and self.doubtful is not None:
            value, t = self.doubtful
            return VitalView(vital, value, t, "oximeter", "valid", 4.0, 10.0, "?", status, *fixed)
        if source is None and sources.once is not None:
            once = sources.once
            return VitalView(
                vital, once.value, once.t / 1000, once.role, "valid", None, None, "", status, *fixed
            )
        if newest is None or newest.value is None:
            return VitalView(vital, None, None, None, "none", None, None, "", status, *fixed)
        stale = stale_after_ms(newest.cadence_ms)
        old = old_after_ms(newest.cadence_ms) if newest.cadence_ms <= CHARTED_OVER_MS else None
        mark = "?" if vital == "spo2" and newest.value <= SPO2_UNCERTAIN_PCT else ""
        return VitalView(
            vital,
            newest.value,
            newest.t / 1000,
            newest.role,
            "valid" if source is not None else "lost",
            None if old is None else old / 1000,
            None if stale is None else stale / 1000,
            mark,
            status,
            *fixed,
        )

    def cuff_view(self, t_ms: int) -> CuffView | None:
        """What is known of the cuff and its schedule at `t_ms`."""
        now = cuff_view(self.state, t_ms)
        if now is None:
            return None
        return CuffView(
            now.state,
            now.since_ms / 1000,
            None if now.due_ms is None else now.due_ms / 1000,
            now.can_start,
            self.inflation if now.state == "measuring" else None,
            now.failed,
        )

    def _cuff(self, entry: Entry) -> CuffView | None:
        """What is known of the cuff, if this entry changed it."""
        if entry.kind not in TOUCHES_CUFF:
            return None
        if isinstance(entry.body, CuffPressure) and entry.device in (None, "cuff"):
            self.inflation = entry.body.pressure_mmhg
        elif entry.kind == "cuff":
            self.inflation = None
        view = self.cuff_view(self.state.t)
        if view == self.cuff:
            return None
        self.cuff = view
        return view

    def _away(self) -> AwayView | None:
        """Whether the patient is away, if that is other than last told."""
        view = away_view(self.state.away, self.state.t / 1000)
        if view == self.away:
            return None
        self.away = view
        return view or AwayView()

    def _devices(self, entry: Entry) -> tuple[DeviceView, ...]:
        """The device that this entry told of, if it is other than before."""
        role = entry.device
        if role is None:
            return ()
        known = self.devices.get(role)
        t = entry.t_ms / 1000
        if isinstance(entry.body, Device):
            view = device_view(role, known, entry.body, t)
        elif known is not None and isinstance(entry.body, DeviceInfo):
            view = with_battery(known, entry.body)
        elif known is not None and known.state != "streaming" and entry.kind in PROVES_BACK:
            view = msgspec.structs.replace(known, state="streaming", since_t=t, reason="")
        else:
            return ()
        if view == known:
            return ()
        self.devices[role] = view
        return (view,)

    def _conditions(self, vitals: tuple[str, ...], kind: str) -> tuple[ConditionView, ...]:
        """The vitals' conditions, and technical ones, that look other than when last told."""
        tracks = [track for vital in vitals for track in self.state.by_vital[vital]]
        # a technical one changes with a line of its own; but for its reason, only so
        if kind == "alarm" or self.reworded != self.state.reworded:
            self.reworded = self.state.reworded
            tracks += self.state.technical.values()
        out = []
        for track in tracks:
            view = condition_view(track)
            known = self.told.get(view.condition)
            if view == known or (known is None and view.state == "normal"):
                continue
            self.told[view.condition] = view
            out.append(view)
        return tuple(out)

    def _lost_meanwhile(self, touched: tuple[str, ...]) -> tuple[str, ...]:
        """Vitals that time alone has lost: no entry told it where no condition stood."""
        gone = {vital for vital in CONTINUOUS if self.state.sources[vital].in_use is None}
        lost = gone - self.gone
        self.gone = gone
        return tuple(vital for vital in CONTINUOUS if vital in lost and vital not in touched)

    def _any_status(self, vital: str) -> tuple[str, ...]:
        return next((words for (_, of), words in self.status.items() if of == vital and words), ())

    def _note(self, entry: Entry) -> None:
        """Remembers what the core has no use for."""
        body = entry.body
        match entry.kind:
            case "session":
                self.session = body
            case "acknowledge":
                self.history.acknowledged(entry)
            case "limits":
                self.limits.take(entry, self.state.profile)
            case "phase" if isinstance(body, Phase):
                self.phase, self.phase_t = body.phase, entry.t_ms / 1000
            case "oximetry" if isinstance(body, Oximetry):
                for vital in ("hr", "spo2"):
                    self.status[entry.device or "", vital] = body.status
                value = body.spo2_pct
                low = VITALS["spo2"].lowest
                self.doubtful = (
                    (value, entry.t_ms / 1000)
                    if value is not None and 0 < value < low and not body.status
                    else None
                )
            case "respiration":
                self.status[entry.device or "", "rr"] = body.status

    def _bar(self, entry: Entry) -> CuffBar | None:
        """The trend's bar, if this entry was a pressure reading that the core accepted."""
        if entry.kind not in ("blood_pressure", "manual"):
            return None
        taken = self.state.pressures_taken
        if taken == self.accepted:
            return None
        self.accepted = taken
        newest = self.state.measured[-1]
        flags = [
            track.priority
            for vital in ("sys", "dia", "map")
            for track in self.state.by_vital[vital]
            if track.state in ("active", "acknowledged") and vital in newest.values
        ]
        bar = CuffBar(
            newest.t / 1000,
            newest.values.get("sys"),
            newest.values.get("dia"),
            newest.values.get("map"),
            entry.body.pulse_rate_per_min
            if isinstance(entry.body.pulse_rate_per_min, int | float)
            else None,
            entry.device or "cuff",
            max(flags, key=PRIORITY_RANK.__getitem__, default=""),
        )
        bar = self.at_patient.bar(bar)
        self.bars.append(bar)
        return bar

    def _bins(self, entry: Entry) -> tuple[Bin, ...]:
        """The history bins that a continuous value widened."""
        out = []
        for vital in TOUCHED.get(entry.kind, ()):
            sources = self.state.sources.get(vital)
            source = sources.in_use if sources is not None else None
            if source is None or source.value is None or source.t != entry.t_ms or source.invalid:
                continue
            start = source.t / 1000 // self.bin_s * self.bin_s
            old = self.bins.get((vital, start))
            low = source.value if old is None else min(old.low, source.value)
            high = source.value if old is None else max(old.high, source.value)
            if old is None or (low, high) != (old.low, old.high):
                new = self.bins[vital, start] = Bin(vital, start, low, high)
                out.append(new)
                if old is None:
                    self._forget(start)
        return tuple(out)

    def _forget(self, newest: float) -> None:
        oldest = next(iter(self.bins))
        if oldest[1] < newest - self.history_s:
            del self.bins[oldest]
