"""What comes on a line, held against a family's protocol: how many frames, how regular, how sure.

A checksum proves a frame. Without one only pattern and rhythm do, and both are demanded: nearly
every byte in a whole frame, and frames as often as the family sends them.
"""

from dataclasses import dataclass
from itertools import pairwise

from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.readings import BloodPressure, CuffPressure, Oximetry, Reading, Rejected

FRAMES, LINES = 20, 3
"""So many whole frames make a claim; of a device that speaks about once a second, so many."""
SLOW_PER_S = 5.0
MALFORMED_SHARE = 0.05
"""More bytes outside of frames than this, beyond the first half frame, and it is another protocol."""
RHYTHM = 0.25
"""A device's seconds may be this much longer or shorter than ours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was heard of one family; `why_not` is empty where that is enough for a claim."""

    family: Family
    frames: int
    seconds: float
    malformed_bytes: int
    why_not: str

    @property
    def is_sure(self) -> bool:
        """True where it is this family."""
        return not self.why_not

    @property
    def evidence(self) -> str:
        """How many frames in how many seconds, for a person."""
        proved = "each with its checksum" if self.family.has_checksum else "in its rhythm"
        if self.frames >= FRAMES and self.seconds:
            proved = f"{self.frames / self.seconds:.3g} a second, {proved}"
        lost = f", {self.malformed_bytes} bytes outside" if self.malformed_bytes else ""
        return f"{self.frames} valid frames in {self.seconds:.1f} s ({proved}{lost})"


class Hearing:
    """One family's decoder on what comes."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._decoder = protocol_of(family).decoder()
        self._came_bytes = 0
        self._readings = 0
        self._rejected = 0
        self._at_s: list[float] = []

    def take(self, t_s: float, data: bytes) -> None:
        """Takes the next bytes and when they came."""
        before = self._frames()
        self._came_bytes += len(data)
        for reading in self._decoder.feed(data):
            self._count(reading)
        if self._frames() > before:
            self._at_s.append(t_s)

    def verdict(self, now_s: float) -> Verdict:
        """Judges what came until now."""
        seconds = now_s - self._at_s[0] if self._at_s else 0.0
        return Verdict(
            self.family,
            self._frames(),
            seconds,
            self._decoder.skipped_bytes,
            self._why_not(seconds),
        )

    def may_become_sure(self) -> bool:
        """True while more listening is worth it: whole frames, and hardly anything else."""
        return self._frames() > 0 and self._malformed() == ""

    def _count(self, reading: Reading) -> None:
        if isinstance(reading, Rejected):
            self._rejected += 1
        elif isinstance(reading, Oximetry | BloodPressure | CuffPressure):
            self._readings += 1  # others come along with one of these

    def _frames(self) -> int:
        size = self.family.frame_bytes
        if size is None:
            return self._readings
        whole = (self._came_bytes - self._decoder.skipped_bytes) // size
        return whole if self._readings else 0

    def _malformed(self) -> str:
        allowed = (self.family.frame_bytes or 0) + MALFORMED_SHARE * self._came_bytes
        if self.family.frame_bytes is None:
            allowed = max(allowed, self._came_bytes / 2)  # headings, and the rest of a first line
        if self._rejected > self._frames() or self._decoder.skipped_bytes > allowed:
            return (
                f"{self._decoder.skipped_bytes} of {self._came_bytes} bytes are outside of frames"
            )
        return ""

    def _why_not(self, seconds: float) -> str:
        frames, rate = self._frames(), self.family.frames_per_s
        if not frames:
            return "no whole frame"
        if self._malformed():
            return self._malformed()
        is_slow = rate is None or rate < SLOW_PER_S
        needed = LINES if is_slow else FRAMES
        if frames < needed or len(self._at_s) < LINES:
            return f"only {frames} frames, {needed} make a claim"
        if self.family.has_checksum or rate is None:
            return ""
        if is_slow:
            gaps = [b - a for a, b in pairwise(self._at_s)]
            regular = all(abs(gap * rate - 1) <= RHYTHM for gap in gaps)
        else:
            regular = abs(frames / seconds / rate - 1) <= RHYTHM if seconds else False
        return "" if regular else f"not {rate:g} frames a second, as the family sends"
