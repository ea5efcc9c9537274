"""A chair's devices: each bound role has a link; what it says becomes entries.

A reading is entered as it comes. A link's change becomes a `device` entry: `silent` and
`wrong_protocol` are both silence to the core, told apart by the reason. The raw bytes are kept.
"""

import asyncio
import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, cast

from ketamon.core.cuff import BETWEEN_STARTS_MS, StartCuff
from ketamon.engine.bluetooth import ChairBluetooth
from ketamon.engine.live_session import LiveSession
from ketamon.entries import By, Cuff, Device
from ketamon.ledger.raw_seconds import as_packet
from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.links.bluetooth_link import BluetoothLink
from ketamon_drivers.links.bluetooth_place import BluetoothPlace
from ketamon_drivers.links.cuff_control import CuffControl, CuffEvent
from ketamon_drivers.links.device_link import DeviceLink, LinkChange
from ketamon_drivers.links.port import Place, Port
from ketamon_drivers.readings import CuffPressure, Reading, Reply

TOLD_AS: dict[str, Literal["streaming", "silent", "lost"]] = {
    "silent": "silent",
    "wrong_protocol": "silent",
    "streaming": "streaming",
    "lost": "lost",
    "away": "streaming",  # a cuff between two measurements lacks nothing
}
"""Link states that the record and the core are told, and as what; `opening` is not news."""

TRY_AGAIN_S = 1.0
LISTEN_AGAIN_S = 1.0
LINK_FAILED = (
    "its link failed by a fault of its own and is started again; the chair's log says where"
)
CLOSED = "the session was closed"
ABORTS_S = 0.2  # the abort is sent twice, 100 ms apart


@dataclass(frozen=True, slots=True)
class Binding:
    """A role in this session and the device that has it."""

    role: str
    family: Family
    port: Place


@dataclass(slots=True)
class Attached:
    """One bound device at work."""

    binding: Binding
    link: DeviceLink | BluetoothLink
    control: CuffControl | None = None
    task: asyncio.Task[None] | None = None
    told: tuple[str, str] | None = None  # state and reason, as long as nothing came since


