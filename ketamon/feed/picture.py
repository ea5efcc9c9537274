"""The picture: what a viewer knows, kept up to date from the feed's messages.

`Picture.apply` is the only way it changes; a snapshot followed by entries gives the same picture
as the snapshot taken after them. Screens draw it and hold no state of the patient themselves.
"""

from dataclasses import dataclass, field

from msgspec.structs import replace

from ketamon.feed.alarm_views import EpisodeView, LimitsView
from ketamon.feed.beside import FRESH_S, AudioView, Messages, MessageView, Viewers, ViewerView
from ketamon.feed.flow_views import BaselineView, DischargeView, SetupView
from ketamon.feed.messages import (
    BIN_S,
    HISTORY_S,
    Answer,
    AwayView,
    Beat,
    Bin,
    Bye,
    ConditionView,
    CuffBar,
    CuffView,
    DeviceView,
    EntryMessage,
    EventLine,
    FromEngine,
    Hello,
    PauseView,
    PlacementView,
    QuarantineView,
    RhythmView,
    Snapshot,
    Transport,
    View,
    VitalView,
)
from ketamon.feed.parts import kept
from ketamon.vitals import CONDITIONS, PRESS_START_MS, PRIORITY_RANK, TECHNICAL

EVENTS_KEPT = 500
_TABLE_ORDER = {name: index for index, name in enumerate((*CONDITIONS, *TECHNICAL))}


