"""Intermediate Cuff Pressure, GATT 2A36 of service 1810: how far a cuff is inflated.

| offset | what | when |
|---|---|---|
| 0 | flags, as in 2A35 | always |
| 1 | pressure in the cuff: SFLOAT | always |
| 3, 5 | not used: NaN, or 0 | always |
| … | Date Time, pulse, user, status, as in 2A35 | by flags |

Never a reading of the patient. Source: Bluetooth SIG, GATT Specification Supplement,
"Intermediate Cuff Pressure".
"""

from ketamon_drivers.protocols.gatt_2a35 import HEAD, KPA, LENGTH_BYTES, MMHG_PER_KPA
from ketamon_drivers.protocols.protocol import EncodeError, PacketDecoder, ProtocolSpec
from ketamon_drivers.protocols.sfloat import NAN, encode_sfloat, sfloat
from ketamon_drivers.readings import CuffPressure, Reading


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives the cuff's pressure; 0 is an empty cuff. ValueError if bytes are missing."""
    if len(data) < 7:
        raise ValueError(f"a cuff pressure has at least 7 bytes, {len(data)} came")
    flags, word, _, _ = HEAD.unpack_from(data)
    needed = LENGTH_BYTES[flags]
    if len(data) < needed:
        raise ValueError(f"the flags promise {needed} bytes, {len(data)} came")
    pressure = sfloat(word)
    if pressure is not None and flags & KPA:
        pressure = round(pressure * MMHG_PER_KPA, 1)
    return CuffPressure(pressure), needed


def encode(reading: Reading) -> bytes:
    """Gives the packet of an inflating cuff, in mmHg."""
    if not isinstance(reading, CuffPressure):
        raise EncodeError(f"2A36 carries no {type(reading).__name__}")
    return HEAD.pack(0, encode_sfloat(reading.pressure_mmhg), NAN, NAN)


PROTOCOL = ProtocolSpec(
    name="gatt-2a36",
    title="Bluetooth cuffs: pressure while inflating",
    source="Bluetooth SIG, GATT Specification Supplement, Intermediate Cuff Pressure",
    framing="packet",
    new_decoder=lambda _model: PacketDecoder(decode_packet),
    encode=encode,
)
