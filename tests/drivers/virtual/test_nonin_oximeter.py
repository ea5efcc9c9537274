import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.protocols import nonin_df8
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter


def lives(oximeter: VirtualNoninOximeter, seconds: float) -> list[tuple[float, bytes]]:
    """Runs a bare oximeter for so long; gives what it sent, with times."""
    said: list[tuple[float, bytes]] = []

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        oximeter.attach(lambda data: said.append((loop.time(), data)))
        task = loop.create_task(oximeter.run())
        await asyncio.sleep(seconds)
        task.cancel()

    run(scene(), VirtualLoop())
    return said


def test_one_frame_a_second_for_hours() -> None:
    said = lives(VirtualNoninOximeter(lambda: Oximetry(97, 72)), 7200.5)
    assert [t for t, _ in said] == list(range(7201))
    assert {data for _, data in said} == {nonin_df8.encode(Oximetry(97, 72))}


def test_values_are_shown_in_whole_numbers() -> None:
    said = lives(VirtualNoninOximeter(lambda: Oximetry(96.6, 129.5)), 0.5)
    assert said[0][1] == nonin_df8.encode(Oximetry(97, 130))


def test_probe_that_is_off_gives_no_values() -> None:
    said = lives(VirtualNoninOximeter(lambda: Oximetry(status=("sensor_off",))), 0.5)
    assert nonin_df8.NoninFormat8().feed(said[0][1]) == [Oximetry(status=("sensor_off",))]


@pytest.mark.parametrize(
    ("asked", "answer"), [("027002020803", b"\x06"), ("027002020203", b"\x15")]
)
@given(cut=st.integers(0, 6), noise=st.binary(max_size=10).filter(lambda data: b"\x02" not in data))
def test_choice_of_format_is_answered_however_it_is_cut(
    asked: str, answer: bytes, cut: int, noise: bytes
) -> None:
    said: list[bytes] = []
    oximeter = VirtualNoninOximeter(Oximetry)
    oximeter.attach(said.append)
    data = noise + bytes.fromhex(asked)
    oximeter.received(data[: cut + len(noise)])
    oximeter.received(data[cut + len(noise) :])
    assert said == [answer]
