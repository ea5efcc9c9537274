"""Any oximeter that streams, made of software: its family says what it speaks and how often.

Once a second it asks what the finger gives and sends that in as many frames as the real one does,
those with a pulse wave in it with a wave.
"""

import asyncio
import math
from collections.abc import Callable

import msgspec

from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.protocols import contec_5byte, contec_v7
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import STATUS_WORDS, Oximetry
from ketamon_drivers.virtual.oximeter_answers import Answers, answers_for

SAMPLE_S = 1.0
RESTING_PULSE = 60

WAVY: dict[str, Callable[[Oximetry, int], bytes]] = {
    "contec-5byte": contec_5byte.encode,
    "contec-v7": contec_v7.encode,
}
"""Encoders that take a point of the pulse wave, 0 to 127."""


class VirtualStreamingOximeter:
    """Sends what `sample` gives from the moment it is run, or is told to where its protocol says so."""

    def __init__(self, family: Family, sample: Callable[[], Oximetry]) -> None:
        if family.frames_per_s is None:
            raise ValueError(f"{family.name} does not stream: it has another virtual device")
        self._encode = protocol_of(family).encode
        self._wavy = WAVY.get(family.protocol)
        self._sample = sample
        self._sayable = frozenset(word for word in STATUS_WORDS if self._can_say(word))
        frame = self._encode(Oximetry(97, RESTING_PULSE))
        count = len(frame) // family.frame_bytes if family.frame_bytes else 1
        self._period_s = count / family.frames_per_s
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
        began = loop.time()
        frame, again = began, began
        shown, phase = Oximetry(), 0.0
        number = 0
        while True:
            now = loop.time()
            if now >= again:
                shown = self._whole(self._sample())
                again = max(again + SAMPLE_S, now)
            if self._answers.streams():
                self._write(self._bytes_of(shown, phase))
            number += 1
            phase += self._period_s * (shown.pulse_rate_per_min or RESTING_PULSE) / 60
            # Counted and not added up, so that sixtieths of a second make whole ones.
            frame = began + number * self._period_s
            if frame < loop.time():
                began, number = loop.time(), 0
                frame = began
            await asyncio.sleep(frame - loop.time())

    def _bytes_of(self, reading: Oximetry, phase: float) -> bytes:
        if self._wavy is None:
            return self._encode(reading)
        return self._wavy(reading, round(60 + 50 * math.sin(math.tau * phase)))

    def _can_say(self, word: str) -> bool:
        try:
            self._encode(Oximetry(status=(word,)))
        except EncodeError:
            return False
        return True

    def _whole(self, reading: Oximetry) -> Oximetry:
        """What this device can say of it: whole numbers, its own words, its own fields."""
        spo2, pulse = reading.spo2_pct, reading.pulse_rate_per_min
        shown = msgspec.structs.replace(
            reading,
            spo2_pct=None if spo2 is None else round(spo2),
            pulse_rate_per_min=None if pulse is None else round(pulse),
            status=tuple(word for word in reading.status if word in self._sayable),
        )
        for fewer in (shown, msgspec.structs.replace(shown, perfusion_index_pct=None)):
            try:
                self._encode(fewer)
            except EncodeError:
                continue
            return fewer
        return Oximetry(status=tuple(w for w in shown.status if w in self._sayable))
