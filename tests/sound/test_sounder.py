"""A chair's sound process on virtual time: what it plays, what it tells, and how chairs share."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ketamon.feed.beside import AudioView
from ketamon.feed.messages import (
    Answer,
    Beat,
    ConditionView,
    EntryMessage,
    PauseView,
    Snapshot,
    View,
)
from ketamon.feed.sounding import SILENCE_S, Burst
from ketamon.sound.neighbours import Neighbours
from ketamon.sound.sounder import TRIED_AGAIN_S, Sounder
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.lock_file import LockFile
from tests.engine.chairside import Chairside


class Loudspeaker:
    """Notes what it plays, from when to when; `why` is what is wrong with it."""

    device = "made"

    def __init__(self) -> None:
        self.played: list[tuple[float, float, str, str]] = []
        self.why = ""

    async def refusal(self) -> str:
        return self.why

    async def play(self, given: Burst) -> str:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        if self.why:
            return self.why
        try:
            await asyncio.sleep(given.lasts_s)
        finally:
            self.played.append(
                (round(begin, 3), round(loop.time(), 3), given.priority, given.condition)
            )
        return ""

    def begins(self) -> list[tuple[float, str]]:
        return [(begin, condition) for begin, _, _, condition in self.played]


class Engine:
    """Instead of a connection: keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    async def command(self, name: str, **args: Any) -> Answer:
        self.told.append((name, args))
        return Answer(1, True)

    def announced(self) -> list[tuple[str, object, str]]:
        return [(a["where"], a["ok"], a["reason"]) for n, a in self.told if n == "announced"]


