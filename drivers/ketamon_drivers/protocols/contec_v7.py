"""Contec's V7 stream with commands: CMS50D+ firmware 7, CMS50E/F/EW/FW/IW; 60 frames a second.

| byte | bits |
|---|---|
| 0 | 7 clear: type of the frame, which also fixes its length |
| 1 | 7 set: bit k is bit 7 of the data byte 2+k |
| 2… | 7 set: data, their own bit 7 in byte 1 |

Type 01, realtime (9 bytes), after restoring bit 7:

| byte | bits |
|---|---|
| 2 | 7 probe error or finger out, 6 beat, 5 low SpO2, 4 searching too long, 3-0 signal 0-8 |
| 3 | 7 searching, 6-0 pulse wave |
| 4 | 4 perfusion index invalid, 3-0 bar |
| 5 | pulse 1-254; FF missing |
| 6 | SpO2 1-100; 7F missing |
| 7, 8 | perfusion index x 100, low byte first; FFFF missing |

Commands are 9 bytes: 7D, high bits, command, arguments, padded with 80. `AF` every 5 s keeps the
stream alive. Line: 115200 8N1. Source: Contec, "Communication protocol of pulse oximeter V7.0".
"""

from ketamon_drivers.protocols.frame_rate import FrameRate
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import VALUELESS, DeviceInfo, Oximetry, Reading, Reply, printable

FRAMES_PER_S = 60
MISSING_PULSE, MISSING_SPO2, MISSING_INDEX = 0xFF, 0x7F, 0xFFFF
PROBE_ERROR, SEARCHING_LONG, SEARCHING, INDEX_INVALID = 0x80, 0x10, 0x80, 0x10

REALTIME, DEVICE_ID, FEEDBACK, STOPPED, DISCONNECTING, INDEX_SUPPORT = 1, 4, 0x0B, 0x0C, 0x0D, 0x0E
LENGTH_BYTES = {
    REALTIME: 9, DEVICE_ID: 9, 0x05: 9, 0x07: 8, 0x08: 8, 0x09: 6, 0x0A: 4, FEEDBACK: 4, STOPPED: 2,
    DISCONNECTING: 3, INDEX_SUPPORT: 3, 0x0F: 8, 0x10: 3, 0x11: 9, 0x12: 8, 0x15: 9,
}  # fmt: skip
"""Total length of each type of frame that a device sends."""

REASONS = {0: "done", 1: "shut down", 2: "user changed", 3: "recording", 4: "delete failed",
           5: "not supported", 0xFF: "unknown"}  # fmt: skip


def command(code: int) -> bytes:
    """Gives the nine bytes of a command without arguments."""
    return bytes([0x7D, 0x81, code | 0x80]) + b"\x80" * 6


COMMANDS = {
    "start_realtime": command(0xA1),
    "stop_realtime": command(0xA2),
    "stop_storage_transfer": command(0xA7),
    "ask_device_id": command(0xAA),
    "ask_perfusion_index_support": command(0xAC),
    "keep_alive": command(0xAF),
}
_NAMES = {code[2]: name for name, code in COMMANDS.items()}


