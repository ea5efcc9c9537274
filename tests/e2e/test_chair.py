"""A session at a chair as a person meets it: real processes, keeper, pseudo-terminals, commands."""

import fcntl
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ketamon.ledger.session_file import read_session
from ketamon.profiles import FOLDER
from ketamon.profiles.approval import approve
from tests.e2e.chair import (
    KETAMON,
    ROOT,
    RealChair,
    lines_of,
    small_disk,
    state_of,
    wait_for,
)
from tests.e2e.terminal import Terminal
from tests.profiles.test_approval import OURS

BACK_WITHIN_S = 3.0
STUCK_S = 10.0


@pytest.fixture
def chair() -> Iterator[RealChair]:
    """A chair with nothing at it yet."""
    with RealChair() as made:
        yield made


def alarmed(picture: dict[str, object], condition: str, state: str = "active") -> bool:
    return any((a["condition"], a["state"]) == (condition, state) for a in picture["alarms"])  # type: ignore[attr-defined, index]


def test_a_session_from_start_to_verified_file(chair: RealChair) -> None:
    devices = chair.room(60, 172)
    path = chair.start(*devices, "--speed", "60", "--phase", "dosing")
    again = chair.ketamon("start", "--no-screen", *devices)
    assert again.code == 2
    assert path.name in again.err
    assert "`ketamon watch 1`" in again.err
    with lines_of(chair, "tail") as tail:
        assert "medium" in tail.until("SYS HIGH 172 > 160")
        assert chair.ketamon("status").out.startswith("chair 1: SIMULATED, dosing, BP 172/90")
        assert "1 SIM 172/90 75 97% **SYS HIGH" in chair.ketamon("status", "--oneline").out
        ended = chair.ketamon("end", "--reason", "test")
        assert ended.code == 0
        assert ended.out.splitlines()[0] == str(path)
        tail.until("end: the session was ended; fingerprint")
        assert tail.process.wait(5) == 0
    fingerprint = ended.out.split()[-1]
    verified = chair.ketamon("verify", path)
    assert verified.code == 0
    assert fingerprint in verified.out
    assert "closed" in chair.ketamon("sessions").out
    entries = read_session(path)
    assert [entry.kind for entry in entries[:3]] == ["session", "limits", "phase"]
    assert entries[-1].kind == "end"
    assert path.stat().st_mode & 0o777 == 0o440
    assert chair.log() == ""


def test_killed_it_is_back_in_its_session_with_its_alarms(chair: RealChair) -> None:
    devices = chair.room(20, 172)
    path = chair.start(*devices, "--speed", "20", "--phase", "dosing")
    before = chair.until(lambda now: alarmed(now, "sys_high"))
    assert chair.ask("acknowledge", up_to_seq=before["seq"]).ok
    assert chair.ask("chart", event="symptom.nausea", value=1).ok
    before = chair.until(lambda now: alarmed(now, "sys_high", "acknowledged"))
    with lines_of(chair, "tail") as tail:
        tail.until("SIMULATED session")
        killed, at = chair.engine, time.monotonic()
        os.kill(killed, signal.SIGKILL)
        after = chair.until_another(killed)
        assert time.monotonic() - at < BACK_WITHIN_S
        chair.note()
        tail.until("waiting for it to be started again")
        tail.until("acknowledged")
    assert alarmed(after, "sys_high", "acknowledged")
    assert after["t"] > before["t"]
    chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    assert chair.ketamon("end").code == 0
    entries = read_session(path)
    [gap] = [entry for entry in entries if entry.kind == "gap"]
    assert gap.body.since_t is not None
    assert gap.t_ms / 1000 - gap.body.since_t < BACK_WITHIN_S * 20
    assert [entry.seq for entry in entries] == sorted({entry.seq for entry in entries})
    assert chair.ketamon("verify", path).code == 0


