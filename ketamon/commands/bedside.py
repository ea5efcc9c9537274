"""One virtual device on a simulated patient, and what can be done to the two."""

from pathlib import Path

import msgspec

from ketamon.training.measured_patient import MeasuredPatient
from ketamon.training.patient import Patient
from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.by_family import Body, virtual_device
from ketamon_drivers.virtual.media import PtyMedium, TcpMedium

INFUSION_STARTS_S = 600.0  # time for a baseline of two readings
NOON = "2026-01-01T12:00:00"


class NotThisDeviceError(ValueError):
    """This device has no such thing; the message says so in words after the command's name."""


class Bedside(MeasuredPatient):
    """A patient, a probe, a cuff, and the device of one family on them."""

    def __init__(self, family: Family, seed: int, link: Path | None) -> None:
        """`link`: where a pseudo-terminal is to be found; None for a TCP port."""
        self.family = family
        super().__init__(seed, Patient(seed))
        self.patient.start_infusion(INFUSION_STARTS_S)
        self._low_battery = False
        self._plugged = True
        body = Body(
            self.sample,
            self.measure,
            heart_rate=lambda: self.truth().hr_per_min,
            breaths=lambda: self.truth().rr_per_min,
        )
        self.device = virtual_device(family, body)
        baud = family.line.baud if family.line else 9600
        self.medium: PtyMedium | TcpMedium = (
            TcpMedium(self.device, baud=baud)
            if link is None
            else PtyMedium(self.device, link, baud)
        )

    @property
    def address(self) -> str:
        """The port's address, which stays when it is unplugged."""
        return self.medium.address

    async def serve(self) -> None:
        """Makes the port and switches the device on; OSError where it can't."""
        served = self.medium.serve()
        if served is not None:
            await served

    async def close(self) -> None:
        """Takes the port away."""
        await self.medium.close()

    def unplug(self) -> None:
        """The port vanishes."""
        if not self._plugged:
            raise NotThisDeviceError("it is unplugged already; replug puts it back")
        self._plugged = False
        self.medium.unplug()

    async def replug(self) -> None:
        """The port is back."""
        if self._plugged:
            raise NotThisDeviceError("it is plugged in; unplug takes it away")
        await self.serve()
        self._plugged = True

    def finger(self, is_out: bool) -> None:
        """Takes the probe off, or puts it back."""
        self._need("oximetry", "finger")
        if is_out:
            self.probe.off()
        else:
            self.probe.on()

    def move(self, seconds: int) -> None:
        """The patient moves, finger and arm."""
        self.probe.motion.ask(self.now_s, seconds)

    def battery(self, is_low: bool) -> None:
        """The device says that its battery is low, or no longer."""
        self._need("oximetry", "battery")
        if is_low and not self._can_say_low_battery():
            raise NotThisDeviceError(f"{self.family.name} has no way to say so")
        self._low_battery = is_low

    def press_start(self) -> None:
        """Somebody presses START."""
        press = getattr(self.device, "press_start", None)
        if press is None:
            raise NotThisDeviceError(f"{self.family.name} has no cuff")
        press()

    def fail(self, error: int) -> None:
        """Lets the next measurement fail."""
        self._need("blood_pressure", "cuff")
        self.arm.fail_next(1, error)

    def _need(self, kind: str, what: str) -> None:
        if kind not in self.family.gives:
            raise NotThisDeviceError(f"{self.family.name} has no {what}")

    def _can_say_low_battery(self) -> bool:
        encode = protocol_of(self.family).encode
        for time in (None, NOON):
            try:
                encode(Oximetry(97, 72, device_time=time, status=("low_battery",)))
            except EncodeError:
                continue
            return True
        return False

    def sample(self) -> Oximetry:
        """Gives what the probe says now, with what the device says of its battery."""
        sample = super().sample()
        if not self._low_battery:
            return sample
        return msgspec.structs.replace(
            sample, status=tuple(sorted({*sample.status, "low_battery"}))
        )
