"""Bursts as they sound: pulses, spacing, frequencies and rise, measured in the samples."""

import math
from array import array
from itertools import pairwise

import pytest

from ketamon.feed.sounding import PATTERNS
from ketamon.sound.tones import RATE_HZ, burst

FRAME = RATE_HZ // 200  # 5 ms
AUDIBLE = 0.02


def samples(priority: str) -> "array[int]":
    return array("h", burst(priority))


def pulses(priority: str) -> list[tuple[float, float]]:
    """When each pulse begins and how long it is, in seconds, as an ear would find them."""
    found: list[list[int]] = []
    given = samples(priority)
    for i in range(0, len(given), FRAME):
        if max(map(abs, given[i : i + FRAME]), default=0) > AUDIBLE * 32767:
            if found and found[-1][1] == i:
                found[-1][1] = i + FRAME
            else:
                found.append([i, i + FRAME])
    return [(begin / RATE_HZ, (end - begin) / RATE_HZ) for begin, end in found]


def loudness(given: "array[int]", hertz: float) -> float:
    """The amplitude at this frequency."""
    step = 2 * math.pi * hertz / RATE_HZ
    real = sum(s * math.cos(step * i) for i, s in enumerate(given))
    imaginary = sum(s * math.sin(step * i) for i, s in enumerate(given))
    return 2 * math.hypot(real, imaginary) / len(given)


@pytest.mark.parametrize(
    ("priority", "count", "shortest_s", "longest_s", "again_s"),
    [
        ("high", 10, 0.075, 0.200, (2.5, 15.0)),
        ("medium", 3, 0.125, 0.250, (2.5, 30.0)),
        ("low", 2, 0.125, 0.250, (15.0, 60.0)),
    ],
)
def test_a_burst_has_as_many_pulses_as_its_priority_and_each_is_as_long_as_it_should_be(
    priority: str, count: int, shortest_s: float, longest_s: float, again_s: tuple[float, float]
) -> None:
    found = pulses(priority)
    assert len(found) == count
    assert all(shortest_s <= length <= longest_s for _, length in found)
    lasts_s = len(samples(priority)) / RATE_HZ
    assert lasts_s == pytest.approx(PATTERNS[priority].lasts_s, abs=0.001)
    assert again_s[0] <= PATTERNS[priority].again_s - lasts_s <= again_s[1]


def test_a_high_burst_is_three_and_two_twice() -> None:
    begins = [begin for begin, _ in pulses("high")]
    gaps = [round(b - a, 2) for a, b in pairwise(begins)]
    assert gaps == [0.25, 0.25, 0.5, 0.25, 0.85, 0.25, 0.25, 0.5, 0.25]


@pytest.mark.parametrize("priority", PATTERNS)
def test_a_pulse_has_its_fundamental_and_four_harmonics_within_hearing(priority: str) -> None:
    hertz = PATTERNS[priority].hertz
    assert 150 <= hertz <= 1000
    pulse = samples(priority)[: round(PATTERNS[priority].pulse_s * RATE_HZ)]
    loud = loudness(pulse, hertz)
    for n in range(2, 6):
        assert 300 <= n * hertz <= 4000
        assert 20 * math.log10(loud / loudness(pulse, n * hertz)) < 15
    assert loudness(pulse, 4.5 * hertz) < loud / 20


@pytest.mark.parametrize("priority", PATTERNS)
def test_pulses_rise_and_fall_softly_and_are_equally_loud(priority: str) -> None:
    given, pattern = samples(priority), PATTERNS[priority]
    count = round(pattern.pulse_s * RATE_HZ)
    peaks = []
    for begin_s in pattern.begins_s:
        at = round(begin_s * RATE_HZ)
        pulse = given[at : at + count]
        peak = max(map(abs, pulse))
        peaks.append(peak)
        early = max(map(abs, pulse[: count // 10]))
        late = max(map(abs, pulse[-count // 10 :]))
        assert early < 0.5 * peak
        assert late < 0.5 * peak
        assert abs(pulse[0]) < 0.01 * peak
    assert max(peaks) == min(peaks)
    assert 0.5 * 32767 < max(peaks) <= 32767
