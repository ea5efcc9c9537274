"""BerryMed PM6750 and PM6100: a board with ECG, cuff and SpO2.

| byte | what |
|---|---|
| 0, 1 | 55 AA |
| 2 | N: how many bytes from here on |
| 3 | type; of a command: the command |
| … | data |
| last | all bits turned of the sum from N on |

| type | data |
|---|---|
| 02, 1/s | status (bit 0 weak, 1 electrode off), heart rate, breaths, …: 3 or 5 bytes |
| 03, 2/s | status (bits 5-2), cuff pressure / 2, systolic, mean, diastolic: mmHg |
| 04, 1/s | status, SpO2, pulse; over 100 and 250 are missing |
| FE, 50/s | pulse wave |
| 01, 05, 30, 31, FF | ECG wave, temperature, beats, breath wave; not told |

| status | cuff | SpO2 |
|---|---|---|
| 0 | finished | fine |
| 1 | measuring | probe unplugged |
| 2 | stopped | no finger |
| 3 | over 300 mmHg | searching |
| 4 | cuff loose | searching for long |
| 5, 6, 8 | took too long, error, no result | |
| 7 | interference | |
| 9, A | starting | |

A pressure has one byte, 255 at most. The board sends nothing until it is told to (`enable_…`), and
inflates when it gets `start_nibp`. The static pressure test 0B, the calibrations 0C to 0E and the
leakage test 10 are not among the commands here. A result without its measurement is from before and
marked `from_storage`. Line: 115200 8N1. Source: BerryMed's PM6750 manual and measurements on a
board, as told in berry_med (Abrunacci), docs/protocolo_berry.md 4 to 6. Not yet tried on hardware
by us; the vectors are made from this table.
"""

from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.new_result import NewResult, failed
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import (
    VALUELESS,
    BloodPressure,
    CuffPressure,
    HeartRate,
    Oximetry,
    Pleth,
    Reading,
    Reply,
    Respiration,
)

START = bytes.fromhex("55aa")
SHORTEST, LONGEST = 3, 64
ECG, NIBP, SPO2, WAVE = 0x02, 0x03, 0x04, 0xFE
WAVE_PER_S = 50
ELECTRODE_OFF = 0x02
LARGEST_RATE = 250
MISSING_SPO2, MISSING_RATE = 0x7F, 0xFF

SPO2_WORDS = {1: ("sensor_disconnected",), 2: ("sensor_off",), 3: ("searching",), 4: ("searching",)}
FINISHED, MEASURING = 0, 1
FAILURES = {
    2: (),  # stopped by a person
    3: (),  # over 300 mmHg
    4: ("cuff_too_loose",),
    5: (),  # took too long
    6: (),
    7: ("interference",),
    8: (),
}


def frame(kind: int, *data: int) -> bytes:
    """Gives a frame, or a command, with its length and checksum."""
    body = bytes([len(data) + 3, kind, *data])
    return START + body + bytes([~sum(body) & 0xFF])


COMMANDS = {
    "start_nibp": frame(0x02, 1),
    "stop_nibp": frame(0x02, 0),
    "enable_ecg": frame(0x01, 1),
    "enable_spo2": frame(0x03, 1),
    "enable_spo2_wave": frame(0xFE, 1),
}


