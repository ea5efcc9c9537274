"""Virtual devices in processes of their own, as `ketamon simulate` runs them, at a real chair."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

import pytest

from tests.e2e.chair import KETAMON, ROOT, WITHIN_S, RealChair, wait_for

SPEED = 10
"""Of device and session; what is waited for takes a tenth of its time."""


class Simulated:
    """One `ketamon simulate`, told what to do."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*KETAMON, "simulate", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()  # it takes its folder away
        self.process.communicate(timeout=WITHIN_S)

    def tell(self, line: str) -> str:
        """Gives a command; gives what was said to it."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stderr.readline().strip()


@pytest.fixture
def chair() -> Iterator[RealChair]:
    with RealChair() as made:
        yield made


def device(picture: dict[str, Any], role: str) -> str:
    return next(d["state"] for d in picture["devices"] if d["device"] == role)


def is_live(picture: dict[str, Any]) -> bool:
    return picture["vitals"]["spo2"]["state"] == "valid"


def through_a_stall(chair: RealChair, cuff: str, oximeter: str, *more: str) -> None:
    """Readings arrive; a stall is seen as one and its end as well; an unplug too."""
    speed = ("--speed", str(SPEED))
    with ExitStack() as devices:
        cuffs = devices.enter_context(Simulated("cuff", "--as", cuff, *speed))
        finger = devices.enter_context(Simulated("oximeter", "--as", oximeter, *speed, *more))
        assert finger.address.startswith(f"{oximeter}:")
        chair.start(
            "--cuff", cuffs.address, "--oximeter", finger.address, *speed, "--phase", "dosing"
        )
        chair.until(is_live)
        assert cuffs.tell("press") == "press: done"
        assert finger.tell("stall") == "stall: done"
        seen = chair.until(lambda now: device(now, "oximeter") == "silent")
        assert device(seen, "cuff") == "streaming"
        chair.until(lambda now: now["vitals"]["spo2"]["state"] != "valid")
        assert finger.tell("resume") == "resume: done"
        at = chair.until(lambda _now: True)["t"]
        back = chair.until(is_live)
        assert back["t"] - at < 15 + SPEED * 0.5
        assert finger.tell("unplug") == "unplug: done"
        chair.until(lambda now: device(now, "oximeter") == "lost")
        assert finger.tell("replug") == "replug: done"
        chair.until(lambda now: is_live(now) and device(now, "oximeter") == "streaming")
        chair.until(lambda now: now["vitals"]["sys"]["value"] is not None)
        assert chair.ketamon("end").code == 0
        assert finger.tell("quit") == ""
        assert finger.process.wait(5) == 0
    assert "Traceback" not in chair.log()


@pytest.mark.slow
def test_a_stalled_contec_oximeter_is_told_and_comes_back_and_its_cuff_never_notices(
    chair: RealChair,
) -> None:
    through_a_stall(chair, "suntech", "contec-v7")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cuff", "oximeter", "more"),
    [
        ("par-nibp", "nonin-df2", ()),
        ("suntech", "masimo-ascii", ("--tcp",)),
        ("suntech", "nellcor-ascii", ()),
        ("par-nibp", "berry-usb", ()),
        ("suntech", "contec-5byte", ("--tcp",)),
        ("suntech", "nonin-ascii", ()),
    ],
)
def test_a_stall_is_told_and_ends_for_each_family(
    chair: RealChair, cuff: str, oximeter: str, more: tuple[str, ...]
) -> None:
    through_a_stall(chair, cuff, oximeter, *more)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contec-5byte", "nonin-df8", "masimo-ascii", "nonin-df7"])
def test_probe_names_a_device_that_runs_and_saves_what_it_heard(
    chair: RealChair, name: str
) -> None:
    with Simulated("oximeter", "--as", name) as finger:
        port = finger.address.partition(":")[2]
        file = chair.folder / "heard.json"
        ran = chair.ketamon("probe", port, "--save", file)
        assert ran.code == 0, ran
        assert ran.out.startswith(f"{name}: ")
        assert f"`ketamon start --oximeter {name}:{port}` connects it" in ran.out
        saved = json.loads(file.read_text())
        hexes = "\n".join(saved["hex"])
        decoded = subprocess.run(
            [*KETAMON, "decode", saved["protocol"], "--hex"], input=hexes, cwd=ROOT,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert [json.loads(line) for line in decoded.stdout.splitlines()] == saved["decoded"]


@pytest.mark.slow
def test_a_device_goes_on_without_input_and_ends_when_it_is_told_to(chair: RealChair) -> None:
    del chair
    process = subprocess.Popen(
        [*KETAMON, "simulate", "cuff"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    link = address.partition(":")[2]
    assert address.startswith("suntech:")
    time.sleep(0.3)
    assert process.poll() is None
    process.terminate()
    assert process.wait(WITHIN_S) == 0
    process.stdout.close()
    wait_for(lambda: not os.path.lexists(link), lambda: "the link is still there")
