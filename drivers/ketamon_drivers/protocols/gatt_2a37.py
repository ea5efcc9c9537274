"""Heart Rate Measurement, GATT 2A37 of service 180D: straps and ECG sensors, once a second.

| offset | what | when |
|---|---|---|
| 0 | flags: bit 0 wide rate, 1 contact, 2 contact can be told, 3 energy, 4 RR intervals | always |
| 1 | heart rate /min: 1 byte, or 2 with bit 0 | always |
| +2 | energy since the last reset, kJ | bit 3 |
| +2 each | RR intervals of 1/1024 s, oldest first, to the end; there may be none | bit 4 |

Source: Bluetooth SIG, GATT Specification Supplement, "Heart Rate Measurement".
"""

import struct

from ketamon_drivers.protocols.protocol import EncodeError, PacketDecoder, ProtocolSpec
from ketamon_drivers.readings import HeartRate, Reading

WIDE, CONTACT, CONTACT_KNOWN, ENERGY, INTERVALS = 0x01, 0x02, 0x04, 0x08, 0x10
MS_PER_INTERVAL = 1000 / 1024
_WORD = struct.Struct("<H")
_INTERVALS = tuple(struct.Struct(f"<{count}H") for count in range(16))
# By the two contact bits: a sensor that can't tell says nothing, whatever its contact bit.
_CONTACT = {0: None, CONTACT: None, CONTACT_KNOWN: False, CONTACT | CONTACT_KNOWN: True}


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives one heart rate and its length; ValueError if bytes are missing."""
    flags = data[0]
    wide = flags & WIDE
    at = 3 if wide else 2
    needed = at + 2 if flags & ENERGY else at
    length = len(data)
    if length < needed:
        raise ValueError(f"the flags promise {needed} bytes, {length} came")
    rate = data[1] | data[2] << 8 if wide else data[1]
    energy = None
    if flags & ENERGY:
        energy = data[at] | data[at + 1] << 8
        at += 2
    intervals: tuple[float, ...] = ()
    if flags & INTERVALS and length > at + 1:
        count = (length - at) // 2
        words = (
            _INTERVALS[count].unpack_from(data, at)
            if count < 16
            else struct.unpack_from(f"<{count}H", data, at)
        )
        intervals = tuple([word * MS_PER_INTERVAL for word in words])
        at += 2 * count
    contact = _CONTACT[flags & (CONTACT | CONTACT_KNOWN)]
    return HeartRate(rate or None, intervals, contact, energy), at


def encode(reading: Reading) -> bytes:
    """Gives the packet of a strap that sends what the reading holds and no more."""
    if not isinstance(reading, HeartRate):
        raise EncodeError(f"2A37 carries no {type(reading).__name__}")
    rate = int(reading.heart_rate_per_min or 0)
    flags = WIDE if rate > 0xFF else 0
    if reading.contact is not None:
        flags |= CONTACT_KNOWN | (CONTACT if reading.contact else 0)
    tail = b""
    if reading.energy_kj is not None:
        flags |= ENERGY
        tail += _WORD.pack(int(reading.energy_kj))
    if reading.rr_intervals_ms:
        flags |= INTERVALS
        tail += b"".join(_WORD.pack(round(ms / MS_PER_INTERVAL)) for ms in reading.rr_intervals_ms)
    return bytes([flags]) + rate.to_bytes(2 if flags & WIDE else 1, "little") + tail


PROTOCOL = ProtocolSpec(
    name="gatt-2a37",
    title="Bluetooth heart-rate straps",
    source="Bluetooth SIG, GATT Specification Supplement, Heart Rate Measurement",
    framing="packet",
    new_decoder=lambda _model: PacketDecoder(decode_packet),
    encode=encode,
)
