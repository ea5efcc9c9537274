"""Eight hours with whatever may go wrong, on a virtual clock: a seed fixes every byte."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from ketamon.commands.headless import Beside, Lines, session
from ketamon.engine.live_session import LiveSession
from ketamon.entries import Acknowledge, Away, Baseline, By, Cuff, Fault, Phase, Placement, Rhythm
from ketamon.profiles import FOLDER, load_profile
from ketamon.training.room import DEVICES, Room
from ketamon_drivers.links.loops import VirtualLoop, run

HOURS = 8
NURSE = By("nurse", "nurse", "Kim")


def mischief(seed: int) -> Beside:
    """Faults of devices and host, and what people do about them, from a seed of their own."""
    rng = Random(f"mischief {seed}")

    def faults(room: Room, running: LiveSession) -> list[Callable[[], object]]:
        device = rng.choice(DEVICES)
        return [
            room.probe_off,
            room.probe_on,
            lambda: room.motion(rng.uniform(5, 60)),
            lambda: room.fail_cuff(rng.randint(1, 3)),
            lambda: room.stall(device),
            lambda: room.resume(device),
            lambda: room.unplug(device),
            lambda: room.replug(device),
            lambda: room.corrupt(device, rng.randint(1, 40)),
            lambda: room.start_infusion(0.5, 40),
            room.stop_infusion,
            *(lambda body=body: running.take(body, by=NURSE) for body in people()),  # type: ignore[misc]
        ]

    def people() -> list[object]:
        arm = rng.choice(("left", "right"))
        return [
            Acknowledge(),
            Acknowledge(),
            Baseline(),
            Phase(rng.choice(("baseline", "dosing", "recovery"))),
            Away(5, (rng.choice(("oximeter", "cuff")),), "toilet"),
            Placement(cuff_arm=arm, probe_arm=rng.choice(("left", "right"))),  # type: ignore[arg-type]
            Rhythm(rng.random() < 0.3),
            Cuff("skipped", "asleep"),
            Fault("record", rng.choice(("failing", "back"))),
            Fault("clock", "stepped", seconds=rng.choice((-60, 3))),
        ]

    async def beside(room: Room, running: LiveSession) -> None:
        while True:
            await asyncio.sleep(rng.expovariate(1 / 120))
            rng.choice(faults(room, running))()
            if rng.random() < 0.3:
                await asyncio.sleep(rng.uniform(1, 20))
                room.probe_on()
                for device in DEVICES:
                    room.replug(device)
                    room.resume(device)

    return beside


def day(seed: int, hours: float = HOURS) -> tuple[str, Counter[str]]:
    """The fingerprint of a session's bytes, and how often each change of an alarm came."""
    found, changes = hashlib.sha256(), Counter[str]()

    def write(line: bytes) -> None:
        found.update(line)
        if b'"kind":"alarm"' in line:
            alarm = json.loads(line)
            changes[alarm["condition"]] += 1
            changes[alarm["change"]] += 1

    profile = load_profile(FOLDER / "iv_adult.toml")
    run(session(seed, hours * 3600, profile, Lines(write), mischief(seed)), VirtualLoop())
    return found.hexdigest(), changes


@pytest.mark.slow
def test_eight_hours_of_faults_give_the_same_bytes_for_the_same_seed() -> None:
    first, changes = day(2)
    again, _ = day(2)
    assert first == again
    assert day(2, 0.5)[0] != day(3, 0.5)[0]
    assert {"raised", "unresolved", "resumed", "held", "released", "latched"} <= set(changes)
    assert {"oximeter_no_data", "device_lost", "cuff_failed", "bp_overdue"} <= set(changes)
