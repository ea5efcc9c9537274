"""A program that is killed: it goes on with the session at its first argument, on a real loop, and
prints every seq that is recorded, so that its reader knows it outside the file."""

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

from ketamon.entries import Entry, Note, make
from ketamon.ledger import writer
from ketamon.ledger.live import LiveLedger

PERIOD_S = 0.02
CHECKPOINT_PAGES = 20  # so that kills hit checkpoints too


def entry(seq: int) -> Entry:
    """The entry of this number: the reader makes the same one to compare."""
    return make(seq, seq * 20, Note(text=f"{seq} " + "x" * (seq * 37 % 400)))


def connect(path: Path) -> sqlite3.Connection:
    connection = original(path)
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return connection


async def main(path: Path) -> None:
    """Appends until it is killed."""
    if path.exists():  # noqa: ASYNC240 (nothing else runs yet)
        ledger, found = LiveLedger.reopen(path)
        assert list(found) == [entry(seq) for seq in range(1, len(found) + 1)]
    else:
        ledger = LiveLedger.create(path)
    ledger.on_recorded = print_seq
    loop = asyncio.get_running_loop()
    seq, due = ledger.recorded, loop.time()
    print_seq(seq)
    while True:
        seq += 1
        ledger.append(entry(seq))
        ledger.append_raw(seq * 20, "oximeter", bytes([seq % 256]) * 5)
        if seq % 50 == 0:
            ledger.anchor(f"at-{seq}")
        due += PERIOD_S
        await asyncio.sleep(due - loop.time())


def print_seq(seq: int) -> None:
    os.write(1, b"%d\n" % seq)


if __name__ == "__main__":
    original, writer.connect = writer.connect, connect
    asyncio.run(main(Path(sys.argv[1])))
