"""What Nonin's data formats 2 and 7 share: 75 frames a second, 25 of them a packet of values.

| STATUS bit | meaning |
|---|---|
| 7 | set |
| 5 | artifact, for one pulse |
| 4 | out of track: no good pulses for a while |
| 3 | sensor fault or finger off |
| 2-1 | at a pulse, for 12 frames: 01 green, 11 yellow, 10 red perfusion |
| 0 | the packet's first frame |

| frame | FLOAT, the value that it carries |
|---|---|
| 1, 2 | pulse, bits 8-7 and 6-0 |
| 3 | SpO2 |
| 6, 7 | time, 1/3 s |
| 8 | bit 5 high-quality reading, 0 low battery |
| 9, 10, 11 | SpO2 for display, fast, beat to beat |
| 14, 15, 16 | pulse and SpO2, slow average |
| 20, 21 | pulse for display |

Every pulse is two halves of seven bits: as two bytes it is 128 too high from 128 on, which two
public decoders get wrong. The last byte of a frame is the sum of the four before it. Missing: pulse
511, SpO2 127. The values for display are held for 10 s after the finger has left, so they are not
used, and nothing is given while bit 3 is set. A packet counts only if all its 25 frames came whole
and in a row. Source: Nonin 6470-000-01, "Onyx II 9560 Bluetooth OEM Specification". Not yet tried
on hardware; no capture is public, the vectors are made from this table.
"""

from collections.abc import Callable

from ketamon_drivers.protocols.frame_rate import FrameRate
from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.readings import Number, Oximetry, Reading

FRAMES_PER_S, FRAMES_PER_PACKET, FRAME_BYTES = 75, 25, 5
SYNC, SENSOR, OUT_OF_TRACK, ARTIFACT = 0x01, 0x08, 0x10, 0x20
PULSE_MARK, MARK_GREEN, MARK_RED = 0x06, 0x02, 0x04
MARK_FRAMES = 12
LOW_BATTERY, GOOD = 0x01, 0x20
MISSING_PULSE, MISSING_SPO2 = 511, 127
WORDS = ("low_battery", "low_perfusion", "motion", "questionable", "sensor_off")

# Places in a packet, counted from 0.
PULSE, SPO2, STAT2, SPO2_DISPLAY, SPO2_FAST, SPO2_BEAT = 0, 2, 7, 8, 9, 10
PULSE_SLOW, SPO2_SLOW, SPO2_SLOW_DISPLAY, PULSE_DISPLAY, PULSE_SLOW_DISPLAY = 13, 15, 16, 19, 21


class NoninPackets(FramedDecoder):
    """Gathers frames into packets and gives readings at the rate of `FrameRate`."""

    rejects_when_due_only = True

    def __init__(self) -> None:
        super().__init__()
        self._rate = FrameRate(FRAMES_PER_S)
        self._in_a_row = 0
        self._values = bytearray()
        self._out_of_track = False
        self._pulse_words: set[str] = set()
        self._battery: tuple[str, ...] = ()
        self._reading: Oximetry | None = None

    def intact(self, frame: bytes) -> bool:
        """Tells whether the sum is right."""
        return sum(frame[:4]) & 0xFF == frame[4]

    def broken(self) -> None:
        """Bytes were skipped."""
        self._in_a_row = 0
        self._lose()

    def _lose(self) -> None:
        """A frame is missing: this packet's values are not where they seem, and those of the last
        one are not told again, or a line that only garbles would keep them looking fresh."""
        self._values.clear()
        self._reading = None
        self._rate = FrameRate(FRAMES_PER_S)

    def take(self, status: int, sample: int, value: int) -> list[Reading]:
        """Takes one frame's fields."""
        self._in_a_row += 1
        if status & SENSOR:
            self._values.clear()
            self._reading = None
            self._pulse_words.clear()
            if self._in_a_row == 1:  # alone it may be noise whose sum is right
                return []
            return self._rate.take(Oximetry(status=(*self._battery, "sensor_off")), None)
        if bool(status & SYNC) == bool(self._values):  # too early, or overdue
            self._lose()
        if status & SYNC:
            self._out_of_track = False
        if status & (PULSE_MARK | ARTIFACT):
            self._pulse_words = {
                *(["low_perfusion"] if status & PULSE_MARK == MARK_RED else []),
                *(["motion"] if status & ARTIFACT else []),
            }
        self._out_of_track |= bool(status & OUT_OF_TRACK)
        if status & SYNC or self._values:
            self._values.append(value)
            if len(self._values) == FRAMES_PER_PACKET:
                self._reading = self._packet(bytes(self._values))
                self._values.clear()
        return [] if self._reading is None else self._rate.take(self._reading, sample)

    def _packet(self, values: bytes) -> Oximetry:
        self._battery = ("low_battery",) if values[STAT2] & LOW_BATTERY else ()
        words = {*self._battery, *self._pulse_words}
        if self._out_of_track:
            words.add("questionable")
        return Oximetry(
            spo2_pct(values[SPO2]),
            _pulse(values, PULSE),
            status=tuple(sorted(words)),
            spo2_fast_pct=spo2_pct(values[SPO2_FAST]),
            spo2_slow_pct=spo2_pct(values[SPO2_SLOW]),
            pulse_rate_slow_per_min=_pulse(values, PULSE_SLOW),
        )


