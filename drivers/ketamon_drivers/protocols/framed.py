"""Frames with a start, a length and a checksum, cut out of a stream of bytes.

A frame counts only if its checksum is right. Where it is not, one byte is skipped and the search
goes on inside, since a real frame may begin there. A subclass says where a frame may begin, how
long it is, what makes it intact and what it means.
"""

from abc import ABC, abstractmethod

from ketamon_drivers.readings import Reading, Rejected

CHUNK_BYTES = 1024
"""Taken at a time, so that a long input never makes a long buffer."""


class FramedDecoder(ABC):
    """Cuts a stream into frames; any split of the stream gives the same readings."""

    start: bytes = b""
    """What each frame begins with."""
    rejects_when_due_only = False
    """True where starts are so common that a failed checksum means something only in step."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._buffer = bytearray()
        self._due = False
        """True while the last frame ended just here."""

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives what the frames that they complete say."""
        readings: list[Reading] = []
        for at in range(0, len(data), CHUNK_BYTES):
            self._buffer += data[at : at + CHUNK_BYTES]
            readings += self._frames()
        return readings

    def end(self) -> list[Reading]:
        """Skips a frame that was begun, and reads what a false start may have hidden."""
        readings: list[Reading] = []
        while self._buffer:
            self._skip(1)
            readings += self._frames()
        return readings

    @abstractmethod
    def length(self, buffer: bytearray) -> int | None:
        """Gives the length of the frame at the buffer's start: None until that is known, 0 where
        no frame begins after all."""

    @abstractmethod
    def intact(self, frame: bytes) -> bool:
        """Tells whether the frame's checksum is right."""

    @abstractmethod
    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what one intact frame says."""

    def begin(self, buffer: bytearray) -> int:
        """Gives the place where a frame may begin, or the buffer's length."""
        at = buffer.find(self.start)
        if at >= 0:
            return at
        for kept in range(len(self.start) - 1, 0, -1):  # the first bytes of a start may be there
            if buffer.endswith(self.start[:kept]):
                return len(buffer) - kept
        return len(buffer)

    def broken(self) -> None:  # noqa: B027 a hook that most leave empty
        """Is told that bytes were skipped, for protocols that count frames."""

    def _skip(self, count: int) -> None:
        if count:
            self.skipped_bytes += count
            del self._buffer[:count]
            self._due = False
            self.broken()

    def _frames(self) -> list[Reading]:
        readings: list[Reading] = []
        buffer = self._buffer
        while buffer:
            self._skip(self.begin(buffer))
            if not buffer:
                break
            length = self.length(buffer)
            if length is None or len(buffer) < length:
                break
            frame = bytes(buffer[:length])
            if not length or not self.intact(frame):
                if length and (self._due or not self.rejects_when_due_only):
                    readings.append(Rejected("checksum", frame.hex()))
                self._skip(1)
                continue
            del buffer[:length]
            self._due = True
            readings += self.frame(frame)
        return readings