class ContecV7:
    """Decodes the V7 stream: readings, the pulse wave, and answers to commands."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._frame = bytearray()
        self._rate = FrameRate(FRAMES_PER_S)

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives the readings of the frames that they complete."""
        readings: list[Reading] = []
        frame = self._frame
        for byte in data:
            if not byte & 0x80:
                self.skipped_bytes += len(frame)
                frame.clear()
                if byte not in LENGTH_BYTES:
                    self.skipped_bytes += 1
                    continue
            elif not frame:
                self.skipped_bytes += 1
                continue
            frame.append(byte)
            if len(frame) == LENGTH_BYTES[frame[0]]:
                readings += self._read(frame[0], _restored(frame))
                frame.clear()
        return readings

    def end(self) -> list[Reading]:
        """Skips a frame that was begun and can't be finished."""
        self.skipped_bytes += len(self._frame)
        self._frame.clear()
        return []

    def _read(self, kind: int, data: bytes) -> list[Reading]:
        if kind == REALTIME:
            return self._realtime(data)
        if kind == DEVICE_ID:
            return [DeviceInfo(model=printable(data.decode("latin-1")))]
        if kind == FEEDBACK:
            name = _NAMES.get(data[0] | 0x80, f"{data[0]:02x}")
            return [Reply(name, data[1] == 0, REASONS.get(data[1], f"reason {data[1]}"))]
        if kind == STOPPED:
            return [Reply("stop_realtime", True, "stopped")]
        if kind == DISCONNECTING:
            reason = REASONS.get(data[0], f"reason {data[0]}")
            return [Reply(None, None, f"disconnecting: {reason}")]
        if kind == INDEX_SUPPORT:
            return [Reply("ask_perfusion_index_support", True, "yes" if data[0] else "no")]
        return []  # stored records, users, times: not a live monitor's business

    def _realtime(self, data: bytes) -> list[Reading]:
        flags, wave, bar, pulse, spo2, index_low, index_high = data
        off = flags & PROBE_ERROR
        searching = flags & SEARCHING_LONG or wave & SEARCHING
        words = [*(["searching"] if searching else []), *(["sensor_off"] if off else [])]
        if words:
            return self._rate.take(Oximetry(status=tuple(words)), None)
        index = index_low | index_high << 8
        reading = Oximetry(
            spo2 if 0 < spo2 <= 100 else None,
            pulse if pulse not in {0, MISSING_PULSE} else None,
            None if index == MISSING_INDEX or bar & INDEX_INVALID else index / 100,
        )
        return self._rate.take(reading, wave & 0x7F)


def _restored(frame: bytearray) -> bytes:
    """Gives the data bytes with their bit 7 back from byte 1."""
    if len(frame) < 3:
        return b""
    high = frame[1]
    return bytes((byte & 0x7F) | (high >> k & 1) << 7 for k, byte in enumerate(frame[2:]))


def frame(kind: int, data: bytes) -> bytes:
    """Gives a frame of this type with its data bytes' bit 7 moved to byte 1."""
    high = sum(1 << k for k, byte in enumerate(data) if byte & 0x80)
    return bytes([kind, 0x80 | high, *(byte | 0x80 for byte in data)])


def encode(reading: Reading, wave: int = 0, signal: int = 4) -> bytes:
    """Gives one realtime frame; `wave` is 0-127, `signal` 0-8."""
    if not isinstance(reading, Oximetry):
        raise EncodeError(f"the V7 stream carries no {type(reading).__name__}")
    if not set(reading.status) <= {"searching", "sensor_off"}:
        raise EncodeError(f"the V7 stream can't say {', '.join(reading.status)}")
    off = not VALUELESS.isdisjoint(reading.status)
    missing = off or "searching" in reading.status
    pulse = int((None if missing else reading.pulse_rate_per_min) or MISSING_PULSE)
    spo2 = int((None if missing else reading.spo2_pct) or MISSING_SPO2)
    given = None if missing else reading.perfusion_index_pct
    index = MISSING_INDEX if given is None else round(given * 100)
    if not (0 < pulse <= 0xFF and 0 < spo2 <= 0x7F and 0 <= index <= MISSING_INDEX):
        raise EncodeError(f"the V7 stream can't hold SpO2 {spo2}, pulse {pulse}, index {given}")
    flags = signal & 0x0F | (PROBE_ERROR if off else 0)
    wave = 0x40 if off else wave & 0x7F
    if "searching" in reading.status:
        wave |= SEARCHING
    bar = INDEX_INVALID if index == MISSING_INDEX else 0
    return frame(REALTIME, bytes([flags, wave, bar, pulse, spo2, index & 0xFF, index >> 8]))


PROTOCOL = ProtocolSpec(
    name="contec-v7",
    title="Contec CMS50D+/E/F/EW/FW/IW finger oximeters, V7 stream",
    source="Contec, Communication protocol of pulse oximeter V7.0",
    framing="stream",
    new_decoder=lambda _model: ContecV7(),
    encode=encode,
    commands=COMMANDS,
)
