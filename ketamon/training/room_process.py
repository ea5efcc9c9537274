"""A room as a process of its own: `python -m ketamon.training.room_process '{"folder": "…"}'`.

| line | says |
|---|---|
| out, once | `{"ready": {"cuff": PATH, "oximeter": PATH}}`, or `{"error": SENTENCE}` and exit 2 |
| in, any number | `{"speed": 10}`: go on at this speed, 0 to 60 |
| out, for a line that can't be followed | `{"error": SENTENCE}`, and the room goes on |

It ends when its standard input does, so it never outlives the process that started it.
"""

import asyncio
import contextlib
import json
import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TextIO

import msgspec

from ketamon.training.demo_patient import DEMO_SEED, demo_patient
from ketamon.training.patient import Patient
from ketamon.training.room import Room
from ketamon_drivers.links.loops import ScaledLoop, run

Obey = Callable[[bytes, ScaledLoop], None]

INFUSION_STARTS_S = 600.0  # of a drawn patient: time for a baseline of two readings


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """What a line on standard input asks for."""

    speed: float


class Request(msgspec.Struct):
    """What a room is started with; `truth` is the path of the truth's log."""

    folder: str
    seed: int = DEMO_SEED
    speed: float = 1.0
    patient: Literal["demo", "drawn"] = "demo"
    truth: str | None = None


class RoomError(Exception):
    """The room can't be opened; the message is one sentence that says what to do."""


def request_in(text: str) -> Request:
    """Reads the command line's object; RoomError where it is none."""
    try:
        return msgspec.json.decode(text, type=Request)
    except msgspec.DecodeError as error:
        raise RoomError(
            f'this asks for no room ({error}): give one like {{"folder": "PATH", "speed": 10}}'
        ) from error


class TruthLog:
    """The truth's log as a file; a line that can't be written ends it, and the room goes on."""

    def __init__(self, path: str) -> None:
        try:
            self._file: TextIO | None = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 close does
        except OSError as error:
            raise RoomError(
                f"the truth can't be written to {path} ({error.strerror}): give another path"
            ) from error

    def __call__(self, line: str) -> None:
        """Writes one line."""
        if self._file is None:
            return
        try:
            print(line, file=self._file, flush=True)
        except OSError as error:
            tell({"error": f"the truth is no longer written ({error.strerror}): make room for it"})
            self.close()

    def close(self) -> None:
        """Closes the file; what can't be written any more is dropped."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()


def room_for(request: Request, truth_log: TruthLog | None) -> Room:
    """Makes the room that was asked for."""
    if request.patient == "demo":
        return Room(request.seed, patient=demo_patient(request.seed), truth_log=truth_log)
    patient = Patient(request.seed)
    patient.start_infusion(INFUSION_STARTS_S)
    return Room(request.seed, patient=patient, truth_log=truth_log)


def serve(room: Room, folder: Path) -> dict[str, str]:
    """Serves the room's devices in the folder, which is made; RoomError where that can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return room.serve_ptys(folder)
    except FileExistsError as error:
        # The drivers' own sentence, or the system's, where a file has the folder's name.
        reason = str(error) if error.errno is None else f"{folder} is a file: give another folder"
        raise RoomError(reason) from error
    except OSError as error:
        raise RoomError(
            f"no devices can be served in {folder} ({error.strerror}): give a folder of your own"
        ) from error


async def live(request: Request, loop: ScaledLoop, obey: Obey) -> None:
    """Serves the room until standard input ends; raises RoomError before it is ready."""
    orders = await _orders(loop)
    truth_log = None if request.truth is None else TruthLog(request.truth)
    room = room_for(request, truth_log)
    try:
        tell({"ready": serve(room, Path(request.folder))})
        async with asyncio.TaskGroup() as tasks:
            log = tasks.create_task(room.run())
            while line := await orders.readline():
                obey(line, loop)
            log.cancel()
    finally:
        await room.close()
        if truth_log is not None:
            truth_log.close()


async def _orders(loop: ScaledLoop) -> asyncio.StreamReader:
    """Opens standard input for the loop, and lets a request to terminate end it."""
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or sys.stdin.isatty()):
        raise RoomError("a room takes its speed from a pipe and ends with it: give it one as input")
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    loop.add_signal_handler(signal.SIGTERM, reader.feed_eof)
    return reader


def follow(line: bytes, loop: ScaledLoop) -> None:
    """Does what a line asks for, or says why not."""
    try:
        loop.set_speed(msgspec.json.decode(line, type=Order).speed)
    except msgspec.DecodeError as error:
        tell({"error": f'a line is like {{"speed": 10}}, this one is not: {error}'})
    except ValueError as error:
        tell({"error": str(error)})


def tell(what: dict[str, object]) -> None:
    """Writes one line for the process that started the room."""
    with contextlib.suppress(BrokenPipeError):  # it has gone; its end of our input will end us
        print(json.dumps(what), flush=True)


def main(arguments: list[str], obey: Obey = follow) -> int:
    """Runs a room; gives the process's exit code. `obey` is given each line of standard input."""
    try:
        request = request_in(arguments[0] if len(arguments) == 1 else "")
        loop = ScaledLoop(request.speed)
    except (RoomError, ValueError) as error:
        tell({"error": str(error)})
        return 2
    try:
        run(live(request, loop, obey), loop)
    except RoomError as error:
        tell({"error": str(error)})
        return 2
    except KeyboardInterrupt:  # the terminal's Ctrl-C reaches all of its programs
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
