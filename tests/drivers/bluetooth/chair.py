"""A chair with devices on the virtual air, its links on one of two paths to it, or on a serial line.

| path | how | time |
|---|---|---|
| A | ketamon's own bleak backend over the virtual radio, in this process | virtual |
| B | bleak's own BlueZ backend, a private D-Bus, an `org.bluez` made for tests | faster than life |
| C | an oximeter at a pseudo-terminal | the same |
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Literal

from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address

from ketamon.engine.devices import Binding, Devices
from ketamon.engine.live_session import LiveSession
from ketamon.entries import Limits, Phase, Session
from ketamon.feed.picture import Picture
from ketamon.tui.shown import Shown, show
from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.bluetooth_place import bluetooth_place
from ketamon_drivers.links.bluetooth_radio import Radio
from ketamon_drivers.links.loops import ScaledLoop, VirtualLoop, run
from ketamon_drivers.links.ports import port_for
from ketamon_drivers.readings import BloodPressure, Oximetry
from ketamon_drivers.virtual.cuff_cycle import Measurement
from ketamon_drivers.virtual.media import PtyMedium
from ketamon_drivers.virtual.monitors import Body
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter
from ketamon_drivers.virtual.radio.air import Air, Transceiver
from ketamon_drivers.virtual.radio.by_family import radio_device
from ketamon_drivers.virtual.radio.central import OUR_ADDRESS
from ketamon_drivers.virtual.radio.clock import loop_time
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from ketamon_drivers.virtual.radio.opening import central_in, radio_of
from tests.drivers.bluetooth.bluez import BlueZ
from tests.drivers.bluetooth.private_bus import PrivateBus, private_bus
from tests.engine.chairside import LIMITS, Kept

Path = Literal["A", "B", "C"]

FINGER, ELSEWHERE = Oximetry(97, 72), Oximetry(81, 140)
"""What the patient's finger gives, and what another's would."""
LONGEST_S = 90.0
FASTER = 6.0
"""How much faster than life path B runs: its own calls take milliseconds, a device's second one."""


