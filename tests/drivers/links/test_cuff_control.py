import asyncio
import itertools
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon_drivers.links.cuff_control import (
    BETWEEN_STARTS_S,
    CUFF_STATES,
    CuffControl,
    CuffEvent,
)
from ketamon_drivers.protocols import suntech
from ketamon_drivers.readings import BloodPressure
from ketamon_drivers.virtual.media import PipeMedium
from ketamon_drivers.virtual.suntech_cuff import Measurement, VirtualSunTechCuff
from tests.drivers.links.scene import SUNTECH, Told, listen, now, play

NORMAL = Measurement(142, 88, 106, 77, duration_s=30.0)
STUCK = Measurement(142, 88, 106, 77, duration_s=3000.0)
START, ABORT = suntech.COMMANDS["start_adult"], suntech.COMMANDS["abort"]


class CuffBench:
    """A virtual cuff on a pipe, its link and its control; what was sent to it, with times."""

    def __init__(self, *measurements: Measurement) -> None:
        coming = list(measurements)
        self.cuff = VirtualSunTechCuff(lambda: coming.pop(0) if coming else NORMAL)
        self.medium = PipeMedium(self.cuff)
        self.told = Told()
        self.link, control = listen(self.medium, SUNTECH, self.told, control=True)
        assert control is not None
        self.control: CuffControl = control
        self.sent: list[tuple[float, bytes]] = []
        self.refused: list[str | None] = []
        received = self.cuff.received

        def heard(data: bytes) -> None:
            self.sent.append((now(), data))
            received(data)

        self.cuff.received = heard  # type: ignore[method-assign]

    def run(self, seconds: float, *acts: tuple[float, Callable[[], object]]) -> None:
        """Plays so long; each act comes at its second."""

        def set_timers() -> None:
            for at, act in acts:
                asyncio.get_running_loop().call_at(at, act)

        play(set_timers, self.link, seconds)

    def start(self) -> None:
        """Asks for a start."""
        self.refused.append(self.control.start())

    def times(self, data: bytes, after: float = 1.0) -> list[float]:
        """When these bytes had come to the cuff; not those sent at the opening."""
        return [t for t, sent in self.sent if sent == data and t > after]

    @property
    def actions(self) -> list[tuple[float, str]]:
        """What the control told, without the reasons."""
        return [(t, event.action) for t, event in self.told.events]

    @property
    def results(self) -> list[BloodPressure]:
        """The results that were read."""
        return [reading for _, reading in self.told.readings if isinstance(reading, BloodPressure)]


def apart(times: Iterable[float]) -> float:
    """The least distance of times."""
    ordered = sorted(times)
    return min((b - a for a, b in itertools.pairwise(ordered)), default=1e9)


def test_table_leads_back_to_idle_from_every_state() -> None:
    states = {state for state, _ in CUFF_STATES}
    assert states == {"idle", "asked", "measuring", "fetching"} == set(CUFF_STATES.values())
    for state in states - {"idle"}:
        assert "idle" in {to for (at, _), to in CUFF_STATES.items() if at == state}


def test_started_cuff_gives_the_measurements_numbers() -> None:
    bench = CuffBench(NORMAL)
    bench.run(60, (2, bench.start))
    assert bench.refused == [None]
    assert bench.results == [BloodPressure(142, 88, 106, "mmHg", 77)]
    assert [event for _, event in bench.told.events] == [CuffEvent("start", "")]
    assert bench.control.state == "idle"


def test_pressure_is_asked_for_each_second_while_it_measures_and_rises_and_falls() -> None:
    bench = CuffBench(NORMAL)
    bench.run(60, (2, bench.start))
    polls = [t for t in bench.times(suntech.COMMANDS["get_cuff_pressure"]) if 2 < t < 32]
    assert len(polls) == 30
    assert apart(t for t, _ in bench.sent) >= 0.099
    mmhg = [getattr(reading, "pressure_mmhg", None) for _, reading in bench.told.readings]
    pressures = [value for value in mmhg if value is not None]
    assert max(pressures) >= 160
    assert pressures[0] == pressures[-1] == 0


def test_no_two_starts_within_thirty_seconds() -> None:
    bench = CuffBench(Measurement(142, 88, 106, 77, duration_s=5.0))
    bench.run(60, *((t, bench.start) for t in (2, 10, 31.9, 32.1)))
    assert bench.refused == [
        None,
        "the cuff was started a moment ago: it can be started again in 23 s",
        "the cuff was started a moment ago: it can be started again in 1 s",
        None,
    ]
    assert apart(bench.times(START)) >= BETWEEN_STARTS_S


