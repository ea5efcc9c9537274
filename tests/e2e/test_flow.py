"""A session from its set-up to the discharge at a real chair, its engine killed in between."""

import os
import signal
from collections.abc import Iterator

import pytest

from ketamon.ledger.session_file import read_session
from tests.e2e.chair import RealChair, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def chair() -> Iterator[RealChair]:
    """A chair with nothing at it yet."""
    with RealChair() as made:
        yield made


def test_what_was_set_up_outlives_the_engine_and_discharge_ends_the_session(
    chair: RealChair,
) -> None:
    path = chair.start(*chair.room())
    refused = chair.ask("phase", phase="dosing")
    assert "the patient is not identified" in (refused.reason or "")
    assert chair.ask("chart", event="patient.identified", text="FK-27").ok
    assert chair.ask("placement", cuff_arm="left", probe_arm="right", line_arm="right").ok
    assert chair.ask("chart", event="check.read_back", text="all of it").ok
    killed = chair.engine
    os.kill(killed, signal.SIGKILL)
    chair.until_another(killed)
    chair.note()
    assert chair.ask("phase", phase="dosing").ok
    assert chair.ask("phase", phase="recovery").ok
    waits = chair.ask("end", discharge=True)
    assert "60 min since the end" in (waits.reason or "")
    assert chair.ask("end", discharge=True, override="transferred", person="anna").ok
    wait_for(lambda: path.stat().st_mode & 0o777 == 0o440, chair.log)
    events = [getattr(entry.body, "event", None) for entry in read_session(path)]
    assert [event for event in events if event] == [
        "patient.identified", "check.read_back", "discharge.criteria",
    ]  # fmt: skip
