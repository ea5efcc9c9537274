"""A device on a pipe and its link on a virtual loop; what happened, with the time of each thing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ketamon_drivers.catalog import FAMILIES, Family
from ketamon_drivers.links.cuff_control import CuffControl, CuffEvent
from ketamon_drivers.links.device_link import DeviceLink, LinkChange
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.links.pipe_port import pipe
from ketamon_drivers.links.port import Port
from ketamon_drivers.protocols import nonin_df8
from ketamon_drivers.readings import Oximetry, Reading

NONIN, SUNTECH = FAMILIES["nonin-df8"], FAMILIES["suntech"]
FRAME = nonin_df8.encode(Oximetry(97, 72))


class Told:
    """Everything that a link and a cuff told, each with its time in seconds since the start."""

    def __init__(self) -> None:
        self.readings: list[tuple[float, Reading]] = []
        self.raw: list[tuple[float, bytes]] = []
        self.changes: list[tuple[float, LinkChange]] = []
        self.openings: list[float] = []
        self.events: list[tuple[float, CuffEvent]] = []

    @property
    def states(self) -> list[tuple[float, str]]:
        """When the link came into which state."""
        return [(t, change.state) for t, change in self.changes]

    def all(self) -> list[tuple[float, Any]]:
        """Everything, for comparing two runs."""
        return [*self.readings, *self.raw, *self.changes, *self.events]


def now() -> float:
    """The running loop's time, rounded to what a session records."""
    return round(asyncio.get_running_loop().time(), 3)


def listen(
    port: Port, family: Family, told: Told, *, control: bool = False
) -> tuple[DeviceLink, CuffControl | None]:
    """Makes a link, and the control of its cuff, that tell `told`."""
    cuff: CuffControl | None = None

    def read(reading: Reading) -> None:
        told.readings.append((now(), reading))
        if cuff is not None:
            cuff.reading(reading)

    def opened() -> None:
        told.openings.append(now())
        if cuff is not None:
            cuff.opened()

    link = DeviceLink(
        port,
        family,
        on_reading=read,
        on_bytes=lambda data: told.raw.append((now(), data)),
        on_change=lambda change: told.changes.append((now(), change)),
        on_open=opened,
    )
    if control:
        cuff = CuffControl(link, on_event=lambda event: told.events.append((now(), event)))
    return link, cuff


class Bench:
    """A bare pipe with the test as the device."""

    def __init__(self, family: Family = NONIN) -> None:
        self.port, self.end = pipe()
        self.end.received = lambda data: self.sent.append((now(), data))
        self.sent: list[tuple[float, bytes]] = []
        self.told = Told()
        self.link, _ = listen(self.port, family, self.told)

    def say(self, data: bytes, *, at: float, until: float = 0.0, every: float = 1.0) -> None:
        """Sends bytes at a time, and again until another."""
        loop = asyncio.get_running_loop()
        while True:
            loop.call_at(at, self.end.write, data)
            at += every
            if at > until:
                return


def play(act: Callable[[], Awaitable[None] | None], link: DeviceLink, seconds: float) -> None:
    """Runs a link for so long on a virtual loop; `act` comes first and may set timers.

    What was raised inside a callback, where it stops nothing, is raised at the end.
    """
    failures: list[Any] = []

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, found: failures.append(found))
        task = asyncio.get_running_loop().create_task(link.run())
        acted = act()
        if acted is not None:
            await acted
        await asyncio.sleep(seconds - asyncio.get_running_loop().time())
        task.cancel()

    run(scene(), VirtualLoop())
    for failure in failures:
        raise failure.get("exception") or RuntimeError(failure["message"])
