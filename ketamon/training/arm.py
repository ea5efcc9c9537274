"""A cuff on an arm: what one cycle makes of the truth, with its length and its failures.

Each concern draws from its own stream, and each cycle takes the same number of draws of each.
"""

from ketamon.training.chance import stream
from ketamon.training.patient import Truth
from ketamon_drivers.virtual.suntech_cuff import Measurement

BIAS_SD_MMHG = 3.0  # of one cuff on one arm, for a whole session; SYS and DIA have the same sign
SYS_SD_MMHG, DIA_SD_MMHG = 5.0, 3.5  # of a repeat
DISCOMFORT_MMHG = 3.0  # the first inflation is not expected
HYDROSTATIC_MMHG_PER_CM = 0.75
LONGEST_S = 90.0

# The module's errors (weak signal, erratic, took too long, leak), each as often as it stands here.
AT_REST_ERRORS, MOVING_ERRORS = (1, 1, 4, 87), (2, 2, 2, 4)


class CuffOnArm:
    """Gives what each cycle of the cuff will measure.

    `too_small_mmhg` is what a cuff of the wrong size adds (a small one 8 to 10, a large one takes as
    much away); `below_heart_cm` is how far the cuff hangs below the heart.
    """

    def __init__(
        self, seed: int, *, too_small_mmhg: float = 0.0, below_heart_cm: float = 0.0
    ) -> None:
        self.too_small_mmhg = too_small_mmhg
        self.below_heart_cm = below_heart_cm
        self._bias = stream(seed, "bias of the cuff").gauss(0, BIAS_SD_MMHG)
        self._noise = stream(seed, "noise of the cuff")
        self._lasts = stream(seed, "length of a cycle")
        self._failing = stream(seed, "failures of the cuff")
        self._fails_at_rest = self._failing.uniform(0.02, 0.04)
        self._fails_moving = self._failing.uniform(0.15, 0.30)
        self._planned: list[int] = []
        self._cycles = 0

    def fail_next(self, times: int = 1, error: int = 2) -> None:
        """Lets the next cycles fail with the module's error number."""
        self._planned += [error] * times

    def measure(self, truth: Truth, *, moving: bool = False) -> Measurement:
        """Gives what the cycle that begins now will give at its end."""
        first = self._cycles == 0
        self._cycles += 1
        lasts_s = self._lasts.uniform(20, 45)
        longer_s = self._lasts.uniform(5, 25)
        error = self._error(moving=moving)
        if moving or error is not None:
            lasts_s += longer_s
        if error == 4:
            lasts_s = LONGEST_S
        noise_sys, noise_dia, noise_pulse = (self._noise.gauss(0, 1) for _ in range(3))
        if error is not None:
            return Measurement(0, 0, 0, 0, lasts_s, error)
        shift = self._bias + self.too_small_mmhg + HYDROSTATIC_MMHG_PER_CM * self.below_heart_cm
        shift += DISCOMFORT_MMHG if first else 0.0
        systolic = max(45, round(truth.sys_mmhg + shift + SYS_SD_MMHG * noise_sys))
        diastolic = round(truth.dia_mmhg + 0.7 * shift + DIA_SD_MMHG * noise_dia)
        diastolic = max(20, min(diastolic, systolic - 12))
        mean = round(diastolic + (systolic - diastolic) / 3)
        pulse = max(25, round(truth.hr_per_min + 2 * noise_pulse))
        return Measurement(systolic, diastolic, mean, pulse, lasts_s, None)

    def _error(self, *, moving: bool) -> int | None:
        chance, which = self._failing.random(), self._failing.random()
        if self._planned:
            return self._planned.pop(0)
        if chance >= (self._fails_moving if moving else self._fails_at_rest):
            return None
        errors = MOVING_ERRORS if moving else AT_REST_ERRORS
        return errors[int(which * len(errors))]
