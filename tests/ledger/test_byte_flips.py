"""A byte that was changed inside a stored entry is found, and the entry is named.

5,000 bytes of a two-minute session; KETAMON_FLIPS=all asks for every one.
"""

import os
import random
from pathlib import Path

import pytest

from ketamon.commands import headless
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import read_session, verify_session
from ketamon.profiles import FOLDER, load_profile
from ketamon_drivers.links.loops import VirtualLoop, run

FLIPS = os.environ.get("KETAMON_FLIPS", "5000")
SEED, SECONDS = 5, 120


async def recorded(path: Path) -> None:
    """Two minutes of a simulated patient, with the devices' bytes."""
    ledger = LiveLedger.create(path, inline=True)
    profile = load_profile(FOLDER / "demo.toml")
    await headless.session(SEED, SECONDS, profile, ledger)  # type: ignore[arg-type]
    await ledger.close()


@pytest.mark.slow
def test_every_changed_byte_of_an_entry_is_found_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.ketamon"
    run(recorded(path), VirtualLoop())
    data = path.read_bytes()
    places = []
    for entry in read_session(path):
        assert data.count(entry.line) == 1
        start = data.index(entry.line)
        places += [(offset, entry.seq) for offset in range(start, start + len(entry.line))]
    chance = random.Random(SEED)
    chosen = places if FLIPS == "all" else [chance.choice(places) for _ in range(int(FLIPS))]
    path.chmod(0o600)
    wrong = []
    with path.open("r+b", buffering=0) as file:
        for offset, seq in chosen:
            os.pwrite(file.fileno(), bytes([data[offset] ^ (1 << chance.randrange(8))]), offset)
            if verify_session(path).first_bad_seq != seq:
                wrong.append(offset)
            os.pwrite(file.fileno(), data[offset : offset + 1], offset)
    assert wrong == []
    assert len(chosen) >= min(5000, len(places)) > 0
    assert verify_session(path).fault is None
