"""The engine at a chair, as a process of its own, headless.

`python -m ketamon.engine.chair` takes the chair of its request, opens or resumes the session's file, opens
the feed, prints one JSON line (ready, or the error) and monitors until the session is ended. Its
keeper hears a beat each second from the same loop that judges the alarms.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from ketamon.engine import wall
from ketamon.engine.bindings import bindings_of, hold_devices, let_go
from ketamon.engine.chair_host import ChairHost
from ketamon.engine.devices import Devices
from ketamon.engine.feed_server import BEAT_S, FeedServer
from ketamon.engine.host_watch import HostWatch
from ketamon.engine.keeper import REQUEST
from ketamon.engine.kept import Kept
from ketamon.engine.live_session import LiveSession
from ketamon.engine.record_watch import RecordWatch
from ketamon.engine.request import ChairError, ChairRequest
from ketamon.entries import Cuff, End, Entry, Gap, Limits, Phase, Session
from ketamon.feed.chairs import ChairNameError, ChairTakenError, Lock, hold_chair
from ketamon.feed.paths import RunFolderError, run_folder
from ketamon.ledger.closing import ClosedHalfwayError
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.places import DataFolderError, made_sessions_folder, new_session_path, origin_of
from ketamon.ledger.session_file import SessionFileError
from ketamon_drivers.links.loops import Pulse, RealLoop, ScaledLoop, run
from ketamon_drivers.readings import printable

ANCHOR_EACH_BEATS = 60
TITLE_LETTERS = 60
CLOSE_AGAIN_S = 1.0


@dataclass(slots=True)
class Chair:
    """What one engine holds while it runs."""

    request: ChairRequest
    path: Path
    lock: Lock
    ledger: LiveLedger
    session: LiveSession
    devices: Devices
    host: ChairHost
    server: FeedServer
    watch: RecordWatch
    host_watch: HostWatch
    kept: Kept
    beats: int = 0
    next_pulse: Pulse | None = None
    is_closing: bool = False  # nothing is judged any more, but whoever waits hears that we live

    def pulse(self) -> None:
        """Each second of real time: judge what is due, tell the viewers, tell the keeper."""
        loop: RealLoop | ScaledLoop = asyncio.get_running_loop()  # type: ignore[assignment]
        self.next_pulse = loop.pulse(BEAT_S, self.pulse)
        if not self.is_closing:
            self.session.evaluate()
            self.watch.look(loop.time(), loop.speed)
            self.host_watch.look(wall.host_clocks())
        self.server.pulse()
        if not self.is_closing:
            self.host.look_around()
        self.beats += 1
        if self.beats % ANCHOR_EACH_BEATS == 0 and not self.is_closing:
            self.ledger.anchor(wall.utc_now().isoformat())
        if self.is_closing:
            self.kept.beat_only()
        else:
            self.kept.beat()

    def set_speed(self, speed: float) -> None:
        """Time goes on as fast as this; only a simulated session's can be changed."""
        loop = asyncio.get_running_loop()
        if isinstance(loop, ScaledLoop):
            loop.set_speed(speed)
        self.note_clock()

    def note_clock(self) -> None:
        """Leaves word of where session time stands, for an engine that may have to go on."""
        loop: RealLoop | ScaledLoop = asyncio.get_running_loop()  # type: ignore[assignment]
        at = wall.mark(self.session.now_ms() / 1000, loop.speed)
        with suppress(OSError):  # without it the wall clock tells, less exactly
            self._clock_note().write_text(json.dumps(at))

    def tell(self, **more: Any) -> None:
        """Says anew at the chair what runs here; without that `status` knows less."""
        with suppress(OSError):
            self.lock.tell({**asdict(self.lock.info), **more})

    def forget_clock(self) -> None:
        """Takes the note away: nobody goes on with this session."""
        with suppress(OSError):
            self._clock_note().unlink(missing_ok=True)

    def noted_clock(self) -> wall.ClockMark | None:
        """What an engine of this very session noted before; None where nothing was."""
        with suppress(OSError, ValueError, TypeError):
            return wall.ClockMark(*json.loads(self._clock_note().read_text()))
        return None

    def moved(self, before: Path, path: Path) -> None:
        """The session goes on in another file."""
        self.path = self.kept.path = path
        self.tell(session=str(path))
        self.watch.moved(before, path)

    def _clock_note(self) -> Path:
        return run_folder() / f"{origin_of(self.path).stem}.clock"


