"""Media: what a host sees of a device's bytes, and of what happens to cables."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ketamon_drivers.catalog import FAMILIES, SerialLine
from ketamon_drivers.links.device_link import DeviceLink
from ketamon_drivers.links.loops import ScaledLoop, VirtualLoop, run
from ketamon_drivers.links.port import Port, PortError
from ketamon_drivers.links.ports import port_for
from ketamon_drivers.readings import BloodPressure, Oximetry
from ketamon_drivers.virtual.media import (
    PacedLine,
    PipeMedium,
    PtyMedium,
    TcpMedium,
    serve_pipe,
    serve_pty,
    serve_tcp,
)
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter
from ketamon_drivers.virtual.suntech_cuff import Measurement, VirtualSunTechCuff
from tests.drivers.links.scene import FRAME, NONIN, SUNTECH, Told, listen, play

LINE = SerialLine()


def oximeter() -> VirtualNoninOximeter:
    return VirtualNoninOximeter(lambda: Oximetry(97, 72))


def test_bytes_take_the_time_that_a_line_of_9600_baud_takes() -> None:
    came: list[tuple[float, bytes]] = []

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        line = PacedLine(lambda data: came.append((round(loop.time(), 4), data)))
        line.put(bytes(96))
        line.put(b"next")
        await asyncio.sleep(1)
        line.put(bytes(960))
        await asyncio.sleep(2)

    run(scene(), VirtualLoop())
    assert [(t, len(data)) for t, data in came] == [(0.1, 96), (0.1042, 4), (2.0, 960)]


def test_stalled_medium_loses_bytes_without_an_error_and_a_corrupted_one_turns_them_over() -> None:
    told = Told()
    medium = serve_pipe(oximeter())
    link, _ = listen(medium, NONIN, told)

    def act() -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(1.5, medium.stall)
        loop.call_at(7.5, medium.resume)
        loop.call_at(9.5, medium.corrupt, 1)

    play(act, link, 12)
    assert [round(t) for t, _ in told.readings] == [0, 1, 8, 9, 11]
    assert told.states == [(0.004, "streaming"), (4.004, "silent"), (8.004, "streaming")]
    assert (10.004, bytes([FRAME[0] ^ 0xFF]) + FRAME[1:]) in told.raw


def test_device_that_fails_takes_its_port_away() -> None:
    def fails() -> Oximetry:
        raise ZeroDivisionError

    told = Told()
    medium = PipeMedium(VirtualNoninOximeter(fails))
    link, _ = listen(medium, NONIN, told)
    errors: list[dict[str, object]] = []
    play(
        lambda: asyncio.get_running_loop().set_exception_handler(
            lambda _loop, context: errors.append(context)
        ),
        link,
        1,
    )
    assert told.states == [(0, "lost")]
    assert errors[0]["message"] == "a virtual device has failed"


async def waited(for_what: Callable[[], bool]) -> None:
    """Waits until something is so; ten minutes of the loop, for a busy machine."""
    for _ in range(12000):
        if for_what():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never came")


async def until(told: Told, state: str, count: int = 1) -> None:
    """Waits until a link came into a state so many times."""
    await waited(lambda: [s for _, s in told.states].count(state) >= count)


def on(link: DeviceLink) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(link.run())


def test_oximeter_at_a_pseudo_terminal_gives_one_reading_a_second() -> None:
    async def scene() -> Told:
        told = Told()
        port = port_for(await serve_pty(oximeter()), LINE)
        assert port.is_virtual
        link, _ = listen(port, NONIN, told)
        task = on(link)
        await waited(lambda: len(told.readings) >= 6)
        task.cancel()
        return told

    told = run(scene(), ScaledLoop(20))
    assert {reading for _, reading in told.readings} == {Oximetry(97, 72)}
    times = [t for t, _ in told.readings]
    assert times[5] - times[0] > 3  # less than 5 only by what the first came late


@pytest.mark.parametrize("medium", ["pty", "tcp"])
def test_cuff_driven_over_the_wire_gives_the_measurements_numbers(medium: str) -> None:
    async def scene() -> Told:
        told = Told()
        cuff = VirtualSunTechCuff(lambda: Measurement(142, 88, 106, 77, duration_s=2.0))
        serve = serve_pty if medium == "pty" else serve_tcp
        port = port_for(await serve(cuff), SUNTECH.line)
        assert port.is_virtual
        link, control = listen(port, SUNTECH, told, control=True)
        task = on(link)
        await until(told, "streaming")
        assert control is not None
        assert control.start() is None
        await waited(lambda: not control.is_measuring)
        task.cancel()
        return told

    told = run(scene(), ScaledLoop(10))
    assert [r for _, r in told.readings if isinstance(r, BloodPressure)] == [
        BloodPressure(142, 88, 106, "mmHg", 77)
    ]


def test_unplugged_pseudo_terminal_is_lost_and_found_again_behind_the_same_link(
    tmp_path: Path,
) -> None:
    link_path = tmp_path / "oximeter"

    async def scene() -> Told:
        told = Told()
        medium = PtyMedium(oximeter(), link_path)
        medium.serve()
        first = link_path.readlink()
        link, _ = listen(port_for(medium.address, LINE), NONIN, told)
        task = on(link)
        await until(told, "streaming")
        medium.unplug()
        assert not link_path.is_symlink()
        assert not first.exists()
        await until(told, "lost")
        decoy = os.openpty()  # takes the old node, so that the device comes back at another
        medium.replug()
        assert link_path.readlink() != first
        await until(told, "streaming", 2)
        task.cancel()
        await medium.close()
        for descriptor in decoy:
            os.close(descriptor)
        return told

    told = run(scene(), ScaledLoop(60))
    assert [s for _, s in told.states] == ["streaming", "lost", "opening", "streaming"]
    assert told.changes[1][1].reason == "unplugged: plug it in again"


def test_link_of_a_pseudo_terminal_goes_with_its_loop(tmp_path: Path) -> None:
    async def scene() -> None:
        await serve_pty(oximeter(), tmp_path / "oximeter")
        await asyncio.sleep(0)

    run(scene(), ScaledLoop(60))
    assert list(tmp_path.iterdir()) == []


def test_link_takes_no_other_files_place(tmp_path: Path) -> None:
    taken = tmp_path / "oximeter"
    taken.write_text("mine")

    async def scene() -> None:
        with pytest.raises(FileExistsError, match="is not a link to a virtual device: remove it"):
            await serve_pty(oximeter(), taken)

    run(scene(), ScaledLoop(60))
    assert taken.read_text() == "mine"


def test_ended_connection_is_lost_and_made_again() -> None:
    async def scene() -> Told:
        told = Told()
        medium = TcpMedium(oximeter())
        await medium.serve()
        link, _ = listen(port_for(medium.address, LINE), NONIN, told)
        task = on(link)
        await until(told, "streaming")
        medium.unplug()
        await until(told, "lost")
        await medium.replug()
        await until(told, "streaming", 2)
        task.cancel()
        await medium.close()
        return told

    told = run(scene(), ScaledLoop(60))
    assert told.changes[1][1].reason.startswith("the connection ended: see that")


def test_second_host_of_a_tcp_device_is_turned_away() -> None:
    async def scene() -> bytes:
        medium = TcpMedium(oximeter())
        await medium.serve()
        host, port = medium.address.removeprefix("socket://").split(":")
        first, first_writer = await asyncio.open_connection(host, int(port))
        assert await first.readexactly(4) == FRAME
        second, second_writer = await asyncio.open_connection(host, int(port))
        data = await second.read()
        for writer in (first_writer, second_writer):
            writer.close()
        await medium.close()
        return data

    assert run(scene(), ScaledLoop(60)) == b""


def test_second_opening_of_a_pseudo_terminal_is_refused_in_a_sentence() -> None:
    async def opened(port: Port) -> str:
        try:
            wire = await port.open()
        except PortError as error:
            return str(error)
        wire.close()
        return "opened"

    async def scene() -> list[str]:
        address = await serve_pty(oximeter())
        for _ in range(3):  # a descriptor's number may be used again at once
            wire = await port_for(address, LINE).open()
            wire.start(print, print)
            wire.close()
        first = await port_for(address, LINE).open()
        came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        first.start(lambda data: came.done() or came.set_result(data), print)
        assert await came == FRAME
        refused = await opened(port_for(address, LINE))
        first.close()
        first.close()
        return [refused, await opened(port_for(address, LINE)), address]

    refused, then, address = run(scene(), ScaledLoop(60))
    assert refused == f"{address} is held by another program: close that program, then try again"
    assert then == "opened"


def test_every_serial_family_opens_on_a_pseudo_terminal() -> None:
    async def scene() -> None:
        address = await serve_pty(oximeter())
        for family in FAMILIES.values():
            if family.line is None:
                continue
            wire = await port_for(address, family.line).open()
            wire.close()

    run(scene(), ScaledLoop(60))
