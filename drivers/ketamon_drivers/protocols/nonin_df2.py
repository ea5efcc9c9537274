"""Nonin data format 2: the 8-bit pulse wave and all averages, 75 frames a second.

| byte | what |
|---|---|
| 1 | 01 |
| 2 | STATUS |
| 3 | pulse wave, 8 bits |
| 4 | FLOAT |
| 5 | sum of the four, 8 bits |

STATUS, FLOAT, packets and source: `nonin_packets`. A wave or a value can be 01 too, so frames are
found by STATUS and sum, not by 01 alone. Line: 9600 8N1, no flow control; the format is chosen in
the first 5 s after connecting.
"""

from ketamon_drivers.protocols.nonin_packets import (
    FRAME_BYTES,
    NoninPackets,
    encode_packet,
    select_commands,
)
from ketamon_drivers.protocols.protocol import ProtocolSpec
from ketamon_drivers.readings import Reading

FIRST = 0x01


class NoninFormat2(NoninPackets):
    """Decodes format 2 into readings and the pulse wave."""

    start = bytes([FIRST])

    def length(self, buffer: bytearray) -> int | None:
        """Gives 5 where a STATUS follows."""
        if len(buffer) < 2:
            return None
        return FRAME_BYTES if buffer[1] & 0x80 else 0

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives the frame's reading if it says something new."""
        return self.take(frame[1], frame[2], frame[3])


def encode(reading: Reading, wave: int = 0) -> bytes:
    """Gives one packet, 25 frames; `wave` is 0-255."""

    def frame(status: int, value: int) -> bytes:
        body = bytes([FIRST, status, wave & 0xFF, value])
        return body + bytes([sum(body) & 0xFF])

    return encode_packet(reading, frame, "format 2")


PROTOCOL = ProtocolSpec(
    name="nonin-df2",
    title="Nonin oximeters, data format 2",
    source="Nonin 6470-000-01, Onyx II 9560 Bluetooth OEM Specification",
    framing="stream",
    new_decoder=lambda _model: NoninFormat2(),
    encode=encode,
    commands=select_commands(2),
)
