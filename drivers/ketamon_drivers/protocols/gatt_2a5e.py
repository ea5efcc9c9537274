"""Spot-check Measurement, GATT 2A5E of service 1822: one finished reading of an oximeter.

| offset | what | when |
|---|---|---|
| 0 | flags: bit 0 time, 1 measurement status, 2 device status, 3 amplitude, 4 clock not set | always |
| 1, 3 | SpO2 %, pulse /min: SFLOAT | always |
| +7 | Date Time | bit 0 |
| +2 | measurement status | bit 1 |
| +3 | device and sensor status | bit 2 |
| +2 | pulse amplitude index %: SFLOAT | bit 3 |

Source: Bluetooth SIG, Pulse Oximeter Service 1.0.1, 3.1.
"""

from ketamon_drivers.protocols.date_time import date_time, encode_date_time
from ketamon_drivers.protocols.gatt_2a5f import HEAD, WORD
from ketamon_drivers.protocols.plx import has_values, status_bits, status_words
from ketamon_drivers.protocols.protocol import EncodeError, PacketDecoder, ProtocolSpec
from ketamon_drivers.protocols.sfloat import encode_sfloat, sfloat
from ketamon_drivers.readings import Number, Oximetry, Reading

TIME, MEASUREMENT, DEVICE, AMPLITUDE, CLOCK_NOT_SET = 0x01, 0x02, 0x04, 0x08, 0x10

LENGTH_BYTES = tuple(
    5
    + (7 if flags & TIME else 0)
    + (2 if flags & MEASUREMENT else 0)
    + (3 if flags & DEVICE else 0)
    + (2 if flags & AMPLITUDE else 0)
    for flags in range(256)
)
"""How many bytes each value of the flags promises."""


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives one spot check and its length; ValueError if bytes are missing."""
    length = len(data)
    if length < 5:
        raise ValueError(f"a spot check has at least 5 bytes, {length} came")
    flags, spo2_word, pulse_word = HEAD.unpack_from(data)
    needed = LENGTH_BYTES[flags]
    if length < needed:
        raise ValueError(f"the flags promise {needed} bytes, {length} came")
    at = 5
    device_time: str | None = None
    amplitude: Number | None = None
    measurement = device = 0
    if flags & TIME:
        device_time = date_time(data, at)
        at += 7
    if flags & MEASUREMENT:
        measurement = data[at] | data[at + 1] << 8
        at += 2
    if flags & DEVICE:
        device = data[at] | data[at + 1] << 8 | data[at + 2] << 16
        at += 3
    if flags & AMPLITUDE:
        amplitude = sfloat(data[at] | data[at + 1] << 8)
    status = status_words(measurement, device)
    spo2, pulse = sfloat(spo2_word) or None, sfloat(pulse_word) or None
    if not has_values(status):
        spo2 = pulse = amplitude = None
    if flags & CLOCK_NOT_SET:
        status = tuple(sorted((*status, "clock_not_set")))
    return Oximetry(spo2, pulse, amplitude, device_time, status), needed


def encode(reading: Reading) -> bytes:
    """Gives the packet of an oximeter that sends what the reading holds and no more."""
    if not isinstance(reading, Oximetry):
        raise EncodeError(f"2A5E carries no {type(reading).__name__}")
    flags = CLOCK_NOT_SET if "clock_not_set" in reading.status else 0
    tail = b""
    if reading.device_time is not None:
        flags |= TIME
        tail += encode_date_time(reading.device_time)
    measurement, device = status_bits(tuple(w for w in reading.status if w != "clock_not_set"))
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
    name="gatt-2a5e",
    title="Bluetooth oximeters: spot checks",
    source="Bluetooth SIG, Pulse Oximeter Service 1.0.1, 3.1",
    framing="packet",
    new_decoder=lambda _model: PacketDecoder(decode_packet),
    encode=encode,
)
