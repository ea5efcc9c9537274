"""Whichever call to the disk fails, and however, nothing is lost silently and nothing crashes.

Each test goes on until no call is left that could fail, and fails itself if there were none.
KETAMON_FAULTS=all asks for every mixture of error, length and way to commit.
"""

import asyncio
import errno
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ketamon.entries import Entry
from ketamon.ledger import group_commit
from ketamon.ledger.closing import ClosedHalfwayError
from ketamon.ledger.exporters.ndjson import write_lines
from ketamon.ledger.importers.recording import read_recording
from ketamon.ledger.journal import Journal, journaled
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.new_file import NewFileError
from ketamon.ledger.session_file import (
    SessionFileError,
    read_session,
    verify_session,
    write_session,
)
from ketamon.ledger.writer import START, Unwritten
from tests.ledger.failing_calls import ERRORS, Failing
from tests.ledger.live_ledgers import append, entries
from tests.ledger.session_files import ENTRIES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs /proc/self/fd"),
]
EVERY = pytest.mark.parametrize("number", ERRORS, ids=lambda number: errno.errorcode[number])
FAULTS = "KETAMON_FAULTS"
LASTING = pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
TRIES = 20
ALL = list(product(ERRORS, (False, True), (False, True)))  # errno, lasting, inline
SOME = [(number, False, False) for number in ERRORS] + [(errno.EIO, True, False)]
AT_LEAST = 30


def assert_told(error: Exception) -> None:
    """One sentence, with what to do."""
    text = str(error)
    assert "\n" not in text
    assert "Traceback" not in text
    assert ";" in text


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of sessions wait for no disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


async def every(
    folder: Path,
    number: int,
    lasting: bool,
    session: Callable[[Path, Failing], Awaitable[None]],
) -> set[str]:
    """Lives through a session once for each call that can fail; gives their names."""
    nth = 0
    while True:
        nth += 1
        place = folder / str(nth)
        place.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(group_commit, "RETRY_S", (0.001,))
            failing = Failing(place, number, lasting=lasting)
            failing.install(patch)
            failing.nth = nth
            await session(place / "s.ketamon", failing)
        if not failing.failed:
            assert nth > AT_LEAST
            return failing.names


async def retried(failing: Failing, action: Callable[[], Awaitable[Any]]) -> Any:
    """Does it, after a told failure again, as a person would who has read what to do."""
    told: Exception | None = None
    for _ in range(TRIES):
        try:
            return await action()
        except ClosedHalfwayError:
            raise
        except SessionFileError as error:
            assert_told(error)
            told = error
            failing.heal()
    raise AssertionError(f"it never worked again: {told}")


async def kept(ledger: LiveLedger, seq: int, failing: Failing) -> None:
    """Waits until a seq is recorded; a disk that has failed for a while works again."""
    async with asyncio.timeout(5):
        while ledger.recorded < seq:
            if failing.failed:
                if ledger.trouble is not None:
                    assert_told(Exception(ledger.trouble))
                await asyncio.sleep(0.003)
                failing.heal()
                if ledger.recorded < seq:
                    ledger.anchor("2026-01-01T00:00:30Z")  # inline it tries when it is asked
            await asyncio.sleep(0.0005)


async def lived(path: Path, failing: Failing, *, inline: bool) -> None:
    """A session from its beginning to its end, left and resumed in between."""

    async def created() -> LiveLedger:
        return LiveLedger.create(path, inline=inline)

    async def reopened() -> tuple[LiveLedger, tuple[Entry, ...]]:
        return LiveLedger.reopen(path, inline=inline)

    ledger = await retried(failing, created)
    given: list[Entry] = []
    for seq in (1, 2, 3):
        given += append(ledger, seq)
        ledger.append_raw(seq * 1000, "cuff", bytes([seq]))
        ledger.anchor("2026-01-01T00:00:00Z")
        await kept(ledger, seq, failing)
    given += append(
        ledger, 4
    )  # it may have to wait in the journal, or inline be lost: it is not told as recorded
    recorded = ledger.recorded
    await ledger.leave()
    ledger, found = await retried(failing, reopened)
    assert list(found) == given[: len(found)]
    assert len(found) >= recorded
    given = [*found, *append(ledger, 5)]
    await kept(ledger, 5, failing)
    try:
        await retried(failing, lambda: ledger.close("2026-01-01T00:01:00Z"))
    except ClosedHalfwayError as error:
        assert_told(error)
        failing.heal()
        ledger, found = LiveLedger.reopen(path, inline=inline)
        assert list(found) == given
        await ledger.close()
    failing.heal()
    assert list(read_session(ledger.path)) == given
    assert verify_session(ledger.path).fault is None


@pytest.mark.parametrize(("number", "lasting", "inline"), ALL if os.environ.get(FAULTS) else SOME)
async def test_running_session_loses_nothing_whichever_call_fails(
    place: Path, number: int, lasting: bool, inline: bool
) -> None:
    names = await every(place, number, lasting, partial(lived, inline=inline))
    assert names >= {"open", "write", "fsync", "replace", "link", "sqlite"}
    assert inline or names >= {"posix_fallocate"}


@EVERY
async def test_what_waits_for_a_disk_is_in_the_journal_whichever_of_its_calls_fails(
    tmp_path: Path, number: int
) -> None:
    nth = 0
    while True:
        nth += 1
        journal = Journal(tmp_path / f"{nth}.journal.ndjson")
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(tmp_path, number)
            failing.install(patch)
            failing.nth = nth
            rows = [Unwritten("entry", e.seq, e.t_ms, b"note", e.line) for e in entries(1, 2, 3)]
            journal.reserve()
            for row in rows:
                for _ in range(2):  # as the ledger does at its next try
                    with suppress(OSError):
                        journal.keep([row])
                        break
            failed = failing.failed
            failing.heal()
            found = [row[1] for row in journaled(tmp_path / f"{nth}.ketamon", START)]
            assert found == [1, 2, 3]
            journal.clear()
            journal.close()
        if not failed:
            assert nth > 5
            return


@EVERY
@LASTING
@pytest.mark.parametrize("ending", ["ketamon", "ndjson"])
async def test_file_is_made_whole_or_not_at_all_whichever_call_fails(
    tmp_path: Path, number: int, lasting: bool, ending: str
) -> None:
    nth = 0
    while True:
        nth += 1
        target = tmp_path / f"{nth}.{ending}"
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(tmp_path, number, lasting=lasting)
            failing.install(patch)
            failing.nth = nth
            try:
                if ending == "ketamon":
                    write_session(target, ENTRIES)
                else:
                    write_lines(target, ENTRIES)
            except (SessionFileError, NewFileError) as error:
                assert_told(error)
        if target.exists():
            assert read_recording(target).entries[0].line == ENTRIES[0].line
            assert ending != "ketamon" or read_session(target) == ENTRIES
        if not failing.failed:
            assert target.exists()
            assert nth > 5
            return
