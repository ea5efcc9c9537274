"""ketamon-K1: how much ketamine is in plasma and at the effect site, for pump, injection and spray.

| part | law | number for 70 kg |
|---|---|---|
| plasma and tissue | two compartments, `V1 V2` by weight, `CL Q` by weight to the power 0.75 | 107, 145 L; 1.317, 2.28 L/min |
| injection, spray | first-order depot: share absorbed `F`, rate `ka` | IM 0.93, 0.12 /min; nasal 0.48, 0.065 /min |
| effect site | follows plasma at `ke0` | 0.17 /min |

The system is linear, so each thing given has its own sum of exponentials and what stands at a time
is the sum of those: exact at any time, in any order, with no steps. Anchors: clearance and volume of
Kamp's meta-analysis (Anesthesiology 133:1192), flow between compartments of Clements and Nimmo.
"""

import math
from dataclasses import dataclass, field
from random import Random

from ketamon.training.chance import lognormal

Terms = tuple[tuple[float, float], ...]
"""A response: the sum of amplitude * exp(-rate * minutes) over (amplitude, rate)."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way into the body that passes a depot; `potency` is the effect of its ketamine over racemic."""

    absorbed: float
    rate_per_min: float
    potency: float = 1.0


IM = Route(absorbed=0.93, rate_per_min=0.12)
NASAL = Route(absorbed=0.48, rate_per_min=0.065, potency=1.75)  # esketamine, one dose a device


@dataclass(frozen=True, slots=True)
class Body:
    """One person's constants; volumes in L, flows in L/min, rates in 1/min."""

    central_l: float
    tissue_l: float
    clearance_l_per_min: float
    between_l_per_min: float
    effect_per_min: float = 0.17
    depot_rate_factor: float = 1.0
    absorbed_factor: float = 1.0

    @classmethod
    def typical(cls, weight_kg: float) -> "Body":
        """Gives the typical adult of this weight."""
        size = weight_kg / 70
        return cls(107 * size, 145 * size, 1.317 * size**0.75, 2.28 * size**0.75)

    @classmethod
    def drawn(cls, weight_kg: float, *, female: bool, rng: Random) -> "Body":
        """Draws a person: V1 varies by 40 %, clearance 25 %, depot rate 50 %, share absorbed 8 %."""
        usual = cls.typical(weight_kg)
        return cls(
            central_l=lognormal(rng, usual.central_l, 0.40),
            tissue_l=usual.tissue_l,
            clearance_l_per_min=lognormal(rng, usual.clearance_l_per_min, 0.25)
            * (1.15 if female else 1.0),
            between_l_per_min=usual.between_l_per_min,
            depot_rate_factor=lognormal(rng, 1.0, 0.50),
            absorbed_factor=lognormal(rng, 1.0, 0.08),
        )

    def plasma_after_1_mg(self) -> Terms:
        """Gives the plasma's response to 1 mg at once into the blood, in ng/mL."""
        out = self.clearance_l_per_min / self.central_l
        away = self.between_l_per_min / self.central_l
        back = self.between_l_per_min / self.tissue_l
        total, product = out + away + back, out * back
        fast = (total + math.sqrt(total * total - 4 * product)) / 2
        slow = product / fast
        unit = 1000 / self.central_l / (fast - slow)
        return ((unit * (fast - back), fast), (unit * (back - slow), slow))


def delayed(terms: Terms, rate: float) -> Terms:
    """Gives a response seen through a first-order delay of this rate."""
    while any(abs(rate - own) < 1e-6 * own for _, own in terms):
        rate *= 1 + 2e-6  # two equal rates have another solution; this close, it has the same value
    passed = tuple((amplitude * rate / (rate - own), own) for amplitude, own in terms)
    return (*passed, (-sum(amplitude for amplitude, _ in passed), rate))


def after(terms: Terms, minutes: float) -> float:
    """Gives the response so many minutes after an amount at once."""
    return sum(amplitude * math.exp(-rate * minutes) for amplitude, rate in terms)


def while_running(terms: Terms, minutes: float) -> float:
    """Gives the response after so many minutes of one unit a minute."""
    return sum(amplitude / rate * -math.expm1(-rate * minutes) for amplitude, rate in terms)


@dataclass(frozen=True, slots=True)
class _Given:
    """What was given at `t_s`: an amount, or from then on so many mg a minute more or less."""

    t_s: float
    amount: float
    plasma: Terms
    effect: Terms
    potency: float
    lasts: bool


@dataclass(slots=True)
class Ketamine:
    """All ketamine that a body is given; times in seconds may be negative and asked in any order."""

    body: Body
    _given: list[_Given] = field(default_factory=list)

    def pump(self, t_s: float, mg_per_min: float) -> None:
        """Sets the pump's rate from `t_s` on, in place of all that was set for later; 0 stops it."""
        if mg_per_min < 0:
            raise ValueError("a pump can't run backwards; give a rate of 0 or more mg/min")
        self._given = [each for each in self._given if each.t_s < t_s or not each.lasts]
        running = sum(each.amount for each in self._given if each.lasts)
        terms = self.body.plasma_after_1_mg()
        self._give(t_s, mg_per_min - running, terms, potency=1.0, lasts=True)

    def dose(self, t_s: float, mg: float, route: Route) -> None:
        """Gives an amount into a depot: a muscle, a nose."""
        terms = delayed(
            self.body.plasma_after_1_mg(), route.rate_per_min * self.body.depot_rate_factor
        )
        absorbed = min(1.0, route.absorbed * self.body.absorbed_factor)
        self._give(t_s, mg * absorbed, terms, potency=route.potency, lasts=False)

    def _give(
        self, t_s: float, amount: float, plasma: Terms, *, potency: float, lasts: bool
    ) -> None:
        effect = delayed(plasma, self.body.effect_per_min)
        self._given.append(_Given(t_s, amount, plasma, effect, potency, lasts))

    def plasma_ng_per_ml(self, t_s: float) -> float:
        """Gives the concentration in plasma."""
        return self._sum(t_s, at_effect_site=False)

    def effect_ng_per_ml(self, t_s: float) -> float:
        """Gives the concentration at the effect site, as racemic ketamine of the same effect."""
        return self._sum(t_s, at_effect_site=True)

    def _sum(self, t_s: float, *, at_effect_site: bool) -> float:
        total = 0.0
        for given in self._given:
            minutes = (t_s - given.t_s) / 60
            if minutes <= 0:
                continue
            terms = given.effect if at_effect_site else given.plasma
            response = while_running(terms, minutes) if given.lasts else after(terms, minutes)
            total += given.amount * response * (given.potency if at_effect_site else 1.0)
        return max(0.0, total)  # rounding leaves the sum of rises and falls a hair below 0
