import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.protocols import suntech
from ketamon_drivers.readings import BloodPressure, CuffPressure, Reading, Reply
from ketamon_drivers.virtual.suntech_cuff import Measurement, VirtualSunTechCuff

NORMAL = Measurement(142, 88, 106, 77, duration_s=30.0)


def answers(
    cuff: VirtualSunTechCuff, *asked: tuple[float, bytes], seconds: float = 100
) -> list[tuple[float, Reading]]:
    """Sends bytes to a bare cuff at their times; gives what it said, decoded, with times."""
    decoder = suntech.SunTech()
    said: list[tuple[float, Reading]] = []

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        cuff.attach(lambda data: said.extend((loop.time(), r) for r in decoder.feed(data)))
        for at, data in asked:
            loop.call_at(at, cuff.received, data)
        await asyncio.sleep(seconds)

    run(scene(), VirtualLoop())
    return said


def letters(said: list[tuple[float, Reading]]) -> list[tuple[float, str | None]]:
    return [(t, reading.command) for t, reading in said if isinstance(reading, Reply)]


COMMANDS = suntech.COMMANDS


def test_start_is_taken_at_once_and_done_after_the_measurements_time() -> None:
    cycles: list[bool] = []
    cuff = VirtualSunTechCuff(lambda: NORMAL, cycles.append)
    said = answers(cuff, (1, COMMANDS["start_adult"]), (40, COMMANDS["get_result"]))
    assert letters(said) == [(1, "O"), (31, "K")]
    assert said[-1] == (40, BloodPressure(142, 88, 106, "mmHg", 77))
    assert cycles == [True, False]


def test_measuring_cuff_is_busy() -> None:
    cuff = VirtualSunTechCuff(lambda: NORMAL)
    said = answers(
        cuff,
        (1, COMMANDS["start_adult"]),
        (2, COMMANDS["start_neonate"]),
        (3, COMMANDS["get_result"]),
    )
    assert letters(said) == [(1, "O"), (2, "B"), (3, "B"), (31, "K")]


def test_abort_lets_the_air_out_and_the_measurement_gives_error_86() -> None:
    cuff = VirtualSunTechCuff(lambda: NORMAL)
    said = answers(
        cuff,
        (1, COMMANDS["start_adult"]),
        (11, COMMANDS["abort"]),
        (13, COMMANDS["get_cuff_pressure"]),
        (14, COMMANDS["get_result"]),
    )
    assert letters(said) == [(1, "O"), (11, "A")]
    assert [reading for _, reading in said[2:]] == [
        CuffPressure(0),
        BloodPressure(status=("cuff_error", "invalid")),
    ]


def test_abort_at_rest_is_answered() -> None:
    assert letters(answers(VirtualSunTechCuff(lambda: NORMAL), (1, COMMANDS["abort"]))) == [
        (1, "A")
    ]


def test_pressure_rises_past_the_systolic_and_falls_below_the_diastolic() -> None:
    cuff = VirtualSunTechCuff(lambda: NORMAL)
    polls = [(1 + n, COMMANDS["get_cuff_pressure"]) for n in range(34)]
    said = answers(cuff, (1, COMMANDS["start_adult"]), *polls)
    curve = [int(r.pressure_mmhg or 0) for _, r in said if isinstance(r, CuffPressure)]
    top = curve.index(max(curve))
    assert max(curve) > 142
    assert curve[:top] == sorted(curve[:top])
    assert curve[top:] == sorted(curve[top:], reverse=True)
    assert 0 < curve[29] < 88
    assert curve[-1] == 0


def test_loose_cuff_never_gets_up_to_pressure() -> None:
    cuff = VirtualSunTechCuff(lambda: Measurement(0, 0, 0, 0, 15.0, error=87))
    polls = [(1 + n, COMMANDS["get_cuff_pressure"]) for n in range(14)]
    said = answers(cuff, (1, COMMANDS["start_adult"]), *polls, (20, COMMANDS["get_result"]))
    assert max(int(r.pressure_mmhg or 0) for _, r in said if isinstance(r, CuffPressure)) <= 30
    assert said[-1][1] == BloodPressure(status=("cuff_error", "cuff_too_loose", "invalid"))


def test_bad_checksums_and_unknown_commands_are_refused() -> None:
    said = answers(
        VirtualSunTechCuff(lambda: NORMAL),
        (1, b"\x3a\x20\xa7"),
        (2, suntech.command(0x0C)),
        (3, suntech.command(0x8A)),
    )
    assert letters(said) == [(1, "N"), (2, "D"), (3, "D")]


def test_half_a_command_is_forgotten_after_half_a_second() -> None:
    abort = COMMANDS["abort"]
    cuff = VirtualSunTechCuff(lambda: NORMAL)
    said = answers(cuff, (1, abort[:3]), (2, abort), (3, abort[:2]), (3.2, abort[2:]))
    assert letters(said) == [(2, "A"), (3.2, "A")]


@given(st.lists(st.binary(max_size=12), max_size=20))
def test_any_bytes_leave_a_cuff_that_answers(noise: list[bytes]) -> None:
    cuff = VirtualSunTechCuff(lambda: NORMAL)
    asked = [(1 + n / 100, data) for n, data in enumerate(noise)]
    said = answers(cuff, *asked, (5, COMMANDS["abort"]), (6, COMMANDS["get_result"]), seconds=10)
    assert [t for t, _ in said if t >= 5] == [5, 6]


def test_every_measurement_is_asked_for_when_it_starts() -> None:
    coming = [NORMAL, Measurement(150, 90, 110, 80, 10.0)]
    measure: Callable[[], Measurement] = lambda: coming.pop(0)  # noqa: E731
    cuff = VirtualSunTechCuff(measure)
    said = answers(
        cuff,
        (1, COMMANDS["start_adult"]),
        (50, COMMANDS["start_adult"]),
        (70, COMMANDS["get_result"]),
    )
    assert said[-1][1] == BloodPressure(150, 90, 110, "mmHg", 80)
    assert coming == []