def test_a_session_without_devices_is_typed_and_live(chair: RealChair) -> None:
    profile = chair.folder / "iv.toml"
    profile.write_bytes((FOLDER / "iv_adult.toml").read_bytes())
    (chair.folder / "config.toml").write_text(f'[limits]\napprovers_group = "{OURS}"')
    approve(profile, "Dr. A", "2026-01-31", OURS)
    path = chair.start("--limits", str(profile), "--phase", "dosing")
    assert chair.ask("manual", systolic=186, diastolic=95, source="monitor").ok
    assert chair.ask("cuff", action="started").ok
    now = chair.until(lambda now: alarmed(now, "sys_high"))
    assert (now["mode"], now["alarms"][0]["priority"]) == ("LIVE", "high")
    refused = chair.ask("speed", speed=10)
    assert refused.reason == "speed: only a simulated session can do that"
    assert chair.ketamon("end").code == 0
    limits = next(entry.body for entry in read_session(path) if entry.kind == "limits")
    assert limits.approval is not None
    assert limits.approval["name"] == "Dr. A"


def test_devices_that_are_not_there_or_none_are_told_and_the_session_goes_on(
    chair: RealChair,
) -> None:
    profile = chair.folder / "iv.toml"
    profile.write_bytes((FOLDER / "iv_adult.toml").read_bytes())
    (chair.folder / "config.toml").write_text(f'[limits]\napprovers_group = "{OURS}"')
    approve(profile, "Dr. A", "2026-01-31", OURS)
    absent = chair.folder / "ttyUSB9"
    chair.start(
        "--limits", str(profile), "--cuff", f"suntech:{absent}",
        "--oximeter", f"nonin-df8:{chair.folder / 'ttyUSB8'}",
    )  # fmt: skip
    now = chair.until(lambda now: {d["state"] for d in now["devices"]} == {"lost"})
    reasons = {device["device"]: device["reason"] for device in now["devices"]}
    assert "does not exist" in reasons["cuff"]
    assert "does not exist" in reasons["oximeter"]
    assert "cuff lost (" in chair.ketamon("status").out
    # What appears there later must be as real as the session is.
    master, slave = os.openpty()
    absent.symlink_to(os.ttyname(slave))
    now = chair.until(lambda now: "virtual" in now["devices"][0]["reason"])
    assert chair.ask("manual", systolic=120, diastolic=70).ok
    os.close(master)
    os.close(slave)