class BerryPM6750(FramedDecoder):
    """Decodes a board's frames; each result of the cuff once."""

    start = START

    def __init__(self) -> None:
        super().__init__()
        self._result = NewResult()
        self._wave: list[int] = []

    def length(self, buffer: bytearray) -> int | None:
        """Gives N and 2."""
        if len(buffer) < 3:
            return None
        return buffer[2] + 2 if SHORTEST <= buffer[2] <= LONGEST else 0

    def intact(self, frame: bytes) -> bool:
        """Tells whether the checksum is right."""
        return ~sum(frame[2:-1]) & 0xFF == frame[-1]

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what a frame says; one of another length than its type's is passed over."""
        data = frame[4:-1]
        kind = frame[3], len(data)
        if kind in ((ECG, 3), (ECG, 5)):
            return _ecg(data)
        if kind == (NIBP, 5):
            return self._nibp(data)
        if kind == (SPO2, 3):
            return [_spo2(data)]
        if kind == (WAVE, 1):
            self._wave.append(data[0])
            if len(self._wave) == WAVE_PER_S:
                samples, self._wave = tuple(self._wave), []
                return [Pleth(samples, WAVE_PER_S)]
        return []

    def broken(self) -> None:
        """The wave has a gap and is gathered anew."""
        self._wave.clear()

    def _nibp(self, data: bytes) -> list[Reading]:
        status, half, systolic, mean, diastolic = data
        code = status >> 2 & 0x0F
        if code == MEASURING:
            self._result.measuring()
            return [CuffPressure(half * 2)]
        told: list[BloodPressure] = []
        if code in FAILURES:
            told = self._result.take(failed(*FAILURES[code]))
        elif code == FINISHED and (systolic or diastolic):
            told = self._result.take(
                BloodPressure(systolic or None, diastolic or None, mean or None)
            )
        return [*told] or [Reply(None, True, f"cuff's state {code}")]


def _ecg(data: bytes) -> list[Reading]:
    status, heart_rate, breaths = data[:3]
    if status & ELECTRODE_OFF:
        return []
    readings: list[Reading] = []
    if 0 < heart_rate <= LARGEST_RATE:
        readings.append(HeartRate(heart_rate))
    if 0 < breaths <= LARGEST_RATE:
        readings.append(Respiration(breaths))
    return readings


def _spo2(data: bytes) -> Oximetry:
    status, spo2, pulse = data
    words = SPO2_WORDS.get(status, ())
    if words:
        return Oximetry(status=words)
    return Oximetry(spo2_pct(spo2), pulse_per_min(pulse) if pulse <= LARGEST_RATE else None)


def encode(reading: Reading) -> bytes:
    """Gives the frame of a board that says this; `from_storage` is a result without measurement."""
    match reading:
        case CuffPressure():
            return frame(NIBP, MEASURING << 2, round(reading.pressure_mmhg or 0) // 2, 0, 0, 0)
        case HeartRate(heart_rate_per_min=rate) if rate is not None:
            return frame(ECG, 0, raw_number(rate, LARGEST_RATE, 0), 0, 0, 1)
        case Respiration(rr_per_min=rate) if rate is not None:
            return frame(ECG, 0, 0, raw_number(rate, LARGEST_RATE, 0), 0, 1)
        case BloodPressure():
            return _nibp_frame(reading)
    known = {word for words in SPO2_WORDS.values() for word in words}
    sent = to_send(reading, "the board", known, VALUELESS | {"searching"})
    code = next((code for code, words in SPO2_WORDS.items() if words == sent.status), None)
    if sent.status and code is None:
        raise EncodeError("the board says one of these at a time")
    return frame(
        SPO2,
        code or 0,
        raw_number(sent.spo2_pct, 100, MISSING_SPO2),
        raw_number(sent.pulse_rate_per_min, LARGEST_RATE, MISSING_RATE),
    )


def _nibp_frame(reading: BloodPressure) -> bytes:
    words = set(reading.status) - {"from_storage"}
    if not words:
        values = (reading.systolic_mmhg, reading.mean_mmhg, reading.diastolic_mmhg)
        return frame(NIBP, FINISHED, 0, *(raw_number(value, 0xFF, 0) for value in values))
    for code, said in ((code, FAILURES[code]) for code in (6, 4, 7)):
        if words == {"cuff_error", "invalid", *said}:
            return frame(NIBP, code << 2, 0, 0, 0, 0)
    raise EncodeError(f"the board has no code for {', '.join(sorted(words))}")


PROTOCOL = ProtocolSpec(
    name="berry-pm6750",
    title="BerryMed PM6750, PM6100 boards: cuff, SpO2, ECG",
    source="BerryMed, PM6750 manual, by berry_med (Abrunacci) docs/protocolo_berry.md 4-6",
    framing="stream",
    new_decoder=lambda _model: BerryPM6750(),
    encode=encode,
    commands=COMMANDS,
)
