"""Killed at any moment: nothing at or below a `recorded` that anybody saw is lost.

An observer outside notes what each engine said; `KETAMON_KILLS` is how often one is killed.
"""

import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ketamon.commands.site_config import SiteConfig
from ketamon.commands.start import request_for
from ketamon.engine.keeper import REQUEST
from ketamon.feed.client import FeedClient
from ketamon.feed.messages import Beat, EntryMessage, FromEngine, Hello
from ketamon.ledger.session_file import read_session
from tests.e2e.chair import RealChair

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("KETAMON_KILLS", "10"))
SEED = int(os.environ.get("KETAMON_SEED", "0")) or random.randrange(1, 10**6)
BACK_WITHIN_S = 3.0
LONGEST_LIFE_S = 2.5
KEEPER = str(Path(__file__).with_name("tireless_keeper.py"))


class Observer:
    """Notes what it was told, engine by engine."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.epoch = ""
        self.seen: dict[str, dict[int, bytes]] = {}
        self.recorded: dict[str, int] = {}
        self.beaten = asyncio.Event()

    async def watch(self) -> None:
        """For ever, over as many engines as there are."""
        while True:
            with suppress(OSError):
                client = await FeedClient.connect(self.socket, seat="observer")
                try:
                    async for message in client.messages():
                        self.note(message)
                finally:
                    await client.close()
            await asyncio.sleep(0.005)

    def note(self, message: FromEngine) -> None:
        match message:
            case Hello():
                self.epoch = message.epoch
                self.seen.setdefault(self.epoch, {})
                self.recorded.setdefault(self.epoch, 0)
            case EntryMessage():
                self.seen[self.epoch][message.seq] = bytes(message.entry)
            case Beat():
                self.recorded[self.epoch] = max(self.recorded[self.epoch], message.recorded)
                self.beaten.set()


@pytest.fixture
def chair(monkeypatch: pytest.MonkeyPatch) -> Iterator[RealChair]:
    with RealChair() as made:
        for name in ("KETAMON_RUN", "KETAMON_DATA"):
            monkeypatch.setenv(name, made.env[name])
        yield made


def start(chair: RealChair) -> "subprocess.Popen[bytes]":
    """A session at sixty times the speed of life, under a keeper that never gives up."""
    options = chair.room(60, 150, 172, 140)
    devices = dict(zip((o.removeprefix("--") for o in options[::2]), options[1::2], strict=True))
    request = request_for("1", devices, None, SiteConfig()) | {"speed": 60.0, "phase": "dosing"}
    return subprocess.Popen(
        [sys.executable, KEEPER], env={**chair.env, REQUEST: json.dumps(request)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def test_kills_at_random_moments_lose_nothing_that_was_recorded(
    chair: RealChair, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    keeper = start(chair)
    assert keeper.stdout is not None
    answer = json.loads(keeper.stdout.readline())
    keeper.stdout.close()
    path, observer = Path(answer["session"]), Observer(chair.socket)
    back: list[float] = []

    async def kill_again_and_again() -> None:
        watching = asyncio.create_task(observer.watch())
        await observer.beaten.wait()
        for _ in range(KILLS):
            await asyncio.sleep(chance.random() ** 2 * LONGEST_LIFE_S)
            killed, epoch = chair.engine, observer.epoch
            chair.note()
            os.kill(killed, signal.SIGKILL)
            at = time.monotonic()
            while observer.epoch == epoch or not observer.recorded[observer.epoch]:
                assert time.monotonic() - at < 4 * BACK_WITHIN_S, chair.log()
                await asyncio.sleep(0.002)
            back.append(time.monotonic() - at)
        await asyncio.sleep(1)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(kill_again_and_again())
    assert chair.ketamon("end").code == 0
    assert keeper.wait(10) == 0
    assert chair.ketamon("verify", path).code == 0
    stored = {entry.seq: entry.line for entry in read_session(path)}
    noted = max(observer.recorded.values())
    checked = 0
    for epoch, lines in observer.seen.items():
        for seq, line in lines.items():
            if seq <= observer.recorded[epoch]:
                assert stored.get(seq) == line, (SEED, epoch, seq)
                checked += 1
    assert set(range(1, noted + 1)) <= stored.keys()
    gaps = sum(b'"kind":"gap"' in line for line in stored.values())
    assert gaps == KILLS
    assert checked > 5 * KILLS
    with capsys.disabled():
        print(
            f"\n{KILLS} kills (seed {SEED}): {noted} recorded, {checked} compared, 0 lost; "
            f"back after p50 {statistics.median(back):.2f} s, max {max(back):.2f} s "
            f"(promised {BACK_WITHIN_S:g} s)"
        )
    assert max(back) < BACK_WITHIN_S
