"""Who sits in the chair: what a person brings along, and how strongly ketamine acts on them.

Sizes and spreads are those of trials (means about 124/77, pulse 74); age, high pressure and
dissociation move a person about the population's mean gain and leave that mean at 1.
"""

from dataclasses import dataclass
from random import Random

from ketamon.training.chance import lognormal, stream
from ketamon.training.pharmacology import Body

FEMALE_SHARE = 0.5
DISSOCIATES_FROM = 0.78  # of the typical gain: about half of all people

_USUAL_PRESSURE_COVARIATES = 1.28  # mean of the three factors below over people as they are drawn
_USUAL_RATE_COVARIATES = 0.91


@dataclass(frozen=True, slots=True)
class Person:
    """One patient: at rest without ketamine, and the gains of what it does (1 is typical)."""

    weight_kg: float
    female: bool
    age_years: float
    hypertensive: bool
    sys_mmhg: float
    dia_mmhg: float
    hr_per_min: float
    spo2_pct: float
    rr_per_min: float
    anxiety_mmhg: float
    pressure_gain: float
    diastolic_gain: float
    rate_gain: float
    dissociation_gain: float
    sedation_gain: float
    body: Body
    sedatives: bool = False

    @classmethod
    def drawn(
        cls,
        seed: int,
        *,
        weight_kg: float | None = None,
        first_session: bool = False,
        sedatives: bool = False,
    ) -> "Person":
        """Draws the person of a seed; a weight that is given stands in place of the drawn one."""
        who, rest = stream(seed, "person"), stream(seed, "at rest")
        female = who.random() < FEMALE_SHARE
        age_years = min(80.0, max(18.0, who.gauss(45, 14)))
        hypertensive = who.random() < (0.4 if age_years >= 50 else 0.15)
        drawn_kg = min(140.0, max(45.0, who.gauss(70 if female else 84, 15)))
        weight = drawn_kg if weight_kg is None else weight_kg
        sys_mmhg = rest.gauss(124, 13) + (15 if hypertensive else 0)
        dia_mmhg = min(sys_mmhg - 28, rest.gauss(77, 8) + (8 if hypertensive else 0))
        anxiety = rest.gauss(12, 8) if first_session else rest.gauss(5, 4)
        dissociation = lognormal(stream(seed, "dissociation"), 1.0, 0.70)
        pressure, diastolic, rate = gains(
            stream(seed, "gains"),
            female=female,
            older=age_years >= 50,
            hypertensive=hypertensive,
            dissociates=dissociation >= DISSOCIATES_FROM,
        )
        return cls(
            weight_kg=weight,
            female=female,
            age_years=age_years,
            hypertensive=hypertensive,
            sys_mmhg=sys_mmhg,
            dia_mmhg=dia_mmhg,
            hr_per_min=min(100.0, max(52.0, rest.gauss(74, 10))),
            spo2_pct=min(99.5, max(94.5, rest.gauss(97.3, 1.2))),
            rr_per_min=min(19.0, max(10.5, rest.gauss(14, 2))),
            anxiety_mmhg=max(0.0, anxiety),
            pressure_gain=pressure,
            diastolic_gain=diastolic,
            rate_gain=rate,
            dissociation_gain=dissociation,
            sedation_gain=lognormal(stream(seed, "sedation"), 1.0, 0.40),
            body=Body.drawn(weight, female=female, rng=stream(seed, "body")),
            sedatives=sedatives,
        )


def gains(
    rng: Random, *, female: bool, older: bool, hypertensive: bool, dissociates: bool
) -> tuple[float, float, float]:
    """Draws the gains of SYS, of DIA over SYS, and of the pulse."""
    pressure = lognormal(rng, 1.0, 0.75) / _USUAL_PRESSURE_COVARIATES
    pressure *= (1.25 if older else 1) * (1.25 if hypertensive else 1) * (1.2 if dissociates else 1)
    diastolic = lognormal(rng, 1.0, 0.35) * (1.2 if female else 1)
    rate = lognormal(rng, 1.0, 0.90) / _USUAL_RATE_COVARIATES * (0.6 if hypertensive else 1)
    return pressure, diastolic, rate
