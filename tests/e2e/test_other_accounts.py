"""Another account of the machine: what the kernel says of it decides, whatever it asks for."""

import grp
import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamon.feed.messages import PROTOCOL
from ketamon.ledger.session_file import read_session
from tests.e2e.chair import RealChair

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be several accounts")
EVERYBODYS_PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3"
OTHER, GROUP, WARD = "nobody", "games", "users"

VIEWER = """
import json, socket, sys
viewer = socket.socket(socket.AF_UNIX)
viewer.settimeout(10)
viewer.connect(sys.argv[1])
viewer.sendall("".join(json.dumps(line) + "\\n" for line in json.loads(sys.argv[2])).encode())
for line in viewer.makefile():
    told = json.loads(line)
    if told["type"] in ("hello", "answer"):
        print(line, end="", flush=True)
    if told["type"] == "answer":
        break
"""


@pytest.fixture
def chair() -> Iterator[RealChair]:
    """A chair in a folder that a group may enter, with physicians by another group."""
    with RealChair() as made:
        made.folder.chmod(0o755)
        made.run.mkdir(mode=0o750)
        os.chown(made.run, -1, grp.getgrnam(WARD).gr_gid)
        made.run.chmod(0o2750)
        (made.folder / "config.toml").write_text(f'[seats]\nphysician = "{GROUP}"\n')
        yield made


def asked(chair: RealChair, groups: list[str], seat: str | None, name: str, **args: object) -> tuple[str, dict[str, object]]:  # fmt: skip
    """Gives a command as another account, past every screen; gives seat and answer."""
    lines = [
        {"type": "attach", "protocol": PROTOCOL, "seat": seat},
        {"type": "command", "id": 1, "name": name, "args": args},
    ]
    gids = [grp.getgrnam(group).gr_gid for group in groups]
    ran = subprocess.run(
        [EVERYBODYS_PYTHON, "-c", VIEWER, str(chair.socket), json.dumps(lines)],
        user=pwd.getpwnam(OTHER).pw_uid, group=pwd.getpwnam(OTHER).pw_gid, extra_groups=gids,
        capture_output=True, text=True, timeout=20, check=False, cwd="/",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    hello, answer = map(json.loads, ran.stdout.splitlines())
    return hello["seat"], answer


def test_groups_decide_the_seat_and_the_engine_refuses_what_it_may_not(chair: RealChair) -> None:
    chair.start(*chair.room(1.0, 172), "--phase", "dosing")
    seat, answer = asked(chair, [WARD], "nurse", "end", reason="not mine")
    assert (seat, answer["ok"]) == ("observer", False)
    seat, answer = asked(chair, [WARD, GROUP], "nurse", "acknowledge", up_to_seq=1)
    assert (seat, answer["ok"]) == ("observer", False)
    seat, answer = asked(chair, [WARD, GROUP], None, "phase", phase="recovery")
    assert (seat, answer["ok"]) == ("physician", False)
    seat, answer = asked(chair, [WARD, GROUP], "physician", "acknowledge", up_to_seq=1)
    assert (seat, answer["ok"]) == ("physician", True)
    (told,) = [e for e in read_entries(chair) if e["kind"] == "acknowledge"]
    assert told["by"] == {"account": OTHER, "seat": "physician"}


def test_a_session_that_goes_on_has_the_seats_that_it_had(chair: RealChair) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    for pid in (chair.note(), chair.engine):
        os.kill(pid, signal.SIGKILL)
    assert chair.ketamon("resume", "--no-screen").code == 0
    chair.note()
    assert asked(chair, [WARD, GROUP], "physician", "phase", phase="recovery")[0] == "physician"


def test_who_may_not_enter_the_folder_gets_nothing(chair: RealChair) -> None:
    chair.start(*chair.room(), "--phase", "dosing")
    with pytest.raises(AssertionError, match="Permission denied"):
        asked(chair, [], None, "end")
    assert {p.stat().st_mode & 0o777 for p in chair.run.glob("*.sock")} == {0o660}
    assert {p.stat().st_mode & 0o777 for p in chair.run.glob("chair-1.json")} == {0o640}
    assert all(not p.stat().st_mode & 0o007 for p in chair.run.iterdir())


def read_entries(chair: RealChair) -> list[dict[str, object]]:
    """What the chair's session holds now, after its end."""
    session = Path(json.loads((chair.run / "chair-1.json").read_text())["session"])
    assert chair.ketamon("end").code == 0
    return [json.loads(entry.line) for entry in read_session(session)]
