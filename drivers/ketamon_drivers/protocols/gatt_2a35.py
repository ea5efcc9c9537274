"""Blood Pressure Measurement, GATT 2A35 of service 1810: what Bluetooth cuffs indicate.

| offset | what | when |
|---|---|---|
| 0 | flags: bit 0 kPa, 1 time, 2 pulse, 3 user, 4 status; 5-7 ignored, real cuffs set them | always |
| 1, 3, 5 | systolic, diastolic, mean: SFLOAT | always |
| +7 | Date Time | bit 1 |
| +2 | pulse rate: SFLOAT, /min | bit 2 |
| +1 | user; FF unknown | bit 3 |
| +2 | status: bit 0 body movement, 1 cuff too loose, 2 irregular pulse, 3-4 pulse range, 5 improper position | bit 4 |

Source: Bluetooth SIG, GATT Specification Supplement, "Blood Pressure Measurement". A Beurer BM85
has pulse and status big-endian and always a user byte: its packets are told by model only
(recorded from a device in the tests of blood-pressure-monitor-fl). A Date Time that is there and not
known says `clock_not_set`: a cuff with a clock that nobody set is another thing than one without.
"""

import struct

from ketamon_drivers.protocols.date_time import date_time, encode_date_time
from ketamon_drivers.protocols.protocol import EncodeError, PacketDecoder, ProtocolSpec, same_model
from ketamon_drivers.protocols.sfloat import encode_sfloat, sfloat
from ketamon_drivers.readings import BloodPressure, Number, Reading

MMHG_PER_KPA = 7.500617
KPA, TIME, PULSE, USER, STATUS = 0x01, 0x02, 0x04, 0x08, 0x10
UNKNOWN_USER = 0xFF
UNSET = "clock_not_set"

HEAD = struct.Struct("<BHHH")
_WORD = struct.Struct("<H")
_BEURER = struct.Struct(">HBH")

BODY_MOVEMENT, TOO_LOOSE, IRREGULAR, IMPROPER_POSITION = 0x01, 0x02, 0x04, 0x20
STATUS_BITS = {
    "body_movement": BODY_MOVEMENT,
    "cuff_too_loose": TOO_LOOSE,
    "improper_position": IMPROPER_POSITION,
    "irregular_pulse": IRREGULAR,
    "pulse_above_range": 0x08,
    "pulse_below_range": 0x10,
}


def _words(status: int) -> tuple[str, ...]:
    pulse_range = status & 0x18  # two bits, one field: 11 is reserved and says nothing
    return tuple(
        word
        for word, bit in STATUS_BITS.items()
        if (pulse_range == bit if bit & 0x18 else status & bit)
    )


# The six bits that mean anything, each combination once: building tuples takes longer than all else.
STATUS_WORDS = tuple(_words(status) for status in range(64))

LENGTH_BYTES = tuple(
    7
    + (7 if flags & TIME else 0)
    + (2 if flags & PULSE else 0)
    + (1 if flags & USER else 0)
    + (2 if flags & STATUS else 0)
    for flags in range(256)
)
"""How many bytes each value of the flags promises."""