@dataclass(slots=True)
class Devices:
    """All devices of one chair."""

    session: LiveSession
    attached: dict[str, Attached] = field(default_factory=dict)
    bluetooth: ChairBluetooth = field(init=False)
    wanted: StartCuff | None = None  # asked for by the schedule while the cuff could not be reached
    _trying: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self.bluetooth = ChairBluetooth(self.session)

    def bind(self, bindings: Iterable[Binding]) -> None:
        """Enters who has which role, and begins to listen to them."""
        for binding in bindings:
            family = binding.family
            starts = family.can_start if binding.role == "cuff" else None
            self.session.take(
                Device(
                    family.name,
                    binding.port.identity,
                    family.cadence_s,
                    can_start=starts,
                ),
                binding.role,
            )
            attached = self._attach(binding)
            self.attached[binding.role] = attached
            attached.task = asyncio.get_running_loop().create_task(self._listen(attached))

    async def close(self) -> None:
        """Lets a cuff that stands inflated go, then lets go of all devices."""
        self.wanted = None
        for attached in self.attached.values():
            if attached.control is not None:
                if attached.control.is_measuring:
                    self.session.take(Cuff("stop", CLOSED), attached.binding.role)
                attached.control.stop(CLOSED)
        await asyncio.sleep(ABORTS_S)
        tasks = [a.task for a in self.attached.values() if a.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.bluetooth.close()

    # -- the cuff -------------------------------------------------------------------------------

    def start_cuff(self, reason: str, by: By | None = None) -> str | None:
        """Starts a measurement over the wire; gives why it can't be, or None."""
        control = self._control()
        if control is None:
            return "this cuff can only be started by pressing START on it"
        refused = self._too_soon() or control.start()
        if refused is None:
            self.wanted = None
            self.session.take(Cuff("start", reason), "cuff", by)
        return refused

    def stop_cuff(self, reason: str, by: By | None = None) -> str | None:
        """Tells the cuff to let go; gives why it can't be told, or None."""
        control = self._control()
        if control is None:
            return "this cuff can only be stopped by pressing its own button"
        self.wanted = None
        control.stop(reason)
        self.session.take(Cuff("stop", reason), "cuff", by)
        return None

    def effect(self, effect: StartCuff) -> None:
        """Does what the core asks for, as soon as the cuff can; the core asks again by itself."""
        self.wanted = effect
        self._start_wanted()

    def _start_wanted(self) -> None:
        """Tries again each second while the cuff is there and can't yet, and it is still due."""
        if self._trying is not None:
            self._trying.cancel()
        if not self.session.state.cuff.wants_start():
            self.wanted = None
        if self.wanted is None or self.start_cuff(self.wanted.reason) is None:
            return
        attached = self.attached.get("cuff")
        if attached is None:
            return  # the session has begun and its devices are not bound yet
        if attached.control is None or attached.control.is_measuring:
            self.wanted = None
        elif attached.link.state == "streaming":
            self._trying = asyncio.get_running_loop().call_later(TRY_AGAIN_S, self._start_wanted)

    def _too_soon(self) -> str | None:
        """Why the cuff may not be started again yet: by hand, or before a crash, counts too."""
        flow = self.session.state.cuff
        left_ms = flow.since_ms + BETWEEN_STARTS_MS - self.session.now_ms()
        if left_ms <= 0 or (flow.measuring is None and flow.ended_ms is None):
            return None
        left_s = math.ceil(left_ms / 1000)
        return f"the cuff was started a moment ago: it can be started again in {left_s} s"

    def _control(self) -> CuffControl | None:
        attached = self.attached.get("cuff")
        return attached.control if attached is not None else None

    # -- what comes from them -------------------------------------------------------------------

    async def _listen(self, attached: Attached) -> None:
        """Runs a link for ever: a fault in one may end neither its listening nor others'."""
        while True:
            try:
                await attached.link.run()
            except Exception:
                logging.exception("the link of the %s has failed", attached.binding.role)
                self.session.take(Device(state="lost", reason=LINK_FAILED), attached.binding.role)
            await asyncio.sleep(LISTEN_AGAIN_S)

    def _attach(self, binding: Binding) -> Attached:
        role, session = binding.role, self.session
        is_packets = protocol_of(binding.family).framing == "packet"

        def keep(data: bytes) -> None:
            attached.told = None
            session.take_raw(role, as_packet(data) if is_packets else data)

        def read(reading: Reading) -> None:
            if attached.control is not None:
                attached.control.reading(reading)
            if self._is_entered(reading, attached.control):
                session.take(reading, role)

        def changed(change: LinkChange) -> None:
            state = TOLD_AS.get(change.state)
            if state is not None and (state, change.reason) != attached.told:
                attached.told = (state, change.reason)
                session.take(Device(state=state, reason=change.reason or None), role)
            if role == "cuff" and change.state == "streaming":
                self._start_wanted()

        def opened() -> None:
            if attached.control is not None:
                attached.control.opened()

        if isinstance(binding.port, BluetoothPlace):
            radio_link = self.bluetooth.link(
                role,
                binding.port,
                binding.family,
                on_reading=read,
                on_bytes=keep,
                on_change=changed,
            )
            attached = Attached(binding, radio_link)
            return attached
        link = DeviceLink(
            cast("Port", binding.port),
            binding.family,
            on_reading=read,
            on_bytes=keep,
            on_change=changed,
            on_open=opened,
        )
        attached = Attached(binding, link)
        if binding.role == "cuff" and binding.family.can_start:
            attached.control = CuffControl(link, on_event=self._told_by_cuff)
        return attached

    def _is_entered(self, reading: Reading, control: CuffControl | None) -> bool:
        """What a device answers to us, or says as a sign of life, says nothing of a patient.

        It is kept all the same: its bytes are.
        """
        if isinstance(reading, Reply):
            return False
        if isinstance(reading, CuffPressure) and control is not None:
            return control.is_measuring
        return True

    def _told_by_cuff(self, event: CuffEvent) -> None:
        if event.action != "start":  # a start was entered when it was asked for
            self.session.take(Cuff(event.action, event.reason), "cuff")
