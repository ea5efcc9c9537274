"""One virtual device on a simulated patient, and what can be done to the two."""

import asyncio
import datetime
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ketamon.training.measured_patient import MeasuredPatient
from ketamon.training.patient import Patient
from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.by_family import Body, virtual_device
from ketamon_drivers.virtual.device import VirtualDevice
from ketamon_drivers.virtual.media import PtyMedium, TcpMedium

if TYPE_CHECKING:
    from ketamon_drivers.virtual.radio.gatt_device import GattDevice
    from ketamon_drivers.virtual.radio.served import RadioMedium

LOW_PCT, FULL_PCT = 8, 83
WRONG_BY_S = 3600.0
NO_BUMBLE = "a Bluetooth device needs bumble: install it with `pip install ketamon[sim]`"
INFUSION_STARTS_S = 600.0  # time for a baseline of two readings
NOON = "2026-01-01T12:00:00"


class NotThisDeviceError(ValueError):
    """This device has no such thing; the message says so in words after the command's name."""


class NoRadioError(OSError):
    """Bluetooth devices can't be made here; the message says what to install."""


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
        self._serial: PtyMedium | TcpMedium | None = None
        self._radio: RadioMedium | None = None
        self.device: VirtualDevice | GattDevice
        if family.bluetooth is not None:
            self._radio = radio_medium(family, body)
            self.device = self._radio.device
            return
        device = virtual_device(family, body)
        self.device = device
        baud = family.line.baud if family.line else 9600
        self._serial = (
            TcpMedium(device, baud=baud) if link is None else PtyMedium(device, link, baud)
        )

    @property
    def address(self) -> str:
        """Where it is to be found, which stays whatever happens to it."""
        return self.radio.address if self._radio is not None else self.cable.address

    @property
    def cable(self) -> PtyMedium | TcpMedium:
        """What it hangs on; NotThisDeviceError for a Bluetooth device."""
        if self._serial is None:
            raise NotThisDeviceError(f"{self.family.name} has no cable")
        return self._serial

    @property
    def radio(self) -> "RadioMedium":
        """The room that its radio is in; NotThisDeviceError for one on a cable."""
        if self._radio is None:
            raise NotThisDeviceError(f"{self.family.name} has no Bluetooth")
        return self._radio

    async def serve(self) -> None:
        """Makes the port and switches the device on; OSError where it can't."""
        served = (self._radio or self.cable).serve()
        if served is not None:
            await served

    async def close(self) -> None:
        """Takes the port away."""
        await (self._radio or self.cable).close()

    def stall(self) -> None:
        """Nothing comes any more, and no error is seen."""
        (self._radio.device if self._radio is not None else self.cable).stall()

    def resume(self) -> None:
        """It speaks again."""
        (self._radio.device if self._radio is not None else self.cable).resume()

    def corrupt(self, count: int) -> None:
        """The next bytes on the cable, or packets on the radio, are damaged."""
        if self._radio is not None:
            self._radio.device.corrupt_next(count)
        else:
            self.cable.corrupt(count)

    def unplug(self) -> None:
        """The port vanishes."""
        cable = self.cable
        if not self._plugged:
            raise NotThisDeviceError("it is unplugged already; replug puts it back")
        self._plugged = False
        cable.unplug()

    async def replug(self) -> None:
        """The port is back."""
        _ = self.cable
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

    async def battery(self, is_low: bool) -> None:
        """The device says that its battery is low, or no longer."""
        if self._radio is not None:
            await self._radio.device.set_battery(LOW_PCT if is_low else FULL_PCT)
            self._low_battery = is_low and self._can_say_low_battery()
            return
        self._need("oximetry", "battery")
        if is_low and not self._can_say_low_battery():
            raise NotThisDeviceError(f"{self.family.name} has no way to say so")
        self._low_battery = is_low

    def press_start(self) -> None:
        """Somebody presses START."""
        self.has("press_start", "cuff")()

    def has(self, ability: str, what: str) -> Callable[..., None]:
        """Gives what its device can do; NotThisDeviceError where it has no such thing."""
        found: Callable[..., None] | None = getattr(self.device, ability, None)
        if found is None:
            raise NotThisDeviceError(f"{self.family.name} has no {what}")
        return found

    def clock(self, state: str) -> None:
        """Its clock is right, an hour wrong, or not set at all."""
        clock = getattr(self.device, "clock", None)
        if clock is None:
            raise NotThisDeviceError(f"{self.family.name} has no clock")
        if state == "lost":
            clock.lose()
        else:
            clock.go_wrong(WRONG_BY_S if state == "wrong" else 0)

    async def duplicate(self) -> None:
        """A second device of the same name comes into the room."""
        if not await self.radio.duplicate():
            raise NotThisDeviceError("there are two already")

    def fail(self, error: int) -> None:
        """Lets the next measurement fail."""
        self._need("blood_pressure", "cuff")
        self.arm.fail_next(1, error)

    def _need(self, kind: str, what: str) -> None:
        if kind not in self.family.gives:
            raise NotThisDeviceError(f"{self.family.name} has no {what}")

    def _can_say_low_battery(self) -> bool:
        if "oximetry" not in self.family.gives:
            return False
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


def radio_medium(family: Family, body: Body) -> "RadioMedium":
    """Makes a Bluetooth device with the machine's time; raises NoRadioError."""
    if find_spec("bumble") is None:
        raise NoRadioError(NO_BUMBLE)
    from ketamon_drivers.virtual.radio.served import RadioMedium

    loop = asyncio.get_running_loop()
    began, began_s = datetime.datetime.now().astimezone().replace(tzinfo=None), loop.time()
    return RadioMedium(
        family, body, lambda: began + datetime.timedelta(seconds=loop.time() - began_s)
    )
