"""A simulated patient with a probe on the finger and a cuff on the arm: what devices can ask of it."""

import asyncio

from ketamon.training.arm import CuffOnArm
from ketamon.training.patient import Patient, Truth
from ketamon.training.probe import Probe
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.cuff_cycle import Measurement


class MeasuredPatient:
    """One patient and what is on it; its times are seconds since it was first looked at."""

    def __init__(self, seed: int, patient: Patient) -> None:
        self.patient = patient
        self.arm, self.probe = CuffOnArm(seed), Probe(seed)
        self._began_s: float | None = None

    @property
    def now_s(self) -> float:
        """Seconds since the first who asked for them."""
        now = asyncio.get_running_loop().time()
        if self._began_s is None:
            self._began_s = now
        return round(now - self._began_s, 3)

    def truth(self) -> Truth:
        """Gives what is true of the patient now."""
        return self.patient.at(self.now_s)

    def measure(self) -> Measurement:
        """Gives what a cuff cycle that starts now will find."""
        truth = self.truth()
        return self.arm.measure(truth, moving=self.probe.motion.at(truth.t_s) is not None)

    def sample(self) -> Oximetry:
        """Gives what the probe says now."""
        return self.probe.sample(self.truth())
