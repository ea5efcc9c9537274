"""Commits what has come together, in a thread of its own: the event loop never waits for a disk.

Rows stay here, in order, until a commit has them. While the disk fails it is tried again and again,
nothing is dropped, and what waits is put into the journal too, so that a crash doesn't take it.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from ketamon.ledger.closing import ClosedHalfwayError
from ketamon.ledger.journal import Journal, journal_of
from ketamon.ledger.session_file import SessionFileError, Tail
from ketamon.ledger.writer import Head, Unwritten, Writer, trouble

ROWS_AT_ONCE = 500  # a commit of more would keep the loop waiting for the interpreter
RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)  # real seconds; the last one again and again

Work = Callable[[Writer], Any]
Failed = Callable[[str], None]
"""Takes the sentence that says why nothing can be kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done after all that was put before it, where the file is open."""

    work: Work
    answer: "Future[Any]"
    needs_all: bool = False  # refused while something before it is not committed
    ends: bool = False  # nothing can come after it


class GroupCommit:
    """Rows and jobs in, commits out. `put` is for one thread, the rest happens in this one's own.

    `committed` and `failed` are called here: they hand on to the loop. `stay` is asked before each
    commit and raises SessionFileError where the file is gone. `waiting` is what a crash left in the
    journal. Inline there is no thread and no journal, all happens within `put`, and the system
    brings it to the disk when it likes.
    """

    def __init__(
        self,
        path: Path,
        tails: dict[str, Tail],
        entries: int,
        *,
        committed: Callable[[Head], None],
        failed: Failed,
        stay: Callable[[Writer], None],
        waiting: Sequence[Unwritten] = (),
        inline: bool,
    ) -> None:
        self.has_ended = False
        self._path = path
        self._committed = committed
        self._failed = failed
        self._stay = stay
        self._inline = inline
        self._queue: SimpleQueue[Unwritten | Job] = SimpleQueue()
        # Not bounded: a day of a chair is some 30 MB, and a record that forgets is none.
        self._backlog = deque(waiting)
        self._journal = None if inline else Journal(journal_of(path))
        self._journaled = len(waiting)
        self._failures = 0
        if inline:
            self._writer = Writer(path, tails, entries, "NORMAL")
            return
        opened: Future[None] = Future()
        thread = threading.Thread(
            target=self._run, args=(tails, entries, opened), name="ledger", daemon=True
        )
        thread.start()
        opened.result()

    def put(self, row: Unwritten) -> None:
        """Queues a row; inline, commits it with what waits. Raw bytes wait inline for an entry."""
        if not self._inline:
            self._queue.put(row)
        elif row.table == "raw":
            self._backlog.append(row)  # in one commit with what comes next: half as many
        else:
            self._turn([row])

    def ask(self, work: Work, *, needs_all: bool = False, ends: bool = False) -> "Future[Any]":
        """Queues a job; its answer is what `work` gives or raises."""
        job = Job(work, Future(), needs_all, ends)
        if self.has_ended:
            job.answer.set_exception(_over(self._path))
        elif self._inline:
            self._turn([job])
        else:
            self._queue.put(job)
        return job.answer

    def _run(self, tails: dict[str, Tail], entries: int, opened: "Future[None]") -> None:
        try:
            self._writer = Writer(self._path, tails, entries, "FULL")
        except SessionFileError as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        if self._journal is not None:
            self._journal.reserve()
        if self._backlog:
            self._turn([])
        while not self.has_ended:
            self._turn(self._collected())
        for item in self._taken():  # what was asked at the last moment
            if isinstance(item, Job):
                item.answer.set_exception(_over(self._path))

    def _collected(self) -> list[Unwritten | Job]:
        """Waits for something to do, after a failure for a while, and gives all that has come."""
        wait_s = RETRY_S[min(self._failures, len(RETRY_S)) - 1] if self._backlog else None
        try:
            first = self._queue.get(timeout=wait_s)
        except Empty:
            return []
        return [first, *self._taken()]

    def _taken(self) -> list[Unwritten | Job]:
        items: list[Unwritten | Job] = []
        with suppress(Empty):
            while True:
                items.append(self._queue.get_nowait())
        return items

    def _turn(self, items: list[Unwritten | Job]) -> None:
        """Commits what waits, then does what was asked."""
        self._backlog.extend(item for item in items if isinstance(item, Unwritten))
        failure = self._commit_all()
        for job in items:
            if isinstance(job, Job):
                self._do(job, failure)

    def _commit_all(self) -> str | None:
        """Commits group after group and tells of each; gives the sentence of a failure."""
        while self._backlog:
            rows = list(islice(self._backlog, ROWS_AT_ONCE))
            try:
                self._stay(self._writer)
                count = self._writer.commit(rows)
            except Exception as error:  # whatever it is, the thread goes on and tries again
                self._failures += 1
                failure = self._put_aside(trouble(self._writer.path, error))
                self._failed(failure)
                return failure
            self._failures = 0
            for _ in range(count):
                self._backlog.popleft()
            self._journaled = max(0, self._journaled - count)
            self._committed(self._writer.head)
        if self._journal is not None:
            self._journal.clear()
        return None

    def _put_aside(self, failure: str) -> str:
        """Brings what waits into the journal; gives the sentence, with more where that fails too."""
        if self._journal is None:
            return failure
        try:
            self._journal.keep(islice(self._numbered(), self._journaled, None))
        except OSError:
            return f"{failure} (it waits in memory alone, so leave this machine on)"
        self._journaled = len(self._backlog)
        return failure

    def _numbered(self) -> Iterator[Unwritten]:
        """What waits, raw bytes with the numbers that they will get."""
        number = self._writer.tails["raw"].seq
        for row in self._backlog:
            if row.table == "raw":
                number += 1
                yield row._replace(seq=number)
            else:
                yield row

    def _do(self, job: Job, failure: str | None) -> None:
        if not job.answer.set_running_or_notify_cancel():
            return
        if self.has_ended or (failure is not None and job.needs_all):
            over = _over(self._path)
            job.answer.set_exception(over if failure is None else SessionFileError(failure))
            return
        try:
            result = job.work(self._writer)
        except Exception as error:
            self.has_ended = isinstance(error, ClosedHalfwayError)
            if self.has_ended and self._journal is not None:
                self._journal.close()
            job.answer.set_exception(error)
        else:
            self.has_ended = job.ends
            if job.ends and self._journal is not None:
                self._journal.close()
            job.answer.set_result(result)


def _over(path: Path) -> SessionFileError:
    return SessionFileError(f"{path}: nothing more can be written to it: it was closed or left")