@dataclass(slots=True)
class Picture:
    """A viewer's knowledge of one session.

    `t` is the session's time at the newest message and `received` the viewer's own clock then. An
    acknowledgement carries the `seq` that the picture had when it was last drawn.
    """

    hello: Hello | None = None
    mode: str = ""
    title: str | None = None
    chair: str | None = None
    started: str | None = None
    phase: str | None = None
    phase_t: float | None = None
    profile: str | None = None
    seq: int = 0
    t: float = 0.0
    received: float = 0.0
    speed: float = 1.0
    recorded: int = 0
    vitals: dict[str, VitalView] = field(default_factory=dict)
    conditions: dict[str, ConditionView] = field(default_factory=dict)
    bars: list[CuffBar] = field(default_factory=list)
    bins: dict[str, dict[float, Bin]] = field(default_factory=dict)
    events: list[EventLine] = field(default_factory=list)
    bin_s: float = BIN_S
    history_s: float = HISTORY_S
    transport: Transport | None = None
    devices: dict[str, DeviceView] = field(default_factory=dict)
    cuff: CuffView | None = None
    away: AwayView | None = None
    placement: PlacementView | None = None
    rhythm: RhythmView | None = None
    pause: PauseView | None = None
    limits: LimitsView = field(default_factory=LimitsView)
    episodes: dict[int, EpisodeView] = field(default_factory=dict)  # by the seq of the first line
    quarantine: tuple[QuarantineView, ...] = ()
    setup: SetupView = field(default_factory=SetupView)
    baseline: BaselineView = field(default_factory=BaselineView)
    discharge: DischargeView = field(default_factory=DischargeView)
    audio: AudioView = field(default_factory=AudioView)
    messages: tuple[MessageView, ...] = ()
    viewers: tuple[ViewerView, ...] = ()
    viewers_received: float = 0.0  # on the viewer's own clock
    answers: list[Answer] = field(default_factory=list)
    bye: str | None = None

    def now(self, clock: float) -> float:
        """Session time at the viewer's own `clock` (seconds, same clock as in `apply`)."""
        return self.t + max(0.0, clock - self.received) * self.speed

    def age(self, vital: VitalView, clock: float) -> float | None:
        """Seconds of session time since the vital's value came; None if it never did."""
        return None if vital.t is None else max(0.0, self.now(clock) - vital.t)

    def standing(self) -> list[ConditionView]:
        """Conditions that are not normal: unanswered first, then by priority, then by table."""
        return sorted(
            self.conditions.values(),
            key=lambda c: (
                -PRIORITY_RANK.get(c.priority, 0),
                c.state not in ("active", "latched"),
                -c.since_t,
                _TABLE_ORDER.get(c.condition, 99),
            ),
        )

    def apply(self, message: FromEngine, clock: float) -> None:
        """Takes one message in; `clock` is the viewer's own time at which it came."""
        match message:
            case Hello():
                self.hello, self.mode, self.speed = message, message.mode, message.speed
                self._tick(message.t, clock)
            case Snapshot():
                self._replace(message, clock)
            case EntryMessage():
                self.seq = max(self.seq, message.seq)
                if message.view is not None:
                    self._change(message.view)
            case Beat():
                self.recorded, self.speed, self.mode = (
                    message.recorded,
                    message.speed,
                    message.mode,
                )
                if message.transport is not None:
                    marks = self.transport.marks if self.transport else ()
                    self.transport = Transport(
                        message.transport.duration_s,
                        message.transport.playing,
                        message.transport.speed,
                        message.transport.at_end,
                        marks,
                    )
                self._tick(message.t, clock)
            case Answer():
                self.answers = [*self.answers[-9:], message]
            case Bye():
                self.bye = message.reason
            case AudioView():
                self.audio = message
            case Messages():
                self.messages = message.messages
            case Viewers():
                self.viewers, self.viewers_received = message.viewers, clock

    def _tick(self, t: float, clock: float) -> None:
        self.t, self.received = t, clock
        self._prompt()
        if self.away is not None and self.t >= self.away.until_t:
            self.away = None
        if self.pause is not None and self.t >= self.pause.until_t:
            self.pause = None

    def silent_s(self, viewer: ViewerView, clock: float) -> float:
        """Real seconds for which this viewer has said nothing of what it drew."""
        if viewer.silent_s < FRESH_S:
            return viewer.silent_s
        return viewer.silent_s + max(0.0, clock - self.viewers_received)

    def _prompt(self) -> None:
        """Asks for START on a cuff that no program can start: time alone brings that moment on."""
        cuff = self.cuff
        if cuff is None or cuff.state != "idle" or cuff.can_start or cuff.due_t is None:
            return
        since_t = round(cuff.due_t - PRESS_START_MS / 1000, 3)
        if self.t >= since_t:
            self.cuff = replace(cuff, state="press_start", since_t=since_t)

    def _replace(self, s: Snapshot, clock: float) -> None:
        self.mode, self.title, self.chair, self.started = s.mode, s.title, s.chair, s.started
        self.phase, self.phase_t, self.profile = s.phase, s.phase_t, s.profile
        self.seq, self.transport = s.seq, s.transport
        self.bin_s, self.history_s = s.bin_s, s.history_s
        self.devices, self.cuff = {d.device: d for d in s.devices}, s.cuff
        self.away, self.placement, self.rhythm = s.away, s.placement, s.rhythm
        self.pause = s.pause
        self.limits, self.quarantine = s.limits or LimitsView(), s.quarantine
        self.episodes = {e.seq: e for e in s.episodes}
        self.setup, self.baseline = s.setup or SetupView(), s.baseline or BaselineView()
        self.discharge = s.discharge or DischargeView()
        self.title = self.setup.patient or self.title
        self.vitals = {v.vital: v for v in s.vitals}
        self.conditions = {c.condition: c for c in s.conditions}
        self.bars, self.events, self.bins = list(s.bars), list(s.events), {}
        for b in s.bins:
            self.bins.setdefault(b.vital, {})[b.t] = b
        if s.transport is not None:
            self.speed = s.transport.speed if s.transport.playing else 0.0
        self._tick(s.t, clock)

    def _change(self, view: View) -> None:
        for vital in view.vitals:
            self.vitals[vital.vital] = vital
        for condition in view.conditions:
            if condition.state == "normal":
                self.conditions.pop(condition.condition, None)
            else:
                self.conditions[condition.condition] = condition
        for b in view.bins:
            bins = self.bins.setdefault(b.vital, {})
            bins[b.t] = b
            oldest = next(iter(bins))
            if oldest < b.t - self.history_s:
                del bins[oldest]
        for device in view.devices:
            self.devices[device.device] = device
        if view.cuff is not None:
            self.cuff = view.cuff
        if view.away is not None:
            self.away = view.away if view.away.sensors else None
        if view.pause is not None:
            self.pause = view.pause if view.pause.until_t > self.t else None
        if view.quarantine is not None:
            self.quarantine = view.quarantine
        self.placement = view.placement or self.placement
        self.rhythm = view.rhythm or self.rhythm
        self.setup, self.baseline = view.setup or self.setup, view.baseline or self.baseline
        self.discharge = view.discharge or self.discharge
        self.title = self.setup.patient or self.title
        if view.limits is not None:
            self.limits, self.profile = view.limits, view.limits.name or None
        for episode in view.episodes:
            self.episodes[episode.seq] = episode
        if view.bar is not None:
            self.bars.append(view.bar)
        if view.event is not None:
            self.events = [*kept(self.events, EVENTS_KEPT), view.event]
        if view.phase is not None:
            self.phase = view.phase
            self.phase_t = view.event.t if view.event else self.t
