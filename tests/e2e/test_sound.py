"""A chair's sound with everything real but the loudspeaker: keeper, engine, sound process, screen."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ketamon.ledger.session_file import read_session
from tests.e2e.chair import KETAMON, RealChair, look, wait_for
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow
HEARD_WITHIN_S = 15.0


@pytest.fixture
def chair(tmp_path: Path) -> Iterator[RealChair]:
    with RealChair({"KETAMON_SOUND": f"file:{tmp_path / 'bursts'}"}) as made:
        made.bursts = tmp_path / "bursts"  # type: ignore[attr-defined]
        yield made


def heard(chair: RealChair) -> list[dict[str, Any]]:
    path: Path = chair.bursts  # type: ignore[attr-defined]
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def conditions(chair: RealChair) -> set[str]:
    return {burst["condition"] for burst in heard(chair)}


def standing(now: dict[str, Any]) -> set[str]:
    return {alarm["condition"] for alarm in now["alarms"]}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_losing_the_only_screen_while_dosing_is_heard_within_15_s(
    chair: RealChair, number: signal.Signals
) -> None:
    path = chair.start(*chair.room(), "--phase", "dosing")
    with Terminal([*KETAMON, "watch", "1"], env=chair.env) as screen:
        screen.until("SpO2")
        chair.until(lambda now: not standing(now))
        os.kill(screen.process.pid, number)
        at = time.monotonic()
        wait_for(
            lambda: "no_screen_at_chair" in conditions(chair),
            lambda: f"heard {heard(chair)}\n{chair.log()}",
            HEARD_WITHIN_S,
        )
        assert time.monotonic() - at < HEARD_WITHIN_S
        if number == signal.SIGSTOP:
            os.kill(screen.process.pid, signal.SIGCONT)
            screen.until(lambda _text: not standing(asyncio.run(look(chair.socket))))
    assert chair.ketamon("end").code == 0
    told = [entry.body for entry in read_session(path) if entry.kind == "announced"]
    assert ("no_screen_at_chair", "file bursts", True) in [
        (a.condition, a.where, a.ok) for a in told
    ]
