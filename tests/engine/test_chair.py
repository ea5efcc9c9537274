"""What an engine does around its session: devices by name, going on, noting the clock, closing."""

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ketamon.engine import chair as process
from ketamon.engine import wall
from ketamon.engine.bindings import bindings_of, hold_devices
from ketamon.engine.chair import Chair, closed, go_on
from ketamon.engine.live_session import LiveSession
from ketamon.engine.request import ChairError, ChairRequest
from ketamon.engine.wall import ClockMark
from ketamon.entries import Cuff, Entry, Session, make
from ketamon.feed.chairs import ChairInfo
from ketamon.ledger.closing import ClosedHalfwayError
from ketamon.ledger.session_file import SessionFileError
from ketamon_drivers.links.loops import ScaledLoop, VirtualLoop, run
from tests.engine.chairside import Kept


def request(mode: str = "SIMULATED", **devices: str) -> ChairRequest:
    return ChairRequest("1", "/run/1.sock", mode, devices)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / "run"))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (request(cuff="omron:/dev/x"), "no device family is called omron"),
        (request(cuff="nonin-df8:/dev/x"), "nonin-df8 is for the oximeter, not for the cuff"),
        (request(cuff="suntech:x"), "is no address of a device"),
        (request("LIVE", cuff="suntech:socket://localhost:4001"), "is virtual, and the session is LIVE"),
        (request(cuff="suntech:socket://ward-3:4001"), "is real, and the session is SIMULATED"),
    ],
)  # fmt: skip
def test_what_can_not_be_a_device_of_the_session_is_refused(
    asked: ChairRequest, words: str
) -> None:
    with pytest.raises(ChairError, match=words):
        bindings_of(asked)


@pytest.mark.parametrize(("mode", "is_virtual"), [("LIVE", False), ("SIMULATED", True)])
def test_a_device_that_is_away_is_what_its_session_is(
    tmp_path: Path, mode: str, is_virtual: bool
) -> None:
    [binding] = bindings_of(request(mode, cuff=f"suntech:{tmp_path}/away"))
    assert binding.port.is_virtual == is_virtual


def test_a_pseudo_terminal_never_opens_in_a_live_session() -> None:
    master, slave = os.openpty()
    [binding] = bindings_of(request("LIVE", cuff=f"suntech:{os.ttyname(slave)}"))
    with pytest.raises(OSError, match="is a virtual device"):
        run(binding.port.open(), ScaledLoop())
    os.close(master)
    os.close(slave)


def test_a_device_is_held_under_all_its_names(tmp_path: Path) -> None:
    node, link = tmp_path / "node", tmp_path / "link"
    node.touch()
    link.symlink_to(node)
    held = hold_devices(bindings_of(request(cuff=f"suntech:{link}")))
    assert held
    for name in (node, link):
        with pytest.raises(ChairError, match="is in use by another chair"):
            hold_devices(bindings_of(request(oximeter=f"nonin-df8:{name}")))


