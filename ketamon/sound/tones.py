"""Bursts as samples: each pulse a fundamental with four harmonics, rising and falling softly.

The pulses of a burst are equally loud. The rise takes a quarter of the pulse and so does the fall,
so that no pulse clicks.
"""

import math
from array import array

from ketamon.feed.sounding import PATTERNS, Pattern

RATE_HZ = 24_000
HARMONICS = (1.0, 0.8, 0.6, 0.45, 0.35)
"""Amplitudes from the fundamental on: 660 Hz, the highest, reaches 3,300 Hz with its fourth."""

RISE = 0.25  # of a pulse's length, and its fall the same
LOUDEST = 0.9 * 32767


def burst(priority: str) -> bytes:
    """One burst of this priority: 16-bit samples of one channel, in the machine's order of bytes."""
    pattern = PATTERNS[priority]
    pulse = _pulse(pattern)
    samples = array("h", bytes(2 * round(pattern.lasts_s * RATE_HZ)))
    for begin_s in pattern.begins_s:
        at = round(begin_s * RATE_HZ)
        samples[at : at + len(pulse)] = pulse
    return samples.tobytes()


def _pulse(pattern: Pattern) -> "array[int]":
    count = round(pattern.pulse_s * RATE_HZ)
    loud = LOUDEST / sum(HARMONICS)
    step = 2 * math.pi * pattern.hertz / RATE_HZ
    ramp = RISE * count
    out = array("h")
    for i in range(count):
        wave = sum(a * math.sin(step * n * i) for n, a in enumerate(HARMONICS, 1))
        envelope = min(1.0, i / ramp, (count - i) / ramp)
        out.append(round(loud * envelope * wave))
    return out
