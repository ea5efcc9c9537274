"""Nonin 3230 and WristOx2 3150 over Bluetooth: one notification a second (data format 19).

| byte | what |
|---|---|
| 0 | length, 10 |
| 1 | bit 1 weak signal, 2 high-quality reading, 3 searching, 4 finger placed rightly, 5 low battery, 6 encrypted |
| 2 | battery, 0.1 V |
| 3, 4 | pulse amplitude index, 0.01 % |
| 5, 6 | seconds since it was switched on |
| 7 | SpO2; 127 missing |
| 8, 9 | pulse, a true 16-bit number; 511 missing |

All numbers have their high byte first; there is no checksum. Service
46A970E0-0D5F-11E2-8B5E-0002A5D5C51B, characteristic 0AAD7EA0-0D60-11E2-8E3C-0002A5D5C51B. Source:
Nonin's own sample application for the 3230, `parseData` (2013); nonin-3230-ble (andreasdri) and a
public tool for the 3150 agree. Not yet tried on hardware, and nobody has published captured bytes:
the vectors are made from this table. That bit 4 is clear whenever the values don't count is from
that application's remark ("finger is placed correctly"), so they are taken away then.
"""

import struct

from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import PacketDecoder, ProtocolSpec
from ketamon_drivers.readings import Oximetry, Reading

LENGTH_BYTES = 10
MISSING_PULSE, MISSING_SPO2 = 511, 127
GOOD, FINGER = 0x04, 0x10
STATUS_BITS = {"low_battery": 0x20, "low_signal": 0x02, "searching": 0x08}

_PACKET = struct.Struct(">BBBHHBH")
_FULL_BATTERY = 30


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives one oximetry reading and its length; ValueError if bytes are missing."""
    if len(data) < LENGTH_BYTES or not LENGTH_BYTES <= data[0] <= len(data):
        raise ValueError(f"a packet has {LENGTH_BYTES} bytes and says so, {len(data)} came")
    _, bits, _, index, _, spo2, pulse = _PACKET.unpack_from(data)
    words = [word for word, bit in STATUS_BITS.items() if bits & bit]
    if not bits & FINGER:
        return Oximetry(status=(*words, "sensor_off")), data[0]
    reading = Oximetry(
        spo2_pct(spo2),
        pulse_per_min(pulse, MISSING_PULSE),
        index / 100 if index else None,
        status=tuple(words),
    )
    return reading, data[0]


def encode(reading: Reading) -> bytes:
    """Gives the packet that an oximeter sends for this reading."""
    sent = to_send(reading, "Nonin's Bluetooth packet", {*STATUS_BITS, "sensor_off"})
    bits = sum(bit for word, bit in STATUS_BITS.items() if word in sent.status)
    if "sensor_off" not in sent.status:
        bits |= FINGER | GOOD
    return _PACKET.pack(
        LENGTH_BYTES,
        bits,
        _FULL_BATTERY,
        raw_number(sent.perfusion_index_pct, 0xFFFF, 0, 100),
        0,
        raw_number(sent.spo2_pct, 100, MISSING_SPO2),
        raw_number(sent.pulse_rate_per_min, 0xFFFF, MISSING_PULSE),
    )


PROTOCOL = ProtocolSpec(
    name="nonin-ble",
    title="Nonin 3230 and WristOx2 3150 over Bluetooth",
    source="Nonin, sample application for the 3230, parseData",
    framing="packet",
    new_decoder=lambda _model: PacketDecoder(decode_packet),
    encode=encode,
)
