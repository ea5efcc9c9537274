"""Contec's Bluetooth stream (service FF12): CMS50D-BT, A&D UP-200BLE, EMAY SleepO2.

Bit 7 is set in a frame's first byte only. The last byte is the sum of all others, 7 bits of it.

| byte | reading, EB 01, once a second |
|---|---|
| 0, 1 | EB, 01 |
| 2 | bit 1 is bit 7 of the pulse; bits 0 and 2 are not known |
| 3 | pulse, bits 6-0 |
| 4 | SpO2 |
| 5, 6 | 7F 00 |
| 7 | sum |

Missing: pulse 255 or 0, SpO2 127 or 0; both are missing when there is no finger. EB 00 is the pulse
wave (5 or 6 bytes, only on request, its rate not known: passed over), EB 7F 6A says stopped. Byte 2
must not be compared with 05, as others do: they lose every pulse from 128 on. Commands go to FF01,
short; 9A 1A about every 1.5 s keeps the stream alive. Source: rob-land/vitals
docs/and-oximeter.md, a reading of A&D's application, and its captures; emay-sleepo2 1.0.6. Not yet
tried on hardware; no captured frame has a pulse from 128 to 254.
"""

from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import ProtocolSpec
from ketamon_drivers.readings import Oximetry, Reading, Rejected, Reply

ANSWER, READING, WAVE, STOPPED = 0xEB, 0x01, 0x00, 0x7F
LENGTH_BYTES = {bytes([ANSWER, READING]): 8, bytes([ANSWER, STOPPED]): 3}
"""Length of the frames that are read; any other ends where the next one begins."""
LONGEST = 32
PULSE_BIT_7, OTHER_BITS = 0x02, 0x05
MISSING_PULSE, MISSING_SPO2 = 0xFF, 0x7F
NO_INDEX = (0x7F, 0x00)


def frame(*data: int) -> bytes:
    """Gives these bytes with their sum."""
    return bytes([*data, sum(data) & 0x7F])


COMMANDS = {
    "hello": frame(0x89),
    "device_state": frame(0x8E, 0x05),
    "start": frame(0x9B, 0x01),
    "stop": frame(0x9B, 0x7F),
    "battery": frame(0x86),
    "heartbeat": frame(0x9A),
}


class ContecFF12:
    """Decodes the stream into readings, one a frame."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._frame = bytearray()

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives the readings of the frames that they complete."""
        readings: list[Reading] = []
        frame = self._frame
        for byte in data:
            if byte & 0x80:
                self._close()
            elif not frame:
                self.skipped_bytes += 1
                continue
            frame.append(byte)
            if len(frame) == LENGTH_BYTES.get(bytes(frame[:2]), LONGEST):
                readings += self._read(bytes(frame))
                frame.clear()
        return readings

    def end(self) -> list[Reading]:
        """Skips a frame that was begun and can't be finished."""
        self._close()
        return []

    def _close(self) -> None:
        """Ends a frame of no known length; it is passed over, and skipped if its sum is wrong."""
        frame = self._frame
        if bytes(frame[:2]) in LENGTH_BYTES or not _intact(frame):
            self.skipped_bytes += len(frame)
        frame.clear()

    def _read(self, frame: bytes) -> list[Reading]:
        known = frame[:2] in LENGTH_BYTES
        if not known or not _intact(frame):
            self.skipped_bytes += len(frame)
            return [Rejected("checksum", frame.hex())] if known else []
        if frame[1] == STOPPED:
            return [Reply("stop", True, "stopped")]
        spo2 = spo2_pct(frame[4])
        pulse = pulse_per_min((frame[2] & PULSE_BIT_7) << 6 | frame[3], MISSING_PULSE)
        off = spo2 is None and pulse is None
        return [Oximetry(spo2, pulse, status=("sensor_off",) if off else ())]


def _intact(frame: bytes | bytearray) -> bool:
    return len(frame) > 1 and sum(frame[:-1]) & 0x7F == frame[-1]


def encode(reading: Reading) -> bytes:
    """Gives the frame that an oximeter sends for this reading."""
    sent = to_send(reading, "the FF12 stream", {"sensor_off"})
    pulse = raw_number(sent.pulse_rate_per_min, 0xFE, MISSING_PULSE)
    spo2 = raw_number(sent.spo2_pct, 100, MISSING_SPO2)
    high = PULSE_BIT_7 if pulse & 0x80 else 0
    return frame(ANSWER, READING, OTHER_BITS | high, pulse & 0x7F, spo2, *NO_INDEX)


PROTOCOL = ProtocolSpec(
    name="contec-ff12",
    title="Contec CMS50D-BT, A&D UP-200BLE, EMAY SleepO2 over Bluetooth",
    source="rob-land/vitals, docs/and-oximeter.md; emay-sleepo2 1.0.6",
    framing="stream",
    new_decoder=lambda _model: ContecFF12(),
    encode=encode,
    commands=COMMANDS,
)