@pytest.mark.slow
def test_two_who_end_at_once_are_both_told_the_fingerprint(chair: RealChair) -> None:
    chair.start(*chair.room(1))
    ends = [
        subprocess.Popen([*KETAMON, "end"], env=chair.env, cwd=ROOT, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]  # fmt: skip
    said = [end.communicate(timeout=20) for end in ends]
    assert any("fingerprint" in out for out, _ in said)
    for end, (out, err) in zip(ends, said, strict=True):
        assert (end.returncode == 0 and "fingerprint" in out) or "no session is running" in err


@pytest.mark.slow
def test_the_feed_is_copied_whatever_its_input_is(chair: RealChair) -> None:
    chair.start(*chair.room(1))
    attach = chair.folder / "attach"
    attach.write_text('{"type":"attach","protocol":1}\n')
    for given in ("<", "cat "):
        line = f"{given}{attach}" if given == "<" else f"{given}{attach} |"
        shell = f"{line} {' '.join(KETAMON)} feed" if "|" in line else f"{' '.join(KETAMON)} feed {line}"  # fmt: skip
        ran = subprocess.run(
            shell, shell=True, env=chair.env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.stderr == ""
        assert ran.stdout.startswith('{"type":"hello"')
    assert chair.ketamon("feed") == (0, "", "")


@pytest.mark.slow
def test_stopped_for_ten_seconds_it_is_killed_and_started_again(chair: RealChair) -> None:
    chair.start(*chair.room(1))
    stuck, at = chair.engine, time.monotonic()
    os.kill(stuck, signal.SIGSTOP)
    assert "does not answer" in chair.ketamon("status").out
    chair.until_another(stuck)
    assert STUCK_S - 1.5 < time.monotonic() - at < STUCK_S + BACK_WITHIN_S
    chair.note()


@pytest.mark.slow
def test_an_engine_that_dies_again_and_again_is_given_up_and_that_is_told(chair: RealChair) -> None:
    path = chair.start(*chair.room(1))
    keeper = chair.note()
    killed = 0
    for _ in range(4):
        chair.until_another(killed)
        killed = chair.engine
        chair.note()
        os.kill(killed, signal.SIGKILL)
    wait_for(lambda: state_of(keeper) in ("", "Z"), chair.log)
    status = chair.ketamon("status")
    assert status.code == 1
    assert "died too often and was given up" in status.out
    for command in ("end", "tail"):
        ran = chair.ketamon(command, "1")
        assert f"`ketamon resume {path.stem}` goes on with it" in ran.err
    resumed = chair.ketamon("resume", "--no-screen")
    assert (resumed.code, resumed.out) == (0, f"{path}\n")
    chair.note()
    assert chair.ketamon("status").code == 0
    assert chair.ketamon("end").code == 0
    assert len([e for e in read_session(path) if e.kind == "gap"]) == 4
    over = chair.ketamon("resume", "--no-screen", path)
    assert over.code == 2
    assert "was closed" in over.err


@pytest.mark.slow
def test_an_engine_that_dies_before_it_is_ready_says_where_to_look(chair: RealChair) -> None:
    broken = chair.folder / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys, os\nif 'ketamon.engine.chair' in ' '.join(sys.orig_argv): os._exit(3)\n"
    )
    ran = chair.ketamon("start", "--no-screen", *chair.room(1), PYTHONPATH=str(broken))
    assert ran.code == 2
    assert "the engine died while starting; " in ran.err
    assert "chair-1.log says where" in ran.err


@pytest.mark.slow
def test_the_keeper_told_to_stop_leaves_a_session_to_be_resumed(chair: RealChair) -> None:
    path = chair.start(*chair.room(1), "--phase", "dosing")
    chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    with lines_of(chair, "tail") as tail:
        tail.until("SIMULATED session")
        os.kill(chair.note(), signal.SIGTERM)
        tail.until("end: the engine was stopped; `ketamon resume` goes on with the session")
    wait_for(lambda: not chair.socket.exists(), chair.log)
    status = chair.ketamon("status")
    assert status.code == 1
    assert f"session {path.stem} was interrupted; `ketamon resume {path.stem}`" in status.out
    resumed = chair.ketamon("resume", "--no-screen")
    assert resumed.out == f"{path}\n"
    chair.note()
    now = chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    assert now["phase"] == "dosing"
    assert chair.ketamon("end").code == 0
    assert chair.ketamon("verify", path).code == 0


@pytest.mark.slow
def test_without_its_keeper_the_engine_goes_on(chair: RealChair) -> None:
    path = chair.start(*chair.room(1))
    engine, keeper = chair.engine, chair.note()
    with lines_of(chair, "tail") as tail:
        tail.until("SIMULATED session")
        os.kill(keeper, signal.SIGKILL)
        tail.until("the engine's keeper is gone: nobody would start the engine again")
        tail.until("another keeper watches over the engine")
    assert chair.engine == engine
    assert chair.note() != keeper
    assert chair.ketamon("status").code == 0
    # The one that it found for itself does all that the first one did.
    os.kill(engine, signal.SIGKILL)
    chair.until_another(engine)
    chair.note()
    stuck = chair.engine
    os.kill(stuck, signal.SIGSTOP)
    chair.until_another(stuck)
    keeper = chair.note()
    assert chair.ketamon("end").code == 0
    wait_for(lambda: state_of(keeper) in ("", "Z"), chair.log)
    assert len([e for e in read_session(path) if e.kind == "gap"]) == 2
    assert chair.log() == ""


@pytest.mark.slow
def test_an_adopted_engine_that_hangs_is_started_again_and_its_end_is_its_keepers(
    chair: RealChair,
) -> None:
    chair.start(*chair.room(1))
    stuck, first = chair.engine, chair.note()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: chair.note() != first, chair.log)
    os.kill(stuck, signal.SIGSTOP)
    chair.until_another(stuck)
    keeper = chair.note()
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: chair.note() != keeper, chair.log)
    adopter = chair.note()
    chair.until(lambda _now: (chair.run / "chair-1.keeper").exists())
    assert chair.ketamon("end").code == 0
    wait_for(lambda: state_of(adopter) in ("", "Z"), chair.log)