def open_session(request: ChairRequest) -> tuple[Path, LiveLedger, list[Entry]]:
    """Makes the session's file, or opens the one to go on with; raises SessionFileError."""
    if request.resume is not None:
        ledger, entries = LiveLedger.reopen(Path(request.resume).absolute())
        return ledger.path, ledger, list(entries)
    path = new_session_path(made_sessions_folder(), wall.utc_now(), request.chair)
    return path, LiveLedger.create(path), []


def begin(request: ChairRequest, session: LiveSession) -> None:
    """Enters how a new session begins."""
    session.take(
        Session(
            printable(request.title)[:TITLE_LETTERS] if request.title else None,
            request.chair,
            request.mode,
            {"ketamon": version("ketamon")},
            wall.utc_now().isoformat(),
        )
    )
    if request.limits is not None:
        session.take(Limits(request.limits, request.approval))
    session.take(Phase(request.phase))


def go_on(session: LiveSession, entries: list[Entry], noted: wall.ClockMark | None) -> float:
    """Goes on with a session: all that was known is known again, the gap is marked as one.

    Gives the speed that it had.
    """
    session.restore(entries)
    last_s = entries[-1].t_ms / 1000 if entries else 0.0
    if noted is None:
        started = next((e.body.started for e in entries if e.kind == "session"), None)
        noted = wall.since(started, last_s)
    t_s = max(last_s, wall.resumed_t(noted))
    session.t0 = asyncio.get_running_loop().time() - t_s
    session.take(Gap(round(last_s, 3), "the engine was started again"))
    if session.state.cuff.measuring == "start":  # it is told to let go as soon as it is there
        session.take(Cuff("failed", "the engine was started again while the cuff measured"), "cuff")
    return noted.speed


async def serve(request: ChairRequest) -> None:
    """Runs one chair until its session is ended."""
    loop = asyncio.get_running_loop()
    bindings = bindings_of(request)
    told = {"pid": os.getpid(), "socket": request.socket, "since": wall.utc_now().isoformat()}
    if request.beat_fd is not None:
        told["keeper"] = os.getppid()
    lock = hold_chair(request.chair, told)
    try:
        held = hold_devices(bindings)
        path, ledger, entries = open_session(request)
    except BaseException:
        lock.release()
        raise
    if any(entry.kind == "end" for entry in entries):
        fingerprint = await ledger.close(wall.utc_now().isoformat())
        let_go(held, request)
        lock.release()
        say({"closed": str(ledger.path), "fingerprint": fingerprint})
        return
    began = next((entry.body.started for entry in entries if entry.kind == "session"), None)
    told |= {"session": str(path), "since": began or told["since"]}
    lock.tell(told)
    session = LiveSession(request.mode, ledger, loop.time())
    devices = Devices(session)
    devices.bluetooth.folder = run_folder()
    session.effect = devices.effect
    title = printable(request.title or "")[:TITLE_LETTERS] or path.stem
    host = ChairHost(session, devices, title, uuid4().hex[:8], speed=request.speed)
    server = FeedServer(Path(request.socket), host)
    host.server, session.publish = server, server.publish
    server.on_came = lambda who: None if host.ending.is_set() else host.comings.came(who)
    host.physician_may, host.seats = request.physician_may, request.seats
    session.projector.limits.physician = "limits" in request.physician_may
    chair = Chair(
        request, path, lock, ledger, session, devices, host, server, RecordWatch(session, ledger),
        HostWatch(session), Kept(request.beat_fd, session, path, Path(request.socket)),
    )  # fmt: skip
    chair.kept.tell = lambda keeper: chair.tell(keeper=keeper)
    ledger.on_moved = chair.moved
    stop_by_signal(host)
    speed = request.speed
    if entries:
        speed = go_on(session, entries, chair.noted_clock())
        host.know_again(entries)
    else:
        begin(request, session)
    if isinstance(loop, ScaledLoop):
        host.set_speed = chair.set_speed
        loop.set_speed(speed)
        host.speed = speed
    chair.note_clock()
    await server.start()
    devices.bind(bindings)
    chair.pulse()
    say({"ready": request.socket, "session": str(path)})
    await _until_ended(host, request)
    await close(chair)
    if chair.next_pulse is not None:
        chair.next_pulse.cancel()
    chair.kept.done()
    let_go(held, request)


