"""What is drawn: a picture, the moment at which it is drawn, and what the viewer chose.

Drawing functions take a canvas and a scene, and nothing else: no clock, no I/O, so the same scene
gives the same canvas.
"""

from dataclasses import dataclass, field

from ketamon.feed.messages import AwayView, ConditionView, PauseView
from ketamon.feed.picture import Picture
from ketamon.tui.abilities import able, seat, unread
from ketamon.tui.keys import WINDOW_FIRST, WINDOWS, Window, times_of
from ketamon.tui.panels.panel import Panel
from ketamon.tui.shown import Shown, exact, show
from ketamon.vitals import CONDITIONS, Number, condition_label, condition_mark, condition_sign

LINK_LOST_S = 3.0
"""Silence of the engine after which nothing on the screen is current."""
ROLE = {"high": "high", "medium": "med", "low": "low"}


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment of one viewer's screen.

    `now` is session time, `silent_s` how long (in real time) the engine has said nothing.
    `lit_high`, `lit_medium`: whether the flashing parts are in their filled half. `panel`: what is
    open over the trends; `view`: the page in their place, from its row `scroll` on; `ends`: leaving
    ends the session. `due_seq`: the newest entry of a beat ago, by
    now to be recorded. `at`: the viewer's own clock. `able`: what this viewer may do;
    nothing while no key would reach it (`picked`), as on a board of several chairs.
    """

    picture: Picture
    now: float
    silent_s: float = 0.0
    window: Window = WINDOWS[WINDOW_FIRST]
    hide: bool = True
    help_page: int = 0
    leaving: bool = False
    notice: str = ""
    lit_high: bool = True
    lit_medium: bool = True
    panel: Panel | None = None
    ends: bool = False
    due_seq: int = 0
    view: str = ""
    scroll: int = 0
    at: float = 0.0
    picked: bool = True
    standing: tuple[ConditionView, ...] = field(init=False)
    able: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Sorts the conditions and asks what the viewer may do, once for all parts."""
        object.__setattr__(self, "standing", tuple(self.picture.standing()))
        open_now = frozenset({"page"}) if self.view else frozenset()
        if self.view or self.panel is not None or self.help_page:
            open_now |= {"back"}
        may = able(self.picture) if self.picked else frozenset()
        object.__setattr__(self, "able", may | open_now)

    @property
    def lost(self) -> bool:
        """True when the picture is not current: the link is silent, or the engine said goodbye."""
        return self.silent_s > LINK_LOST_S or self.picture.bye is not None

    @property
    def replay(self) -> bool:
        """True for a recording: nobody is being monitored."""
        return self.picture.mode == "REPLAY"

    @property
    def paused(self) -> bool:
        """True while the session's time stands still."""
        tape = self.picture.transport
        if tape is not None:
            return not tape.playing or tape.at_end
        return self.picture.speed == 0

    @property
    def words(self) -> dict[str, str]:
        """What a key's word says at this moment."""
        cuff = self.picture.cuff
        by_hand = cuff is not None and not cuff.can_start
        return {
            **times_of(self.window),
            "answer": "seen" if seat(self.picture) == "physician" else "ack",
            "cuff": "started" if by_hand else "cuff",
            "play": "play" if self.paused else "pause",
            "sound": "pause sound" if self.pause is None else "sound on",
            "away": "away" if self.away is None else "back",
            "yes": "do it",
            "message": "message" if unread(self.picture) is None else "read it",
        }

    @property
    def physiological(self) -> tuple[ConditionView, ...]:
        """Conditions of the patient, worst first."""
        return tuple(c for c in self.standing if c.condition in CONDITIONS)

    @property
    def technical(self) -> tuple[ConditionView, ...]:
        """Conditions of devices, host and record, worst first."""
        return tuple(c for c in self.standing if c.condition not in CONDITIONS)

    def show(self, vital: str) -> Shown:
        """What may be shown of a vital at this moment."""
        return show(self.picture, vital, self.now)

    def of(self, *vitals: str) -> ConditionView | None:
        """The worst condition of these vitals; None if there is none."""
        return next(
            (c for c in self.physiological if CONDITIONS[c.condition].vital in vitals), None
        )

    @property
    def away(self) -> AwayView | None:
        """What the patient is away from at this moment; None if from nothing."""
        away = self.picture.away
        return away if away is not None and away.sensors and self.now < away.until_t else None

    @property
    def pause(self) -> PauseView | None:
        """The pause of the chair's sound at this moment; None if there is none."""
        pause = self.picture.pause
        return pause if pause is not None and self.now < pause.until_t else None

    def lit(self, condition: ConditionView) -> bool:
        """Whether its flashing part is in its filled half; what is answered does not flash."""
        if not waits(condition):
            return True
        return {"high": self.lit_high, "medium": self.lit_medium}.get(condition.priority, True)


