"""The replay engine: a recording behind a feed, as a process of its own.

`python -m ketamon.engine.replay FILE SOCKET …` reads the recording, opens the feed, prints one
JSON line (ready, or the error) and plays until its standard input closes: it lives as long as the
screen that started it. A stalled terminal can't hold it up.
"""

import asyncio
import json
import os
import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import msgspec

from ketamon.core import alarms
from ketamon.core.profile import Profile
from ketamon.engine.feed_server import BEAT_S, FeedServer
from ketamon.engine.peers import Peer
from ketamon.engine.playback import Playback, marks
from ketamon.entries import By, Entry
from ketamon.feed.messages import (
    PROTOCOL,
    Answer,
    Beat,
    Command,
    EventLine,
    Hello,
    Mark,
    Snapshot,
    Transport,
)

SPEED_RANGE = (0.25, 600.0)
SHORTEST_WAIT_S = 0.02  # at high speed, entries of one such span are played together
STEPS = {"alarm": ("alarm",), "event": ("alarm", "change", "cuff", "event", "phase")}
AT_CHAIR = ("nurse", "trainer")


@dataclass(slots=True)
class Tape:
    """Session time against the loop's clock: speed, pause, and where it was last set."""

    duration_ms: int
    speed: float = 1.0
    playing: bool = True
    at_ms: float = 0.0
    since: float = 0.0

    def now_ms(self, clock: float) -> int:
        """Session time at the loop's `clock`, never past the end."""
        passed = (clock - self.since) * 1000 * self.speed if self.playing else 0.0
        return min(self.duration_ms, int(self.at_ms + passed))

    def set(self, clock: float, *, at_ms: int | None = None, **changes: float | bool) -> None:
        """Holds session time where it is (or puts it at `at_ms`), then changes speed or playing."""
        now = self.now_ms(clock) if at_ms is None else max(0, min(self.duration_ms, at_ms))
        self.at_ms, self.since = now, clock
        self.speed = float(changes.get("speed", self.speed))
        self.playing = bool(changes.get("playing", self.playing))


@dataclass(slots=True)
class ReplayHost:
    """Plays a recording for whoever watches; every command comes through here."""

    playback: Playback
    tape: Tape
    title: str
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    epoch: str = field(default_factory=lambda: uuid4().hex[:8])
    server: FeedServer | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    # -- what the server asks -------------------------------------------------------------------

    def hello(self, seat: str) -> Hello:
        """The first line for a viewer."""
        return Hello(PROTOCOL, self.title, self.epoch, "REPLAY", seat, self._now_s(), self._speed())

    def snapshot(self) -> Snapshot:
        """The picture where the tape stands, with the tape."""
        picture = self.playback.snapshot(self._now_ms())
        flags = tuple(EventLine(0.0, 0, note) for note in self.notes)
        return msgspec.structs.replace(
            picture,
            title=self.title,
            events=(*flags, *picture.events),
            transport=self._transport(self.marks),
        )

    def beat(self) -> Beat:
        """Proof of life."""
        return Beat(
            self._now_s(), self.playback.state.seq, self._speed(), "REPLAY", self._transport()
        )

    def seat(self, peer: Peer, wanted: str | None) -> str:
        """The account that plays may take any seat; nobody else steers."""
        if peer.uid != os.getuid():
            return "observer"
        return wanted or "trainer"

    def command(self, command: Command, seat: str, _who: str) -> Answer:
        """Does what a viewer wants, or says why not."""
        args = command.args if isinstance(command.args, dict) else {}
        if seat not in AT_CHAIR:
            return Answer(command.id, False, f"the {seat} seat only watches")
        try:
            reason = self._do(command.name, args, seat)
        except (TypeError, ValueError, OverflowError):
            reason = f"{command.name}: its arguments make no sense"
        self.woken.set()
        return Answer(command.id, reason is None, reason, self.playback.state.seq)

    def _do(self, name: str, args: dict[str, object], seat: str) -> str | None:
        clock = asyncio.get_running_loop().time()
        match name:
            case "play":
                restart = self._now_ms() >= self.tape.duration_ms
                if restart:
                    self._seek(0)
                self.tape.set(clock, playing=True)
            case "pause":
                self.tape.set(clock, playing=False)
            case "speed":
                lowest, highest = SPEED_RANGE
                speed = _number(args["speed"]) if "speed" in args else 0.0
                if not lowest <= speed <= highest:
                    return f"speed goes from {lowest:g} to {highest:g}"
                self.tape.set(clock, speed=speed)
            case "seek":
                target = (
                    _number(args["t"]) * 1000
                    if "t" in args
                    else self._now_ms() + _number(args.get("by", 0)) * 1000
                )
                self._seek(int(target))
            case "step":
                return self._step(str(args.get("what")), int(_number(args.get("direction", 1))))
            case "acknowledge":
                return self._acknowledge(args, seat)
            case _:
                return f"{name}: a recording can't do that"
        self._beat()
        return None

    def _acknowledge(self, args: dict[str, object], seat: str) -> str | None:
        up_to, condition = args.get("up_to_seq"), args.get("condition")
        played = self.playback.acknowledge(
            self._now_ms(),
            condition if isinstance(condition, str) else None,
            up_to if isinstance(up_to, int) else None,
            By(seat=seat),
        )
        if self.server is not None:
            self.server.publish(played)
        done = any(
            p.entry.kind == "alarm" and p.entry.body.change == "acknowledged" for p in played
        )
        return None if done else "nothing to acknowledge"

    def _step(self, what: str, direction: int) -> str | None:
        """Stops the tape at the next or last mark of this kind."""
        if what not in STEPS:
            return "step goes to alarm or event"
        times = sorted({round(m.t * 1000) for m in self.marks if m.what in STEPS[what]})
        now = self._now_ms()
        index = bisect_right(times, now) if direction > 0 else bisect_left(times, now) - 1
        if not 0 <= index < len(times):
            return f"no {'later' if direction > 0 else 'earlier'} {what}"
        self.tape.set(asyncio.get_running_loop().time(), playing=False)
        self._seek(times[index])
        return None

    def _seek(self, t_ms: int) -> None:
        self.tape.set(asyncio.get_running_loop().time(), at_ms=t_ms)
        self.playback.seek(self._now_ms())
        if self.server is not None:
            self.server.publish_snapshot()
        self._beat()

    # -- time -----------------------------------------------------------------------------------

    async def play(self, server: FeedServer) -> None:
        """Plays for ever: entries as they come, a beat each second, and stops at the end."""
        loop = asyncio.get_running_loop()
        next_beat = loop.time()
        while True:
            now_ms = self._now_ms()
            server.publish(list(self.playback.play_until(now_ms)))
            if self.tape.playing and now_ms >= self.tape.duration_ms:
                self.tape.set(loop.time(), playing=False)
                self._beat()
            if loop.time() >= next_beat:
                server.pulse()
                next_beat = loop.time() + BEAT_S
            wait = min(next_beat - loop.time(), self._until_next_s(now_ms))
            self.woken.clear()
            try:
                async with asyncio.timeout(max(wait, SHORTEST_WAIT_S)):
                    await self.woken.wait()
            except TimeoutError:
                continue

    def _until_next_s(self, now_ms: int) -> float:
        """Seconds of real time until something is to be played."""
        if not self.tape.playing:
            return BEAT_S
        coming = [alarms.due(self.playback.state)]
        if self.playback.position < len(self.playback.entries):
            coming.append(self.playback.entries[self.playback.position].t_ms)
        soonest = min((t for t in coming if t is not None), default=self.tape.duration_ms)
        return (min(soonest, self.tape.duration_ms) - now_ms) / 1000 / self.tape.speed

    def _beat(self) -> None:
        if self.server is not None:
            self.server.publish_beat()

    def _now_ms(self) -> int:
        return self.tape.now_ms(asyncio.get_running_loop().time())

    def _now_s(self) -> float:
        return self._now_ms() / 1000

    def _speed(self) -> float:
        return self.tape.speed if self.tape.playing else 0.0

    def _transport(self, on_it: tuple[Mark, ...] = ()) -> Transport:
        return Transport(
            self.tape.duration_ms / 1000,
            self.tape.playing,
            self.tape.speed,
            self._now_ms() >= self.tape.duration_ms,
            on_it,
        )


