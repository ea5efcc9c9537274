"""The simulated patient: what is true at a time, from person, ketamine and what happens.

`at` is a pure function of the time and of what was done until then: nobody who looks changes what
the next one sees. Times are seconds of the session, before its start negative.
"""

import math
from dataclasses import dataclass
from random import Random

from ketamon.training.chance import stream
from ketamon.training.episodes import Panic, ShallowBreathing, labetalol_factor, needle_hr
from ketamon.training.person import Person
from ketamon.training.pharmacology import IM, NASAL, Ketamine

ANXIETY_FADES_S = 1200.0
SHALLOW_CHANCE, SHALLOW_CHANCE_WITH_SEDATIVES = 0.015, 0.06
OXYGEN_PCT = 1.5

# Concentration at the effect site (times the person's gain) from which MOAA/S is 4, 3, 2, 1.
MOAAS_STEPS = ((700, 1), (480, 2), (280, 3), (120, 4))


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect monitor would show, and what no monitor can."""

    t_s: float
    sys_mmhg: float
    dia_mmhg: float
    map_mmhg: float
    hr_per_min: float
    spo2_pct: float
    rr_per_min: float
    moaas: int
    cadss: float
    plasma_ng_per_ml: float
    effect_ng_per_ml: float


class Sway:
    """Slow waves that a vital always has: a few sines whose periods and phases are drawn once."""

    def __init__(self, rng: Random, sd: float, periods_s: tuple[float, ...]) -> None:
        self._size = sd * math.sqrt(2 / len(periods_s))
        self._waves = tuple(
            (math.tau / (period * rng.uniform(0.8, 1.25)), rng.uniform(0, math.tau))
            for period in periods_s
        )

    def at(self, t_s: float) -> float:
        """Gives the deviation at a time; its mean over long is 0."""
        return self._size * sum(math.sin(speed * t_s + phase) for speed, phase in self._waves)


def emax(concentration: float, most: float, half_at: float) -> float:
    """Gives the effect of a concentration: sigmoid, exponent 1.3, `most` at the end of it."""
    powered = concentration**1.3
    return float(most * powered / (half_at**1.3 + powered))


class Patient:
    """One patient in one session."""

    def __init__(
        self,
        seed: int,
        *,
        weight_kg: float | None = None,
        person: Person | None = None,
        arrived_s: float = 0.0,
    ) -> None:
        self.person = person or Person.drawn(seed, weight_kg=weight_kg)
        self.arrived_s = arrived_s
        self.ketamine = Ketamine(self.person.body)
        self._seed = seed
        self._sys = Sway(stream(seed, "sway of pressure"), 1.5, (12, 70, 260))
        self._hr = Sway(stream(seed, "sway of pulse"), 1.8, (11, 45, 190))
        self._spo2 = Sway(stream(seed, "sway of saturation"), 0.3, (40, 220))
        self._rr = Sway(stream(seed, "sway of breath"), 0.8, (30, 110))
        self._panics: list[Panic] = []
        self._needles_s: list[float] = []
        self._labetalol_s: list[float] = []
        self._shallow: list[ShallowBreathing] = []
        self._oxygen_s: list[tuple[float, bool]] = []
        self._may_breathe_shallow = True

    def start_infusion(self, t_s: float, mg_per_kg: float = 0.5, minutes: float = 40) -> None:
        """Starts the pump for so many minutes; it stops then, if nobody stops it before."""
        if minutes <= 0:
            raise ValueError("an infusion takes time; give more than 0 minutes")
        self.ketamine.pump(t_s, mg_per_kg * self.person.weight_kg / minutes)
        self.ketamine.pump(t_s + 60 * minutes, 0)
        self._dosed(t_s)

    def stop_infusion(self, t_s: float) -> None:
        """Stops the pump."""
        self.ketamine.pump(t_s, 0)

    def inject(self, t_s: float, mg_per_kg: float = 0.5) -> None:
        """Gives an injection into a muscle."""
        self.ketamine.dose(t_s, mg_per_kg * self.person.weight_kg, IM)
        self.needle(t_s)
        self._dosed(t_s)

    def spray(self, t_s: float, mg: float = 28) -> None:
        """Gives one device of esketamine into the nose."""
        self.ketamine.dose(t_s, mg, NASAL)
        self._dosed(t_s)

    def _dosed(self, t_s: float) -> None:
        """Decides at the first dose whether breathing becomes shallow by itself, and when."""
        if not self._may_breathe_shallow:
            return
        self._may_breathe_shallow = False
        rng = stream(self._seed, "shallow breathing")
        chance = SHALLOW_CHANCE_WITH_SEDATIVES if self.person.sedatives else SHALLOW_CHANCE
        if rng.random() < chance:
            self._shallow.append(ShallowBreathing.drawn(t_s + rng.uniform(1200, 3000), rng))

    def needle(self, t_s: float) -> None:
        """A needle or the start of a line."""
        self._needles_s.append(t_s)

    def panic(self, t_s: float) -> None:
        """Panic comes over the patient."""
        rng = stream(self._seed, f"panic {len(self._panics)}")
        self._panics.append(Panic.drawn(t_s, rng))

    def breathe_shallow(self, t_s: float) -> None:
        """Breathing becomes shallow, until the patient is stimulated or given oxygen."""
        rng = stream(self._seed, f"asked shallow breathing {len(self._shallow)}")
        self._shallow.append(ShallowBreathing.drawn(t_s, rng))

    def stimulate(self, t_s: float) -> None:
        """Somebody speaks to the patient and shakes the shoulder."""
        for episode in self._shallow:
            episode.help(t_s)

    def oxygen(self, t_s: float, *, on: bool) -> None:
        """Gives or takes away oxygen."""
        self._oxygen_s.append((t_s, on))
        if on:
            self.stimulate(t_s)

    def labetalol(self, t_s: float) -> None:
        """Gives labetalol into the vein."""
        self._labetalol_s.append(t_s)

    def at(self, t_s: float) -> Truth:
        """Gives what is true at a time."""
        person = self.person
        effect = self.ketamine.effect_ng_per_ml(t_s)
        damped = math.prod(labetalol_factor(t_s - given) for given in self._labetalol_s)
        pressure = damped * person.pressure_gain
        anxiety = self._anxiety(t_s)
        panics = [(episode, episode.share(t_s)) for episode in self._panics]
        panic_sys = sum(episode.sys_mmhg * share for episode, share in panics)
        sway = self._sys.at(t_s)
        sys_mmhg = person.sys_mmhg + pressure * emax(effect, 35, 250) + anxiety + panic_sys + sway
        diastolic = pressure * person.diastolic_gain * emax(effect, 22, 250)
        dia_mmhg = person.dia_mmhg + diastolic + 0.4 * (anxiety + panic_sys) + 0.5 * sway
        dia_mmhg = min(dia_mmhg, sys_mmhg - 18)
        hr = person.hr_per_min + damped * person.rate_gain * emax(effect, 30, 590) + 0.8 * anxiety
        hr += sum(episode.hr_per_min * share for episode, share in panics)
        hr += sum(needle_hr(t_s - given) for given in self._needles_s) + self._hr.at(t_s)
        return Truth(
            t_s=t_s,
            sys_mmhg=sys_mmhg,
            dia_mmhg=dia_mmhg,
            map_mmhg=dia_mmhg + (sys_mmhg - dia_mmhg) / 3,
            hr_per_min=hr,
            spo2_pct=self._saturation(t_s, effect),
            rr_per_min=self._breaths(t_s),
            moaas=self._alertness(effect),
            cadss=0.12 * person.dissociation_gain * max(0.0, effect - 30),
            plasma_ng_per_ml=self.ketamine.plasma_ng_per_ml(t_s),
            effect_ng_per_ml=effect,
        )

    def _anxiety(self, t_s: float) -> float:
        since = max(0.0, t_s - self.arrived_s)
        return self.person.anxiety_mmhg * math.exp(-since / ANXIETY_FADES_S)

    def _saturation(self, t_s: float, effect: float) -> float:
        on_oxygen = next((on for given, on in reversed(self._oxygen_s) if given <= t_s), False)
        rest = self.person.spo2_pct - 0.6 * effect / 200 + self._spo2.at(t_s)
        rest += OXYGEN_PCT if on_oxygen else 0.0
        drop = max((each.drop_pct(t_s, rest) for each in self._shallow), default=0.0)
        return min(100.0, rest - drop)

    def _breaths(self, t_s: float) -> float:
        usual = self.person.rr_per_min + self._rr.at(t_s)
        for each in self._shallow:
            usual += each.share(t_s) * (each.rr_per_min - usual)
        return usual

    def _alertness(self, effect: float) -> int:
        felt = effect * self.person.sedation_gain
        return next((score for least, score in MOAAS_STEPS if felt >= least), 5)
