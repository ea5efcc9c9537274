"""PAR and Medlab cuff modules NIBP2010, NIBP2020, "NIBScan": text between STX and ETX.

| from the module | what |
|---|---|
| `035`, `035C0S3` | cuff pressure, mmHg; caution and state behind it on newer modules |
| `999` | the measurement has ended: ask for the status |
| `S1;A0;C03;M00;P125080090;R075;T0005;;40` | status |

| status field | what |
|---|---|
| S | state: 1 standby, 2 error, 3 measuring, 6 cycle, 8 inflating, 9 holding |
| A, C | patients' kind, cycle in minutes |
| M | message: 00 and 03 fine, 06 and 07 cuff loose or leaking, 08 air path, 09 too few beats, 10 out of range, 11 motion, 12 pressure too high, 13 saturated, 14 leak, 15 system |
| P | systolic, diastolic, mean: three digits each, `---` missing |
| R, T | pulse; time to the next measurement |

Status and commands end with the sum of the text before it, two hex digits in capitals. ETX may be
followed by CR, and modules with SpO2 switched on use FD and FE in place of 02 and 03. The status
tells the last result as often as it is asked: it is told once, and the first one that was heard
without its measurement is marked `from_storage`. Line: 4800 8N1. Source: PAR, NIBP2020 UP Technical
Description 2.14, as told in hemodialisis_ciateq (PyMonkey81) connection/nibp_protocol.py, with a
status captured on a bench; NIBP-ABATON (tincho77) for the commands. Not yet tried on hardware by
us.
"""

import re

from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.new_result import NewResult, failed
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import BloodPressure, CuffPressure, Reading, Reply

STX, ETX, CR = 0x02, 0x03, 0x0D
ENDS = {STX: ETX, 0xFD: 0xFE}
LONGEST = 64
END_OF_MEASUREMENT = "999"
SUM_DIGITS = 2

STATES = {0: "self-test", 1: "standby", 2: "error", 3: "measuring", 4: "manometer", 5: "starting",
          6: "cycle", 7: "leakage test", 8: "inflating", 9: "holding"}  # fmt: skip
BUSY = {0, 3, 4, 5, 7, 8, 9}
MEASURING = {3, 8}
FINE = {0, 3}
MESSAGES = {
    6: ("cuff_too_loose",),
    7: ("cuff_too_loose",),
    8: ("equipment_malfunction",),
    9: ("low_signal",),
    10: (),
    11: ("body_movement",),
    12: (),
    13: (),
    14: ("cuff_too_loose",),
    15: ("equipment_malfunction",),
}

_STARTS = re.compile(rb"[\x02\xfd]")
_PRESSURE = re.compile(r"(\d{3})(?:C\dS\d)?")
_STATUS = re.compile(
    r"S(\d);A\d;C(?:\d\d|--);M(\d\d|--);P(\d{3}|---)(\d{3}|---)(\d{3}|---);R(\d{3}|---);"
    r"T[\d \-]{4};;[0-9A-F]{2}"
)


def _summed(text: str) -> str:
    return f"{text}{sum(text.encode('ascii')) & 0xFF:02X}"


def command(code: str) -> bytes:
    """Gives the bytes of a two-digit command."""
    return bytes([STX]) + _summed(f"{code};;").encode() + bytes([ETX])


COMMANDS = {
    "start_manual": command("01"),
    "set_manual_mode": command("03"),
    "get_status": command("18"),
}
"""03 also ends an automatic cycle. A reset (16) is not among them."""


