"""A whole session without a screen, a descriptor or a thread: as fast as the machine goes.

Room, devices, links, core and ledger are the same as at a chair; bytes go through in-process pipes
on a virtual loop, so the same seed gives the same bytes.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine

from ketamon.commands.demo import FAMILIES
from ketamon.core.profile import Profile
from ketamon.engine.devices import Binding, Devices
from ketamon.engine.live_session import LiveSession
from ketamon.entries import End, Entry, Limits, Phase, Session
from ketamon.profiles import FOLDER, load_profile
from ketamon.training.demo_patient import demo_patient
from ketamon.training.room import Room
from ketamon_drivers.catalog import families
from ketamon_drivers.links.loops import VirtualLoop, run


class Lines:
    """Keeps entries by handing their lines on; nothing waits, nothing is stored."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.recorded = 0

    def append(self, entry: Entry) -> None:
        """Hands one line on."""
        self._write(entry.line + b"\n")
        self.recorded = entry.seq

    def append_raw(self, t_ms: int, device: str, data: bytes) -> None:
        """Raw bytes belong to a session file."""


Beside = Callable[[Room, LiveSession], Coroutine[None, None, None]]
"""What happens to room and session meanwhile: faults, and what people do."""


async def session(
    seed: int, seconds: float, profile: Profile, keeps: Lines, beside: Beside | None = None
) -> None:
    """Runs a session of a simulated patient for so long; `beside` is given up at its end."""
    loop = asyncio.get_running_loop()
    room = Room(seed, patient=demo_patient(seed))
    known = families()
    running = LiveSession("SIMULATED", keeps, loop.time())
    devices = Devices(running)
    running.effect = devices.effect
    running.take(Session(f"simulated patient {seed}", None, "SIMULATED"))
    running.take(Limits(dict(profile.raw)))
    running.take(Phase("dosing"))
    ports = room.serve_pipes()
    living = [loop.create_task(room.run())]
    devices.bind(Binding(role, known[family], ports[role]) for role, family in FAMILIES.items())
    if beside is not None:
        living.append(loop.create_task(beside(room, running)))
    await asyncio.sleep(seconds)
    await devices.close()
    running.take(End())
    running.stop()
    await room.close()
    for task in living:
        task.cancel()
    await asyncio.gather(*living, return_exceptions=True)


def print_session(seed: int, minutes: float) -> None:
    """Prints the entries of one session, one JSON line each."""
    keeps = Lines(sys.stdout.buffer.write)
    profile = load_profile(FOLDER / "demo.toml")
    run(session(seed, minutes * 60, profile, keeps), VirtualLoop())
    sys.stdout.buffer.flush()
