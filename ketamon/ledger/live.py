"""The ledger of a running session: `append` never waits, and only `recorded` says what is kept.

Alarms are decided before and apart from all this; what is appended waits in RAM until a commit has
it, in order, however long the disk fails.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ketamon.entries import Entry
from ketamon.ledger.anchors import ANCHORS_NAME, Anchor, append_anchor
from ketamon.ledger.closing import Closed, ClosedHalfwayError
from ketamon.ledger.group_commit import GroupCommit, Work
from ketamon.ledger.new_file import reason
from ketamon.ledger.raw_seconds import RawSeconds
from ketamon.ledger.session_file import SessionFileError, Tail, read_unclosed
from ketamon.ledger.writer import START, Head, Unwritten, Writer, head_of, lay_out
from ketamon_drivers.lock_file import LockFile

LOOK_S = 5.0  # loop time between two looks whether the file is still where it was


class LiveLedger:
    """The one writer of a running session's file; made and called on the event loop.

    `inline` does the same without a thread, each commit within `append`, and leaves it to the
    system when the disk has it: for headless runs, which can be made again.
    """

    def __init__(
        self, path: Path, lock: LockFile, tails: dict[str, Tail], entries: int, *, inline: bool
    ) -> None:
        self.path = path
        self.head = head_of(tails, entries)
        """How far the session is kept, with the digits that stand for it."""
        self.on_recorded: Callable[[int], None] | None = None
        """Called once a commit, with `recorded`."""
        self._loop = asyncio.get_running_loop()
        self._lock = lock
        self._inline = inline
        self._unrecorded: deque[tuple[int, float]] = deque()  # seq, loop time
        self._looked = self._loop.time()
        self._troubles: dict[str, str | None] = {"disk": None, "place": None, "anchor": None}
        self._raw = RawSeconds(self._put_raw, self._loop)
        self._commits = GroupCommit(
            path,
            tails,
            entries,
            committed=lambda head: self._tell(self._is_recorded, head),
            failed=lambda sentence: self._tell(self._is_trouble, "disk", sentence),
            inline=inline,
        )

    @classmethod
    def create(cls, path: Path, *, inline: bool = False) -> "LiveLedger":
        """Makes the session file; raises SessionFileError with one sentence that says what to do."""
        lock = _held(path)
        try:
            lay_out(path)
            return cls(path, lock, START, 0, inline=inline)
        except BaseException:
            lock.release(remove=True)
            raise

    @classmethod
    def reopen(cls, path: Path, *, inline: bool = False) -> tuple["LiveLedger", tuple[Entry, ...]]:
        """Goes on with a session that was not closed, and gives all its entries for the core.

        Raises SessionFileError for one that doesn't hold (the message names the entry), was closed,
        or is being written; the file stays as it is then.
        """
        lock = _held(path)
        try:
            found = read_unclosed(path)
            ledger = cls(path, lock, found.tails, len(found.entries), inline=inline)
        except BaseException:
            lock.release(remove=True)
            raise
        return ledger, found.entries

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
        now = self._loop.time()
        self._unrecorded.append((entry.seq, now))
        self._commits.put(
            Unwritten("entry", entry.seq, entry.t_ms, entry.kind.encode(), entry.line)
        )
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._commits.ask(self._look)

    def append_raw(self, t_ms: int, device: str, data: bytes) -> None:
        """Takes a device's bytes; they become one row a second and device."""
        self._raw.add(t_ms, device, data)

    def anchor(self, at: str) -> None:
        """Notes the committed head in the folder's anchors.log, under this time (UTC, ISO 8601)."""

        path = self.path
        self._commits.ask(lambda writer: self._note(path, at, writer))

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
        """Commits what can be and lets go of the file, to be resumed; what still waits is lost."""
        await self._asked(Writer.leave, needs_all=False)

    async def _asked(self, last: Work, *, needs_all: bool) -> Any:
        """Has the last thing done that is done with the file, the lock let go with it."""

        def done(writer: Writer) -> Any:
            try:
                result = last(writer)
            except ClosedHalfwayError:
                self._lock.release(remove=True)
                raise
            self._lock.release(remove=True)
            return result

        self._raw.flush()
        answer = self._commits.ask(done, needs_all=needs_all, ends=True)
        return answer.result() if self._inline else await asyncio.wrap_future(answer)

    def _note(self, path: Path, at: str, writer: Writer) -> None:
        """Where the commits are made: notes the head, and tells whether it could be."""
        self._tell(self._is_trouble, "anchor", _anchored(path, at, writer.head))

    def _look(self, writer: Writer) -> None:
        self._tell(self._is_trouble, "place", writer.misplaced())

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
