"""Where a burst goes: to this machine's sound device, or nowhere, and then why.

`KETAMON_SOUND` chooses another place than the device:

| value | what it does |
|---|---|
| `device` (or not set) | the system's usual output, through miniaudio (extra `audio`) |
| `none` | can't play: a chair without a loudspeaker, where the screens ring their bells |
| `silent` | miniaudio's own null device: all is played and nothing heard, for trying things out |
| `file:PATH` | writes a line of JSON a burst instead, for tests |
"""

import asyncio
import json
import os
from collections.abc import Generator, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from ketamon.feed.sounding import Burst
from ketamon.sound.tones import RATE_HZ, burst
from ketamon_drivers.links.loops import OwnThread

CHOICE = "KETAMON_SOUND"
TAKEN_WITHIN_S = 1.5  # beyond its own length, until the device has taken a whole burst
OPENED_WITHIN_S = 5.0
BUFFERED_S = 0.3  # what a device has taken and not yet played


class Sink(Protocol):
    """A place for bursts; one at a time, cut short by being cancelled."""

    device: str

    async def refusal(self) -> str:
        """Why it can't play now; empty where it can."""
        ...

    async def play(self, given: Burst) -> str:
        """Plays a burst to its end; gives why it did not work, empty where it did."""
        ...


class NoSink:
    """Plays nothing, and says why."""

    device = ""

    def __init__(self, why: str) -> None:
        self._why = why

    async def refusal(self) -> str:
        """Always the same."""
        return self._why

    async def play(self, given: Burst) -> str:
        """Nothing was heard of it."""
        del given
        return self._why


class FileSink:
    """Notes each burst as a line of JSON."""

    def __init__(self, path: Path) -> None:
        self.device = f"file {path.name}"
        self._path = path

    async def refusal(self) -> str:
        """A file takes all."""
        return ""

    async def play(self, given: Burst) -> str:
        """Takes no time."""
        line = json.dumps({"priority": given.priority, "condition": given.condition}) + "\n"
        try:
            with self._path.open("a") as file:
                file.write(line)
        except OSError as error:
            return f"{self._path.name}: {error.strerror}"
        return ""


class DeviceSink:
    """The system's sound device, opened for each burst: another one may be the usual by then.

    Opening and closing may block, so they have threads of their own. A burst has worked when the
    device has taken all its samples in time.
    """

    def __init__(self, library: Any, backends: list[Any]) -> None:
        self.device = "sound device"
        self._library, self._backends = library, backends
        self._samples: dict[str, bytes] = {}

    async def refusal(self) -> str:
        """Opens the device and closes it again."""
        opened = await self._open()
        if isinstance(opened, str):
            return opened
        await _aside(opened.close)
        return ""

    async def play(self, given: Burst) -> str:
        """Plays it, and waits until the device has taken the last sample."""
        data = self._samples.setdefault(given.priority, burst(given.priority))
        opened = await self._open()
        if isinstance(opened, str):
            return opened
        taken = asyncio.Event()
        loop = asyncio.get_running_loop()
        source = _source(data, lambda: loop.call_soon_threadsafe(taken.set))
        next(source)
        try:
            await _aside(partial(opened.start, source))
            begins = loop.time()
            async with asyncio.timeout(given.lasts_s + TAKEN_WITHIN_S):
                await taken.wait()
            ends = begins + given.lasts_s + BUFFERED_S
            await asyncio.sleep(
                max(0.0, ends - loop.time())
            )  # it takes samples ahead of their time
        except TimeoutError:
            return "the sound device takes nothing"
        except self._library.MiniaudioError as error:
            return f"the sound device failed ({error})"
        finally:
            await asyncio.shield(_aside(opened.close))
        return ""

    async def _open(self) -> Any:
        """The opened device, or why it can't be opened."""
        library = self._library
        opening = partial(
            library.PlaybackDevice,
            output_format=library.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=RATE_HZ,
            backends=self._backends,
            app_name="ketamon",
        )
        try:
            opened = await _aside(opening)
        except library.MiniaudioError:
            return "this machine has no sound device that can be opened"
        except TimeoutError:
            return "the sound device does not open"
        self.device = str(opened.backend)
        return opened


def sink_for(environment: Mapping[str, str] = os.environ) -> Sink:
    """The sink that was chosen."""
    kind, _, path = environment.get(CHOICE, "device").partition(":")
    if kind == "file":
        return FileSink(Path(path))
    if kind == "none":
        return NoSink("this chair is set to have no sound device")
    try:
        miniaudio = import_module("miniaudio")  # an extra, and in C: nobody else loads it
    except ImportError:
        return NoSink("sound is not installed; add it with `pip install ketamon[audio]`")
    # Left to itself the library takes its null device where there is no other, and all is silent.
    null = miniaudio.Backend.NULL
    backends = [null] if kind == "silent" else [b for b in miniaudio.Backend if b is not null]
    return DeviceSink(miniaudio, backends)


async def _aside(call: Any) -> Any:
    """Calls what may block in a thread of its own; TimeoutError where it takes too long."""
    async with asyncio.timeout(OPENED_WITHIN_S):
        return await asyncio.get_running_loop().run_in_executor(OwnThread(), call)


def _source(data: bytes, done: Any) -> Generator[bytes, int, None]:
    """Gives the device as many samples as it asks for, then silence."""
    at, wanted = 0, (yield b"")
    while True:
        piece = data[at : at + 2 * wanted]
        at += 2 * wanted
        if at >= len(data) and piece:
            with suppress(RuntimeError):  # the loop has ended
                done()
        wanted = yield piece + bytes(2 * wanted - len(piece))