@pytest.mark.slow
def test_a_keeper_that_can_not_be_had_again_is_missed_by_status(chair: RealChair) -> None:
    broken = chair.folder / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys, os\n"
        "if 'ketamon.engine.keeper' in ' '.join(sys.orig_argv):\n"
        "    '\"adopt\"' in os.environ.get('KETAMON_REQUEST', '') and os._exit(3)\n"
    )
    chair.env["PYTHONPATH"] = str(broken)
    chair.start(*chair.room(1))
    os.kill(chair.note(), signal.SIGKILL)
    with lines_of(chair, "tail") as tail:
        tail.until("the engine's keeper is gone")
    status = chair.ketamon("status")
    assert status.code == 1
    assert status.out.startswith("chair 1: SIMULATED")
    assert "nobody would start it again" in status.out
    assert chair.ketamon("end").code == 0


@pytest.mark.slow
def test_a_stuck_engine_that_nobody_keeps_is_told_and_taken_over(chair: RealChair) -> None:
    path = chair.start(*chair.room(1), "--phase", "dosing")
    stuck = chair.engine
    with lines_of(chair, "tail") as tail:
        tail.until("SIMULATED session")
        for pid in (stuck, chair.note()):
            os.kill(pid, signal.SIGSTOP if pid == stuck else signal.SIGKILL)
        tail.until("nobody would start it again; `ketamon resume` takes its session over")
        assert tail.process.wait(5) == 2
    for command, code in (("end", 2), ("status", 1)):
        at = time.monotonic()
        ran = chair.ketamon(command)
        assert time.monotonic() - at < 7
        assert ran.code == code
        assert "nobody would start it again; `ketamon resume` takes its session over" in (
            ran.out + ran.err
        )
    resumed = chair.ketamon("resume", "--no-screen")
    assert (resumed.code, resumed.out) == (0, f"{path}\n")
    assert "did not answer and was stopped" in resumed.err
    chair.note()
    assert chair.engine != stuck
    assert state_of(stuck) in ("", "Z")
    assert chair.ketamon("status").code == 0
    again = chair.ketamon("resume", "--no-screen", path)
    assert again.code == 2
    assert "see it with `ketamon watch 1`" in again.err
    assert chair.ketamon("end").code == 0
    assert chair.ketamon("verify", path).code == 0


@pytest.mark.slow
def test_an_interrupted_session_is_told_and_no_other_begins_by_mistake(chair: RealChair) -> None:
    devices = chair.room(10)
    path = chair.start(*devices, "--speed", "10")
    began = json.loads((chair.run / "chair-1.json").read_text())["since"]
    keeper, engine = chair.note(), chair.engine
    before = chair.until(lambda now: now["t"] > 20)
    for pid in (keeper, engine):
        os.kill(pid, signal.SIGSTOP)
    for pid in (keeper, engine):
        os.kill(pid, signal.SIGKILL)
    way = f"session {path.stem} was interrupted; `ketamon resume {path.stem}` goes on with it"
    wait_for(lambda: way in chair.ketamon("status").out, chair.log)
    status = chair.ketamon("status")
    assert (status.code, status.out) == (1, f"chair 1: {way}\n")
    for command in (("tail",), ("end", "1"), ("watch", "1")):
        assert way in chair.ketamon(*command).err or command[0] == "watch"
    refused = chair.ketamon("start", "--no-screen", *devices)
    assert refused.code == 2
    assert f"{way}; add --new to begin another session there" in refused.err
    other = chair.start(*devices, "--new", "--speed", "2")
    assert chair.ketamon("status").code == 0
    assert chair.ketamon("end").code == 0
    assert chair.ketamon("status").out == "no session is running\n"
    resumed = chair.ketamon("resume", "--no-screen", path)
    assert resumed.out == f"{path}\n"
    chair.note()
    now = chair.until(lambda _now: True)
    assert now["speed"] == 10
    assert now["t"] > before["t"] + 10
    assert json.loads((chair.run / "chair-1.json").read_text())["since"] == began
    assert chair.ketamon("end").code == 0
    assert other != path
    left = {".lock", ".keeper", ".log"}  # the first keeper's sound process is the last to go
    wait_for(
        lambda: {path.suffix for path in chair.run.iterdir()} == left,
        lambda: str(sorted(chair.run.iterdir())),
    )
    assert [path.name for path in chair.run.glob("*.lock")] == ["chair-1.lock"]


