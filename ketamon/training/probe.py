"""The oximeter's probe on a finger: what it makes of the truth, once a second.

It averages over 4 to 8 s, has its own error, takes motion for pulse, loses the signal in a squeezed
arm, and says nothing when it is off the finger. Each sample takes the same number of draws whatever
happens, so a burst of motion changes no later noise.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from random import Random

from ketamon.training.chance import lognormal, stream
from ketamon.training.patient import Truth
from ketamon_drivers.readings import Oximetry

LOW_PERFUSION_PCT = 0.3
FREEZES_S = 6.0  # a value is held so long after the signal went; then there is none
SUSTAINED_S = 10.0  # motion so long makes values questionable
FIRST_VALUE_S = 3  # samples that an average needs
LOCKED_PER_MIN = 118.0  # a hand that shakes twice a second


class Mistake(Enum):
    """What motion does to the pulse rate."""

    DOUBLES = "doubles"
    HALVES = "halves"
    LOCKS = "locks"

    def of(self, rate: float) -> float:
        """Gives the rate that the probe takes for the pulse."""
        if self is Mistake.LOCKS:
            return LOCKED_PER_MIN
        return min(240.0, rate * 2) if self is Mistake.DOUBLES else max(25.0, rate / 2)


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst of motion; SpO2 drifts down to `depth_pct` below the truth."""

    start_s: float
    end_s: float
    depth_pct: float
    mistake: Mistake

    @classmethod
    def drawn(cls, start_s: float, rng: Random, lasts_s: float | None = None) -> "Burst":
        """Draws a burst of 5 to 40 s, or of the length given."""
        drawn_s, depth = rng.uniform(5, 40), rng.uniform(3, 15)
        end_s = start_s + (drawn_s if lasts_s is None else lasts_s)
        return cls(start_s, end_s, depth, rng.choice(list(Mistake)))

    def covers(self, t_s: float) -> bool:
        """Says whether the hand moves at this time."""
        return self.start_s <= t_s < self.end_s


class Motion:
    """Bursts as they come by themselves, once in 6 to 10 minutes, and those that were asked for."""

    def __init__(self, seed: int) -> None:
        self._own = stream(seed, "motion")
        self._asked_rng = stream(seed, "asked motion")
        self._gap_s = self._own.uniform(360, 600)
        self._next = self._draw(0.0)
        self._asked: list[Burst] = []

    def _draw(self, after_s: float) -> Burst:
        return Burst.drawn(after_s + self._own.expovariate(1 / self._gap_s), self._own)

    def ask(self, t_s: float, lasts_s: float) -> None:
        """The hand moves from now on for so long."""
        self._asked.append(Burst.drawn(t_s, self._asked_rng, lasts_s))

    def at(self, t_s: float) -> Burst | None:
        """Gives the burst of a time; times never go back."""
        while self._next.end_s <= t_s:
            self._next = self._draw(self._next.end_s)
        bursts = (*self._asked, self._next)
        return next((burst for burst in bursts if burst.covers(t_s)), None)


class Probe:
    """A finger probe and the box that averages behind it."""

    def __init__(self, seed: int) -> None:
        self.motion = Motion(seed)
        self.is_off = False
        self._noise = stream(seed, "noise of the oximeter")
        traits = stream(seed, "oximeter")
        self._bias_spo2 = traits.gauss(0, 0.7)
        self._bias_rate = traits.gauss(0, 0.8)
        self._perfusion_pct = max(0.6, lognormal(traits, 2.5, 0.5))
        self._window: deque[tuple[float, float]] = deque(maxlen=traits.randint(4, 8))
        self._squeezed_at: float | None = None
        self._released_at: float | None = None

    @property
    def averages_s(self) -> int:
        """Over how many seconds it averages."""
        return self._window.maxlen or 0

    def off(self) -> None:
        """Takes the probe off the finger."""
        self.is_off = True

    def on(self) -> None:
        """Puts it back; the first value comes after some seconds."""
        self.is_off = False

    def squeeze(self, t_s: float) -> None:
        """A cuff on the same arm begins to fill."""
        self._squeezed_at, self._released_at = t_s, None

    def release(self, t_s: float) -> None:
        """That cuff is empty again."""
        self._released_at = t_s

    def sample(self, truth: Truth) -> Oximetry:
        """Gives what the oximeter sends at the truth's time; ask once a second."""
        noise = [self._noise.gauss(0, 1) for _ in range(3)]
        burst = self.motion.at(truth.t_s)
        if self.is_off:
            self._window.clear()
            return Oximetry(status=("sensor_off",))
        perfusion = self._perfusion(truth.t_s) * (1 + 0.05 * noise[2])
        lost = perfusion < LOW_PERFUSION_PCT
        if not lost:
            self._window.append(self._seen(truth, burst, noise))
        elif self._squeezed_at is not None and truth.t_s - self._squeezed_at > FREEZES_S:
            self._window.clear()
        words = set()
        if lost:
            words.add("low_perfusion")
        if burst is not None:
            words.add("motion")
            if truth.t_s - burst.start_s >= SUSTAINED_S:
                words.add("questionable")
        return self._average(round(perfusion, 2), tuple(sorted(words)))

    def _seen(self, truth: Truth, burst: Burst | None, noise: list[float]) -> tuple[float, float]:
        """Gives SpO2 and rate of this second, before averaging."""
        spo2 = truth.spo2_pct + self._bias_spo2 + 0.4 * noise[0]
        rate = truth.hr_per_min + self._bias_rate + 0.8 * noise[1]
        if burst is not None:
            drift = min(1.0, (truth.t_s - burst.start_s) / SUSTAINED_S)
            spo2 -= burst.depth_pct * drift - 1.2 * noise[0]
            rate = burst.mistake.of(rate) + 3 * noise[1]
        return min(100.0, spo2), rate

    def _perfusion(self, t_s: float) -> float:
        """Gives the perfusion index: gone 5 s after the arm was squeezed, back 8 s after release."""
        if self._squeezed_at is None:
            return self._perfusion_pct
        if self._released_at is None:
            return self._perfusion_pct * max(0.0, 1 - (t_s - self._squeezed_at) / 5)
        return self._perfusion_pct * min(1.0, (t_s - self._released_at) / 8)

    def _average(self, perfusion: float, words: tuple[str, ...]) -> Oximetry:
        count = len(self._window)
        if count < FIRST_VALUE_S:
            return Oximetry(None, None, perfusion, status=words)
        spo2 = sum(spo2 for spo2, _ in self._window) / count
        rate = sum(rate for _, rate in self._window) / count
        return Oximetry(round(spo2), round(rate), perfusion, status=words)
