"""The feed over a real socket: order, resumption, conflation, and viewers that misbehave."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from ketamon.engine.feed_server import ATTACH_WITHIN_PULSES, FeedServer, Viewer
from ketamon.engine.playback import Playback, marks
from ketamon.engine.replay import ReplayHost, Tape
from ketamon.feed.client import FeedClient
from ketamon.feed.messages import (
    Answer,
    Beat,
    Bye,
    EntryMessage,
    FromEngine,
    Hello,
    Pong,
    Snapshot,
    decode_from_engine,
)
from ketamon.feed.picture import Picture
from tests.engine.recordings import PRESSURES, seconds_of_oximetry


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[ReplayHost]:
    """A paused replay at 0, listening."""
    playback = Playback(PRESSURES)
    tape = Tape(playback.duration_ms, playing=False)
    host = ReplayHost(playback, tape, "made", marks(PRESSURES))
    server = FeedServer(tmp_path / "f.sock", host)
    host.server = server
    await server.start()
    playing = asyncio.create_task(host.play(server))
    yield host
    playing.cancel()
    await server.close("test over")


async def first(client: FeedClient, kind: type[FromEngine]) -> FromEngine:
    """The next message of this kind."""
    async with asyncio.timeout(5):
        async for message in client.messages():
            if isinstance(message, kind):
                return message
    raise AssertionError(f"no {kind.__name__} came")


def path_of(host: ReplayHost) -> Path:
    assert host.server is not None
    return host.server.path


async def test_hello_then_snapshot_then_beats(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host))
    kinds: list[type] = []
    async with asyncio.timeout(5):
        async for message in client.messages():
            kinds.append(type(message))
            if isinstance(message, Beat):
                break
    assert kinds == [Hello, Snapshot, Beat]
    await client.close()


async def test_every_line_says_it_is_a_replay(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host))
    for kind in (Hello, Snapshot, Beat):
        message = await first(client, kind)
        assert message.mode == "REPLAY"  # type: ignore[union-attr]
    await client.close()


async def test_socket_is_its_owners_alone(host: ReplayHost) -> None:
    assert stat.S_IMODE(path_of(host).stat().st_mode) == 0o600


async def ask(client: FeedClient, name: str, **args: object) -> Answer:
    """A command and its answer, with the messages between them read away."""

    async def read() -> None:
        async for _ in client.messages():
            pass

    reading = asyncio.create_task(read())
    answer = await client.command(name, **args)
    reading.cancel()
    assert answer is not None
    return answer


async def test_step_goes_to_the_next_alarm_and_stops_there(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host))
    assert (await ask(client, "step", what="alarm", direction=1)).ok
    assert host.tape.now_ms(asyncio.get_running_loop().time()) == 60_000
    assert (await ask(client, "step", what="alarm", direction=1)).ok
    assert host.playback.state.tracks["sys_high"].priority == "high"
    answer = await ask(client, "step", what="alarm", direction=1)
    assert (answer.ok, answer.reason) == (False, "no later alarm")
    await client.close()


async def test_acknowledgement_from_the_feed_acts_in_the_core(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host))
    await ask(client, "seek", t=70)
    answer = await ask(client, "acknowledge", up_to_seq=host.playback.state.seq)
    assert answer.ok
    assert host.playback.state.tracks["sys_high"].state == "acknowledged"
    again = await ask(client, "acknowledge", up_to_seq=host.playback.state.seq)
    assert (again.ok, again.reason) == (False, "nothing to acknowledge")
    await client.close()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("fly", {}),
        ("speed", {"speed": 0}),
        ("speed", {"speed": 601}),
        ("speed", {"speed": "fast"}),
        ("seek", {"t": None}),
        ("step", {"what": "side"}),
        ("seek", {"t": 1e308}),
    ],
)
async def test_command_that_makes_no_sense_is_refused_with_a_reason(
    host: ReplayHost, name: str, args: dict[str, object]
) -> None:
    client = await FeedClient.connect(path_of(host))
    answer = await ask(client, name, **args)
    assert not answer.ok
    assert answer.reason
    await client.close()


async def test_observer_only_watches(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host), seat="observer")
    answer = await ask(client, "play")
    assert (answer.ok, answer.reason) == (False, "the observer seat only watches")
    assert not host.tape.playing
    await client.close()


@pytest.mark.parametrize(
    "line",
    [
        b"hello\n",
        b'{"type":"ping","id":1}\n',
        b"\xff\n",
        b'{"type":"attach","protocol":99}\n',
        b"x" * 70_000 + b"\n",
    ],
)
async def test_stranger_gets_a_reason_and_disturbs_nobody(host: ReplayHost, line: bytes) -> None:
    other = await FeedClient.connect(path_of(host))
    reader, writer = await asyncio.open_unix_connection(path_of(host))
    writer.write(line)
    async with asyncio.timeout(5):
        answer = decode_from_engine(await reader.readline())
    assert isinstance(answer, Bye)
    assert answer.reason
    writer.close()
    assert await first(other, Beat)
    await other.close()


async def test_ping_is_answered_with_its_number(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host))
    await client.ping()
    assert (await first(client, Pong)).id == 1  # type: ignore[union-attr]
    await client.close()


async def test_events_after_since_are_sent_again(host: ReplayHost) -> None:
    client = await FeedClient.connect(path_of(host))
    hello = await first(client, Hello)
    assert isinstance(hello, Hello)
    host.tape.set(asyncio.get_running_loop().time(), speed=600, playing=True)
    host.woken.set()
    seqs = []
    async with asyncio.timeout(10):
        async for message in client.messages():
            if isinstance(message, EntryMessage) and b'"alarm"' in bytes(message.entry):
                seqs.append(message.seq)
            if isinstance(message, Beat) and message.transport and message.transport.at_end:
                break
    await client.close()
    again = await FeedClient.connect(path_of(host), epoch=hello.epoch, since=seqs[0])
    resumed = []
    async with asyncio.timeout(5):
        async for message in again.messages():
            if isinstance(message, EntryMessage) and b'"alarm"' in bytes(message.entry):
                resumed.append(message.seq)
            if isinstance(message, Beat):
                break
    assert resumed == seqs[1:]
    await again.close()


def test_readings_of_one_device_conflate_and_lose_no_history() -> None:
    entries = seconds_of_oximetry(100, range(40, 60))
    playback = Playback(entries)
    viewer = Viewer("observer")
    slow, whole = Picture(), Picture()
    for picture in (slow, whole):
        picture.apply(playback.snapshot(0), 0.0)
    for entry, view in playback.play_until(100_000):
        message = EntryMessage(entry.seq, msgspec.Raw(entry.line), view)
        viewer.put(message, entry)
        whole.apply(message, 0.0)
    sent = viewer.take()
    assert len(sent) < 12
    for message in sent:
        slow.apply(message, 0.0)
    for name in ("vitals", "conditions", "bins", "bars", "events", "seq"):
        assert getattr(slow, name) == getattr(whole, name), name


async def test_stalled_viewer_costs_the_others_nothing_and_is_dropped(tmp_path: Path) -> None:
    entries = seconds_of_oximetry(20)
    playback = Playback(entries)
    host = ReplayHost(playback, Tape(playback.duration_ms, playing=False), "made")
    server = FeedServer(tmp_path / "f.sock", host)
    await server.start()
    _, stalled = await asyncio.open_unix_connection(server.path)
    stalled.write(b'{"type":"attach"}\n')
    client = await FeedClient.connect(server.path)
    await first(client, Snapshot)
    events = [p for p in Playback(PRESSURES).play_until(10**6) if p.entry.kind == "alarm"]
    got = 0
    async with asyncio.timeout(20):
        stream = client.messages()
        while got < 3000:
            server.publish(events * 10)
            expected = got + len(events) * 10
            while got < expected:
                got += isinstance(await anext(stream), EntryMessage)
    await asyncio.sleep(0)
    assert any(viewer.dropped for viewer in server.viewers)
    stalled.close()
    await client.close()
    await server.close("test over")


async def test_a_fault_in_a_command_is_answered_and_the_next_one_is_done(
    host: ReplayHost, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = await FeedClient.connect(path_of(host))
    with monkeypatch.context() as broken:
        broken.setattr(ReplayHost, "command", lambda *_: 1 / 0)
        answer = await ask(client, "pause")
    assert (answer.ok, answer.reason) == (False, "the engine failed at this; its log says where")
    assert "a command has failed" in caplog.text
    assert (await ask(client, "seek", t=5)).ok
    await client.close()


async def test_who_never_attaches_is_let_go_and_the_others_are_not(host: ReplayHost) -> None:
    assert host.server is not None
    client = await FeedClient.connect(path_of(host))
    await first(client, Snapshot)
    reader, writer = await asyncio.open_unix_connection(path_of(host))
    await asyncio.sleep(0.05)
    for _ in range(ATTACH_WITHIN_PULSES + 1):
        host.server.pulse()
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()
    await first(client, Beat)
    assert len(host.server.viewers) == 1
    await client.close()
