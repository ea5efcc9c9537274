"""The three loops. Real and scaled ones are tried with real time, in pieces of a few hundredths."""

import asyncio
import os
import socket
import time
import tty

import pytest

from ketamon_drivers.links import loops
from ketamon_drivers.links.loops import RealLoop, ScaledLoop, VirtualLoop, run


def test_virtual_time_jumps_to_each_timer_in_order() -> None:
    async def scene() -> list[float]:
        loop = asyncio.get_running_loop()
        seen: list[float] = []
        for at in (3.5, 1.0, 7200.0):
            loop.call_at(at, lambda: seen.append(loop.time()))
        await asyncio.sleep(86400)
        return [*seen, loop.time()]

    assert run(scene(), VirtualLoop()) == [1.0, 3.5, 7200.0, 86400.0]


def test_virtual_loop_refuses_to_wait_for_nothing() -> None:
    async def scene() -> None:
        await asyncio.sleep(2)
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match=r"^nothing more can happen after 2\.000 s: "):
        run(scene(), VirtualLoop())


def test_virtual_loop_waits_for_no_descriptor_and_no_thread() -> None:
    async def reads() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs, pytest.raises(RuntimeError, match="waits for no descriptor"):
            asyncio.get_running_loop().add_reader(ours, print)

    async def threads() -> None:
        with pytest.raises(RuntimeError, match="has no threads"):
            await asyncio.to_thread(print)

    run(reads(), VirtualLoop())
    run(threads(), VirtualLoop())


def test_nobody_sees_pulses_of_a_headless_run() -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        pulse = loop.pulse(0.5, lambda: pytest.fail("a pulse came"))
        await asyncio.sleep(10)
        pulse.ring()

    run(scene(), VirtualLoop())


def test_run_cancels_what_is_left_over_and_closes_the_loop() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.sleep(1e6)
        finally:
            ended.append(True)

    async def scene() -> int:
        tasks.append(asyncio.get_running_loop().create_task(endless()))
        await asyncio.sleep(0)
        return 7

    tasks: list[asyncio.Task[None]] = []
    loop = VirtualLoop()
    assert run(scene(), loop) == 7
    assert ended == [True]
    assert loop.is_closed()


def test_real_time_is_the_boot_clock() -> None:
    async def scene() -> float:
        return asyncio.get_running_loop().time()

    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    before = time.clock_gettime(clock)
    assert before <= run(scene(), RealLoop()) <= time.clock_gettime(clock)


def test_long_waits_are_looked_at_again_since_the_system_does_not_count_sleep() -> None:
    loop = RealLoop()
    assert loop.real_wait_s(3600) == loops.LONGEST_WAIT_S
    assert loop.real_wait_s(0.25) == 0.25
    assert loop.real_wait_s(None) is None
    loop.close()


def test_scaled_time_runs_faster_by_its_speed() -> None:
    async def scene() -> float:
        began = time.monotonic()
        await asyncio.sleep(1.2)
        return time.monotonic() - began

    assert 0.02 <= run(scene(), ScaledLoop(60)) < 0.2


def test_running_timers_follow_a_change_of_speed_and_a_pause() -> None:
    async def scene() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, ScaledLoop)
        loop.set_speed(0)
        paused = loop.time()
        sleeper = loop.create_task(asyncio.sleep(0.6))
        woken = asyncio.Event()
        loop.pulse(0.03, woken.set)
        await woken.wait()
        assert loop.time() == paused
        assert not sleeper.done()
        loop.set_speed(60)
        began = time.monotonic()
        await sleeper
        return time.monotonic() - began, loop.time() - paused

    real, scaled = run(scene(), ScaledLoop(1))
    assert 0.009 <= real < 0.15
    assert scaled >= 0.6


def test_scaled_time_never_goes_back() -> None:
    async def scene() -> list[float]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, ScaledLoop)
        seen = []
        for n in range(2000):
            seen.append(loop.time())
            loop.set_speed((n * 37) % 61)
            seen.append(loop.time())
        return seen

    seen = run(scene(), ScaledLoop())
    assert seen == sorted(seen)


@pytest.mark.parametrize("speed", [-1, 60.5, float("nan"), float("inf")])
def test_speeds_beyond_sixty_are_refused(speed: float) -> None:
    with pytest.raises(ValueError, match=r"0 \(paused\) to 60 is"):
        ScaledLoop(speed)


def test_scaled_loop_reads_a_pseudo_terminal_when_bytes_come_not_when_timers_do() -> None:
    async def scene() -> float:
        loop = asyncio.get_running_loop()
        master, slave = os.openpty()
        tty.setraw(slave)
        came: asyncio.Future[bytes] = loop.create_future()
        loop.add_reader(slave, lambda: came.set_result(os.read(slave, 64)))
        assert isinstance(loop, ScaledLoop)
        loop.pulse(0.02, lambda: os.write(master, b"frame"))
        began = time.monotonic()
        assert await asyncio.wait_for(came, 3600) == b"frame"
        loop.remove_reader(slave)
        os.close(master)
        os.close(slave)
        return time.monotonic() - began

    assert run(scene(), ScaledLoop(0.5)) < 0.2
    assert run(scene(), ScaledLoop(0)) < 0.2


def test_pulses_come_in_order_once_and_not_after_they_were_cancelled() -> None:
    async def scene() -> list[str]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, RealLoop)
        seen: list[str] = []
        done = asyncio.Event()
        loop.pulse(0.02, lambda: (seen.append("second"), done.set()))
        loop.pulse(0.01, lambda: seen.append("first"))
        loop.pulse(0.01, lambda: seen.append("never")).cancel()
        await done.wait()
        await asyncio.sleep(0.01)
        return seen

    assert run(scene(), RealLoop()) == ["first", "second"]


def test_pulse_on_another_loop_is_a_plain_timer() -> None:
    async def scene() -> None:
        came = asyncio.Event()
        loops.pulse(0.001, came.set)
        await came.wait()

    asyncio.run(scene())


def test_thread_that_never_returns_keeps_nobody_waiting() -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        hung = loop.run_in_executor(loops.OwnThread(), hang.acquire)
        assert await loop.run_in_executor(loops.OwnThread(), lambda: 5) == 5
        hung.cancel()

    import threading

    hang = threading.Lock()
    hang.acquire()
    run(scene(), RealLoop())
    hang.release()
