"""What comes over a patient for some minutes: panic, a needle, shallow breathing, labetalol.

Each is a shape over time, asked at any time in any order; drawn numbers are drawn when it begins.
"""

import math
from dataclasses import dataclass
from random import Random

NEEDLE_HR_PER_MIN, NEEDLE_S = 5.0, 120.0
LABETALOL_SHARE, LABETALOL_ONSET_S = 0.35, 180.0
LABETALOL_HOLDS_S, LABETALOL_FADES_S = 7200.0, 2400.0


def plateau(t_s: float, lasts_s: float, *, rise_s: float, fall_s: float) -> float:
    """Gives 0 to 1: up within `rise_s`, down over the last `fall_s` before `lasts_s`."""
    return max(0.0, min(1.0, t_s / rise_s, (lasts_s - t_s) / fall_s))


@dataclass(frozen=True, slots=True)
class Panic:
    """Heart rate and pressure jump for 3 to 8 minutes."""

    t_s: float
    lasts_s: float
    hr_per_min: float
    sys_mmhg: float

    @classmethod
    def drawn(cls, t_s: float, rng: Random) -> "Panic":
        """Draws how long and how strong."""
        return cls(t_s, rng.uniform(180, 480), rng.uniform(15, 30), rng.uniform(15, 25))

    def share(self, t_s: float) -> float:
        """Gives how much of it there is, 0 to 1."""
        return plateau(t_s - self.t_s, self.lasts_s, rise_s=30, fall_s=60)


@dataclass(slots=True)
class ShallowBreathing:
    """Breaths fall to 6 to 9 a minute; SpO2 follows after half a minute until help or until it ends."""

    t_s: float
    rr_per_min: float
    delay_s: float
    seconds_per_pct: float
    nadir_pct: float
    ends_s: float

    @classmethod
    def drawn(cls, t_s: float, rng: Random) -> "ShallowBreathing":
        """Draws how deep and how fast."""
        return cls(
            t_s,
            rng.uniform(6, 9),
            rng.uniform(30, 60),
            rng.uniform(8, 15),
            rng.uniform(82, 90),
            t_s + rng.uniform(240, 420),
        )

    def help(self, t_s: float) -> None:
        """Ends it: the patient was stimulated, or given oxygen."""
        if t_s >= self.t_s:
            self.ends_s = min(self.ends_s, t_s)

    def share(self, t_s: float) -> float:
        """Gives how shallow the breaths are, 0 to 1."""
        if t_s <= self.ends_s:
            return plateau(t_s - self.t_s, math.inf, rise_s=20, fall_s=1)
        return self.share(self.ends_s) * math.exp(-(t_s - self.ends_s) / 10)

    def drop_pct(self, t_s: float, from_pct: float) -> float:
        """Gives by how much SpO2 is down from what it would be."""
        if t_s > self.ends_s:  # the next deep breaths reach the finger within a quarter of a minute
            return self.drop_pct(self.ends_s, from_pct) * math.exp(-(t_s - self.ends_s) / 15)
        fallen = (t_s - self.t_s - self.delay_s) / self.seconds_per_pct
        return max(0.0, min(fallen, from_pct - self.nadir_pct))


def needle_hr(t_s: float) -> float:
    """Gives what a needle does to the pulse, so many seconds after it."""
    return NEEDLE_HR_PER_MIN * plateau(t_s, NEEDLE_S, rise_s=5, fall_s=30)


def labetalol_factor(t_s: float) -> float:
    """Gives what is left of ketamine's effect on pressure and pulse, so long after labetalol."""
    if t_s <= 0:
        return 1.0
    fading = math.exp(-max(0.0, t_s - LABETALOL_HOLDS_S) / LABETALOL_FADES_S)
    return 1 - LABETALOL_SHARE * -math.expm1(-t_s / LABETALOL_ONSET_S) * fading
