"""Lines of text, as monitors with a printer's port send them: one a measurement, no checksum.

A line ends with CR, LF or both. What is left when the port falls silent is a line that may have
been cut: it counts only where a cut would show.
"""

from abc import ABC, abstractmethod

from ketamon_drivers.readings import Reading

LONGEST_LINE = 512
"""Longer than any monitor's line; what is longer is skipped as a whole."""


class LineDecoder(ABC):
    """Cuts a stream into lines; a subclass says what a line means."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._line = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives what the lines that they complete say."""
        readings: list[Reading] = []
        for byte in data:
            if byte in b"\r\n":
                readings += self._finish(whole=True)
            elif self._overlong:
                self.skipped_bytes += 1
            else:
                self._line.append(byte)
                if len(self._line) > LONGEST_LINE:
                    self.skipped_bytes += len(self._line)
                    self._line.clear()
                    self._overlong = True
        return readings

    def end(self) -> list[Reading]:
        """Reads a last line without its end, if it can be told that nothing of it is missing."""
        return self._finish(whole=False)

    def _finish(self, *, whole: bool) -> list[Reading]:
        line, self._overlong = bytes(self._line), False
        self._line.clear()
        readings = self.line(line.decode("latin-1"), whole=whole) if line.strip() else None
        if readings is None:
            self.skipped_bytes += len(line)
        return readings or []

    @abstractmethod
    def line(self, line: str, *, whole: bool) -> list[Reading] | None:
        """Gives what a line says; None for one that is no business of the protocol. A line that
        is not `whole` lacks its end and perhaps more."""
