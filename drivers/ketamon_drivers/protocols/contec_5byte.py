"""Contec's old 5-byte stream, also BerryMed's "BCI": CMS50D, early D+ and E/F, CMS60; 60 a second.

| byte | bits |
|---|---|
| 1 | 7 set, 6 beat, 5 SpO2 dropping, 4 finger out or searching too long, 3-0 signal 0-8 |
| 2 | 7 clear, 6-0 pulse wave 0-127 |
| 3 | 7 clear, 6 pulse bit 7, 5 searching, 4 no finger or probe error, 3-0 bar 0-15 |
| 4 | 7 clear, 6-0 pulse bits 6-0 |
| 5 | 7 clear, 6-0 SpO2 |

Missing: pulse 0 or 255, SpO2 0, 127 or over 100, and both while the finger is out or the device
searches. Pulse bit 7 is in byte 3: without it every tachycardia from 128 on looks normal. Line:
19200 8-odd-1, no flow control (XON/XOFF would eat 17 and 19). Source: "BCI Protocol V1.2"
(BerryMed) and CMS50Dplus (atbrask), which agree.
"""

from ketamon_drivers.protocols.frame_rate import FrameRate
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.protocols.sync_bit import SyncBitDecoder
from ketamon_drivers.readings import VALUELESS, Oximetry, Reading

FRAMES_PER_S = 60
FINGER_OUT, PULSE_BIT_7, SEARCHING, NO_FINGER = 0x10, 0x40, 0x20, 0x10
MISSING_PULSE, MISSING_SPO2 = 0xFF, 0x7F


class Contec5Byte(SyncBitDecoder):
    """Decodes the 5-byte stream into readings and the pulse wave."""

    length_bytes = 5

    def __init__(self) -> None:
        super().__init__()
        self._rate = FrameRate(FRAMES_PER_S)

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives the frame's reading if it says something new."""
        flags, wave, bar, low, spo2 = frame
        off = bool(flags & FINGER_OUT or bar & NO_FINGER)
        words = [*(["searching"] if bar & SEARCHING else []), *(["sensor_off"] if off else [])]
        if words:
            return self._rate.take(Oximetry(status=tuple(words)), None)
        pulse = low | (bar & PULSE_BIT_7) << 1
        reading = Oximetry(
            spo2 if 0 < spo2 <= 100 else None,
            pulse if pulse not in {0, MISSING_PULSE} else None,
        )
        return self._rate.take(reading, wave)


def encode(reading: Reading, wave: int = 0, signal: int = 4) -> bytes:
    """Gives one frame; `wave` is 0-127, `signal` 0-8."""
    if not isinstance(reading, Oximetry):
        raise EncodeError(f"the 5-byte stream carries no {type(reading).__name__}")
    if not set(reading.status) <= {"searching", "sensor_off"}:
        raise EncodeError(f"the 5-byte stream can't say {', '.join(reading.status)}")
    off = not VALUELESS.isdisjoint(reading.status)
    missing = off or "searching" in reading.status
    pulse = int((None if missing else reading.pulse_rate_per_min) or MISSING_PULSE)
    spo2 = int((None if missing else reading.spo2_pct) or MISSING_SPO2)
    if not (0 < pulse <= 0xFF and 0 < spo2 <= 0x7F):
        raise EncodeError(f"the 5-byte stream can't hold SpO2 {spo2}, pulse {pulse}")
    bar = (pulse & 0x80) >> 1 | (NO_FINGER if off else 0)
    if "searching" in reading.status:
        bar |= SEARCHING
    return bytes([0x80 | signal & 0x0F, wave & 0x7F, bar, pulse & 0x7F, spo2])


PROTOCOL = ProtocolSpec(
    name="contec-5byte",
    title="Contec CMS50D and other finger oximeters, 5-byte stream",
    source="BerryMed, BCI Protocol V1.2; CMS50Dplus (atbrask)",
    framing="stream",
    new_decoder=lambda _model: Contec5Byte(),
    encode=encode,
)
