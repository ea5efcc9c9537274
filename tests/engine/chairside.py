"""A chair on a virtual loop: session, devices on pipes, host; entries kept in a list."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from ketamon.engine.chair_host import ChairHost
from ketamon.engine.devices import Binding, Devices
from ketamon.engine.live_session import LiveSession
from ketamon.engine.seats import account
from ketamon.entries import Entry, Limits, Phase, Session
from ketamon.feed.messages import Answer, Command
from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.media import PipeMedium, serve_pipe
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter
from ketamon_drivers.virtual.suntech_cuff import Measurement, VirtualSunTechCuff

LIMITS: dict[str, Any] = {
    "profile": {"name": "test"},
    "sys": {"high": {"medium": 160, "high": 180}},
    "spo2": {"low": {"medium": 94, "high": 90}, "delay_s": {"medium": 15, "high": 10}},
    "cuff": {"schedule": {"dosing": {"interval_min": 5}}},
}
MEASURES_FOR_S = 20.0


class Kept:
    """Keeps entries in memory, all at once."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.raw: list[tuple[int, str, bytes]] = []

    @property
    def recorded(self) -> int:
        return self.entries[-1].seq if self.entries else 0

    def append(self, entry: Entry) -> None:
        assert entry.seq > self.recorded
        assert not self.entries or entry.t_ms >= self.entries[-1].t_ms
        self.entries.append(entry)

    def append_raw(self, t_ms: int, device: str, data: bytes) -> None:
        self.raw.append((t_ms, device, data))

    def of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]


class Chairside:
    """One chair; made while the loop runs. Tests change what the devices will say."""

    def __init__(
        self, mode: str = "SIMULATED", before: Iterable[Entry] = (), **limits: Any
    ) -> None:
        self.kept = Kept()
        self.session = LiveSession(mode, self.kept, asyncio.get_running_loop().time())
        self.devices = Devices(self.session)
        self.session.effect = self.devices.effect
        self.host = ChairHost(self.session, self.devices, "test", "epoch")
        self.systolic, self.spo2 = 150, 97
        self.cuff_error: int | None = None
        self.cycles: list[float] = []
        self.cuff = serve_pipe(VirtualSunTechCuff(self._measured, self._cycled), "cuff")
        self.oximeter = serve_pipe(
            VirtualNoninOximeter(lambda: Oximetry(self.spo2, 75)), "oximeter"
        )
        self.to_cuff: list[bytes] = []
        heard = self.cuff.device.received
        self.cuff.device.received = lambda data: (self.to_cuff.append(data), heard(data))  # type: ignore[method-assign, func-returns-value]
        entries = list(before)
        if entries:
            self.session.restore(entries)
            self.session.t0 -= entries[-1].t_ms / 1000
        else:
            self.take(Session("made", "1", mode))
            self.take(Limits({**LIMITS, **limits}))
        self._ids = 0

    def take(self, body: Any, device: str | None = None) -> Entry:
        return self.session.take(body, device)

    def phase(self, phase: str = "dosing") -> None:
        self.take(Phase(phase))

    def bind(self, *roles: str) -> None:
        media: dict[str, tuple[str, PipeMedium]] = {
            "cuff": ("suntech", self.cuff),
            "oximeter": ("nonin-df8", self.oximeter),
        }
        self.devices.bind(
            Binding(role, FAMILIES[media[role][0]], media[role][1])
            for role in roles or ("cuff", "oximeter")
        )

    def ask(self, name: str, seat: str = "nurse", **args: Any) -> Answer:
        self._ids += 1
        return self.host.command(Command(self._ids, name, args), seat, account(os.getuid()))

    def changes(self, condition: str) -> list[tuple[float, str]]:
        """When a condition changed how."""
        return [
            (entry.t_ms / 1000, entry.body.change)
            for entry in self.kept.of("alarm")
            if entry.body.condition == condition
        ]

    def did(self) -> list[tuple[float, str]]:
        """When what was done with the cuff, to whole seconds."""
        return [(round(entry.t_ms / 1000), entry.body.action) for entry in self.kept.of("cuff")]

    def said_of(self, role: str) -> list[tuple[float, str]]:
        """When a device was said to be how, to whole seconds."""
        return [
            (round(entry.t_ms / 1000), entry.body.state)
            for entry in self.kept.of("device")
            if entry.device == role and entry.body.state
        ]

    async def until(self, t_s: float) -> None:
        """Time passes until this loop time."""
        await asyncio.sleep(t_s - asyncio.get_running_loop().time())

    def _measured(self) -> Measurement:
        return Measurement(self.systolic, 90, 110, 75, MEASURES_FOR_S, self.cuff_error)

    def _cycled(self, started: bool) -> None:
        if started:
            self.cycles.append(round(asyncio.get_running_loop().time()))


def at_a_chair(act: Callable[[Chairside], Awaitable[None]], **how: Any) -> Chairside:
    """Plays a scene at a chair on a virtual loop, and gives the chair afterwards."""

    async def scene() -> Chairside:
        chair = Chairside(**how)
        await act(chair)
        await chair.devices.close()
        chair.session.stop()
        await chair.cuff.close()
        await chair.oximeter.close()
        return chair

    return run(scene(), VirtualLoop())