def parted(scene: Scene) -> str:
    """`LINK LOST  5 s`, or `LINK ENDED: ` and why; only for a scene that is lost."""
    bye = scene.picture.bye
    return f"LINK LOST  {int(scene.silent_s)} s" if bye is None else f"LINK ENDED: {bye}"


def waits(condition: ConditionView) -> bool:
    """True while the condition waits for somebody's answer."""
    if condition.state == "unresolved":
        return condition.acknowledged_t is None
    return condition.state in ("active", "latched")


def stands(condition: ConditionView) -> bool:
    """True while it is violated now: only then its number is coloured."""
    return condition.state in ("active", "acknowledged")


def mark(condition: ConditionView) -> str:
    """`***` to `*` for the patient, `!!!` to `!` for devices."""
    return condition_mark(condition.condition, condition.priority)


def role(condition: ConditionView) -> str:
    """The palette's name of its priority."""
    return ROLE.get(condition.priority, "low")


def ink(condition: ConditionView | None, own: str) -> str:
    """The ink of a number: its own, or the priority's while its condition stands."""
    return role(condition) + "-ink" if condition is not None and stands(condition) else own


def label(condition: ConditionView) -> str:
    """`SYS HIGH`, `SpO2 NO DATA`."""
    return condition_label(condition.condition)


def sign(condition: ConditionView) -> str:
    """`>` or `<`: on which side of the limit its violation is."""
    return condition_sign(condition.condition)


def _low(condition: ConditionView) -> bool:
    return sign(condition) == "<"


def inside(condition: ConditionView) -> bool:
    """True where its standing value is within the limit again, though not for long enough yet."""
    value, limit = condition.value, condition.limit
    if value is None or limit is None or not stands(condition):
        return False
    return value >= limit if _low(condition) else value <= limit


def against(condition: ConditionView) -> str:
    """`169 > 160`: the standing value; `108 ≤ 110` where it is inside but not for long enough.

    `was 86 < 90`, the worst one, once the violation is over or its vital is lost.
    """
    values = (condition.value, condition.worst)
    value = next(
        (v for v in (values if stands(condition) else values[::-1]) if v is not None), None
    )
    if value is None:
        return ""
    relation = ("≥" if _low(condition) else "≤") if inside(condition) else sign(condition)
    if condition.limit is None:
        return ("" if stands(condition) else "was ") + exact(value)
    told = f"{exact(value)} {relation} {exact(condition.limit)}"
    if stands(condition):
        return told
    # a limit that was changed since is not the one that this value was beyond
    return f"was {told if beyond(condition.condition, value, condition.limit) else exact(value)}"


def beyond(condition: str, value: Number, limit: Number) -> bool:
    """Whether a value is beyond this limit, on the side that the condition is about."""
    return value < limit if condition_sign(condition) == "<" else value > limit


def worst(condition: ConditionView) -> str:
    """`worst 174`: the episode's worst value, where another one stands now; else nothing."""
    value, extreme = condition.value, condition.worst
    if value is None or extreme is None or not stands(condition):
        return ""
    worse = extreme < value if _low(condition) else extreme > value
    return f"worst {exact(extreme)}" if worse and exact(extreme) != exact(value) else ""


def at_priority_since(scene: Scene, condition: ConditionView) -> float:
    """When it got the priority that it has now; when it was raised, where no line tells more."""
    since, start = condition.since_t, label(condition) + " "
    for event in reversed(scene.picture.events):
        if event.t < condition.since_t:
            break
        if event.priority and event.text.startswith(start):
            if event.priority != condition.priority:
                return since
            since = event.t
    return condition.since_t
