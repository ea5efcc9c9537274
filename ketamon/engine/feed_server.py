"""The feed's server: one Unix-domain socket, any number of viewers, none of which can hold it up.

Each viewer has a queue of its own. Readings in it conflate to the newest of their kind; events are
kept in order, and a viewer that leaves too many unread, or takes nothing for a minute, is dropped
with a reason (it may come back and resume). Nothing here waits for a viewer.

The owner calls `pulse` each second of real time: viewers are people's, whatever the session's speed.
"""

import asyncio
import logging
import os
import socket
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Protocol

import msgspec

from ketamon.engine.peers import Peer, peer_of
from ketamon.engine.seats import account
from ketamon.entries import READING_KINDS, Entry
from ketamon.feed.messages import (
    LINE_LIMIT,
    PROTOCOL,
    Answer,
    Attach,
    AudioView,
    Beat,
    Bye,
    Command,
    EntryMessage,
    FeedError,
    FromEngine,
    Hello,
    Messages,
    Ping,
    Pong,
    Snapshot,
    View,
    Viewers,
    decode_from_viewer,
    encode,
)
from ketamon.feed.paths import open_to_group
from ketamon_drivers.readings import printable

BEAT_S = 1.0
EVENTS_UNREAD_AT_MOST = 1_000
EVENTS_KEPT = 5_000  # for viewers that resume
STALLED_PULSES = 60
ATTACH_WITHIN_PULSES = 10
LONGEST_KEY = 140
SEND_BUFFER_BYTES = 16 * 1024
FILE_MODE = 0o600
BESIDE = AudioView | Viewers | Messages
"""What is no part of the picture: the newest of each replaces the one before."""


class Host(Protocol):
    """What the server asks of the engine behind it."""

    def hello(self, seat: str) -> Hello:
        """The first line for a viewer in this seat."""

    def snapshot(self) -> Snapshot:
        """The whole picture now."""

    def beat(self) -> Beat:
        """Proof of life now."""

    def seat(self, peer: Peer, wanted: str | None) -> str:
        """The seat that this account gets."""

    def command(self, command: Command, seat: str, who: str) -> Answer:
        """Does what a viewer wants, of the account `who`, or says why not."""


class Viewer:
    """One connection: whose it is, its seat, what it has drawn, and has yet to be sent."""

    def __init__(self, seat: str, account: str = "", key: str = "") -> None:
        self.seat = seat
        self.account = account
        self.key = key
        self.undrawn_s: int | None = None  # None: it never said that it had drawn
        self.trip_s: float | None = None  # until its terminal answered
        self.queue: OrderedDict[tuple[str, ...], FromEngine] = OrderedDict()
        self.events = 0
        self.ready = asyncio.Event()
        self.dropped: str | None = None
        self.unread_pulses = 0
        self._keys = count()

    def put(self, message: FromEngine, entry: Entry | None = None) -> None:
        """Queues a message; a reading replaces the unsent one of its kind and device."""
        key: tuple[str, ...] = (str(next(self._keys)),)
        if isinstance(message, EntryMessage) and entry is not None and _conflates(message, entry):
            key = (entry.kind, entry.device or "")
            older = self.queue.pop(key, None)
            if isinstance(older, EntryMessage):
                message = _merged(older, message)
        elif isinstance(message, EntryMessage):
            self.events += 1
            if self.events > EVENTS_UNREAD_AT_MOST:
                self.dropped = "this viewer stopped reading; attach again to go on"
        elif isinstance(message, Beat | BESIDE):
            key = (str(type(message).__struct_config__.tag),)
            self.queue.pop(key, None)
        self.queue[key] = message
        self.ready.set()

    def replace(self, snapshot: Snapshot) -> None:
        """Forgets what was not sent: the snapshot holds it all."""
        lasting = Answer | Pong | Hello | BESIDE
        answers = [m for m in self.queue.values() if isinstance(m, lasting)]
        self.queue.clear()
        self.events = 0
        for message in (*answers, snapshot):
            self.put(message)

    def has_drawn(self, ping: Ping) -> None:
        """It says what it has drawn, if it is a screen."""
        if ping.drawn is not None:
            self.undrawn_s, self.trip_s = 0, ping.trip_s

    def take(self) -> list[FromEngine]:
        """Gives all that is queued, in order."""
        messages = list(self.queue.values())
        self.queue.clear()
        self.events = 0
        self.ready.clear()
        return messages


