"""A cuff that inflates on the probe's arm: SpO2-low is held for 60 s at most (DESIGN 7.7).

| what happens | what it does |
|---|---|
| `cuff` start or started, or a first pressure in the cuff, on the probe's arm | it begins, unless it is on |
| a cuff's reading, with values or without, `failed`, `stop`, `inflated` | it is over 10 s later |
| 60 s since it began | it is over |
| the cuff or the probe is moved to another arm | it is over |

While it lasts no level is reached that was not; delays run on. When it is over, what is due by then
is reached at once, so nothing is held for longer whatever comes.
"""

from dataclasses import dataclass

HELD_AT_MOST_MS = 60_000
RECOVERS_MS = 10_000  # a probe gives good values again so long after the cuff let go
INFLATED_MMHG = 20
SAME_INFLATION_MS = 30_000  # between pressures told of one inflation

HELD = ("spo2_low",)
"""The conditions that are held."""


@dataclass(slots=True, eq=False)
class Squeeze:
    """Whether the probe's arm is squeezed; changed only by its methods."""

    since_ms: int = 0
    until_ms: int | None = None  # None: it is not
    pressed_ms: int | None = None  # when a pressure was last told

    def begins(self, t: int) -> bool:
        """The cuff begins to inflate; False where that changes nothing."""
        if self.until_ms is not None:
            return False
        self.since_ms, self.until_ms = t, t + HELD_AT_MOST_MS
        return True

    def pressed(self, t: int, pressure: int | float) -> bool:
        """The cuff tells its pressure: True if an inflation begins that nobody told."""
        if pressure < INFLATED_MMHG:
            return False
        newest, self.pressed_ms = self.pressed_ms, t
        return newest is None or t - newest > SAME_INFLATION_MS

    def ends(self, t: int) -> None:
        """The cuff lets go, or has."""
        if self.until_ms is not None:
            self.until_ms = min(self.until_ms, t + RECOVERS_MS)

    def over(self) -> None:
        """The arm is free."""
        self.until_ms = None
