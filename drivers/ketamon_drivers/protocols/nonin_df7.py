"""Nonin data format 7: the 16-bit pulse wave and all averages, 75 frames a second.

| byte | what |
|---|---|
| 1 | STATUS |
| 2, 3 | pulse wave, high byte first |
| 4 | FLOAT |
| 5 | sum of the four, 8 bits |

STATUS, FLOAT, packets and source: `nonin_packets`. Any byte but the first may have bit 7 set, so a
frame is found by its sum. Line: 9600 8N1, no flow control; the format is chosen in the first 5 s
after connecting.
"""

import re

from ketamon_drivers.protocols.nonin_packets import (
    FRAME_BYTES,
    NoninPackets,
    encode_packet,
    select_commands,
)
from ketamon_drivers.protocols.protocol import ProtocolSpec
from ketamon_drivers.readings import Reading

_BIT_7 = re.compile(rb"[\x80-\xff]")


class NoninFormat7(NoninPackets):
    """Decodes format 7 into readings and the pulse wave."""

    def begin(self, buffer: bytearray) -> int:
        """Gives the place of the first byte with bit 7 set."""
        found = _BIT_7.search(buffer)
        return found.start() if found else len(buffer)

    def length(self, buffer: bytearray) -> int | None:  # noqa: ARG002 all frames are alike
        """Gives 5."""
        return FRAME_BYTES

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives the frame's reading if it says something new."""
        return self.take(frame[0], frame[1] << 8 | frame[2], frame[3])


def encode(reading: Reading, wave: int = 0) -> bytes:
    """Gives one packet, 25 frames; `wave` is 0-65535."""

    def frame(status: int, value: int) -> bytes:
        body = bytes([status, *(wave & 0xFFFF).to_bytes(2, "big"), value])
        return body + bytes([sum(body) & 0xFF])

    return encode_packet(reading, frame, "format 7")


PROTOCOL = ProtocolSpec(
    name="nonin-df7",
    title="Nonin oximeters, data format 7",
    source="Nonin 6470-000-01, Onyx II 9560 Bluetooth OEM Specification",
    framing="stream",
    new_decoder=lambda _model: NoninFormat7(),
    encode=encode,
    commands=select_commands(7),
)