@pytest.mark.slow
def test_one_device_serves_one_chair_by_whatever_name(chair: RealChair) -> None:
    cuff, address, *_ = chair.room(1)
    chair.start(cuff, address)
    family, _, path = address.partition(":")
    for name in (path, os.path.realpath(path)):
        ran = chair.ketamon("start", "--no-screen", "--chair", "2", cuff, f"{family}:{name}")
        assert ran.code == 2
        assert "is in use by another chair" in ran.err
    assert not (chair.run / "chair-2.json").exists()
    twice = chair.ketamon(
        "start", "--no-screen", "--chair", "2", "--cuff", f"suntech:{chair.room_folder}/oximeter",
        "--oximeter", f"nonin-df8:{chair.room_folder}/oximeter",
    )  # fmt: skip
    assert "is given as cuff and as oximeter" in twice.err


@pytest.mark.slow
def test_a_port_that_another_program_holds_or_that_speaks_something_else_is_told(
    chair: RealChair,
) -> None:
    chair.room(1)
    held = os.open(chair.room_folder / "cuff", os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(held, fcntl.LOCK_EX)
    chair.start("--cuff", f"suntech:{chair.room_folder}/cuff")
    now = chair.until(lambda now: now["devices"][0]["state"] == "lost")
    assert "is held by another program: close that program" in now["devices"][0]["reason"]
    os.close(held)
    chair.until(lambda now: now["devices"][0]["state"] == "streaming")
    assert chair.ketamon("end").code == 0
    chair.start("--cuff", f"suntech:{chair.room_folder}/oximeter")
    now = chair.until(lambda now: "is not suntech" in now["devices"][0]["reason"])
    assert now["devices"][0]["state"] == "silent"


@pytest.mark.slow
def test_a_screen_that_is_stopped_or_killed_stops_nothing(chair: RealChair) -> None:
    chair.start(*chair.room(1), "--phase", "dosing")
    with Terminal([*KETAMON, "watch"], env=chair.env) as screen:
        screen.until(lambda text: "oximeter" in text and "SIMULATED" in text)
        os.kill(screen.process.pid, signal.SIGSTOP)
        before = chair.until(lambda _now: True)
        now = chair.until(lambda now: now["t"] > before["t"] + 3)
        assert now["recorded"] >= before["recorded"] + 3
        os.kill(screen.process.pid, signal.SIGKILL)
        chair.until(lambda later: later["t"] > now["t"] + 1)
    assert chair.ketamon("end").code == 0


@pytest.mark.slow
def test_leaving_the_screen_that_start_opened_ends_nothing(chair: RealChair) -> None:
    with Terminal([*KETAMON, "start", *chair.room(1)], env=chair.env) as screen:
        screen.until(lambda text: "SIMULATED" in text and "oximeter" in text)
        chair.note()
        screen.press("q")
        screen.until("leave this screen?")
        screen.press("y")
        assert screen.end() == 0
    assert chair.until(lambda _now: True)["mode"] == "SIMULATED"
    assert chair.ketamon("end").code == 0


@pytest.mark.slow
def test_a_data_folder_that_may_not_be_written_is_refused(chair: RealChair) -> None:
    devices = chair.room(1)
    (chair.folder / "file").touch()
    for data, words in (("file", "is a file"), ("locked", "may not be written by you")):
        with locked(chair.folder / "locked"):
            ran = chair.ketamon(
                "start", "--no-screen", *devices, KETAMON_DATA=str(chair.folder / data)
            )
        assert ran.code == 2
        assert re.fullmatch(r"ketamon: [^\n]*\n", ran.err)
        assert words in ran.err
        assert "set KETAMON_DATA" in ran.err
    assert not list(chair.folder.rglob("*.ketamon"))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A folder that nobody may write to, not even the one who may everything."""
    folder.mkdir()
    if os.getuid() != 0:
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
    else:
        with small_disk(folder, "ro,mode=700"):
            yield
    folder.rmdir()