class Room:
    """Chairs on one machine, each with its sound process, and one loudspeaker each to listen to."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.speakers = {name: Loudspeaker() for name in names}
        self.engines = {name: Engine() for name in names}
        self.sounders: dict[str, Sounder] = {}
        self._looking: list[asyncio.Task[None]] = []
        for name in names:
            sounder = Sounder(
                folder / f"chair-{name}.sock", self.speakers[name], Neighbours(folder, name)
            )
            assert sounder.neighbours.hold()
            sounder.client = self.engines[name]  # type: ignore[assignment]
            sounder.heard = asyncio.get_running_loop().time()
            self.sounders[name] = sounder
            self._looking.append(asyncio.create_task(sounder._look()))

    def stands(self, chair: str, **conditions: str) -> None:
        """These conditions are active at a chair, and no others."""
        views = tuple(ConditionView(c, "active", p) for c, p in conditions.items())
        self.sounders[chair].take(Snapshot(1, 0, "LIVE", conditions=views))

    async def passes(self, seconds: float, *, beats: bool = True) -> None:
        for _ in range(round(seconds)):
            await asyncio.sleep(1)
            for sounder in self.sounders.values():
                if beats:
                    sounder.take(Beat(asyncio.get_running_loop().time(), 0, 1, "LIVE"))

    def close(self) -> None:
        for task in self._looking:
            task.cancel()
        for sounder in self.sounders.values():
            sounder.neighbours.leave()


def in_a_room(folder: Path, *names: str, act: Callable[[Room], Awaitable[None]]) -> Room:
    async def scene() -> Room:
        room = Room(folder, *names)
        await act(room)
        room.close()
        return room

    return run(scene(), VirtualLoop())


def test_what_stands_is_played_and_told(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        room.stands("1", sys_high="medium")
        await room.passes(30)

    room = in_a_room(tmp_path, "1", act=act)
    assert room.speakers["1"].begins() == [(0, "sys_high"), (25, "sys_high")]
    [first, _] = [a for n, a in room.engines["1"].told if n == "announced"]
    assert first == {
        "what": "burst", "where": "made", "ok": True, "priority": "medium",
        "condition": "sys_high", "reason": "",
    }  # fmt: skip


def test_an_answer_is_heard_at_once_and_what_was_cut_short_is_told(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        room.stands("1", spo2_low="high")
        await room.passes(2)
        room.stands("1")
        await room.passes(20)

    room = in_a_room(tmp_path, "1", act=act)
    assert [(begin, end) for begin, end, _, _ in room.speakers["1"].played] == [(0, 2)]
    assert room.engines["1"].announced() == [("made", None, "cut short")]


def test_a_pause_is_silent_until_it_is_over_or_broken(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        room.stands("1", spo2_low="high")
        await room.passes(4)
        room.sounders["1"].take(EntryMessage(2, msgspec.Raw(b"{}"), View(pause=PauseView(4, 64))))
        await room.passes(70)

    room = in_a_room(tmp_path, "1", act=act)
    assert [begin for begin, _ in room.speakers["1"].begins()] == [0, 64, 74]


def test_a_re_alarm_sounds_at_once(tmp_path: Path) -> None:
    line = (
        b'{"t":8.000,"kind":"alarm","condition":"device_lost","change":"realarmed",'
        b'"state":"active","priority":"medium"}'
    )

    async def act(room: Room) -> None:
        room.stands("1", device_lost="medium")
        await room.passes(8)
        room.sounders["1"].take(EntryMessage(2, msgspec.Raw(line)))
        await room.passes(2)

    room = in_a_room(tmp_path, "1", act=act)
    assert [begin for begin, _ in room.speakers["1"].begins()] == [0, 8]


def test_an_engine_that_says_nothing_is_heard_and_what_stood_goes_on(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        await room.passes(5)
        await room.passes(40, beats=False)

    room = in_a_room(tmp_path, "1", act=act)
    first, *more = room.speakers["1"].begins()
    assert first == (5 + SILENCE_S, "engine_silent")
    assert more == [(first[0] + 25, "engine_silent")]

    async def alarmed(room: Room) -> None:
        room.stands("1", spo2_low="high")
        await room.passes(30, beats=False)

    room = in_a_room(tmp_path, "1", act=alarmed)
    assert room.speakers["1"].begins()[:3] == [(t, "spo2_low") for t in (0, 10, 20)]


def test_a_device_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        await room.passes(2)
        room.speakers["1"].why = "unplugged"
        room.stands("1", spo2_low="high")
        await room.passes(3)
        room.speakers["1"].why = ""
        await room.passes(TRIED_AGAIN_S + 10)

    room = in_a_room(tmp_path, "1", act=act)
    assert room.engines["1"].announced()[0] == ("made", False, "unplugged")
    said = [(a["can"], a["why"]) for n, a in room.engines["1"].told if n == "sound"]
    changes = [said[0], *(b for a, b in pairwise(said) if a != b)]
    assert changes == [(True, ""), (False, "unplugged"), (True, "")]
    assert room.speakers["1"].begins()[0][0] <= 3 + TRIED_AGAIN_S + 10


def test_reports_wait_for_an_engine_that_is_away(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        client, room.sounders["1"].client = room.sounders["1"].client, None
        room.stands("1", sys_high="medium")
        await room.passes(5)
        assert room.engines["1"].told == []
        room.sounders["1"].client = client
        await room.passes(2)

    room = in_a_room(tmp_path, "1", act=act)
    assert room.engines["1"].announced() == [("made", True, "")]


def test_a_test_is_played_once_and_what_was_asked_for_before_is_not(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        for view in (AudioView("device", tests=3, test="heard"), AudioView("device", tests=4, test="asked")):  # fmt: skip
            room.sounders["1"].take(view)
            room.sounders["1"].take(view)
            await room.passes(5)

    room = in_a_room(tmp_path, "1", act=act)
    assert room.speakers["1"].begins() == [(5, "test")]
    assert [a["what"] for n, a in room.engines["1"].told if n == "announced"] == ["test"]


def test_the_worst_chair_sounds_and_the_others_say_which_it_is(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        room.stands("1", spo2_low="high")
        await room.passes(2)
        room.stands("2", sys_high="medium")
        await room.passes(10)
        room.stands("1")
        await room.passes(20)

    room = in_a_room(tmp_path, "1", "2", act=act)
    assert room.engines["2"].announced()[0] == ("chair 1", None, "chair 1 sounds: it is worse")
    assert room.speakers["2"].begins() == [(27, "sys_high")]


def test_equals_take_turns_and_never_sound_at_once(tmp_path: Path) -> None:
    async def act(room: Room) -> None:
        room.stands("1", spo2_low="high")
        room.stands("2", sys_high="high")
        await room.passes(60)

    room = in_a_room(tmp_path, "1", "2", act=act)
    played = sorted(p for speaker in room.speakers.values() for p in speaker.played)
    assert all(a[1] <= b[0] for a, b in pairwise(played))
    assert min(len(speaker.played) for speaker in room.speakers.values()) >= 4


def test_a_chair_whose_process_is_gone_or_stands_still_holds_nobody_back(tmp_path: Path) -> None:
    (tmp_path / "chair-9.sounds").write_text("[3, 1.0]")
    standing = LockFile.take(tmp_path / "chair-9.sound")
    turn = LockFile.take(tmp_path / "sound.turn")
    assert standing is not None
    assert turn is not None

    async def act(room: Room) -> None:
        room.stands("1", sys_high="medium")
        await room.passes(10)

    room = in_a_room(tmp_path, "1", act=act)
    standing.release()
    turn.release()
    assert [condition for _, condition in room.speakers["1"].begins()] == ["sys_high"]


@pytest.mark.parametrize("answered", ["physician", "nurse"])
def test_only_an_answer_at_the_chair_changes_what_is_announced_there(
    tmp_path: Path, answered: str
) -> None:
    def heard(seat: str | None) -> list[tuple[float, str]]:
        async def scene() -> list[tuple[float, str]]:
            chair, room = Chairside("LIVE"), Room(tmp_path, "1")
            sounder = room.sounders["1"]
            sounder.take(chair.session.snapshot())

            def published(played: Any) -> None:
                for entry, view in played:
                    sounder.take(EntryMessage(entry.seq, msgspec.Raw(entry.line), view))

            chair.session.publish = published
            assert chair.ask("manual", systolic=190, diastolic=90).ok
            await room.passes(3)
            if seat is not None:
                chair.ask("acknowledge", seat, up_to_seq=chair.session.state.seq)
            await room.passes(40)
            room.close()
            chair.session.stop()
            return room.speakers["1"].begins()

        return run(scene(), VirtualLoop())

    same = heard(answered) == heard(None)
    assert same is (answered == "physician")