class ParNibp(FramedDecoder):
    """Decodes pressures, ends and statuses; each result once."""

    def __init__(self) -> None:
        super().__init__()
        self._result = NewResult()
        self._return_due = False

    def begin(self, buffer: bytearray) -> int:
        """Gives the place of the first STX; a CR behind a frame belongs to it."""
        if self._return_due and buffer[0] == CR:
            del buffer[0]
        self._return_due = False
        found = _STARTS.search(buffer)
        return found.start() if found else len(buffer)

    def length(self, buffer: bytearray) -> int | None:
        """Gives the length up to ETX, 0 where another start or too much comes before it."""
        end = buffer.find(ENDS[buffer[0]], 1)
        if end < 0:
            return None if len(buffer) <= LONGEST and not _STARTS.search(buffer, 1) else 0
        if end >= LONGEST or _STARTS.search(buffer, 1, end):
            return 0
        return end + 1

    def intact(self, frame: bytes) -> bool:
        """Tells whether it is a pressure, an end, or a text with the right sum."""
        text = frame[1:-1].decode("latin-1")
        if _PRESSURE.fullmatch(text):
            return True
        return text.isascii() and text == _summed(text[:-SUM_DIGITS])

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what one text says."""
        self._return_due = True
        text = frame[1:-1].decode("ascii")
        if text == END_OF_MEASUREMENT:
            return [Reply(None, True, "measurement ended")]
        pressure = _PRESSURE.fullmatch(text)
        if pressure:
            self._result.measuring()
            return [CuffPressure(int(pressure[1]))]
        status = _STATUS.fullmatch(text)
        if status is None:
            return [Reply(None, None, f"text of {len(text)} characters")]
        state, *fields = status.groups()
        return self._status(int(state), *map(_number, fields))

    def _status(
        self, state: int, message: int, systolic: int, diastolic: int, mean: int, pulse: int
    ) -> list[Reading]:
        told: list[BloodPressure] = []
        if state in MEASURING:
            self._result.measuring()
        elif state not in BUSY and message in MESSAGES:
            told = self._result.take(failed(*MESSAGES[message]))
        elif state not in BUSY and message in FINE and (systolic or diastolic):
            told = self._result.take(
                BloodPressure(
                    systolic or None,
                    diastolic or None,
                    mean or None,
                    "mmHg",
                    pulse_per_min(pulse),
                )
            )
        return [*told] or [Reply("get_status", True, STATES[state])]


def _number(field: str) -> int:
    return 0 if "-" in field else int(field)


def encode(reading: Reading) -> bytes:
    """Gives the text of a module that says this; `from_storage` is a result without measurement."""
    if isinstance(reading, CuffPressure):
        return _text(f"{raw_number(reading.pressure_mmhg, 998, 0):03}C0S3")
    if isinstance(reading, Reply):
        if reading.detail != "measurement ended":
            raise EncodeError(f"a module does not say {reading.detail}")
        return _text(END_OF_MEASUREMENT)
    if not isinstance(reading, BloodPressure):
        raise EncodeError(f"a PAR module carries no {type(reading).__name__}")
    words = set(reading.status) - {"from_storage"}
    if words:
        return _text(_summed(f"S2;A0;C00;M{_message(words):02};P---------;R---;T    ;;"))
    fields = (reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg,
              reading.pulse_rate_per_min)  # fmt: skip
    systolic, diastolic, mean, pulse = (
        f"{number:03}" if number else "---"
        for number in (raw_number(value, 999, 0) for value in fields)
    )
    return _text(_summed(f"S1;A0;C00;M00;P{systolic}{diastolic}{mean};R{pulse};T    ;;"))


def _message(words: set[str]) -> int:
    for message, said in MESSAGES.items():
        if words == {"cuff_error", "invalid", *said}:
            return message
    raise EncodeError(f"a module has no message for {', '.join(sorted(words))}")


def _text(text: str) -> bytes:
    return bytes([STX]) + text.encode() + bytes([ETX, CR])


PROTOCOL = ProtocolSpec(
    name="par-nibp",
    title="PAR and Medlab NIBP2010, NIBP2020 cuff modules",
    source="PAR, NIBP2020 UP Technical Description 2.14, by hemodialisis_ciateq; NIBP-ABATON",
    framing="stream",
    new_decoder=lambda _model: ParNibp(),
    encode=encode,
    commands=COMMANDS,
)
