"""From 60 frames a second to readings: when a field changes, and else once per nominal second.

Seconds are counted in frames, so that the same bytes give the same readings whenever they come.
"""

from ketamon_drivers.readings import Number, Oximetry, Pleth, Reading


class FrameRate:
    """Thins a fast stream to the readings that say something, and gathers its pulse wave."""

    def __init__(self, frames_per_s: int) -> None:
        self._frames_per_s = frames_per_s
        self._newest: Oximetry | None = None
        self._frames_since = 0
        self._samples: list[Number] = []

    def take(self, reading: Oximetry, sample: Number | None) -> list[Reading]:
        """Takes one frame; `sample` is its point of the pulse wave, None where there is none."""
        readings: list[Reading] = []
        self._frames_since += 1
        if reading != self._newest or self._frames_since >= self._frames_per_s:
            self._newest, self._frames_since = reading, 0
            readings.append(reading)
        if sample is None:
            self._samples.clear()
        else:
            self._samples.append(sample)
            if len(self._samples) == self._frames_per_s:
                readings.append(Pleth(tuple(self._samples), self._frames_per_s))
                self._samples.clear()
        return readings
