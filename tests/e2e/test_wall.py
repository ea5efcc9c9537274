"""A wall from afar: a real sshd, real chairs, in a real terminal; what is lost is told and comes back."""

import os
import shlex
import signal
from collections.abc import Iterator

import pytest

from tests.conftest import needs
from tests.e2e.chair import KETAMON, RealChair
from tests.e2e.sshd import SSHD, SshServer
from tests.e2e.terminal import Terminal
from tests.e2e.test_from_afar import ssh_children

pytestmark = [
    pytest.mark.slow,
    needs("ssh", "openssh-client"),
    needs("sshd", "openssh-server", SSHD),
]


@pytest.fixture
def chair() -> Iterator[RealChair]:
    with RealChair() as made:
        yield made


@pytest.fixture
def server(chair: RealChair) -> Iterator[SshServer]:
    with SshServer(chair, "door --as physician") as running:
        yield running


def test_a_wall_over_ssh_opens_a_chair_leads_back_and_tells_a_lost_machine(
    chair: RealChair, server: SshServer
) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    env = {**chair.env, **server.env(), "KETAMON_RUN": str(chair.folder / "elsewhere")}
    with Terminal([*KETAMON, "wall", "ssh://ward", "ssh://127.0.0.1:1"], env=env) as far:
        far.until("1@ward")
        far.until("SIMULATED Wall 1 chair")
        far.until("127.0.0.1:1 not reached")
        assert chair.ask("manual", systolic=172, diastolic=91).ok
        far.until("172/91")
        far.until("SYS HIGH 172 > 160")
        far.press("\r")
        far.until("physician")
        far.press("\x1b")
        far.until("Wall 1 chair")
        (way, *_more) = ssh_children(far.process.pid)
        os.kill(way, signal.SIGSTOP)
        far.until("NO LINK")
        far.until("ward gone for")
        far.until(lambda text: "NO LINK" not in text and "172/91" in text)
        far.press("qy")
        assert far.end() == 0


def test_a_wall_of_this_machine_is_readable_on_a_phone(chair: RealChair) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    with Terminal([*KETAMON, "wall"], (40, 20), env={**chair.env, "NO_COLOR": "1"}) as phone:
        phone.until("dead if this stands still")
        assert chair.ask("manual", systolic=172, diastolic=91).ok
        phone.until("SYS HIGH 172 > 160")
        phone.press("qy")
        assert phone.end() == 0


@needs("tmux", "tmux")
def test_a_wall_reads_right_in_sixteen_colours_and_under_tmux(chair: RealChair) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    assert chair.ask("manual", systolic=172, diastolic=91).ok
    env = {**chair.env, "TERM": "xterm", "COLORTERM": "", "LANG": "C.UTF-8"}
    tmux = ["tmux", "-S", str(chair.folder / "tmux"), "-f", "/dev/null"]
    command = shlex.join([*KETAMON, "wall"])
    with Terminal(
        [*tmux, "new-session", "-x", "80", "-y", "24", f"exec {command}"], env=env
    ) as far:
        far.until("SYS HIGH 172 > 160")
        far.until("** ")
        far.until("SIMULATED Wall 1 chair")
        far.press("qy")
        far.end()