async def close(chair: Chair) -> None:
    """Ends the session: nothing is judged after this, and the file is closed.

    One that was only left (the machine goes down) is kept as it is, for `ketamon resume`.
    """
    host = chair.host
    if host.set_speed is not None:
        host.set_speed(1.0)
    await chair.devices.close()
    chair.is_closing = True
    fingerprint = None
    if not host.left:
        chair.session.take(End(host.end_reason or None), by=host.end_by)
    chair.session.stop()
    if not host.left:
        fingerprint = await closed(chair)
    if fingerprint is None:
        await chair.ledger.leave()
        bye = "the engine was stopped; `ketamon resume` goes on with the session, or closes it"
    else:
        bye = f"the session was ended; fingerprint {fingerprint}"
        chair.forget_clock()
    await chair.server.close(bye)
    chair.lock.release()


async def closed(chair: Chair) -> str | None:
    """Closes the file as soon as the disk lets it; None where that is given up by SIGTERM."""
    while not chair.host.left:
        try:
            return await chair.ledger.close(wall.utc_now().isoformat())
        except ClosedHalfwayError:
            raise  # the file is whole and let go: another engine, or `ketamon resume`, ends it
        except SessionFileError as error:
            if chair.host.trouble != str(error):
                chair.host.trouble = str(error)
                chair.tell(trouble=str(error))
            await asyncio.sleep(CLOSE_AGAIN_S)
    return None


def stop_by_signal(host: ChairHost) -> None:
    """From now on a signal that asks the process to end leaves the session to be resumed."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, host.leave)


async def _until_ended(host: ChairHost, request: ChairRequest) -> None:
    """Waits for `end`, for a signal, or for whoever holds our standard input to be gone."""
    stopped = host.ending
    watching: asyncio.Task[None] | None = None
    if request.ends_with_stdin:
        watching = asyncio.get_running_loop().create_task(_stdin_closed(stopped))
    await stopped.wait()
    if watching is not None:
        watching.cancel()


async def _stdin_closed(stopped: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while await reader.read(1024):
        pass
    stopped.set()


def say(answer: dict[str, str]) -> None:
    """The one line on standard output."""
    print(json.dumps(answer), flush=True)


def main() -> None:
    """Runs the process; an error is one JSON line, and exit code 2."""
    os.umask(0o077)
    request = msgspec.json.decode(os.environ[REQUEST], type=ChairRequest)
    loop = RealLoop() if request.mode == "LIVE" else ScaledLoop(request.speed)
    try:
        run(serve(request), loop)
    except (
        ChairError, ChairNameError, ChairTakenError, DataFolderError, RunFolderError, SessionFileError
    ) as error:  # fmt: skip
        say({"error": str(error)})
        sys.exit(2)
    except OSError as error:
        say({"error": f"the chair can't be opened: {error.strerror or error}"})
        sys.exit(2)


if __name__ == "__main__":
    main()