class FeedServer:
    """Listens at `path` and hands every viewer what `publish` is given."""

    def __init__(self, path: Path, host: Host) -> None:
        self.path = path
        self.host = host
        self.viewers: set[Viewer] = set()
        self.on_came: Callable[[Viewer], None] = lambda _viewer: None
        self.came = asyncio.Event()
        self.empty = asyncio.Event()
        self._beside: dict[type, FromEngine] = {}  # the newest of what is no part of the picture
        self._recent: deque[EntryMessage] = deque(maxlen=EVENTS_KEPT)
        self._arriving: dict[asyncio.StreamWriter, int] = {}  # pulses since they connected
        self._writing: dict[Viewer, asyncio.StreamWriter] = {}  # waiting for their socket
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Opens the socket, for its owner alone, or for those who may enter its folder."""
        self.path.unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self.path, limit=LINE_LIMIT)
        finally:
            os.umask(mask)
        self.path.chmod(FILE_MODE)
        open_to_group(self.path, may_write=True)

    async def close(self, reason: str) -> None:
        """Says goodbye to every viewer and takes the socket away."""
        for viewer in self.viewers:
            viewer.dropped = viewer.dropped or reason
            viewer.ready.set()
        if self._server is not None:
            self._server.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        self.path.unlink(missing_ok=True)

    def publish(self, played: Iterable[tuple[Entry, View | None]]) -> None:
        """Queues entries for every viewer."""
        for entry, view in played:
            message = EntryMessage(entry.seq, msgspec.Raw(entry.line), view)
            if entry.kind not in READING_KINDS:
                self._recent.append(EntryMessage(entry.seq, message.entry))
            for viewer in self.viewers:
                viewer.put(message, entry)

    def publish_snapshot(self) -> None:
        """Gives every viewer a fresh picture, as after a seek."""
        self._recent.clear()
        snapshot = self.host.snapshot()
        for viewer in self.viewers:
            viewer.replace(snapshot)

    def pulse(self) -> None:
        """A second of real time has passed: a beat for all; who takes nothing for long is let go."""
        self.publish_beat()
        for viewer in self.viewers:
            if viewer.undrawn_s is not None:
                viewer.undrawn_s += 1
        for writer in list(self._arriving):
            self._arriving[writer] += 1
            if self._arriving[writer] > ATTACH_WITHIN_PULSES:
                writer.transport.abort()
        for viewer, writer in list(self._writing.items()):
            viewer.unread_pulses += 1
            if viewer.unread_pulses > STALLED_PULSES:
                writer.transport.abort()

    def publish_beat(self) -> None:
        """Queues a beat for every viewer."""
        beat = self.host.beat()
        for viewer in self.viewers:
            viewer.put(beat)

    def publish_beside(self, message: AudioView | Viewers | Messages) -> None:
        """Queues how the chair sounds or who watches, for those who are there and who will come."""
        self._beside[type(message)] = message
        for viewer in self.viewers:
            viewer.put(message)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._attended(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the viewer is gone; nobody else is touched
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _attended(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        writer.transport.set_write_buffer_limits(high=SEND_BUFFER_BYTES)
        self._arriving[writer] = 0
        try:
            attach = decode_from_viewer(await reader.readuntil(b"\n"))
            if not isinstance(attach, Attach):
                raise FeedError("the first line must be attach")
            if attach.protocol != PROTOCOL:
                raise FeedError(f"this engine speaks feed protocol {PROTOCOL}")
        except (FeedError, asyncio.LimitOverrunError) as error:
            writer.write(encode(Bye(str(error))))
            await writer.drain()
            return
        finally:
            self._arriving.pop(writer, None)
        peer = peer_of(connection)
        viewer = Viewer(self.host.seat(peer, attach.seat), account(peer.uid), said_key(attach))
        hello = self.host.hello(viewer.seat)
        viewer.put(hello)
        viewer.put(self.host.snapshot())
        if attach.since is not None and attach.epoch == hello.epoch:
            for message in self._recent:
                if message.seq > attach.since:
                    viewer.put(message)
        for beside in self._beside.values():
            viewer.put(beside)
        viewer.put(self.host.beat())
        self.viewers.add(viewer)
        self.on_came(viewer)
        self.empty.clear()
        self.came.set()
        listening = asyncio.create_task(self._listen(viewer, reader))
        try:
            await self._send(viewer, writer)
        finally:
            listening.cancel()
            self.viewers.discard(viewer)
            if not self.viewers:
                self.empty.set()

    async def _send(self, viewer: Viewer, writer: asyncio.StreamWriter) -> None:
        """Writes what is queued, until the viewer is gone or dropped."""
        while True:
            await viewer.ready.wait()
            if writer.transport.is_closing():
                return  # it has gone; writing to it would only fill the log
            for message in viewer.take():
                writer.write(encode(message))
            if viewer.dropped is not None:
                writer.write(encode(Bye(viewer.dropped)))
            viewer.unread_pulses, self._writing[viewer] = 0, writer
            try:
                await writer.drain()
            finally:
                del self._writing[viewer]
            if viewer.dropped is not None:
                return

    def _answered(self, command: Command, viewer: Viewer) -> Answer:
        """The host's answer; a fault of its own is one too, and the viewer's keys work on."""
        try:
            return self.host.command(command, viewer.seat, viewer.account)
        except Exception:
            logging.exception("a command has failed")
            return Answer(command.id, False, "the engine failed at this; its log says where")

    async def _listen(self, viewer: Viewer, reader: asyncio.StreamReader) -> None:
        """Answers pings and commands; a line that is none ends the connection with a reason."""
        try:
            while True:
                message = decode_from_viewer(await reader.readuntil(b"\n"))
                match message:
                    case Ping():
                        viewer.has_drawn(message)
                        viewer.put(Pong(message.id))
                    case Command():
                        viewer.put(self._answered(message, viewer))
                    case Attach():
                        raise FeedError("already attached")
        except (FeedError, asyncio.LimitOverrunError) as error:
            viewer.dropped = str(error)
        except (ConnectionError, asyncio.IncompleteReadError):
            viewer.dropped = "the viewer left"
        viewer.ready.set()


def said_key(attach: Attach) -> str:
    """The key that a viewer says it came by, without what could steer a terminal."""
    return printable(attach.key)[:LONGEST_KEY]


def _conflates(message: EntryMessage, entry: Entry) -> bool:
    """A reading conflates unless something happened with it: a bar in the trend, an event."""
    view = message.view
    return entry.kind in READING_KINDS and (
        view is None or (view.bar is None and view.event is None)
    )


def _merged(older: EntryMessage, newer: EntryMessage) -> EntryMessage:
    """The newer reading with what the older one had changed and the newer one doesn't hold."""
    if older.view is None or newer.view is None:
        return EntryMessage(newer.seq, newer.entry, newer.view or older.view)
    bins = {(b.vital, b.t): b for b in (*older.view.bins, *newer.view.bins)}
    vitals = {v.vital: v for v in (*older.view.vitals, *newer.view.vitals)}
    conditions = {c.condition: c for c in (*older.view.conditions, *newer.view.conditions)}
    devices = {d.device: d for d in (*older.view.devices, *newer.view.devices)}
    view = View(
        tuple(vitals.values()),
        tuple(conditions.values()),
        tuple(bins.values()),
        devices=tuple(devices.values()),
        cuff=newer.view.cuff or older.view.cuff,
    )
    return EntryMessage(newer.seq, newer.entry, view)
