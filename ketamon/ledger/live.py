"""The ledger of a running session: `append` never waits, and only `recorded` says what is kept.

Alarms are decided before and apart from all this. However long the disk fails, what is appended
waits in RAM and in the journal beside the file until a commit has it, in order. A file that is taken
away or replaced is written anew under another name, and the session goes on there.
"""

import asyncio
import os.path
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ketamon.entries import Entry, decode
from ketamon.ledger.anchors import ANCHORS_NAME, Anchor, append_anchor
from ketamon.ledger.closing import Closed, ClosedHalfwayError, Home, remove_sides
from ketamon.ledger.group_commit import GroupCommit, Work
from ketamon.ledger.journal import journal_of, journaled
from ketamon.ledger.new_file import reason
from ketamon.ledger.places import newest_of, next_name
from ketamon.ledger.raw_seconds import RawSeconds
from ketamon.ledger.session_file import SessionFileError, Tail, read_unclosed
from ketamon.ledger.writer import START, Head, Unwritten, Writer, head_of, lay_out, trouble
from ketamon_drivers.lock_file import LockFile


class LiveLedger:
    """The one writer of a running session's file; made and called on the event loop.

    `inline` does the same without a thread, each commit within `append`, and leaves it to the
    system when the disk has it: for headless runs, which can be made again.
    """

    def __init__(
        self,
        path: Path,
        lock: LockFile,
        tails: dict[str, Tail],
        entries: int,
        *,
        waiting: Sequence[Unwritten] = (),
        inline: bool,
    ) -> None:
        self.path = path
        self.head = head_of(tails, entries)
        """How far the session is kept, with the digits that stand for it."""
        self.on_recorded: Callable[[int], None] | None = None
        """Called once a commit, with `recorded`."""
        self.on_moved: Callable[[Path, Path], None] | None = None
        """Called when the session goes on under another name: from, to."""
        self._loop = asyncio.get_running_loop()
        self._locks = [lock]
        self._inline = inline
        now = self._loop.time()
        self._unrecorded = deque((row.seq, now) for row in waiting if row.table == "entry")
        self._troubles: dict[str, str | None] = {"disk": None, "anchor": None}
        self._raw = RawSeconds(self._put_raw, self._loop)
        self._commits = GroupCommit(
            path,
            tails,
            entries,
            committed=lambda head: self._tell(self._is_recorded, head),
            failed=lambda sentence: self._tell(self._is_trouble, "disk", sentence),
            stay=self._stay,
            waiting=waiting,
            inline=inline,
        )

    @classmethod
    def create(cls, path: Path, *, inline: bool = False) -> "LiveLedger":
        """Makes the session file; raises SessionFileError with one sentence that says what to do."""
        lock = _held(path)
        try:
            _assert_no_journal(path)
            lay_out(path)
            try:
                return cls(path, lock, START, 0, inline=inline)
            except BaseException:
                path.unlink(missing_ok=True)  # nobody has opened it
                raise
        except BaseException:
            lock.release(remove=True)
            raise

    @classmethod
    def reopen(cls, path: Path, *, inline: bool = False) -> tuple["LiveLedger", tuple[Entry, ...]]:
        """Goes on with a session that was not closed, and gives all its entries for the core.

        Of one that was taken away while it ran, with what it went on in; what a crash left in its
        journal is brought in. Raises SessionFileError for one that doesn't hold (the message names
        the entry), was closed, or is being written; the file stays as it is then.
        """
        path = newest_of(path)
        lock = _held(path)
        try:
            found = read_unclosed(path)
            waiting = [Unwritten(*row) for row in journaled(path, found.tails)]
            ledger = cls(
                path, lock, found.tails, len(found.entries), waiting=waiting, inline=inline
            )
        except BaseException:
            lock.release(remove=True)
            raise
        late = (decode(row.body, row.seq) for row in waiting if row.table == "entry")
        return ledger, (*found.entries, *late)

    @property
    def recorded(self) -> int:
        """The highest committed seq: all up to it is kept, whatever happens."""
        return self.head.seq

    @property
    def waiting(self) -> int:
        """How many entries are not committed yet."""
        return len(self._unrecorded)

    @property
    def waiting_since(self) -> float | None:
        """When the oldest of them was appended, in loop time; None if none waits."""
        return self._unrecorded[0][1] if self._unrecorded else None

    @property
    def trouble(self) -> str | None:
        """Why nothing can be kept now, or found again later, and what to do, in a sentence."""
        return next(filter(None, self._troubles.values()), None)

    def append(self, entry: Entry) -> None:
        """Takes an entry, numbered above all before it; never waits for the disk, never raises."""
        self._unrecorded.append((entry.seq, self._loop.time()))
        self._commits.put(
            Unwritten("entry", entry.seq, entry.t_ms, entry.kind.encode(), entry.line)
        )

    def append_raw(self, t_ms: int, device: str, data: bytes) -> None:
        """Takes a device's bytes; they become one row a second and device."""
        self._raw.add(t_ms, device, data)

    def anchor(self, at: str) -> None:
        """Notes the committed head in the folder's anchors.log, under this time (UTC, ISO 8601)."""
        self._commits.ask(lambda writer: self._note(writer.path, at, writer))

    async def close(self, at: str | None = None) -> str:
        """Commits all, puts the closed file in the live one's place, and gives its fingerprint.

        `path` is where it is then. The last head is noted as by `anchor`, under the time `at`.
        Raises SessionFileError: nothing that was recorded is lost, and unless the message says
        otherwise the ledger goes on and may be closed again.
        """

        def last(writer: Writer) -> Closed:
            closed = writer.close()
            if at is not None:  # only now: closing may be what made room for it
                self._note(closed.path, at, writer)
            return closed

        closed: Closed = await self._asked(last, needs_all=True)
        self.path = closed.path
        return closed.fingerprint

    async def leave(self) -> None:
        """Commits what can be and lets go of the file, to be resumed with what its journal holds."""
        await self._asked(Writer.leave, needs_all=False)

    async def _asked(self, last: Work, *, needs_all: bool) -> Any:
        """Has the last thing done that is done with the file, the lock let go with it."""

        def done(writer: Writer) -> Any:
            try:
                result = last(writer)
            except ClosedHalfwayError:
                self._release()
                raise
            self._release()
            return result

        self._raw.flush()
        answer = self._commits.ask(done, needs_all=needs_all, ends=True)
        return answer.result() if self._inline else await asyncio.wrap_future(answer)

    def _note(self, path: Path, at: str, writer: Writer) -> None:
        """Where the commits are made: notes the head, and tells whether it could be."""
        self._tell(self._is_trouble, "anchor", _anchored(path, at, writer.head))

    def _stay(self, writer: Writer) -> None:
        """Where the commits are made: goes on under another name where the file is not in its place.

        Raises SessionFileError where that can't be: what is appended then waits.
        """
        if not writer.is_misplaced():
            return
        gone = f"{writer.path}: was moved, removed or replaced while its session runs"
        before, target = writer.path, next_name(writer.path)
        try:
            lock = _held(target)
            try:
                writer.go_on_at(target)
            except BaseException:
                lock.release(remove=True)
                raise
        except (SessionFileError, sqlite3.Error) as error:
            why = trouble(target, error).removeprefix(f"{target}: ")
            raise SessionFileError(f"{gone}, and can't be written anew ({why})") from None
        self._locks.append(lock)
        if Home.of(before) is None:  # else they are another's
            with suppress(OSError):
                remove_sides(before)
        self._tell(self._has_moved, before, target)

    def _release(self) -> None:
        for lock in self._locks:
            with suppress(OSError):  # its folder may be gone
                lock.release(remove=True)

    def _put_raw(self, t_ms: int, device: str, data: bytes) -> None:
        self._commits.put(Unwritten("raw", 0, t_ms, device.encode(), data))

    def _tell(self, call: Callable[..., None], *arguments: Any) -> None:
        """Has the loop told, from wherever the commits are made."""
        if self._inline:
            call(*arguments)
            return
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(call, *arguments)

    def _is_recorded(self, head: Head) -> None:
        self._troubles["disk"] = None
        self.head = head
        while self._unrecorded and self._unrecorded[0][0] <= head.seq:
            self._unrecorded.popleft()
        if self.on_recorded is not None:
            self.on_recorded(head.seq)

    def _has_moved(self, before: Path, target: Path) -> None:
        self.path = target
        if self.on_moved is not None:
            self.on_moved(before, target)

    def _is_trouble(self, what: str, sentence: str | None) -> None:
        self._troubles[what] = sentence


def _held(path: Path) -> LockFile:
    """Makes sure that nobody else writes to a session; raises SessionFileError."""
    try:
        lock = LockFile.take(path.with_name(f".{path.name}.lock"))
    except OSError as error:
        raise SessionFileError(f"{path}: {reason(error)}") from None
    if lock is None:
        raise SessionFileError(
            f"{path}: is being written by another ketamon; see it with `ketamon watch`, or end it "
            "with `ketamon end`"
        )
    return lock


def _assert_no_journal(path: Path) -> None:
    """A journal without its session is somebody's record."""
    journal = journal_of(path)
    if os.path.lexists(journal):
        raise SessionFileError(
            f"{journal}: exists already; give another path, or move it away first"
        )


def _anchored(path: Path, at: str, head: Head) -> str | None:
    """Notes a head; gives the sentence of a failure."""
    log = path.parent / ANCHORS_NAME
    try:
        append_anchor(log, Anchor(at, head.entries, head.digits, path.name))
    except OSError as error:
        return f"{log}: can't be written ({error.strerror}); free some space, or make it writable"
    except ValueError as error:
        return f"{path}: {error}"
    return None
