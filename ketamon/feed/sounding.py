"""Which conditions sound, and when: the chair's sound and a screen's bell follow the same rules.

| priority | pulses of a burst | a burst begins each |
|---|---|---|
| high | 10 (3 + 2, twice) | 10 s |
| medium | 3 | 25 s |
| low | 2 | 30 s |

Only the highest priority sounds. What comes anew, rises or comes again at that priority sounds at
once, and so does all that still stands when a pause ends. All of it is in real time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ketamon.entries import Alarm, decode
from ketamon.feed.messages import EntryMessage, FromEngine
from ketamon.feed.picture import Picture
from ketamon.vitals import PRIORITY_RANK

SILENT_BETWEEN_S = 2.5
"""Between the end of a burst and the next of the same priority, or a lower one."""

ENGINE_SILENT, SILENCE_S = "engine_silent", 10.0
"""What sounds, at MEDIUM, when the engine has said nothing for so long: nobody judges alarms then."""


TEST = "test"
"""Instead of a condition: what a sound test is for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One priority's burst: when each pulse begins (s), how long it is, its lowest frequency."""

    again_s: float
    pulse_s: float
    begins_s: tuple[float, ...]
    hertz: float

    @property
    def lasts_s(self) -> float:
        """From the first pulse's begin to the last one's end."""
        return self.begins_s[-1] + self.pulse_s


_HALF = (0.0, 0.25, 0.5, 1.0, 1.25)  # three, a gap, and two; each pulse lasts 0.15 s
PATTERNS: dict[str, Pattern] = {
    "high": Pattern(10.0, 0.15, (*_HALF, *(2.1 + begin for begin in _HALF)), 660.0),
    "medium": Pattern(25.0, 0.2, (0.0, 0.4, 0.8), 440.0),
    "low": Pattern(30.0, 0.2, (0.0, 0.4), 330.0),
}


def sounding(picture: Picture) -> dict[str, str]:
    """The conditions that sound now, each with its priority: nobody has answered them.

    One whose data were lost goes on sounding; one that is over and only latched does not.
    """
    return {
        c.condition: c.priority
        for c in picture.standing()
        if c.priority in PATTERNS
        and (c.state == "active" or (c.state == "unresolved" and c.acknowledged_t is None))
    }


def realarmed(message: FromEngine) -> tuple[str, ...]:
    """The condition that this message says to come again."""
    if not isinstance(message, EntryMessage) or b'"realarmed"' not in bytes(message.entry):
        return ()
    entry = decode(bytes(message.entry), message.seq)
    return (entry.body.condition,) if isinstance(entry.body, Alarm) else ()


def is_paused(picture: Picture, clock: float) -> bool:
    """True while the chair's sound is paused; `clock` is the viewer's own."""
    return picture.pause is not None and picture.now(clock) < picture.pause.until_t


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst to be played now; `condition` is the worst that it is for."""

    priority: str
    condition: str

    @property
    def lasts_s(self) -> float:
        """How long it takes."""
        return PATTERNS[self.priority].lasts_s


@dataclass(slots=True)
class Sounding:
    """When the next burst begins. Told what stands each time that changes, and at `due`.

    `now` is the caller's own clock, in real seconds that never decrease.
    """

    known: dict[str, str] = field(default_factory=dict)
    due: float | None = None
    _last: Burst | None = None
    _began: float = 0.0

    def step(
        self,
        now: float,
        stands: Mapping[str, str],
        again: Collection[str] = (),
        *,
        paused: bool = False,
    ) -> Burst | None:
        """Gives the burst that begins now, if one does; `again` are those that re-alarm."""
        before, self.known = self.known, dict(stands)
        if not stands or paused:
            self.due = None
            return None
        worst = max(stands, key=lambda name: PRIORITY_RANK[stands[name]])  # the first of equals
        priority = stands[worst]
        news = any(
            _rank(before.get(name)) < PRIORITY_RANK[own] or name in again
            for name, own in stands.items()
            if own == priority
        )
        self.due = self._next(now, priority, at_once=news or self.due is None)
        if self.due > now:
            return None
        self._last, self._began = Burst(priority, worst), now
        self.due = now + PATTERNS[priority].again_s
        return self._last

    def _next(self, now: float, priority: str, *, at_once: bool) -> float:
        """When the next burst of this priority begins."""
        if self._last is None:
            return now
        due = now if at_once else self._began + PATTERNS[priority].again_s
        if self.due is not None:  # news that wait for the end of a burst are not put off
            due = min(due, self.due)
        if _rank(self._last.priority) < PRIORITY_RANK[priority]:
            return due  # it cuts a milder one short
        return max(due, self._began + self._last.lasts_s + SILENT_BETWEEN_S)


def _rank(priority: str | None) -> int:
    return 0 if priority is None else PRIORITY_RANK[priority]
