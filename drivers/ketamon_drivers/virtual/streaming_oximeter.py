"""Any oximeter that streams, made of software: its family says what it speaks and how often.

Once a second it asks what the finger gives and sends that in as many frames as the real one does,
those with a pulse wave in it with a wave.
"""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.protocols import berry_bci, contec_5byte, contec_v7
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import STATUS_WORDS, Oximetry
from ketamon_drivers.virtual.oximeter_answers import Answers, answers_for

SAMPLE_S = 1.0
RESTING_PULSE = 60

WAVY: dict[str, Callable[[Oximetry, int], bytes]] = {
    "contec-5byte": contec_5byte.encode,
    "contec-v7": contec_v7.encode,
    "berry-bci": berry_bci.encode,
}
"""Encoders that take a point of the pulse wave, 1 to 100."""

FIRST_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 a device's clock has no zone
"""Where the clock of a device stands when its loop's stands at 0: it reads no other."""


class VirtualStreamingOximeter:
    """Sends what `sample` gives from the moment it is run, or is told to where its protocol says so."""

    def __init__(
        self, family: Family, sample: Callable[[], Oximetry], every_s: float | None = None
    ) -> None:
        """`every_s`: the time between two frames of a family that has no rhythm of its own."""
        if family.frames_per_s is None and every_s is None:
            raise ValueError(f"{family.name} does not stream: it has another virtual device")
        self._encode = protocol_of(family).encode
        self._has_clock = not self._can_send(Oximetry(97, RESTING_PULSE))
        self._wavy = WAVY.get(family.protocol)
        self._sample = sample
        self._sayable = frozenset(
            word for word in STATUS_WORDS if self._can_send(self._dated(Oximetry(status=(word,))))
        )
        frame = self._encode(self._dated(Oximetry(97, RESTING_PULSE)))
        count = len(frame) // family.frame_bytes if family.frame_bytes else 1
        self._period_s = count / family.frames_per_s if family.frames_per_s else every_s or 0.0
        self._write: Callable[[bytes], None] = lambda _data: None
        self._answers: Answers = answers_for(family.protocol)

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out."""
        self._write = write

    def received(self, data: bytes) -> None:
        """Takes bytes from the host, and answers as the real one does."""
        for answer in self._answers.received(data):
            self._write(answer)

    async def run(self) -> None:
        """Sends for ever; time that this process slept through is left out."""
        loop = asyncio.get_running_loop()
        began = asks_s = loop.time()
        shown, phase, number = Oximetry(), 0.0, 0
        while True:
            now = loop.time()
            if now >= asks_s:
                shown = self._whole(self._sample(), now)
                asks_s = max(asks_s + SAMPLE_S, now)
            # Counted and not added up, so that sixtieths of a second make whole ones.
            frame_s = began + number * self._period_s
            if now >= frame_s:
                if self._answers.streams():
                    self._write(self._bytes_of(shown, phase))
                number += 1
                phase += self._period_s * (shown.pulse_rate_per_min or RESTING_PULSE) / 60
                frame_s = began + number * self._period_s
                if frame_s < now:
                    began, number = now, 0
                    frame_s = now
            await asyncio.sleep(min(frame_s, asks_s) - loop.time())

    def _bytes_of(self, reading: Oximetry, phase: float) -> bytes:
        if self._wavy is None:
            return self._encode(reading)
        return self._wavy(reading, round(50 + 45 * math.sin(math.tau * phase)))

    def _can_send(self, reading: Oximetry) -> bool:
        try:
            self._encode(reading)
        except EncodeError:
            return False
        return True

    def _dated(self, reading: Oximetry, now_s: float = 0.0) -> Oximetry:
        """With the device's own time, where its lines have one."""
        if not self._has_clock:
            return reading
        when = FIRST_DAY + timedelta(seconds=int(now_s))
        return msgspec.structs.replace(reading, device_time=when.isoformat())

    def _whole(self, reading: Oximetry, now_s: float) -> Oximetry:
        """What this device can say of it: whole numbers, its own words, its own fields."""
        spo2, pulse = reading.spo2_pct, reading.pulse_rate_per_min
        shown = msgspec.structs.replace(
            self._dated(reading, now_s),
            spo2_pct=None if spo2 is None else round(spo2),
            pulse_rate_per_min=None if pulse is None else round(pulse),
            status=tuple(word for word in reading.status if word in self._sayable),
        )
        plain = msgspec.structs.replace(shown, perfusion_index_pct=None)
        wordless = msgspec.structs.replace(plain, status=())
        return next(
            (each for each in (shown, plain, wordless) if self._can_send(each)),
            self._dated(Oximetry(), now_s),
        )
