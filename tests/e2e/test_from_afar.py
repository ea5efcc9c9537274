"""From afar: a real sshd, the real door, a real ssh; what comes in and what does not."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from ketamon.feed.messages import PROTOCOL
from tests.conftest import needs
from tests.e2e.chair import KETAMON, RealChair, lines_of
from tests.e2e.sshd import SSHD, SshServer
from tests.e2e.terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    needs("ssh", "openssh-client"),
    needs("sshd", "openssh-server", SSHD),
]
LOST_WITHIN_S, TOLD_WITHIN_S = 10.0, 15.0


@pytest.fixture
def chair() -> Iterator[RealChair]:
    with RealChair() as made:
        yield made


@pytest.fixture
def server(chair: RealChair) -> Iterator[SshServer]:
    with SshServer(chair, "door --as physician") as running:
        yield running


def ssh_children(pid: int) -> list[int]:
    """The ssh processes that a screen has started."""
    found = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(pid)], capture_output=True, text=True, check=False)  # fmt: skip
    return [int(line.split()[0]) for line in found.stdout.splitlines() if line.split()[1] == "ssh"]


def test_a_reading_and_an_alarm_reach_a_screen_elsewhere_and_a_lost_link_is_told(
    chair: RealChair, server: SshServer
) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    with Terminal([*KETAMON, "watch", "ssh://ward/1"], env={**chair.env, **server.env()}) as far:
        far.until("BP")
        assert "physician" in far.text
        assert chair.ask("manual", systolic=172, diastolic=91).ok
        began = time.monotonic()
        far.until("SYS HIGH 172 > 160")
        assert time.monotonic() - began < 1.0
        (way,) = ssh_children(far.process.pid)
        os.kill(way, signal.SIGSTOP)
        began = time.monotonic()
        far.until("LINK LOST")
        assert time.monotonic() - began < LOST_WITHIN_S
        far.until(lambda text: "LINK LOST" not in text and "172" in text)  # by another ssh
        assert ssh_children(far.process.pid) != [way]
        far.press("qy")
        assert far.end() == 0


def test_a_seat_that_the_door_does_not_give_is_not_had_from_a_client_of_ones_own(
    chair: RealChair, server: SshServer
) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    asked = [
        {"type": "attach", "protocol": PROTOCOL, "seat": "nurse"},
        {"type": "command", "id": 1, "name": "end", "args": {"reason": "from afar"}},
        {"type": "command", "id": 2, "name": "manual", "args": {"systolic": 172, "diastolic": 91}},
    ]
    process = subprocess.Popen(
        ["ssh", *server.client_options(), "ward", "ketamon feed 1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write("".join(json.dumps(line) + "\n" for line in asked))
        process.stdin.flush()
        answers = {}
        seat = None
        for line in process.stdout:
            told = json.loads(line)
            seat = told.get("seat", seat)
            if told["type"] == "answer":
                answers[told["id"]] = told
                if len(answers) == 2:
                    break
    finally:
        process.kill()
        process.communicate()
    assert seat == "physician"
    assert not answers[1]["ok"]
    assert "physician seat can't do that" in answers[1]["reason"]
    assert not answers[2]["ok"]


REFUSED = ["cat /etc/shadow", "sh", "ketamon end", "feed; id", "feed 1 --as nurse"]


@pytest.mark.parametrize("asked", REFUSED)
def test_another_command_gets_one_sentence(server: SshServer, asked: str) -> None:
    answer = server.ask("ssh", "ward", asked)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert "opens for `feed` and `watch` only" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_files_tunnels_and_another_key_get_nothing(chair: RealChair, server: SshServer) -> None:
    sftp = server.ask("sftp", "-b", "/dev/null", "ward")
    assert sftp.returncode != 0
    assert "sftp>" not in sftp.stdout
    tunnel = server.ask("ssh", "-W", f"127.0.0.1:{server.port}", "ward")
    assert tunnel.returncode != 0
    assert "SSH-2.0" not in tunnel.stdout
    stranger = server.ask("ssh", "ward", "feed", key=server.strangers_key)
    assert stranger.returncode != 0
    assert "Permission denied" in stranger.stderr
    told = chair.ketamon("watch", "ssh://ward", **server.env()).err
    assert "the screen needs a terminal" in told


def test_a_way_that_leads_nowhere_is_one_sentence(chair: RealChair, server: SshServer) -> None:
    for address, words in (
        ("ssh://ward/1", "no session is running"),
        ("ssh://127.0.0.1:1", "Connection refused"),
    ):
        with Terminal([*KETAMON, "watch", address], env={**chair.env, **server.env()}) as far:
            far.until(words)
            assert far.end() == 2
        assert far.text.count("ketamon:") == 1


def test_a_jump_host_of_the_users_own_configuration_is_gone_through(
    chair: RealChair, server: SshServer
) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    with SshServer(chair, None, "jump") as jump:
        config = server.client_config()
        config.write_text(
            jump.client_config().read_text().replace("Host ward", "Host gate")
            + config.read_text() + " ProxyJump gate\n"
        )  # fmt: skip
        answer = subprocess.run(
            ["ssh", "-F", str(config), "ward", "feed", "1"], input='{"type":"attach"}\n',
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert "127.0.0.1 port" in jump.log()
    assert '"type":"hello"' in answer.stdout, answer.stderr


def test_a_plain_ssh_opens_the_screen_there(chair: RealChair, server: SshServer) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    with Terminal(["ssh", "-tt", *server.client_options(), "ward"], (40, 20)) as phone:
        phone.until("SIMULATED")
        assert chair.ask("manual", systolic=172, diastolic=91).ok
        phone.until("172")
        assert "dead if the clock stands still" in phone.text
        assert chair.ask("message", text="a\x1b]0;ZZ\x07b").ok  # as a person's name might, too
        phone.until("ZZ")
        phone.press("\x1a\x10\x13")  # suspend, palette, screenshot: none of them is there
        phone.press("qy")
        phone.end()
    assert b"\x1b]0;ZZ" not in phone.bytes
    for mouse_or_kitty in (b"\x1b[?1000h", b"\x1b[?1003h", b"\x1b[>1u"):
        assert mouse_or_kitty not in phone.bytes
    assert not list(chair.folder.rglob("*.svg"))


def test_the_shipped_rules_are_ones_that_sshd_reads(server: SshServer) -> None:
    assert SSHD is not None
    told = subprocess.run(
        [SSHD, "-T", "-f", str(server.config), "-C", "user=x,host=far,addr=192.0.2.1"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "disableforwarding yes" in told.stdout
    assert "exposeauthinfo yes" in told.stdout
    assert f"forcecommand {server.folder / 'forced'}" in told.stdout


def test_who_came_and_by_which_key_is_in_the_record_and_a_message_is_read_at_the_chair(
    chair: RealChair, server: SshServer
) -> None:
    session = chair.start(*chair.room(), "--phase", "dosing")
    told = subprocess.run(
        ["ssh-keygen", "-lf", str(server.key)], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    asked = [
        {"type": "attach", "protocol": PROTOCOL, "seat": "physician", "key": "SHA256:another"},
        {"type": "command", "id": 1, "name": "message", "args": {"text": "repeat at 14:35"}},
    ]
    with subprocess.Popen(
        ["ssh", *server.client_options(), "ward", "feed 1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(line) + "\n" for line in asked))
        process.stdin.flush()
        seq = 0
        for line in process.stdout:
            message = json.loads(line)
            if message["type"] == "answer":
                seq = message["seq"]
                assert chair.ask("read_message", seq=seq).ok
            if message["type"] == "messages" and message["messages"][0].get("read_by"):
                break
        process.stdin.close()
        process.kill()
    assert "reviewed so far" in chair.ketamon("review", session.stem).out
    assert chair.ketamon("end", "1", "--reason", "done").code == 0
    exported = chair.folder / "session.ndjson"
    assert chair.ketamon("export", session, "--format", "ndjson", "-o", exported).code == 0
    lines = exported.read_text()
    assert told in lines
    assert "SHA256:another" not in lines
    assert '"state":"watching"' in lines
    assert '"state":"reviewed"' in lines


def test_a_physician_who_took_an_alarm_and_is_lost_is_told_at_the_chair(
    chair: RealChair, server: SshServer
) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    assert chair.ask("manual", systolic=172, diastolic=91).ok
    env = {**chair.env, **server.env()}
    with (
        lines_of(chair, "tail") as told,
        Terminal([*KETAMON, "watch", "ssh://ward/1"], env=env) as far,
    ):
        far.until("SYS HIGH 172 > 160")
        far.press("j")
        far.until("ANSWER THE ALARM")
        far.press("1")
        far.until("the chair was told")
        told.until("is taking ")
        (way,) = ssh_children(far.process.pid)
        os.kill(way, signal.SIGSTOP)
        began = time.monotonic()
        told.until("VIEWER LOST")
        assert time.monotonic() - began < TOLD_WITHIN_S
        far.until("LINK LOST")
        far.until(lambda text: "LINK LOST" not in text)  # by another ssh, of its own
        far.look(2)  # a terminal that takes what is drawn
        told.until("answers again")
        far.press("qy")
