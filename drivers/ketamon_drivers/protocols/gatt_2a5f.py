"""Continuous Measurement, GATT 2A5F of service 1822: an oximeter's stream, about once a second.

| offset | what | when |
|---|---|---|
| 0 | flags: bit 0 fast pair, 1 slow pair, 2 measurement status, 3 device status, 4 amplitude | always |
| 1, 3 | SpO2 %, pulse /min: SFLOAT | always |
| +4 | fast SpO2, pulse | bit 0 |
| +4 | slow SpO2, pulse | bit 1 |
| +2 | measurement status | bit 2 |
| +3 | device and sensor status | bit 3 |
| +2 | pulse amplitude index %: SFLOAT | bit 4 |

Source: Bluetooth SIG, Pulse Oximeter Service 1.0.1, 3.2.
"""

import struct

from msgspec import UNSET, UnsetType

from ketamon_drivers.protocols.plx import has_values, status_bits, status_words
from ketamon_drivers.protocols.protocol import EncodeError, PacketDecoder, ProtocolSpec
from ketamon_drivers.protocols.sfloat import encode_sfloat, sfloat
from ketamon_drivers.readings import Number, Oximetry, Reading

FAST, SLOW, MEASUREMENT, DEVICE, AMPLITUDE = 0x01, 0x02, 0x04, 0x08, 0x10
HEAD = struct.Struct("<BHH")
PAIR = struct.Struct("<HH")
WORD = struct.Struct("<H")

LENGTH_BYTES = tuple(
    5
    + (4 if flags & FAST else 0)
    + (4 if flags & SLOW else 0)
    + (2 if flags & MEASUREMENT else 0)
    + (3 if flags & DEVICE else 0)
    + (2 if flags & AMPLITUDE else 0)
    for flags in range(256)
)
"""How many bytes each value of the flags promises."""

Sent = Number | UnsetType | None


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives one oximetry reading and its length; ValueError if bytes are missing."""
    length = len(data)
    if length < 5:
        raise ValueError(f"an oximeter's measurement has at least 5 bytes, {length} came")
    flags, spo2_word, pulse_word = HEAD.unpack_from(data)
    needed = LENGTH_BYTES[flags]
    if length < needed:
        raise ValueError(f"the flags promise {needed} bytes, {length} came")
    at = 5
    fast_spo2: Sent = UNSET
    fast_pulse: Sent = UNSET
    slow_spo2: Sent = UNSET
    slow_pulse: Sent = UNSET
    amplitude: Number | None = None
    measurement = device = 0
    if flags & FAST:
        fast_spo2, fast_pulse = _pair(data, at)
        at += 4
    if flags & SLOW:
        slow_spo2, slow_pulse = _pair(data, at)
        at += 4
    if flags & MEASUREMENT:
        measurement = data[at] | data[at + 1] << 8
        at += 2
    if flags & DEVICE:
        device = data[at] | data[at + 1] << 8 | data[at + 2] << 16
        at += 3
    if flags & AMPLITUDE:
        amplitude = sfloat(data[at] | data[at + 1] << 8)
    status = status_words(measurement, device)
    if not has_values(status):
        return _without_values(status, flags), needed
    reading = Oximetry(
        sfloat(spo2_word) or None,
        sfloat(pulse_word) or None,
        amplitude,
        None,
        status,
        fast_spo2,
        fast_pulse,
        slow_spo2,
        slow_pulse,
    )
    return reading, needed


def _pair(data: bytes, at: int) -> tuple[Number | None, Number | None]:
    spo2, pulse = PAIR.unpack_from(data, at)
    return sfloat(spo2) or None, sfloat(pulse) or None


def _without_values(status: tuple[str, ...], flags: int) -> Oximetry:
    fast, slow = None if flags & FAST else UNSET, None if flags & SLOW else UNSET
    return Oximetry(None, None, None, None, status, fast, fast, slow, slow)


def encode(reading: Reading) -> bytes:
    """Gives the packet of an oximeter that sends what the reading holds and no more."""
    if not isinstance(reading, Oximetry):
        raise EncodeError(f"2A5F carries no {type(reading).__name__}")
    if reading.device_time is not None:
        raise EncodeError("2A5F carries no time")
    flags, tail = 0, b""
    pairs = (
        (FAST, reading.spo2_fast_pct, reading.pulse_rate_fast_per_min),
        (SLOW, reading.spo2_slow_pct, reading.pulse_rate_slow_per_min),
    )
    for bit, spo2, pulse in pairs:
        if spo2 is not UNSET or pulse is not UNSET:
            flags |= bit
            tail += PAIR.pack(encode_sfloat(spo2 or None), encode_sfloat(pulse or None))
    measurement, device = status_bits(reading.status)
    if measurement:
        flags |= MEASUREMENT
        tail += WORD.pack(measurement)
    if device:
        flags |= DEVICE
        tail += device.to_bytes(3, "little")
    if reading.perfusion_index_pct is not None:
        flags |= AMPLITUDE
        tail += WORD.pack(encode_sfloat(reading.perfusion_index_pct))
    head = HEAD.pack(
        flags, encode_sfloat(reading.spo2_pct), encode_sfloat(reading.pulse_rate_per_min)
    )
    return head + tail


PROTOCOL = ProtocolSpec(
    name="gatt-2a5f",
    title="Bluetooth oximeters: continuous stream",
    source="Bluetooth SIG, Pulse Oximeter Service 1.0.1, 3.2",
    framing="packet",
    new_decoder=lambda _model: PacketDecoder(decode_packet),
    encode=encode,
)
