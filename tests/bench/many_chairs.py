"""Many chairs in one process, each with a real session, feed and lock: `python -m tests.bench.many_chairs N`."""

import asyncio
import sys
from dataclasses import dataclass, field

from ketamon.engine.chair_host import ChairHost
from ketamon.engine.devices import Devices
from ketamon.engine.feed_server import FeedServer
from ketamon.engine.live_session import LiveSession
from ketamon.entries import Device, Entry, Limits, Phase, Session
from ketamon.feed.chairs import hold_chair
from ketamon.feed.paths import socket_path
from ketamon_drivers.readings import BloodPressure, Oximetry

LIMITS = {"profile": {"name": "bench"}, "sys": {"high": {"medium": 160, "high": 180}},
          "spo2": {"low": {"medium": 94, "high": 90}}}  # fmt: skip


@dataclass
class Forgets:
    """Keeps nothing but how far it came."""

    recorded: int = 0
    raw: list[bytes] = field(default_factory=list)

    def append(self, entry: Entry) -> None:
        self.recorded = entry.seq

    def append_raw(self, t_ms: int, device: str, data: bytes) -> None:
        del t_ms, device, data


async def chair(name: str, number: int) -> None:
    """One chair at 1 Hz, for ever."""
    path = socket_path(f"chair-{name}")
    session = LiveSession("SIMULATED", Forgets(), asyncio.get_running_loop().time())
    host = ChairHost(session, Devices(session), "bench", "epoch")
    server = FeedServer(path, host)
    host.server, session.publish = server, server.publish
    await server.start()
    with hold_chair(name, {"socket": str(path), "session": ""}):
        for body, device in ((Session("bench", name, "SIMULATED"), None), (Limits(LIMITS), None),
                             (Device("nonin-df8", "x", 1, "streaming"), "oximeter"),
                             (Phase("dosing"), None)):  # fmt: skip
            session.take(body, device)
        session.take(BloodPressure(172 if number % 5 == 0 else 130, 80), "cuff")
        second = 0
        await asyncio.sleep(number / 40)
        while True:
            session.take(
                Oximetry(95 + (second + number) % 4, 70 + (second * 7 + number) % 9), "oximeter"
            )
            server.pulse()
            second += 1
            await asyncio.sleep(1)


async def main(count: int) -> None:
    running = [asyncio.create_task(chair(str(n + 1), n)) for n in range(count)]
    await asyncio.sleep(0.2)
    print("ready", flush=True)
    await asyncio.gather(*running)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
