"""A chair for tests with everything real: keeper, engine, devices on pseudo-terminals, commands."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

from ketamon.feed.client import FeedClient
from ketamon.feed.messages import Answer

KETAMON = [sys.executable, "-m", "ketamon"]
ROOT = Path(__file__).parents[2]
ROOM = str(Path(__file__).with_name("room.py"))
WITHIN_S = 20.0
LOOK_S = 0.02


class Ran(NamedTuple):
    """A command's exit code and what it printed where."""

    code: int
    out: str
    err: str


class RealChair:
    """Chair 1 in folders of its own; whatever was started there is gone afterwards."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="k-"))  # sockets want short paths
        self.run, self.data, self.room_folder = (self.folder / n for n in ("run", "data", "room"))
        self.room_folder.mkdir()
        self.env = {
            **os.environ,
            "KETAMON_RUN": str(self.run),
            "KETAMON_DATA": str(self.data),
            "KETAMON_CONFIG": str(self.folder / "config.toml"),
            **(env or {}),
        }
        (self.folder / "config.toml").touch()
        self.started: set[int] = set()
        self._room: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):
            self.note()
        for number in (signal.SIGSTOP, signal.SIGKILL):  # they would start each other again
            for pid in self.started:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
        if self._room is not None:
            self._room.kill()
            self._room.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ketamon(self, *arguments: object, **more: str) -> Ran:
        """Runs a command to its end."""
        ran = subprocess.run(
            [*KETAMON, *map(str, arguments)],
            env={**self.env, **more},
            capture_output=True,
            text=True,
            timeout=WITHIN_S * 2,
            check=False,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def room(self, speed: float = 1.0, *systolics: int) -> list[str]:
        """Starts virtual devices; gives the options that name them."""
        arguments = [str(self.room_folder), str(speed), *map(str, systolics)]
        self._room = subprocess.Popen(
            [sys.executable, ROOM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._room.stdout is not None
        devices = json.loads(self._room.stdout.readline())
        return [word for role, at in devices.items() for word in (f"--{role}", at)]

    def start(self, *options: str) -> Path:
        """Starts a session without a screen; gives its file."""
        code, out, err = self.ketamon("start", "--no-screen", *options)
        assert code == 0, err
        self.note()
        return Path(out.splitlines()[0])

    @property
    def engine(self) -> int:
        """The process that runs the chair now."""
        return int(json.loads((self.run / "chair-1.json").read_text())["pid"])

    @property
    def socket(self) -> Path:
        return self.run / "chair-1.sock"

    def note(self) -> int:
        """Remembers keeper and engine, to leave none behind; gives the keeper."""
        told = json.loads((self.run / "chair-1.json").read_text())
        self.started |= {int(told["pid"]), int(told["keeper"])}
        return int(told["keeper"])

    def status(self) -> dict[str, Any]:
        """What `status --json` says of the chair."""
        told: dict[str, Any] = json.loads(self.ketamon("status", "--json").out)
        return told

    def until(self, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Asks the engine until its picture is so; a dead engine's is none."""
        found: dict[str, Any] = {}

        def looked() -> bool:
            found.clear()
            found.update(asyncio.run(look(self.socket)))
            return "t" in found and bool(holds(found))

        wait_for(looked, lambda: f"the chair is {found}\n{self.log()}")
        return found

    def until_another(self, engine: int) -> dict[str, Any]:
        """Waits until another engine than this answers."""
        return self.until(lambda _now: self.engine != engine)

    def log(self) -> str:
        """What went wrong inside, if anything did."""
        return "".join(path.read_text() for path in self.run.glob("*.log"))

    def ask(self, name: str, **args: Any) -> Answer:
        """Gives a command from the nurse's seat, and its answer."""

        async def asked() -> Answer:
            client = await FeedClient.connect(self.socket, seat="nurse")
            asking = asyncio.create_task(client.command(name, **args))
            async for message in client.messages():
                if isinstance(message, Answer):
                    await client.close()
                    asking.cancel()
                    return message
            raise AssertionError("no answer came")

        return asyncio.run(asked())


async def look(socket: Path) -> dict[str, Any]:
    """One engine's picture, as plain values."""
    from ketamon.commands.status import look as looked

    return await looked("1", socket)


def wait_for(holds: Callable[[], object], otherwise: Callable[[], str], within_s: float = WITHIN_S) -> None:  # fmt: skip
    """Looks again and again until something holds."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(LOOK_S)


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """Mounts a disk in RAM at a folder; skips the test where that may not be done."""
    mounted = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mounted, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def state_of(pid: int) -> str:
    """`S` asleep, `T` stopped, `Z` ended and not waited for; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


@contextmanager
def lines_of(chair: RealChair, *arguments: str) -> Iterator["Lines"]:
    """Runs a command that goes on and on, and gives its lines."""
    process = subprocess.Popen(
        [*KETAMON, *arguments],
        env={**chair.env, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )
    try:
        yield Lines(process)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class Lines:
    """What a running command prints."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.seen: list[str] = []

    def until(self, words: str) -> str:
        """Reads until a line holds the words."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + WITHIN_S
        for line in self.process.stdout:
            self.seen.append(line.rstrip("\n"))
            if words in line:
                return self.seen[-1]
            assert time.monotonic() < deadline, self.seen[-20:]
        raise AssertionError(f"never said {words!r}: {self.seen}")