def mmhg(word: int, kilopascal: int) -> Number | None:
    """Gives a pressure in mmHg; None where the word holds no number, or the 0 of "not measured"."""
    value = sfloat(word)
    if not value:
        return None
    return (round(value * MMHG_PER_KPA, 1) or None) if kilopascal else value


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives one measurement and its length; ValueError if the flags promise more than there is."""
    length = len(data)
    if length < 7:
        raise ValueError(f"a measurement has at least 7 bytes, {length} came")
    flags, systolic, diastolic, mean = HEAD.unpack_from(data)
    needed = LENGTH_BYTES[flags]
    if length < needed:
        raise ValueError(f"the flags promise {needed} bytes, {length} came")
    at = 7
    device_time = pulse = user = None
    status: tuple[str, ...] = ()
    if flags & TIME:
        device_time = date_time(data, at)
        at += 7
    if flags & PULSE:
        pulse = sfloat(data[at] | data[at + 1] << 8) or None
        at += 2
    if flags & USER:
        user = data[at] if data[at] != UNKNOWN_USER else None
        at += 1
    if flags & STATUS:
        status = STATUS_WORDS[data[at] & 0x3F]
    if device_time is None and flags & TIME:
        status = _unset(status)
    kilopascal = flags & KPA
    reading = BloodPressure(
        mmhg(systolic, kilopascal),
        mmhg(diastolic, kilopascal),
        mmhg(mean, kilopascal),
        "kPa" if kilopascal else "mmHg",
        pulse,
        device_time,
        user,
        status,
    )
    return reading, needed


def _unset(status: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted((*status, UNSET)))


def decode_beurer(data: bytes) -> tuple[Reading, int]:
    """Gives a BM85's measurement: 19 bytes, whatever the flags say of the user byte."""
    if len(data) < 19 or data[0] & (TIME | PULSE | STATUS) != TIME | PULSE | STATUS:
        return decode_packet(data)
    flags, systolic, diastolic, mean = HEAD.unpack_from(data)
    pulse, user, status = _BEURER.unpack_from(data, 14)
    device_time, words = date_time(data, 7), STATUS_WORDS[status & 0x3F]
    kilopascal = flags & KPA
    reading = BloodPressure(
        mmhg(systolic, kilopascal),
        mmhg(diastolic, kilopascal),
        mmhg(mean, kilopascal),
        "kPa" if kilopascal else "mmHg",
        sfloat(pulse) or None,
        device_time,
        user if user != UNKNOWN_USER else None,
        words if device_time is not None else _unset(words),
    )
    return reading, 19


def encode(reading: Reading) -> bytes:
    """Gives the packet of a cuff that follows the standard and fills in only what it knows."""
    if not isinstance(reading, BloodPressure):
        raise EncodeError(f"2A35 carries no {type(reading).__name__}")
    per_unit = MMHG_PER_KPA if reading.original_unit == "kPa" else None
    status = tuple(word for word in reading.status if word != UNSET)
    flags = (KPA if per_unit else 0) | (STATUS if status else 0)
    tail = b""
    if reading.device_time is not None or UNSET in reading.status:
        flags |= TIME
        tail += encode_date_time(reading.device_time)
    if reading.pulse_rate_per_min is not None:
        flags |= PULSE
        tail += _WORD.pack(encode_sfloat(reading.pulse_rate_per_min))
    if reading.user is not None:
        flags |= USER
        tail += bytes([reading.user])
    if status:
        tail += _WORD.pack(status_word(status))
    pressures = (reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg)
    return HEAD.pack(flags, *(_pressure_word(value, per_unit) for value in pressures)) + tail


def status_word(status: tuple[str, ...]) -> int:
    """Gives the status bits for these words; EncodeError for one that a cuff can't say."""
    word = 0
    for name in status:
        if name not in STATUS_BITS:
            raise EncodeError(f"2A35 has no status bit for {name}")
        word |= STATUS_BITS[name]
    return word


def _pressure_word(value_mmhg: Number | None, per_unit: float | None) -> int:
    if value_mmhg is None or per_unit is None:
        return encode_sfloat(value_mmhg)
    return encode_sfloat(round(value_mmhg / per_unit, 1))


def _decoder(model: str | None) -> PacketDecoder:
    quirky = any(same_model(model, known) for known in PROTOCOL.quirky_models)
    return PacketDecoder(decode_beurer if quirky else decode_packet)


PROTOCOL = ProtocolSpec(
    name="gatt-2a35",
    title="Bluetooth cuffs: finished measurements",
    source="Bluetooth SIG, GATT Specification Supplement, Blood Pressure Measurement",
    framing="packet",
    new_decoder=_decoder,
    encode=encode,
    quirky_models=("bm85",),
)
