"""Frames told apart by one bit: only the first byte of a frame has bit 7 set.

There is no checksum, so a frame counts only if the pattern is whole: a byte with bit 7 starts
anew, and what it interrupted is skipped.
"""

from abc import ABC, abstractmethod

from ketamon_drivers.readings import Reading


class SyncBitDecoder(ABC):
    """Cuts a stream into frames of one length; a subclass says what a frame means."""

    length_bytes: int

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._frame = bytearray()

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives the readings of the frames that they complete."""
        readings: list[Reading] = []
        frame = self._frame
        for byte in data:
            if byte & 0x80:
                self.skipped_bytes += len(frame)
                frame.clear()
            elif not frame:
                self.skipped_bytes += 1
                continue
            frame.append(byte)
            if len(frame) == self.length_bytes:
                readings += self.frame(bytes(frame))
                frame.clear()
        return readings

    def end(self) -> list[Reading]:
        """Skips a frame that was begun and can't be finished."""
        self.skipped_bytes += len(self._frame)
        self._frame.clear()
        return []

    @abstractmethod
    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what one whole frame says."""
