"""Viewers cost the chair and one another nothing: 100 of them with one stopped, and one far away.

Reading of a person → alarm line at each of 99 viewers, p99 50 ms; engine memory + 5 MB; all events
in order (DESIGN 13). Through a real sshd: the feed under 300 bytes a second, the terminal too.
"""

import asyncio
import json
import selectors
import threading
import time
from collections.abc import Iterator

import pytest

from tests.bench.test_bench_engine import Line, Oximeter, memory_mb, percentiles
from tests.conftest import needs
from tests.e2e.chair import KETAMON, RealChair
from tests.e2e.sshd import SSHD, SshServer, free_port
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.bench

VIEWERS, ROUNDS, DELAY_BUDGET_MS, MEMORY_BUDGET_MB = 100, 30, 50.0, 5.0
FEED_BUDGET, TERMINAL_BUDGET = 300, 300
WATCHED_S = 12.0
WITHIN_S = 5.0


@pytest.fixture
def oximeter() -> Oximeter:
    return Oximeter((97,) * 4 + (98,) * 4)  # a calm patient: a big figure takes some 250 bytes


@pytest.fixture
def chair(oximeter: Oximeter) -> Iterator[RealChair]:
    """A session with that oximeter, in which nothing alarms for want of a nurse's screen."""
    with RealChair() as made:
        made.start("--oximeter", f"nonin-df8:{oximeter.path}")
        yield made


class Many:
    """Plain viewers, read by one selector; when each has come to which line."""

    def __init__(self, chair: RealChair, count: int) -> None:
        self.lines = [Line(chair.socket) for _ in range(count)]
        self.rest = {line.socket.fileno(): b"" for line in self.lines}
        self.seqs: dict[int, list[int]] = {fd: [] for fd in self.rest}
        self.reading = selectors.DefaultSelector()
        for line in self.lines:
            self.reading.register(line.socket, selectors.EVENT_READ)

    def read(self, seconds: float, words: bytes = b"\0") -> list[float]:
        """Reads for so long, or until all have seen the words; gives when each did."""
        came: dict[int, float] = {}
        deadline = time.perf_counter() + seconds
        while len(came) < len(self.rest) and time.perf_counter() < deadline:
            for key, _ in self.reading.select(max(0.0, deadline - time.perf_counter())):
                data = key.fileobj.recv(1 << 20)  # type: ignore[union-attr]
                at = time.perf_counter()
                *whole, self.rest[key.fd] = (self.rest[key.fd] + data).split(b"\n")
                for line in whole:
                    if words in line:
                        came.setdefault(key.fd, at)
                    if line.startswith(b'{"type":"entry"') and b'"kind":"oximetry"' not in line:
                        self.seqs[key.fd].append(json.loads(line)["seq"])
        return list(came.values())

    def close(self) -> None:
        for line in self.lines:
            line.socket.close()
        self.reading.close()


def test_a_hundred_viewers_with_one_stopped_cost_the_rest_nothing(
    chair: RealChair, oximeter: Oximeter, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = Line(chair.socket)
    nurse.forget()
    engine = chair.engine
    before = memory_mb(engine)
    stopped = Line(chair.socket)  # never read again
    many = Many(chair, VIEWERS - 1)
    many.read(1.0)
    for fd in many.seqs:
        many.seqs[fd].clear()
    delays: list[float] = []
    for turn in range(ROUNDS):
        oximeter.say()
        many.read(0.05)
        systolic, words = ((172, b'"change":"raised"'), (130, b'"change":"cleared"'))[turn % 2]
        command = {"type": "command", "id": turn, "name": "manual",
                   "args": {"systolic": systolic, "diastolic": 80 + turn % 3}}  # fmt: skip
        at = time.perf_counter()
        nurse.socket.sendall(json.dumps(command).encode() + b"\n")
        came = many.read(WITHIN_S, words)
        assert len(came) == VIEWERS - 1
        delays += [(one - at) * 1e3 for one in came]
    grown = memory_mb(engine) - before
    many.read(0.5)
    seen = list(many.seqs.values())
    many.close()
    stopped.socket.close()
    nurse.socket.close()
    delays.sort()
    with capsys.disabled():
        print(f"\n{VIEWERS} viewers, one of them stopped")
        print(f"  reading → alarm at each  {percentiles(delays)}   budget p99 {DELAY_BUDGET_MS} ms")
        print(f"  memory of the engine     + {grown:.1f} MB   budget {MEMORY_BUDGET_MB} MB")
    assert all(seqs == seen[0] == sorted(seqs) for seqs in seen)
    assert len(seen[0]) >= 2 * ROUNDS
    assert delays[int(len(delays) * 0.99)] < DELAY_BUDGET_MS
    assert grown < MEMORY_BUDGET_MB


class Counting:
    """Passes TCP on to a port and counts the bytes of each way."""

    def __init__(self, to: int) -> None:
        self.port, self.to = free_port(), to
        self.down = self.up = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self._ready.set()
        await self._over.wait()
        server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_connection("127.0.0.1", self.to)

        async def copy(come: asyncio.StreamReader, go: asyncio.StreamWriter, way: str) -> None:
            while data := await come.read(1 << 16):
                setattr(self, way, getattr(self, way) + len(data))
                go.write(data)
            go.close()

        await asyncio.gather(
            copy(reader, to_far, "up"), copy(far, writer, "down"), return_exceptions=True
        )

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()


@pytest.fixture
def far(chair: RealChair) -> Iterator[tuple[SshServer, Counting]]:
    with SshServer(chair, "door --as physician") as server:
        counting = Counting(server.port)
        server.seen_at = counting.port
        yield server, counting
        counting.stop()


@needs("ssh", "openssh-client")
@needs("sshd", "openssh-server", SSHD)
def test_a_screen_far_away_takes_few_bytes_of_the_link_and_of_the_terminal(
    chair: RealChair,
    far: tuple[SshServer, Counting],
    oximeter: Oximeter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server, link = far
    env = {**chair.env, **server.env()}
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(1.0):
            oximeter.say()

    threading.Thread(target=beat, daemon=True).start()
    try:
        with Terminal([*KETAMON, "watch", "ssh://ward/1"], env=env) as screen:
            screen.until("█")
            screen.look(4)
            down, up, sent = link.down, link.up, len(screen.bytes)
            began = time.perf_counter()
            screen.look(WATCHED_S)
            passed = time.perf_counter() - began
            told = ((link.down - down) / passed, (link.up - up) / passed,
                    (len(screen.bytes) - sent) / passed)  # fmt: skip
            screen.press("qy")
            assert screen.end() == 0
    finally:
        stop.set()
    with capsys.disabled():
        print("\na screen far away at 1 Hz, 80x24")
        print(
            f"  feed through ssh   {told[0]:6.0f} B/s   budget {FEED_BUDGET} B/s   (up {told[1]:.0f})"
        )
        print(f"  to the terminal    {told[2]:6.0f} B/s   budget {TERMINAL_BUDGET} B/s")
    assert told[0] < FEED_BUDGET
    assert told[2] < TERMINAL_BUDGET