@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.sampled_from(["start", "stop", "stall", "resume", "plug"])),
        max_size=25,
    )
)
def test_whatever_is_asked_starts_are_thirty_seconds_apart(asked: list[tuple[float, str]]) -> None:
    bench = CuffBench(NORMAL, STUCK, NORMAL)
    stalled: list[bool] = []

    def plug() -> None:
        bench.medium.unplug()
        bench.medium.replug()

    acts = {
        "start": bench.start,
        "stop": lambda: bench.control.stop("asked"),
        "stall": lambda: (bench.medium.stall(), stalled.append(True)),
        "resume": lambda: (bench.medium.resume(), stalled.clear()),
        "plug": plug,
    }
    bench.run(900, *((t, acts[name]) for t, name in asked))
    assert apart(bench.times(START, after=0)) >= BETWEEN_STARTS_S - 0.5  # 0.5: a paced line
    assert bench.control.state == "idle"
    assert stalled or not bench.cuff.is_measuring


def test_measuring_cuff_is_not_started_again() -> None:
    bench = CuffBench(Measurement(142, 88, 106, 77, duration_s=60.0))
    bench.run(50, (2, bench.start), (40, bench.start))
    assert bench.refused == [None, "the cuff is still measuring"]
    assert len(bench.times(START)) == 1


def test_abort_is_sent_twice_on_stop() -> None:
    bench = CuffBench(NORMAL)
    bench.run(20, (2, bench.start), (10, lambda: bench.control.stop("a person asked")))
    first, second = bench.times(ABORT)
    assert 10 <= first < 10.2
    assert second - first == pytest.approx(0.1, abs=0.002)
    assert not bench.cuff.is_measuring
    assert bench.results == []
    assert bench.actions == [(2.007, "start")]


def test_abort_is_sent_twice_at_each_opening_and_ends_what_ran() -> None:
    bench = CuffBench(NORMAL)

    def plug() -> None:
        bench.medium.unplug()
        bench.medium.replug()

    bench.run(20, (2, bench.start), (10, plug))
    assert len(bench.times(ABORT, after=0)) == 4
    assert not bench.cuff.is_measuring
    assert bench.told.events[-1] == (
        10.5,
        CuffEvent("failed", "the link to the cuff was lost while it measured"),
    )


def test_second_abort_never_comes_after_a_start() -> None:
    bench = CuffBench()
    bench.run(60, (10, lambda: bench.control.stop("again")), (10.02, bench.start))
    assert bench.refused == [None]
    assert bench.times(START)[0] > max(bench.times(ABORT))
    assert len(bench.times(ABORT)) == 2
    assert bench.results == [BloodPressure(142, 88, 106, "mmHg", 77)]


def test_cuff_that_does_not_take_the_start_has_failed_after_a_second_and_is_aborted() -> None:
    bench = CuffBench()
    bench.run(10, (1.9, bench.medium.stall), (2, bench.start), (3.5, bench.medium.resume))
    assert bench.told.events == [(3.0, CuffEvent("failed", "the cuff did not answer the start"))]
    assert bench.control.state == "idle"


def test_cuff_whose_answer_to_the_start_was_lost_is_let_go() -> None:
    bench = CuffBench(NORMAL)
    bench.run(10, (2, bench.start), (2, lambda: bench.medium.corrupt(4)))
    assert bench.actions == [(3.0, "failed")]
    assert len(bench.times(ABORT)) == 2
    assert not bench.cuff.is_measuring


def test_result_that_nobody_asked_for_changes_nothing() -> None:
    bench = CuffBench(NORMAL)
    unasked = BloodPressure(status=("cuff_error", "invalid"))
    bench.run(
        60,
        (1, lambda: bench.control.reading(unasked)),
        (2, bench.start),
        (10, lambda: bench.control.reading(unasked)),
    )
    assert bench.actions == [(2.007, "start")]
    assert bench.results == [BloodPressure(142, 88, 106, "mmHg", 77)]


def test_busy_cuff_refuses_and_is_left_to_finish_what_somebody_started_by_hand() -> None:
    bench = CuffBench(NORMAL)
    bench.run(60, (2, bench.cuff.press_start), (5, bench.start))
    assert [event for _, event in bench.told.events] == [
        CuffEvent("failed", "the cuff refused the start: busy with another measurement")
    ]
    assert bench.times(ABORT) == []
    assert bench.results == [BloodPressure(142, 88, 106, "mmHg", 77)]


def test_measurement_that_was_stopped_at_the_cuff_is_told() -> None:
    bench = CuffBench(NORMAL)
    bench.run(20, (2, bench.start), (10, bench.cuff.press_stop))
    assert [event for _, event in bench.told.events] == [
        CuffEvent("start", ""),
        CuffEvent("stop", "the measurement was stopped at the cuff"),
    ]


