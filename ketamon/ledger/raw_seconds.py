"""Collects what devices send into one row a second and device.

| framing of the family's protocol | the row's bytes |
|---|---|
| stream | as they came, one after the other |
| packet | each notification with its length in front: two bytes, big end first |

A notification's end is part of what was sent, and of what a decoder needs.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

Put = Callable[[int, str, bytes], None]
"""Takes the time of the first byte in ms, the device, and its bytes of one second."""


_LENGTH_BYTES = 2


def as_packet(data: bytes) -> bytes:
    """Gives one notification as it is kept; of over 65,535 bytes, which none has, the first."""
    kept = data[: (1 << 8 * _LENGTH_BYTES) - 1]
    return len(kept).to_bytes(_LENGTH_BYTES) + kept


def packets(row: bytes) -> list[bytes]:
    """Gives a row's notifications; raises ValueError where it holds none such."""
    found, at = [], 0
    while at < len(row):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(row[at:start])
        if at > len(row):
            raise ValueError("the row ends inside a notification")
        found.append(row[start:at])
    return found


@dataclass(slots=True)
class _Second:
    second: int
    t_ms: int
    data: bytearray = field(default_factory=bytearray)


class RawSeconds:
    """Hands over a device's bytes when their second of session time is over."""

    def __init__(self, put: Put, loop: asyncio.AbstractEventLoop) -> None:
        self._put = put
        self._loop = loop
        self._open: dict[str, _Second] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, t_ms: int, device: str, data: bytes) -> None:
        """Takes bytes that came at `t_ms` of the session."""
        second = t_ms // 1000
        running = self._open.get(device)
        if running is not None and running.second != second:
            self._hand_over(device)
            running = None
        if running is None:
            running = self._open[device] = _Second(second, t_ms)
        running.data += data
        if self._timer is None:
            self._wait(second, (1000 - t_ms % 1000) / 1000)

    def flush(self) -> None:
        """Hands over all that came."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for device in list(self._open):
            self._hand_over(device)

    def _wait(self, second: int, delay_s: float) -> None:
        self._timer = self._loop.call_later(delay_s, self._is_over, second)

    def _is_over(self, second: int) -> None:
        self._timer = None
        for device, running in list(self._open.items()):
            if running.second <= second:
                self._hand_over(device)
        if self._open:
            self._wait(max(running.second for running in self._open.values()), 1.0)

    def _hand_over(self, device: str) -> None:
        over = self._open.pop(device)
        self._put(over.t_ms, device, bytes(over.data))
