"""Nonin data format 8: WristOx2 3150, Onyx II 9560, 4100, Xpod; one frame a second.

| byte | bits |
|---|---|
| 1 | 7 set, 5 sustained artifact, 4 low perfusion, 3 marginal perfusion, 2 artifact, 1-0 pulse bits 8-7 |
| 2 | 7 clear, 6-0 pulse bits 6-0 |
| 3 | 7 clear, 6-0 SpO2 |
| 4 | 7 clear, 5 high-quality reading, 3 sensor fault or finger off, 0 low battery |

Missing: pulse 511, SpO2 127. The pulse is cut at bit 7, not 8: read as two bytes it is 128 too high
from 128 on. Line: 9600 8N1, no flow control. The format is chosen in the first 5 s after
connecting. Source: Nonin 6470-000-01, "Onyx II 9560 Bluetooth OEM Specification".
"""

from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.protocols.sync_bit import SyncBitDecoder
from ketamon_drivers.readings import VALUELESS, Oximetry, Reading

MISSING_PULSE, MISSING_SPO2 = 511, 127

QUALITY_BITS = {"low_perfusion": 0x10, "motion": 0x04, "questionable": 0x20}
SENSOR_BITS = {"low_battery": 0x01, "sensor_off": 0x08}


class NoninFormat8(SyncBitDecoder):
    """Decodes format 8; the device sends one frame a second, and each is a reading."""

    length_bytes = 4

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives the frame's reading."""
        quality, low, spo2, sensor = frame
        words = [word for word, bit in QUALITY_BITS.items() if quality & bit]
        words += [word for word, bit in SENSOR_BITS.items() if sensor & bit]
        status = tuple(sorted(words))
        if sensor & SENSOR_BITS["sensor_off"]:
            return [Oximetry(status=status)]
        pulse = (quality & 0x03) << 7 | low
        return [
            Oximetry(
                spo2 if spo2 not in {0, MISSING_SPO2} else None,
                pulse if pulse not in {0, MISSING_PULSE} else None,
                status=status,
            )
        ]


def encode(reading: Reading) -> bytes:
    """Gives the frame that an oximeter sends for this reading."""
    if not isinstance(reading, Oximetry):
        raise EncodeError(f"format 8 carries no {type(reading).__name__}")
    known = QUALITY_BITS.keys() | SENSOR_BITS.keys()
    for word in reading.status:
        if word not in known:
            raise EncodeError(f"format 8 has no bit for {word}")
    off = not VALUELESS.isdisjoint(reading.status)
    pulse = int((None if off else reading.pulse_rate_per_min) or MISSING_PULSE)
    spo2 = int((None if off else reading.spo2_pct) or MISSING_SPO2)
    if not (0 < pulse <= MISSING_PULSE and 0 < spo2 <= MISSING_SPO2):
        raise EncodeError(f"format 8 can't hold SpO2 {spo2}, pulse {pulse}")
    quality = sum(bit for word, bit in QUALITY_BITS.items() if word in reading.status)
    sensor = sum(bit for word, bit in SENSOR_BITS.items() if word in reading.status)
    return bytes([0x80 | quality | pulse >> 7, pulse & 0x7F, spo2, sensor])


PROTOCOL = ProtocolSpec(
    name="nonin-df8",
    title="Nonin oximeters, data format 8",
    source="Nonin 6470-000-01, Onyx II 9560 Bluetooth OEM Specification",
    framing="stream",
    new_decoder=lambda _model: NoninFormat8(),
    encode=encode,
    commands={"select_format_8": bytes.fromhex("027002020803")},
)