@pytest.mark.parametrize(
    ("error", "words", "sentence"),
    [
        (1, ("cuff_error", "invalid", "low_signal"), "the pulse in the cuff was too weak"),
        (2, ("body_movement", "cuff_error", "invalid"), "the arm moved"),
        (87, ("cuff_error", "cuff_too_loose", "invalid"), "air leaks or the cuff is too loose"),
        (4, ("cuff_error", "invalid"), "the cuff ended the measurement without a result"),
        (
            90,
            ("cuff_error", "equipment_malfunction", "invalid"),
            "the cuff module reports a fault of its own",
        ),
    ],
)
def test_error_of_the_module_is_a_reading_without_values_and_a_failure_in_words(
    error: int, words: tuple[str, ...], sentence: str
) -> None:
    bench = CuffBench(Measurement(0, 0, 0, 0, duration_s=20.0, error=error))
    bench.run(40, (2, bench.start))
    assert bench.results == [BloodPressure(status=words)]
    assert bench.told.events[-1][1] == CuffEvent("failed", sentence)


def test_cuff_inflated_for_three_minutes_is_told_to_let_go() -> None:
    bench = CuffBench(STUCK)
    bench.run(190, (2, bench.start))
    assert bench.actions == [(2.007, "start"), (182.0, "inflated")]
    assert "look at the arm" in bench.told.events[-1][1].reason
    assert len(bench.times(ABORT)) == 2
    assert not bench.cuff.is_measuring


def test_cuff_that_somebody_started_by_hand_is_watched_too() -> None:
    bench = CuffBench(STUCK)
    bench.run(200, (4, bench.cuff.press_start))
    assert [action for _, action in bench.actions] == ["inflated"]
    assert 185 <= bench.actions[0][0] <= 195
    assert len(bench.times(ABORT)) == 2


def test_cuff_that_goes_on_pressing_is_told_again_and_again() -> None:
    bench = CuffBench(STUCK)
    bench.cuff._abort = lambda: None  # type: ignore[method-assign]
    bench.run(220, (2, bench.start))
    assert bench.actions == [(2.007, "start"), (182.0, "inflated")]
    assert len(bench.times(ABORT)) >= 12


def test_cuff_that_nobody_hears_any_more_may_stand_inflated() -> None:
    bench = CuffBench(NORMAL)
    bench.run(300, (2, bench.start), (10, bench.medium.unplug))
    assert bench.actions == [(2.007, "start"), (182.0, "inflated")]


def test_lost_end_of_a_measurement_of_a_cuff_that_is_empty_is_a_failure_only() -> None:
    bench = CuffBench(Measurement(142, 88, 106, 77, duration_s=20.0))
    bench.run(300, (2, bench.start), (21.9, bench.medium.stall), (22.5, bench.medium.resume))
    assert [action for _, action in bench.actions] == ["start", "failed"]
    assert bench.told.events[-1][1].reason == "the cuff gave no result within 180 s"


def test_result_is_asked_for_twice_before_it_is_given_up() -> None:
    bench = CuffBench(Measurement(142, 88, 106, 77, duration_s=20.0))
    bench.run(60, (2, bench.start), (22.01, lambda: bench.medium.corrupt(24)))
    assert bench.results == [BloodPressure(142, 88, 106, "mmHg", 77)]
    silent = CuffBench(Measurement(142, 88, 106, 77, duration_s=20.0))
    silent.run(60, (2, silent.start), (22.01, silent.medium.stall))
    assert silent.told.events[-1][1] == CuffEvent(
        "failed", "the cuff did not answer when asked for the result"
    )


def test_cuff_that_is_not_heard_is_not_started() -> None:
    bench = CuffBench()
    bench.run(60, (1, bench.medium.stall), (30, bench.start))
    assert bench.refused == [
        "the cuff is not ready: nothing came for 12 s: see that it is switched on and its cable is "
        "in at both ends"
    ]
    assert bench.times(START) == []


def test_unplugged_cuff_is_not_started() -> None:
    bench = CuffBench()
    bench.run(60, (1, bench.medium.unplug), (30, bench.start))
    assert bench.refused == ["the cuff is not ready: unplugged: plug it in again"]


def test_two_runs_give_the_same_bytes_at_the_same_times() -> None:
    def once() -> list[tuple[float, object]]:
        bench = CuffBench(NORMAL)
        bench.run(300, (2, bench.start), (40, bench.medium.unplug), (60, bench.medium.replug))
        return [*bench.told.all(), *bench.sent]

    first = once()
    assert first == once()
    assert len(first) > 100
