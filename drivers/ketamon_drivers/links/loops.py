"""The three event loops, and with them the only clock of engine, drivers and virtual devices.

| loop | `time()` | waits |
|---|---|---|
| RealLoop | seconds of the boot clock, sleep of the machine included | as long as they take |
| ScaledLoop | the boot clock times `speed`, 0 (paused) to 60, changeable while running | 1/speed |
| VirtualLoop | where the last jump led, 0 at first | not at all: jumps to the next timer |

A `pulse` is a timer in real seconds whatever the speed, for what people see: beats, stalled
viewers, giving up on a port that won't open. A headless run has no people, so there it never comes.
"""

import asyncio
import heapq
import selectors
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

FASTEST = 60.0
"""Beyond this a Bluetooth connection's 200 ms become more than 12 s of session time."""

LONGEST_WAIT_S = 1.0
"""A timed wait ends after this at the latest: the system counts it without the machine's sleep."""

_BOOT_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boot_s() -> float:
    """Seconds since the machine started, sleep included where the system counts it."""
    return time.clock_gettime(_BOOT_CLOCK)


@dataclass(order=True, slots=True)
class Pulse:
    """A call that comes once, after real seconds."""

    at_s: float
    number: int
    call: Callable[[], object] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """The call won't come any more; harmless after it came."""
        self.cancelled = True

    def ring(self) -> None:
        """Calls, unless cancelled since."""
        if not self.cancelled:
            self.cancelled = True
            self.call()


class _PulsedSelector(selectors.DefaultSelector):
    """Waits in real seconds for a loop that counts its own."""

    loop: "_PulsedLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits as long as the loop's `timeout` really takes, and no longer than to its next pulse."""
        ready = super().select(self.loop.real_wait_s(timeout))
        self.loop.ring_pulses()
        return ready


class _PulsedLoop(asyncio.SelectorEventLoop):
    """A loop on the boot clock, `speed` times as fast."""

    def __init__(self, speed: float, base_s: float, since_s: float) -> None:
        self._speed, self._base_s, self._since_s = speed, base_s, since_s
        self._pulses: list[Pulse] = []
        self._pulses_made = 0
        selector = _PulsedSelector()
        selector.loop = self
        super().__init__(selector)

    @property
    def speed(self) -> float:
        """How many seconds of this loop pass in a real one."""
        return self._speed

    def time(self) -> float:
        """Seconds, never decreasing."""
        return self._base_s + (boot_s() - self._since_s) * self._speed

    def pulse(self, seconds: float, call: Callable[[], object]) -> Pulse:
        """Calls once after real seconds, at any speed, also while paused."""
        self._pulses_made += 1
        pulse = Pulse(boot_s() + seconds, self._pulses_made, call)
        heapq.heappush(self._pulses, pulse)
        return pulse

    def real_wait_s(self, timeout: float | None) -> float | None:
        """How long the selector may really wait where the loop wants to wait `timeout` of its own."""
        while self._pulses and self._pulses[0].cancelled:
            heapq.heappop(self._pulses)
        waits = []
        if timeout == 0:
            return 0.0
        if timeout is not None and self._speed:
            waits.append(min(timeout / self._speed, LONGEST_WAIT_S))
        if self._pulses:
            waits.append(max(0.0, self._pulses[0].at_s - boot_s()))
        return min(waits, default=None)

    def ring_pulses(self) -> None:
        """Hands the pulses that are due to the loop."""
        if self._pulses:
            now = boot_s()
            while self._pulses and self._pulses[0].at_s <= now:
                self.call_soon(heapq.heappop(self._pulses).ring)


class RealLoop(_PulsedLoop):
    """The loop of a LIVE session: `time()` is the boot clock itself."""

    def __init__(self) -> None:
        super().__init__(1.0, 0.0, 0.0)


class ScaledLoop(_PulsedLoop):
    """The loop of a simulated session, with everything that hangs on it at one speed."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__(1.0, 0.0, boot_s())
        try:
            self.set_speed(speed)
        except ValueError:
            self.close()
            raise

    def set_speed(self, speed: float) -> None:
        """Goes on from this moment at another speed; timers that run follow. ValueError beyond 60."""
        if not 0 <= speed <= FASTEST:
            raise ValueError(f"speed {speed:g} is not possible: 0 (paused) to {FASTEST:g} is")
        now = boot_s()
        self._base_s += (now - self._since_s) * self._speed
        self._since_s, self._speed = now, speed


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing, so that nothing outside can come between two timers."""

    loop: "VirtualLoop"

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Takes the loop's own wake-up socket and no other descriptor."""
        if self.get_map():
            raise RuntimeError(
                "a headless run waits for no descriptor: give its devices an in-process pipe"
            )
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Jumps over the time that would have been waited."""
        self.loop.jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of a headless run: no clock, no descriptors, no threads, the same each time."""

    speed = 1.0

    def __init__(self) -> None:
        self._now_s = 0.0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the run began."""
        return self._now_s

    def jump(self, seconds: float | None) -> None:
        """Moves time on to the next timer; RuntimeError where there is none to wait for."""
        if seconds is None:
            raise RuntimeError(
                f"nothing more can happen after {self._now_s:.3f} s: every task waits for another "
                "and no timer is set"
            )
        self._now_s += seconds

    def pulse(self, seconds: float, call: Callable[[], object]) -> Pulse:
        """Never calls: nobody watches a headless run."""
        return Pulse(seconds, 0, call, cancelled=True)

    def run_in_executor(self, *_args: Any) -> Any:  # type: ignore[override]
        """Refused: a thread would take a different time in each run."""
        raise RuntimeError("a headless run has no threads: its results would differ each time")


def pulse(seconds: float, call: Callable[[], object]) -> Pulse | asyncio.TimerHandle:
    """Sets a pulse on the running loop; on a loop of another make, a plain timer."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, _PulsedLoop | VirtualLoop):
        return loop.pulse(seconds, call)
    return loop.call_later(seconds, call)


class OwnThread(Executor):
    """A thread for each call: the one way to wait for what may block, opening a port or a name.

    A call that never returns keeps neither other calls nor the end of the program waiting.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begins the call; for `loop.run_in_executor`."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # nobody can take a running call back

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, name="may block", daemon=True).start()
        return future


def run(main: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    """Runs `main` to its end on this loop, cancels what is left over, and closes the loop."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main)
