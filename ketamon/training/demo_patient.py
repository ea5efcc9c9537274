"""The demo's patient: an ordinary pressure at rest, and a strong response to an ordinary dose.

0.5 mg/kg over 40 minutes has been running for 20 when the session begins. The first cuff reading is
in the 150s, one that begins 2 to 5 minutes into the session crosses 160, and those after it stay
there. SpO2 and pulse stay in their limits.
"""

from ketamon.training.patient import Patient
from ketamon.training.person import Person
from ketamon.training.pharmacology import Body

DEMO_SEED = 25151
DEMO_RUNNING_S = 1200.0  # the pump's time when the session begins

_WEIGHT_KG = 74.0

RESPONDER = Person(
    weight_kg=_WEIGHT_KG,
    female=False,
    age_years=56,
    hypertensive=False,
    sys_mmhg=128,
    dia_mmhg=78,
    hr_per_min=72,
    spo2_pct=97.5,
    rr_per_min=14,
    anxiety_mmhg=3,
    pressure_gain=3.5,
    diastolic_gain=0.6,
    rate_gain=1.8,
    dissociation_gain=1.1,
    sedation_gain=0.9,
    body=Body.typical(_WEIGHT_KG),
)


def demo_patient(seed: int = DEMO_SEED) -> Patient:
    """Gives the responder with the pump running; another seed has other noise, not another person."""
    patient = Patient(seed, person=RESPONDER, arrived_s=-DEMO_RUNNING_S - 1500)
    patient.needle(-DEMO_RUNNING_S - 300)
    patient.start_infusion(-DEMO_RUNNING_S, mg_per_kg=0.5, minutes=40)
    return patient
