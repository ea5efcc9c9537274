"""Which bytes are a whole frame with the right checksum, worked out apart from the decoders.

A decoder may give a value only where one of these says that a frame is there.
"""

import re
from collections.abc import Callable


def maxim_crc(data: bytes) -> int:
    """CRC-8/MAXIM, bit by bit."""
    remainder = 0
    for byte in data:
        for bit in range(8):
            carry = (remainder ^ byte >> bit) & 1
            remainder = remainder >> 1 ^ (0x8C if carry else 0)
    return remainder


def ff12(data: bytes) -> bool:
    """EB 01, six bytes of seven bits, and their sum."""
    return (
        len(data) == 8
        and data[:2] == b"\xeb\x01"
        and all(byte < 0x80 for byte in data[1:])
        and sum(data[:-1]) % 128 == data[-1]
    )


def pc60(data: bytes) -> bool:
    """AA 55, a length, CRC-8/MAXIM."""
    return (
        data[:2] == b"\xaa\x55"
        and len(data) > 5
        and data[3] == len(data) - 4
        and maxim_crc(data[:-1]) == data[-1]
    )


def _lepu(data: bytes, start: int) -> bool:
    return (
        len(data) > 8
        and data[0] == start
        and data[1] + data[2] == 0xFF
        and int.from_bytes(data[5:7], "little") == len(data) - 8
        and plain_crc(data[:-1]) == data[-1]
    )


def plain_crc(data: bytes) -> int:
    """CRC-8 with polynomial 07: the remainder of a long division."""
    number = int.from_bytes(data, "big") << 8
    for bit in range(number.bit_length() - 1, 7, -1):
        if number >> bit & 1:
            number ^= 0x107 << bit - 8
    return number


def o2ring(data: bytes) -> bool:
    """55, status and its opposite, a length, CRC-8."""
    return _lepu(data, 0x55)


def bp2(data: bytes) -> bool:
    """A5, command and its opposite, a length, CRC-8."""
    return _lepu(data, 0xA5)


def suntech(data: bytes) -> bool:
    """3E, a length, and all of it sums to 0."""
    return len(data) > 3 and data[0] == 0x3E and data[1] == len(data) and sum(data) % 256 == 0


def nonin2(data: bytes) -> bool:
    """25 frames, each 01, a status, and the sum of four; the first with bit 0."""
    frames = [data[at : at + 5] for at in range(0, len(data), 5)]
    return len(data) == 125 and all(
        frame[0] == 1 and frame[1] & 0x80 and sum(frame[:4]) % 256 == frame[4] for frame in frames
    )


def nonin7(data: bytes) -> bool:
    """25 frames, each a status, and the sum of four."""
    frames = [data[at : at + 5] for at in range(0, len(data), 5)]
    return len(data) == 125 and all(
        frame[0] & 0x80 and sum(frame[:4]) % 256 == frame[4] for frame in frames
    )


def nonin13(data: bytes) -> bool:
    """00 02 00 0D, a length, the sum of the data, 03."""
    return (
        data[:4] == b"\0\2\0\x0d"
        and len(data) > 21
        and int.from_bytes(data[4:6], "big") == len(data) - 8
        and sum(data[6:-2]) % 256 == data[-2]
        and data[-1] == 3
    )


def ge(data: bytes) -> bool:
    """7E, a record whose first word is its length, the sum of it, 7E; 7D before what is turned."""
    if len(data) < 43 or data[0] != 0x7E or data[-1] != 0x7E or 0x7E in data[1:-1]:
        return False
    plain, turned = bytearray(), False
    for byte in data[1:-1]:
        if turned and byte not in b"\x5d\x5e":
            return False
        if turned or byte != 0x7D:
            plain.append(byte | 0x20 if turned else byte)
        turned = byte == 0x7D and not turned
    return (
        not turned
        and sum(plain[:-1]) % 256 == plain[-1]
        and int.from_bytes(plain[:2], "little") == len(plain) - 1
    )


def pm6750(data: bytes) -> bool:
    """55 AA, a length, the sum's opposite."""
    return (
        data[:2] == b"\x55\xaa"
        and len(data) > 4
        and data[2] == len(data) - 2
        and (sum(data[2:-1]) + data[-1]) % 256 == 0xFF
    )


def par(data: bytes) -> bool:
    """A status between STX and ETX with its sum in hex, or a pressure, which has no sum."""
    if not data or (data[0], data[-1]) not in {(2, 3), (0xFD, 0xFE)}:
        return False
    if re.fullmatch(rb"\d{3}(C\dS\d)?", data[1:-1]):
        return True
    text, digits = data[1:-3], data[-3:-1]
    return text[:1] == b"S" and digits == b"%02X" % (sum(text) % 256)


WHOLE: dict[str, Callable[[bytes], bool]] = {
    "contec-ff12": ff12,
    "viatom-pc60": pc60,
    "viatom-o2ring": o2ring,
    "viatom-bp2": bp2,
    "suntech": suntech,
    "nonin-df2": nonin2,
    "nonin-df7": nonin7,
    "nonin-df13": nonin13,
    "ge-dri": ge,
    "berry-pm6750": pm6750,
    "par-nibp": par,
}
"""Every protocol with a checksum."""


def holds_a_frame(name: str, data: bytes) -> bool:
    """Tells whether a whole frame stands anywhere in these bytes."""
    whole = WHOLE[name]
    return any(
        whole(data[first:last])
        for first in range(len(data))
        for last in range(first + 3, len(data) + 1)
    )