def _pulse(values: bytes, at: int) -> int | None:
    return pulse_per_min((values[at] & 0x03) << 7 | values[at + 1] & 0x7F, MISSING_PULSE)


def encode_packet(reading: Reading, frame: Callable[[int, int], bytes], name: str) -> bytes:
    """Gives a packet of 25 frames; `frame` makes one of a STATUS and a FLOAT."""
    sent = to_send(reading, name, WORDS)
    values = bytearray(FRAMES_PER_PACKET)
    spo2 = raw_number(sent.spo2_pct, 100, MISSING_SPO2)
    pulse = raw_number(sent.pulse_rate_per_min, MISSING_PULSE - 1, MISSING_PULSE)
    for at in (SPO2, SPO2_DISPLAY, SPO2_BEAT):
        values[at] = spo2
    values[SPO2_FAST] = _other(sent.spo2_fast_pct, spo2, 100, MISSING_SPO2)
    slow = _other(sent.spo2_slow_pct, spo2, 100, MISSING_SPO2)
    values[SPO2_SLOW] = values[SPO2_SLOW_DISPLAY] = slow
    slow_pulse = _other(sent.pulse_rate_slow_per_min, pulse, MISSING_PULSE - 1, MISSING_PULSE)
    for at, number in (
        (PULSE, pulse),
        (PULSE_DISPLAY, pulse),
        (PULSE_SLOW, slow_pulse),
        (PULSE_SLOW_DISPLAY, slow_pulse),
    ):
        values[at], values[at + 1] = number >> 7, number & 0x7F
    values[STAT2] = LOW_BATTERY if "low_battery" in sent.status else GOOD
    return b"".join(
        frame(_status(sent.status, number), value) for number, value in enumerate(values)
    )


def _other(value: object, same: int, largest: int, missing: int) -> int:
    """Gives the raw number of a further average: the plain one's where it isn't told."""
    if value is not None and not isinstance(value, Number):
        return same
    return raw_number(value, largest, missing)


def _status(words: tuple[str, ...], number: int) -> int:
    status = 0x80 | (SYNC if number == 0 else 0)
    status |= OUT_OF_TRACK if "questionable" in words else 0
    if "sensor_off" in words:
        return status | SENSOR
    if number < MARK_FRAMES:
        status |= MARK_RED if "low_perfusion" in words else MARK_GREEN
        status |= ARTIFACT if "motion" in words else 0
    return status


def select_commands(number: int) -> dict[str, bytes]:
    """Gives the two forms in which a format is chosen: the 9560's, and the 3150's with a sum."""
    with_sum = bytes([0x70, 0x04, 0x02, number, 0x01])
    return {
        f"select_format_{number}": bytes([0x02, 0x70, 0x02, 0x02, number, 0x03]),
        f"select_format_{number}_wristox": b"\x02" + with_sum + bytes([sum(with_sum) & 0xFF, 0x03]),
    }
