"""The room: a simulated patient, a cuff and an oximeter on it, and what goes wrong with them.

A seed and what is done when fix every byte that the devices send, in headless runs to the
millisecond. Times are seconds since the room began, which is when its devices were served.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from ketamon.training.measured_patient import MeasuredPatient
from ketamon.training.patient import Patient, Truth
from ketamon_drivers.virtual.media import PipeMedium, PtyMedium
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter
from ketamon_drivers.virtual.suntech_cuff import VirtualSunTechCuff

DEVICES = ("cuff", "oximeter")
TRUTH_PERIOD_S = 1.0


class Room(MeasuredPatient):
    """One patient with two devices; give it `truth_log` to have a JSON line of the truth a second."""

    def __init__(
        self,
        seed: int,
        *,
        patient: Patient | None = None,
        cuff_on_probe_arm: bool = False,
        truth_log: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(seed, patient or Patient(seed))
        self.cuff = VirtualSunTechCuff(self.measure, self._cycle)
        self.oximeter = VirtualNoninOximeter(self.sample)
        self._cuff_on_probe_arm = cuff_on_probe_arm
        self._truth_log = truth_log
        self._media: dict[str, PipeMedium | PtyMedium] = {}

    async def run(self) -> None:
        """Lives until cancelled, and writes the truth's log."""
        if self._truth_log is None:
            await asyncio.Event().wait()
            return
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._truth_log(truth_line(self.truth()))
            due = max(due + TRUTH_PERIOD_S, loop.time())
            await asyncio.sleep(due - loop.time())

    def serve_pipes(self) -> dict[str, PipeMedium]:
        """Serves both devices inside this process; gives the host's ports by device."""
        pipes = {
            "cuff": PipeMedium(self.cuff, "cuff"),
            "oximeter": PipeMedium(self.oximeter, "oximeter"),
        }
        self._media.update(pipes)
        _ = self.now_s
        return pipes

    def serve_ptys(self, folder: Path) -> dict[str, str]:
        """Serves both devices on pseudo-terminals; gives the links in `folder` by device.

        Raises OSError where a link or a pseudo-terminal can't be made.
        """
        served = {}
        for name, device in (("cuff", self.cuff), ("oximeter", self.oximeter)):
            medium = PtyMedium(device, folder / name)
            self._media[name] = medium
            medium.serve()
            served[name] = medium.address
        _ = self.now_s
        return served

    async def close(self) -> None:
        """Takes both devices away and switches them off."""
        for medium in self._media.values():
            await medium.close()
        self._media.clear()

    def start_infusion(self, mg_per_kg: float = 0.5, minutes: float = 40) -> None:
        """Starts the pump now."""
        self.patient.start_infusion(self.now_s, mg_per_kg, minutes)

    def stop_infusion(self) -> None:
        """Stops the pump now."""
        self.patient.stop_infusion(self.now_s)

    def probe_off(self) -> None:
        """The probe falls off the finger."""
        self.probe.off()

    def probe_on(self) -> None:
        """Somebody puts the probe back."""
        self.probe.on()

    def motion(self, lasts_s: float = 20) -> None:
        """The patient moves from now on for so long: finger and cuff's arm."""
        self.probe.motion.ask(self.now_s, lasts_s)

    def fail_cuff(self, times: int = 1, error: int = 2) -> None:
        """Lets the next cuff cycles fail with the module's error number."""
        self.arm.fail_next(times, error)

    def stall(self, device: str) -> None:
        """The device's plug is pulled at the device: nothing comes, no error is seen."""
        self.medium(device).stall()

    def resume(self, device: str) -> None:
        """That plug is back."""
        self.medium(device).resume()

    def unplug(self, device: str) -> None:
        """The device's port vanishes."""
        self.medium(device).unplug()

    def replug(self, device: str) -> None:
        """The port is back, under the same address."""
        self.medium(device).replug()

    def corrupt(self, device: str, count: int) -> None:
        """The next `count` bytes from the device are turned over."""
        self.medium(device).corrupt(count)

    def medium(self, device: str) -> PipeMedium | PtyMedium:
        """Gives what a device hangs on; ValueError for a device that isn't served."""
        if device not in self._media:
            raise ValueError(
                f"no device {device} is served here; it is one of {', '.join(DEVICES)}"
            )
        return self._media[device]

    def _cycle(self, started: bool) -> None:
        if not self._cuff_on_probe_arm:
            return
        if started:
            self.probe.squeeze(self.now_s)
        else:
            self.probe.release(self.now_s)


def truth_line(truth: Truth) -> str:
    """Gives one line of the truth's log, without the newline."""
    return json.dumps(
        {
            "t": truth.t_s,
            "sys": round(truth.sys_mmhg, 1),
            "dia": round(truth.dia_mmhg, 1),
            "map": round(truth.map_mmhg, 1),
            "hr": round(truth.hr_per_min, 1),
            "spo2": round(truth.spo2_pct, 1),
            "rr": round(truth.rr_per_min, 1),
            "moaas": truth.moaas,
            "cadss": round(truth.cadss, 1),
            "plasma": round(truth.plasma_ng_per_ml, 1),
            "effect": round(truth.effect_ng_per_ml, 1),
        },
        separators=(",", ":"),
    )
