"""Away: toilet, walk, probe change. The loss of the named sensors is one quiet line (DESIGN 7.6).

| what happens | what it does |
|---|---|
| `away` with minutes and sensors | it begins; while it is on, once, its minutes are added |
| 10 s of valid signal from a named sensor that was gone | the patient is back: it is over |
| `away` with 0 minutes | somebody says so: it is over |
| time is up, a named sensor gives valid values | it is over |
| time is up, none does | it is over, and the patient is not back |

While the patient is not back, the same ends it, or a new away. What is missing then is told again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ketamon.core.signals import Signal
from ketamon.entries import Away

MINUTES = (5, 10, 15)
BACK_AFTER_MS = 10_000
SENSORS = ("oximeter", "strap", "monitor", "cuff")


@dataclass(slots=True, eq=False)
class AwayFlow:
    """Whether the patient is away; changed only by its methods."""

    since_ms: int = 0
    until_ms: int | None = None  # None: not away
    sensors: tuple[str, ...] = ()
    extended: bool = False
    late: bool = False  # time was up and the patient was not back

    def covers(self, role: str) -> bool:
        """True while the loss of this sensor is told by the quiet line."""
        return self.until_ms is not None and role in self.sensors

    def refusal(self, body: Away, *, dosing: bool) -> str | None:
        """Why this entry does nothing, in a sentence; None if it counts."""
        if body.minutes == 0:
            return None if self.until_ms is not None or self.late else "nobody is away"
        if body.minutes not in MINUTES:
            return "away: give 5, 10 or 15 minutes"
        if self.until_ms is None and not set(body.sensors) & set(SENSORS):
            return f"away: name the sensors: {', '.join(SENSORS)}"
        if dosing and not (body.reason or "").strip():
            return "away: while dosing it needs a reason"
        if self.until_ms is not None and self.extended:
            return "away: it was extended once already"
        return None

    def told(self, t: int, body: Away, *, dosing: bool) -> None:
        """Takes an `away` entry: begins, extends, or ends."""
        if self.refusal(body, dosing=dosing) is not None:
            return
        if body.minutes == 0:
            self.until_ms, self.late = None, False
            return
        more_ms = round((body.minutes or 0) * 60_000)
        if self.until_ms is None:
            self.since_ms, self.until_ms = t, t + more_ms
            self.sensors, self.extended, self.late = (), False, False
        else:
            self.until_ms, self.extended = self.until_ms + more_ms, True
        named = [s for s in SENSORS if s in body.sensors or s in self.sensors]
        self.sensors = tuple(named)

    def valid(self, t: int, signal: Signal) -> None:
        """A valid value came from this signal."""
        if signal.role not in self.sensors or signal.run_ms is None:
            return
        if signal.run_ms > self.since_ms and t - signal.run_ms >= BACK_AFTER_MS:
            self.until_ms, self.late = None, False

    def measured(self, role: str) -> None:
        """A valid pressure came: it is all that a cuff gives, but may end what began before."""
        if role in self.sensors and (self.late or self.sensors == (role,)):
            self.until_ms, self.late = None, False

    def time_up(self, t: int, signals: Iterable[Signal]) -> None:
        """The minutes have passed."""
        named = [signal for signal in signals if signal.role in self.sensors]
        self.until_ms, self.late = None, not any(signal.is_given(t) for signal in named)
