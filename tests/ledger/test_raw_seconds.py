"""Raw bytes are handed over when their second is over, whether or not more comes."""

import asyncio
from collections.abc import Callable
from typing import cast

from ketamon.ledger.raw_seconds import RawSeconds


class Timers:
    """A loop that only keeps timers, and rings them when told."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[..., None], tuple[int, ...]]] = []

    def call_later(
        self, delay_s: float, call: Callable[..., None], *arguments: int
    ) -> "Timers._Handle":
        self.waiting.append((delay_s, call, arguments))
        return self._Handle(self)

    def ring(self) -> None:
        _, call, arguments = self.waiting.pop(0)
        call(*arguments)

    class _Handle:
        def __init__(self, timers: "Timers") -> None:
            self.timers = timers

        def cancel(self) -> None:
            self.timers.waiting.clear()


def collecting() -> tuple[RawSeconds, list[tuple[int, str, bytes]], Timers]:
    rows: list[tuple[int, str, bytes]] = []
    timers = Timers()
    loop = cast(asyncio.AbstractEventLoop, timers)
    return RawSeconds(lambda *row: rows.append(row), loop), rows, timers


def test_silent_device_is_handed_over_at_the_end_of_its_second() -> None:
    raw, rows, timers = collecting()
    raw.add(1250, "cuff", b"\x01")
    raw.add(1300, "oximeter", b"\x02")
    assert (rows, [delay for delay, *_ in timers.waiting]) == ([], [0.75])
    timers.ring()
    assert rows == [(1250, "cuff", b"\x01"), (1300, "oximeter", b"\x02")]
    assert timers.waiting == []


def test_second_that_has_begun_is_not_cut_by_the_end_of_the_one_before() -> None:
    raw, rows, timers = collecting()
    raw.add(1990, "cuff", b"\x01")
    raw.add(2000, "cuff", b"\x02")  # the loop was late
    timers.ring()
    assert rows == [(1990, "cuff", b"\x01")]
    raw.add(2999, "cuff", b"\x03")
    timers.ring()
    assert rows[1:] == [(2000, "cuff", b"\x02\x03")]
    assert timers.waiting == []


def test_flush_hands_over_all_and_waits_for_nothing() -> None:
    raw, rows, timers = collecting()
    raw.add(0, "cuff", b"\x01")
    raw.flush()
    raw.flush()
    assert (rows, timers.waiting) == ([(0, "cuff", b"\x01")], [])