def test_two_devices_are_not_one(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    both = bindings_of(request(cuff=f"suntech:{path}", oximeter=f"nonin-df8:{path}"))
    with pytest.raises(ChairError, match="is given as cuff and as oximeter"):
        hold_devices(both)


def entries(*bodies: Any) -> list[Entry]:
    return [make(seq, seq * 1000, body) for seq, body in enumerate(bodies, 1)]


def begun(asked: ChairRequest) -> Entry:
    """What is entered first."""

    async def new() -> Entry:
        kept = Kept()
        process.begin(asked, LiveSession(asked.mode, kept))
        return kept.entries[0]

    return run(new(), VirtualLoop())


def test_a_session_says_its_mode_also_where_it_is_live() -> None:
    assert b'"mode":"LIVE"' in begun(request("LIVE")).line


def test_a_title_can_steer_no_terminal_and_fill_no_screen() -> None:
    asked = ChairRequest("1", "/run/1.sock", "SIMULATED", title="e\x1b]0;x\x07\nvil" + 99 * "l")
    assert begun(asked).body.title == "e]0;xvil" + 52 * "l"


def gone_on(before: list[Entry], noted: ClockMark | None) -> tuple[list[Entry], float]:
    """What is entered when a session goes on, and at which speed it does."""

    async def resumed() -> tuple[list[Entry], float]:
        kept = Kept()
        speed = go_on(LiveSession("SIMULATED", kept), before, noted)
        return kept.entries, speed

    return run(resumed(), VirtualLoop())


def test_the_gap_is_marked_and_the_speed_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = ClockMark(1.0, wall.boot_s(), wall.boot_id(), 0.0, 4.0)
    monkeypatch.setattr(wall, "boot_s", lambda: noted.boot_s + 10)
    [gap], speed = gone_on(entries(Session("made")), noted)
    assert (gap.kind, gap.body.since_t, gap.t_ms) == ("gap", 1.0, 41_000)
    assert speed == 4.0


def test_it_goes_on_though_nobody_noted_the_clock() -> None:
    [gap], speed = gone_on(entries(Session("made")), None)
    assert (gap.t_ms, speed) == (1000, 1.0)


@pytest.mark.parametrize(("action", "more"), [("start", ["failed"]), ("started", [])])
def test_a_measurement_of_ours_that_was_cut_short_has_failed(action: str, more: list[str]) -> None:
    came, _ = gone_on(entries(Session("made"), Cuff(action)), None)
    assert [entry.body.action for entry in came if entry.kind == "cuff"] == more


def a_chair(session: LiveSession, ledger: Any = None) -> Chair:
    parts: dict[str, Any] = dict.fromkeys(Chair.__dataclass_fields__)
    host = SimpleNamespace(left=False, trouble="")
    told = ChairInfo("1", "s.ketamon", 7)
    lock = SimpleNamespace(info=told, told=[], release=lambda: None)
    lock.tell = lock.told.append
    return Chair(**parts | {"request": request(), "path": Path("s.ketamon"), "session": session,
                            "ledger": ledger, "lock": lock, "host": host, "beats": 0, "is_closing": False})  # fmt: skip


def test_the_clock_is_noted_with_the_speed_that_it_then_has() -> None:
    async def faster() -> None:
        chair = a_chair(LiveSession("SIMULATED", Kept(), asyncio.get_running_loop().time()))
        assert chair.noted_clock() is None
        chair.set_speed(8.0)
        noted = chair.noted_clock()
        assert noted is not None
        assert noted.speed == 8.0
        chair.path = Path("another.ketamon")
        assert chair.noted_clock() is None

    run(faster(), ScaledLoop())


def test_each_session_has_its_own_note_of_the_clock_until_it_is_closed() -> None:
    async def one_after_another() -> None:
        first, second = (
            a_chair(LiveSession("SIMULATED", Kept(), asyncio.get_running_loop().time()))
            for _ in range(2)
        )
        second.path = Path("another.ketamon")
        first.set_speed(8.0)
        second.set_speed(2.0)
        assert (first.noted_clock().speed, second.noted_clock().speed) == (8.0, 2.0)  # type: ignore[union-attr]
        second.forget_clock()
        assert second.noted_clock() is None
        assert first.noted_clock() is not None

    run(one_after_another(), ScaledLoop())


class Disk:
    """A ledger whose disk lets it be closed at the nth try."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def close(self, _at: str) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "digits"


def test_a_file_is_closed_as_soon_as_the_disk_lets_it() -> None:
    async def closing() -> None:
        chair = a_chair(LiveSession("SIMULATED", Kept()), Disk(*[SessionFileError("full")] * 3))
        assert await closed(chair) == "digits"
        assert asyncio.get_running_loop().time() == 3 * process.CLOSE_AGAIN_S
        assert chair.host.trouble == "full"
        [told] = chair.lock.told  # type: ignore[attr-defined]
        assert (told["session"], told["pid"], told["trouble"]) == ("s.ketamon", 7, "full")

    run(closing(), VirtualLoop())


def test_a_signal_gives_up_a_closing_that_can_not_be_done() -> None:
    async def closing() -> None:
        chair = a_chair(LiveSession("SIMULATED", Kept()), Disk(*[SessionFileError("worn")] * 99))
        asyncio.get_running_loop().call_later(5, lambda: setattr(chair.host, "left", True))
        assert await closed(chair) is None

    run(closing(), VirtualLoop())


def test_a_file_that_is_let_go_already_is_left_to_whoever_resumes_it() -> None:
    async def closing() -> None:
        chair = a_chair(LiveSession("SIMULATED", Kept()), Disk(ClosedHalfwayError("half")))
        await closed(chair)

    with pytest.raises(ClosedHalfwayError):
        run(closing(), VirtualLoop())