class BluetoothChair:
    """A session with devices on the air; made while the loop runs."""

    def __init__(self, path: Path, bus: PrivateBus | None, most_connections: int | None) -> None:
        self.path, self.bus = path, bus
        self.air = Air()
        self.finger = FINGER
        self.kept = Kept()
        self.session = LiveSession("SIMULATED", self.kept, asyncio.get_running_loop().time())
        self.devices = Devices(self.session)
        self.session.effect = self.devices.effect
        self.session.take(Session("made", "1", "SIMULATED"))
        self.session.take(Limits(LIMITS))
        self.session.take(Phase("dosing"))
        self.on_air: dict[str, GattDevice] = {}
        self.central = central_in(self.air, most_connections=most_connections)
        radio = Radio("test", is_virtual=True) if path == "B" else radio_of(self.central, "test")
        self.devices.bluetooth.radio_at = lambda _place: radio
        self.devices.bluetooth.wall = loop_time
        if path == "B":
            transceiver = Transceiver("host", self.air)
            config = DeviceConfiguration(name="host", address=Address(OUR_ADDRESS))
            self.host = Device.from_config_with_hci(config, transceiver, transceiver)
            self.daemon = self.new_daemon()

    def new_daemon(self) -> BlueZ:
        """Another daemon on the same host and bus."""
        assert self.bus is not None
        return BlueZ(self.host, self.bus.address)

    async def begin(self) -> None:
        """Comes up, as far as the path needs it."""
        if self.path == "B":
            await self.host.power_on()
            await self.daemon.start()

    async def close(self) -> None:
        """Ends the session, then all else."""
        await self.devices.close()
        self.session.stop()
        for device in self.on_air.values():
            await device.close()
        if self.bus is not None:
            await self.daemon.stop()
            self.bus.kill()
            await asyncio.sleep(0.02)  # bleak hears that the bus is gone, and lets its socket go

    # -- devices --------------------------------------------------------------------------------

    async def device(self, role: str, family: str, number: int = 0) -> GattDevice:
        """Switches a family's device on, not bound to anything yet."""
        measured = Measurement(142, 88, 106, 77, duration_s=20.0)
        body = Body(lambda: self.finger if number == 0 else ELSEWHERE, lambda: measured)
        made = radio_device(FAMILIES[family], self.air, body, number=number)
        await made.serve()
        self.on_air[f"{role} {number}" if number else role] = made
        return made

    def bind(self, role: str, family: str) -> None:
        """Gives a device its role."""
        place = bluetooth_place(f"bluetooth:{self.on_air[role].address}")
        self.devices.bind([Binding(role, FAMILIES[family], place)])

    async def bluez(self, daemon: BlueZ) -> None:
        """A daemon takes the place of the one before."""
        self.daemon = daemon
        await daemon.start()

    async def streaming(self, family: str = "sig-oximeter") -> GattDevice:
        """An oximeter at the chair whose readings come."""
        oximeter = await self.device("oximeter", family)
        self.bind("oximeter", family)
        await self.wait_for(lambda: len(self.readings()) >= 2, 15)
        return oximeter

    async def streaming_serially(self) -> PtyMedium:
        """The same of an oximeter at a pseudo-terminal."""
        family = FAMILIES["nonin-df8"]
        assert family.line is not None
        medium = PtyMedium(VirtualNoninOximeter(lambda: self.finger))
        medium.serve()
        port = port_for(medium.address, family.line)
        self.devices.bind([Binding("oximeter", family, port)])
        await self.wait_for(lambda: len(self.readings()) >= 2, 15)
        return medium

    def shown(self, vital: str, at_s: float) -> Shown:
        """What a screen that knows all that came until now would draw of a vital at this time."""
        picture = Picture()
        snapshot = self.session.projector.snapshot(
            self.kept.recorded, self.now_s, self.session.mode
        )
        picture.apply(snapshot, 0.0)
        return show(picture, vital, at_s)

    # -- what was recorded ----------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """The session's time."""
        return self.session.now_ms() / 1000

    def readings(self, since_s: float = 0.0) -> list[tuple[float, Oximetry]]:
        """What the oximeter gave."""
        return [
            (entry.t_ms / 1000, entry.body)
            for entry in self.kept.of("oximetry")
            if entry.t_ms >= since_s * 1000
        ]

    def pressures(self) -> list[BloodPressure]:
        """What the cuff gave, from its memory or not."""
        return [entry.body for entry in self.kept.of("blood_pressure")]

    def told(self, role: str = "oximeter", since_s: float = 0.0) -> list[tuple[float, str, str]]:
        """When a device was said to be how, and why."""
        return [
            (entry.t_ms / 1000, entry.body.state, entry.body.reason or "")
            for entry in self.kept.of("device")
            if entry.device == role and entry.body.state and entry.t_ms >= since_s * 1000
        ]

    def alarms(self) -> set[str]:
        """Conditions that were raised."""
        return {e.body.condition for e in self.kept.of("alarm") if e.body.change == "raised"}

    def standing(self) -> set[str]:
        """Conditions that are not normal now."""
        state = self.session.state
        tracks = {**state.tracks, **state.technical}
        return {name for name, track in tracks.items() if track.state != "normal"}

    async def wait_for(self, what: Callable[[], object], within_s: float) -> float:
        """Waits until something is so and gives the seconds that it took; fails after `within_s`."""
        began = self.now_s
        while not what():
            assert self.now_s - began < within_s, f"not within {within_s} s: {self.told()}"
            await asyncio.sleep(0.02)
        return self.now_s - began


def at_a_chair(
    path: Path,
    act: Callable[[BluetoothChair], Awaitable[None]],
    *,
    most_connections: int | None = None,
    longest_s: float = LONGEST_S,
) -> BluetoothChair:
    """Plays a scene on a path, and gives the chair afterwards."""

    async def scene(bus: PrivateBus | None) -> BluetoothChair:
        chair = BluetoothChair(path, bus, most_connections)
        await chair.begin()
        try:
            async with asyncio.timeout(longest_s):
                await act(chair)
        finally:
            await chair.close()
        return chair

    with ExitStack() as stack:
        if path == "A":
            return run(scene(None), VirtualLoop())
        if path == "C":
            return run(scene(None), ScaledLoop(FASTER))
        bus = stack.enter_context(private_bus())
        return run(scene(bus), ScaledLoop(FASTER))
