"""What `start` refuses before anything is started, in one sentence with the next step."""

import asyncio
import os
from pathlib import Path

import pytest

from ketamon.entries import Body, End, Session, make
from ketamon.feed.chairs import hold_chair
from ketamon.ledger.live import LiveLedger
from ketamon.profiles import FOLDER, load_profile
from ketamon_drivers.lock_file import LockFile
from tests.commands.run import assert_refused, run
from tests.ledger.session_files import ENTRIES, made
from tests.profiles.test_approval import NOT_OURS, OURS, approve, beside

REAL_CUFF = "suntech:/dev/tty"
"""No pseudo-terminal, so a real device as far as a session's mode goes."""


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("KETAMON_DATA", str(tmp_path / "data"))
    config = tmp_path / "config.toml"
    config.write_text(f'[limits]\napprovers_group = "{OURS}"')
    monkeypatch.setenv("KETAMON_CONFIG", str(config))


@pytest.fixture
def no_keeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test if anything is started."""
    monkeypatch.setattr("ketamon.commands.chairs.start_keeper", lambda _request: 1 / 0)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "iv.toml"
    path.write_bytes((FOLDER / "iv_adult.toml").read_bytes())
    return path


START = ("start", "--no-screen")


@pytest.mark.usefixtures("no_keeper")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ["add --limits FILE"]),
        (("--cuff", REAL_CUFF), ["add --limits FILE"]),
        (("--chair", "../../etc"), ["can't name a chair", "--chair 2"]),
        (("--chair", ""), ["can't name a chair"]),
        (("--cuff", "suntech"), ["give FAMILY:ADDRESS", "suntech"]),
        (("--cuff", "omron:/dev/ttyUSB0"), ["give FAMILY:ADDRESS", "suntech"]),
        (("--oximeter", "nonin-df8:ttyUSB0"), ["'ttyUSB0' is no address of a device"]),
        (("--oximeter", "nonin-df8:socket://host"), ["socket://host:port"]),
        (
            ("--cuff", REAL_CUFF, "--oximeter", "nonin-df8:socket://localhost:4001"),
            ["the oximeter is virtual and the cuff is real", "only virtual ones"],
        ),
        (("--cuff", REAL_CUFF, "--limits", "nowhere.toml"), ["nowhere.toml: no such file"]),
        (("--config", "nowhere.toml"), ["nowhere.toml: can't be read"]),
        (("--cuff", "suntech:/dev/null"), ["/dev/null is not a serial port: give the cuff's port"]),
        (("--cuff", "suntech:/dev/"), ["/dev/ is a folder: give the cuff's port"]),
        (("--limits", str(FOLDER / "iv_adult.toml")), ["is not approved", "limits approve"]),
    ],
)
def test_start_refuses(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: list[str]
) -> None:
    assert_refused(run(capfd, *START, *arguments), *words)


@pytest.mark.usefixtures("no_keeper")
def test_a_pseudo_terminal_by_any_name_is_virtual(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    master, slave = os.openpty()
    link = tmp_path / "cuff"
    link.symlink_to(os.ttyname(slave))
    try:
        mixed = run(capfd, *START, "--cuff", f"suntech:{link}", "--oximeter", "nonin-df8:/dev/tty")
        assert_refused(mixed, "the cuff is virtual and the oximeter is real")
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.usefixtures("no_keeper")
def test_real_devices_have_real_time(capfd: pytest.CaptureFixture[str], profile: Path) -> None:
    approve(profile, "Dr. A", "2026-01-31", OURS)
    ran = run(capfd, *START, "--cuff", REAL_CUFF, "--limits", profile, "--speed", 2)
    assert_refused(ran, "--speed: time is real with real devices")


@pytest.mark.usefixtures("no_keeper")
def test_what_is_read_is_what_was_approved(
    capfd: pytest.CaptureFixture[str], profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(profile, "Dr. A", "2026-01-31", OURS)
    read = [load_profile(profile), load_profile(FOLDER / "im_adult.toml")]
    monkeypatch.setattr("ketamon.profiles.load_profile", lambda _path: read.pop())
    assert_refused(run(capfd, *START, "--limits", profile), "was edited just now; start again")


@pytest.mark.usefixtures("no_keeper")
def test_an_edited_profile_or_a_strangers_approval_starts_no_live_session(
    capfd: pytest.CaptureFixture[str], profile: Path, tmp_path: Path
) -> None:
    approve(profile, "Dr. A", "2026-01-31", OURS)
    (tmp_path / "config.toml").write_text(f'[limits]\napprovers_group = "{NOT_OURS}"')
    assert_refused(run(capfd, *START, "--limits", profile), "who is not in the group", NOT_OURS)
    (tmp_path / "config.toml").write_text("")
    assert_refused(run(capfd, *START, "--limits", profile), "nobody may approve limits here yet")
    (tmp_path / "config.toml").write_text(f'[limits]\napprovers_group = "{OURS}"')
    profile.write_text(profile.read_text().replace("160", "170"))
    assert_refused(run(capfd, *START, "--limits", profile), "was edited after it was approved")
    assert beside(profile).exists()


@pytest.mark.usefixtures("no_keeper")
def test_a_run_folder_that_is_too_deep_or_none_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuff = ("--cuff", "suntech:socket://localhost:4001")
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / ("x" * 100)))
    assert_refused(run(capfd, *START, *cuff), "over 100 bytes; set KETAMON_RUN")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / "file" / "run"))
    assert_refused(run(capfd, *START, *cuff), "can't be made", "set KETAMON_RUN")
    for command in ("status", "end", "tail", "watch", "feed"):
        ran = run(capfd, command)
        assert ran.code == 2
        assert "Traceback" not in ran.err


def test_a_log_that_can_not_be_written_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "run" / "chair-1.log").mkdir(parents=True)
    ran = run(capfd, *START, "--cuff", "suntech:socket://localhost:4001")
    assert_refused(ran, "chair-1.log: can't be written", "set KETAMON_RUN")


@pytest.mark.parametrize("command", ["end", "tail", "feed"])
def test_what_needs_a_running_session_says_that_none_is_running(
    capfd: pytest.CaptureFixture[str], command: str
) -> None:
    assert_refused(run(capfd, command), "no session is running", "ketamon start")
    assert_refused(run(capfd, command, "7"), "chair 7 runs no session")


def test_status_without_a_session_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "status") == (0, "no session is running\n", "")
    assert run(capfd, "status", "--oneline") == (0, "no session\n", "")
    assert run(capfd, "status", "--json") == (0, "", "")


def test_a_chair_that_was_given_up_is_told_until_it_runs_again(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "chair-3.failed").write_text('{"session": "x", "error": "no disk"}')
    code, out, _ = run(capfd, "status")
    assert code == 1
    assert "chair 3: its engine died too often and was given up (no disk); `ketamon resume`" in out
    assert run(capfd, "status", "--json").out.startswith('{"chair": "3", "error": "')


def cut_short(tmp_path: Path, chair: str, name: str, *more: Body) -> Path:
    """A session in the data folder that nobody closed."""
    path = tmp_path / "data" / f"{name}.ketamon"
    path.parent.mkdir(exist_ok=True)

    async def recorded() -> None:
        ledger = LiveLedger.create(path)
        for seq, body in enumerate((Session("ZZCANARY", chair, "SIMULATED"), *more), 1):
            ledger.append(make(seq, seq, body))
        await ledger.leave()

    asyncio.run(recorded())
    return path


VIRTUAL = ("--cuff", "suntech:socket://localhost:4001")
FIRST, LATER = "20260101T100000Z-chair1-ab12", "20260101T110000Z-chair1-ab12"


@pytest.mark.usefixtures("no_keeper")
def test_an_interrupted_session_is_named_by_whatever_is_asked(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cut_short(tmp_path, "1", FIRST)
    way = f"session {FIRST} was interrupted; `ketamon resume {FIRST}` goes on with it"
    assert run(capfd, "status") == (1, f"chair 1: {way}\n", "")
    assert run(capfd, "status", "--oneline").out == "1 DEAD\n"
    for command in ("end", "tail", "feed"):
        assert_refused(run(capfd, command), "no session is running", way)
        assert_refused(run(capfd, command, "1"), "chair 1 runs no session", way)
        assert_refused(run(capfd, command, "2"), "chair 2 runs no session; no session is running")
    assert_refused(run(capfd, *START, *VIRTUAL), way, "add --new to begin another session")
    for begun in ((*START, *VIRTUAL, "--new"), (*START, *VIRTUAL, "--chair", "2")):
        with pytest.raises(ZeroDivisionError):
            run(capfd, *begun)


@pytest.mark.usefixtures("no_keeper")
def test_a_session_that_another_one_followed_is_not_told_again(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cut_short(tmp_path, "1", FIRST)
    made(tmp_path / "data" / f"{LATER}.ketamon", ENTRIES[:1])
    cut_short(tmp_path, "demo", "20260101T100000Z-chairdemo-ab12")
    assert run(capfd, "status") == (0, "no session is running\n", "")
    with pytest.raises(ZeroDivisionError):
        run(capfd, *START, *VIRTUAL)


def test_an_ended_session_that_was_not_closed_waits_for_that(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cut_short(tmp_path, "1", FIRST, End())
    assert (
        f"chair 1: session {FIRST} has ended and waits to be closed; `ketamon resume {FIRST}` closes it"
        in run(capfd, "status").out
    )


@pytest.mark.usefixtures("no_keeper")
def test_while_its_keeper_starts_it_again_a_chair_is_nobody_elses(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(tmp_path, "1", FIRST)
    (tmp_path / "run").mkdir()
    held = LockFile.take(tmp_path / "run" / "chair-1.keeper")
    assert held is not None
    assert "chair 1: its engine is gone, and is being started again" in run(capfd, "status").out
    ran = run(capfd, *START, *VIRTUAL, "--new")
    assert_refused(ran, "is gone and is being started again", "`ketamon watch 1`")
    running = {"pid": os.getpid(), "session": "/another.ketamon", "keeper": os.getpid()}
    with hold_chair("1", running), pytest.raises(ZeroDivisionError):
        run(capfd, "resume", "--no-screen")  # the engine itself says what runs there
    monkeypatch.setattr("ketamon.commands.chairs.LOOK_AGAIN_S", 0.001)
    ran = run(capfd, "resume", "--no-screen")
    assert_refused(ran, "is gone and is being started again", "`ketamon watch 1`")
    held.release()


@pytest.mark.usefixtures("no_keeper")
def test_an_engine_that_starts_just_now_is_nothing_to_take_over(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = cut_short(tmp_path, "1", FIRST)
    told = {"pid": os.getpid(), "session": str(path), "keeper": os.getpid(),
            "socket": str(tmp_path / "run" / "chair-1.sock")}  # fmt: skip
    with hold_chair("1", told):
        ran = run(capfd, "resume", "--no-screen", path)
        assert_refused(ran, "chair 1 runs session", "see it with `ketamon watch 1`")


def test_a_headless_demo_has_no_speed(capfd: pytest.CaptureFixture[str]) -> None:
    assert_refused(run(capfd, "demo", "--headless", "--speed", "5"), "take out --speed")


def test_resume_without_an_interrupted_session_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert_refused(run(capfd, "resume", "--no-screen"), "no session was interrupted")
    assert_refused(run(capfd, "resume", "--no-screen", "2026"), "no such session")


def test_limits_are_approved_by_the_sites_group_alone(
    capfd: pytest.CaptureFixture[str], profile: Path, tmp_path: Path
) -> None:
    code, out, _ = run(capfd, "limits", "approve", profile, "--name", "Dr. \x1b[1mA")
    assert code == 0
    assert "approved by Dr." in out
    assert "\x1b" not in out
    (tmp_path / "config.toml").write_text(f'[limits]\napprovers_group = "{NOT_OURS}"')
    ran = run(capfd, "limits", "approve", profile, "--name", "Dr. A")
    assert_refused(ran, f"is not in the group {NOT_OURS}")
