"""One cycle of a cuff made of software: filled, slowly let down, and a result or an error at its end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from ketamon_drivers.protocols import suntech
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import BloodPressure

ABORTED, LEAK = 86, 87
INFLATING_S = 6.0
DUMPING_S = 1.0
LEAKING_MMHG = 30


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one cycle will give: mmHg and beats a minute, or an error by SunTech's number."""

    systolic: int
    diastolic: int
    mean: int
    pulse: int
    duration_s: float
    error: int | None = None


class CuffCycle:
    """The air in one cuff."""

    def __init__(
        self,
        measure: Callable[[], Measurement],
        on_cycle: Callable[[bool], None],
        on_end: Callable[[Measurement], None],
    ) -> None:
        """`measure` is asked when a cycle begins; `on_cycle` is told true then, false at its end;
        `on_end` is told what a cycle gave that was not let go before."""
        self._measure, self._on_cycle, self._on_end = measure, on_cycle, on_end
        self._running: Measurement | None = None
        self._began_s = 0.0
        self._ending: asyncio.TimerHandle | None = None
        self._let_go_s = 0.0
        self._let_go_mmhg = 0.0

    @property
    def is_measuring(self) -> bool:
        """True during a cycle."""
        return self._running is not None

    @property
    def pressure_mmhg(self) -> int:
        """The pressure in the cuff now."""
        now = asyncio.get_running_loop().time()
        if self._running is not None:
            return round(_curve(self._running, now - self._began_s))
        left = 1 - (now - self._let_go_s) / DUMPING_S
        return round(self._let_go_mmhg * min(1.0, max(0.0, left)))

    def begin(self) -> bool:
        """Begins a cycle; False while one runs."""
        if self._running is not None:
            return False
        loop = asyncio.get_running_loop()
        self._running = self._measure()
        self._began_s = loop.time()
        self._ending = loop.call_later(self._running.duration_s, self._finish)
        self._on_cycle(True)
        return True

    def abort(self) -> bool:
        """Lets the air out; False where no cycle runs."""
        if self._running is None:
            return False
        self._end()
        return True

    def _finish(self) -> None:
        running = self._running
        if running is not None:
            self._end()
            self._on_end(running)

    def _end(self) -> None:
        """Lets the air out and ends the cycle."""
        self._let_go_mmhg = self.pressure_mmhg
        self._let_go_s = asyncio.get_running_loop().time()
        self._running = None
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        self._on_cycle(False)


def result_of(measurement: Measurement, spec: ProtocolSpec, *, has_pulse: bool = True) -> BloodPressure:  # fmt: skip
    """Gives what a device of this protocol says of a measurement; of an error, what it has words for."""
    if measurement.error:
        words = ("cuff_error", "invalid", *suntech.ERRORS.get(measurement.error, ()))
        failed = BloodPressure(status=tuple(sorted(words)))
        try:
            spec.encode(failed)
        except EncodeError:
            return BloodPressure(status=("cuff_error", "invalid"))
        return failed
    pulse = measurement.pulse if has_pulse else None
    return BloodPressure(
        measurement.systolic, measurement.diastolic, measurement.mean, "mmHg", pulse
    )


def _curve(cycle: Measurement, passed_s: float) -> float:
    """Pressure in mmHg so long after a start: up fast, then slowly down to below the diastolic."""
    if cycle.error == LEAK:
        return min(LEAKING_MMHG, passed_s * 10)
    peak = max(150, cycle.systolic + 30)
    lowest = max(30, cycle.diastolic - 15)
    inflating_s = min(INFLATING_S, cycle.duration_s / 4)
    if passed_s < inflating_s:
        return peak * passed_s / inflating_s
    share = (passed_s - inflating_s) / max(0.001, cycle.duration_s - inflating_s)
    return peak - (peak - lowest) * min(1.0, share)
