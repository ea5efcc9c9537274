"""`kill -9` at any moment loses nothing at or below `recorded`, which is known outside the process.

100 rounds; KETAMON_KILLS asks for another number. Each goes on with the session of the one before.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import read_session, verify_session
from tests.conftest import ROOT
from tests.ledger.kill_child import entry

ROUNDS = int(os.environ.get("KETAMON_KILLS", "100"))
LIVES_S = (0.0, 0.2)  # after its first line
SEED = 11


def killed_after(path: Path, life_s: float) -> int:
    """Lets the program live for a while, kills it, and gives the last seq that it said is kept."""
    command = [sys.executable, "-m", "tests.ledger.kill_child", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        time.sleep(life_s)
        program.send_signal(signal.SIGKILL)
        said = (first + program.stdout.read()).split(b"\n")[:-1]  # a line cut short says nothing
    assert program.returncode == -signal.SIGKILL
    return max(map(int, said))


async def closed(path: Path) -> None:
    ledger, _ = LiveLedger.reopen(path)
    await ledger.close()


@pytest.mark.slow
async def test_kill_at_any_moment_loses_nothing_that_was_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.ketamon"
    chance = random.Random(SEED)
    more = kept = 0
    for number in range(ROUNDS):
        said = killed_after(path, chance.uniform(*LIVES_S))
        found = read_session(path)
        assert found == tuple(entry(seq) for seq in range(1, len(found) + 1)), number
        assert len(found) >= said, f"round {number}: {said} was recorded, {len(found)} are there"
        verdict = verify_session(path)
        assert (verdict.fault, verdict.closed) == (None, False), number
        more += len(found) - said
        kept = len(found)
    await closed(path)
    assert verify_session(path).closed
    assert len(read_session(path)) == kept > ROUNDS
    with capsys.disabled():
        print(f"\n{ROUNDS} kills, {kept} entries kept, 0 lost, {more} kept but not yet said")