def _number(value: object) -> float:
    """A finite number, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError  # noqa: TRY004 - the callers answer one error
    return float(value)


class Request(msgspec.Struct, frozen=True):
    """What the screen asks of the process: one JSON argument."""

    file: str
    socket: str
    limits: str | None = None
    speed: float | None = None
    start_s: float = 0.0


def default_speed(entries: tuple[Entry, ...]) -> float:
    """Real time; a minute a second for a recording that was charted by hand."""
    readings = sum(1 for entry in entries if entry.is_reading)
    duration_s = entries[-1].t_ms / 1000 if entries else 0
    return 60.0 if readings and duration_s / readings > 10 else 1.0


async def serve(request: Request) -> None:
    """Reads, opens the feed, says ready, plays until standard input closes."""
    from ketamon.ledger.importers.recording import read_recording  # noqa: PLC0415 (start-up)

    profile: Profile | None = None
    if request.limits is not None:
        from ketamon.profiles import load_profile  # noqa: PLC0415 (start-up)

        profile = load_profile(Path(request.limits))
    recording = read_recording(Path(request.file))
    entries = recording.entries
    playback = Playback(entries, profile)
    speed = request.speed or default_speed(entries)
    tape = Tape(playback.duration_ms, speed=speed)
    notes = tuple(map(str, recording.flags))
    title = recording.title or Path(request.file).stem
    host = ReplayHost(playback, tape, title, marks(entries, profile), notes)
    server = FeedServer(Path(request.socket), host)
    start_ms = min(int(request.start_s * 1000), playback.duration_ms)
    tape.set(asyncio.get_running_loop().time(), at_ms=start_ms)
    playback.seek(start_ms)
    await server.start()
    print(json.dumps({"ready": request.socket}), flush=True)
    await server.came.wait()
    tape.set(asyncio.get_running_loop().time(), at_ms=start_ms)  # the tape runs from now
    host.server = server
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(host.play(server))
        await _until_stdin_closes()
        playing.cancel()
    await server.close("the replay was closed")


async def _until_stdin_closes() -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(1024):
        pass


def main() -> None:
    """Runs the process; an error is one JSON line for the screen that started it."""
    try:
        asyncio.run(serve(msgspec.json.decode(sys.argv[1], type=Request)))
    except ValueError as error:  # RecordingError, ProfileError: one sentence each
        print(json.dumps({"error": str(error)}), flush=True)
        sys.exit(2)
    except OSError as error:
        print(
            json.dumps(
                {
                    "error": f"the replay can't open its feed: {error.strerror}; "
                    "set KETAMON_RUN to a folder of yours"
                }
            ),
            flush=True,
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
