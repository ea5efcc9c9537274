"""Masimo's text line, once a second: Rad-8, Rad-57, Rad-87, Radical-7, mode "ASCII 1".

| field | what |
|---|---|
| `MM/DD/YY HH:MM:SS` | the monitor's clock |
| `SN=` | serial number |
| `SPO2=` | %, `---` missing |
| `BPM=` | pulse; `PR=` in lines of the trend memory ("ASCII 2"), where 000 is missing |
| `PI=` | perfusion index, % |
| `ALARM=` | the monitor's own alarms; not told |
| `EXC=` | exceptions, below, in hex, sometimes with their names behind a colon |

| EXC bit | meaning |
|---|---|
| 001, 002, 080 | no sensor, defective sensor, unknown sensor |
| 004 | low perfusion |
| 008 | searching |
| 010, 040 | interference, ambient light |
| 020 | sensor off |
| 400 | low signal |
| 800 | SET, the averaging, is on; not told |

Which keys there are, and in which order, differs by model, and so does a `%` behind a number: lines
are read by key. A value counts only while none of 001, 002, 008, 020 and 080 is set. A line without
`EXC=` has been cut and is rejected, for there is no checksum. Lines of the trend memory are marked
`from_storage`. Line: 9600 8N1; ASCII 1 is chosen in the monitor's menu. Source: Masimo, Rad-8
operator's manual, p. 4-14, 4-24, 7-3; masimo-datacapture (remkolems). Not yet tried on hardware.
"""

import re
from datetime import datetime

from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import ProtocolSpec
from ketamon_drivers.protocols.text_lines import LineDecoder
from ketamon_drivers.readings import (
    VALUELESS,
    DeviceInfo,
    Oximetry,
    Reading,
    Rejected,
    printable,
)

EXCEPTIONS = {
    0x001: "sensor_disconnected",
    0x002: "sensor_fault",
    0x004: "low_perfusion",
    0x008: "searching",
    0x010: "interference",
    0x020: "sensor_off",
    0x040: "interference",
    0x080: "sensor_fault",
    0x400: "low_signal",
}
SILENT = VALUELESS | {"searching"}
SET_RUNNING = 0x800
LARGEST_PULSE = 999

_TIME = re.compile(r"\s*(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)\s")
_NUMBER = re.compile(r"(\d{1,3}|-{1,3})%?")
_INDEX = re.compile(r"(\d{1,2}(?:\.\d{1,2})?|-+(?:\.-+)?)%?")
_EXCEPTION = re.compile(r"([0-9A-Fa-f]{3,8})(:.*)?")
WHOLE_EXCEPTION = {3, 6, 7, 8}
"""How many digits EXC has; a line without its end must have so many."""


class MasimoAscii(LineDecoder):
    """Decodes text lines; the serial number is told when it changes."""

    def __init__(self) -> None:
        super().__init__()
        self._serial_number: str | None = None

    def line(self, line: str, *, whole: bool) -> list[Reading] | None:
        """Gives a measurement's reading; a line without SpO2 is no business of ours."""
        pairs = (field.partition("=") for field in line.split())
        fields = {key.upper(): value for key, equals, value in pairs if equals}
        if "SPO2" not in fields:
            return None
        try:
            readings: list[Reading] = [_reading(line, fields, whole=whole)]
        except ValueError as error:
            return [Rejected(str(error), line.encode("latin-1").hex())]
        serial_number = printable(fields.get("SN", ""))
        if serial_number and serial_number != self._serial_number:
            self._serial_number = serial_number
            readings.append(DeviceInfo(serial_number=serial_number))
        return readings


def _reading(line: str, fields: dict[str, str], *, whole: bool) -> Oximetry:
    exception = _EXCEPTION.fullmatch(fields.get("EXC", ""))
    if exception is None:
        raise ValueError("a line without its EXC= has been cut")
    digits, names = exception.groups()
    if not whole and names is None and len(digits) not in WHOLE_EXCEPTION:
        raise ValueError("the line has no end")
    words = {word for bit, word in EXCEPTIONS.items() if int(digits, 16) & bit}
    stored = "BPM" not in fields
    spo2 = spo2_pct(_number(fields["SPO2"]))
    pulse = pulse_per_min(_number(fields.get("BPM") or fields.get("PR", "")))
    index = _index(fields.get("PI", "--"))
    if words & SILENT:
        spo2 = pulse = index = None
    status = tuple(sorted({*words, "from_storage"} if stored else words))
    return Oximetry(spo2, pulse, index, _time(line), status)


def _number(text: str) -> int:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no number")
    return 0 if "-" in text else int(found[1])


def _index(text: str) -> float | None:
    found = _INDEX.fullmatch(text)
    if found is None:
        raise ValueError(f"PI={text} is no number")
    return None if "-" in text else float(found[1]) or None


def _time(line: str) -> str | None:
    found = _TIME.match(line)
    if found is None:
        return None
    month, day, year, hour, minute, second = map(int, found.groups())
    try:
        when = datetime(2000 + year, month, day, hour, minute, second)  # noqa: DTZ001 no zone
    except ValueError:
        return None
    return when.isoformat()


def encode(reading: Reading) -> bytes:
    """Gives the line that a monitor prints for this reading, `from_storage` as its trend memory."""
    sent = to_send(reading, "Masimo's line", {*EXCEPTIONS.values(), "from_storage"}, silent=SILENT)
    when = "00/00/00 00:00:00"
    if sent.device_time is not None:
        when = f"{datetime.fromisoformat(sent.device_time):%m/%d/%y %H:%M:%S}"
    exception = SET_RUNNING
    for bit, word in reversed(EXCEPTIONS.items()):  # of two bits with one word, the lower is set
        if word in sent.status:
            exception = exception & ~_bits(word) | bit
    spo2 = raw_number(sent.spo2_pct, 100, 0)
    pulse = raw_number(sent.pulse_rate_per_min, LARGEST_PULSE, 0)
    hundredths = raw_number(sent.perfusion_index_pct, 9999, 0, 100)
    index = f"{hundredths // 100:02}.{hundredths % 100:02}" if hundredths else "--.--"
    if "from_storage" in sent.status:
        return f"{when} SpO2={spo2:03} PR={pulse:03} PI={index} EXC={exception:03X}\r\n".encode()
    fields = (f"{number:03}" if number else "---" for number in (spo2, pulse))
    return (
        ("{} SN=0000000000 SPO2={}% BPM={} PI={}% DESAT=-- PIDELTA=+-- ALARM=0000 EXC={:06X}\r\n")
        .format(when, *fields, index, exception)
        .encode()
    )


def _bits(word: str) -> int:
    return sum(bit for bit, name in EXCEPTIONS.items() if name == word)


PROTOCOL = ProtocolSpec(
    name="masimo-ascii",
    title="Masimo Rad-8, Rad-57, Rad-87, Radical-7: text line",
    source="Masimo, Rad-8 operator's manual, 4-14, 4-24, 7-3; masimo-datacapture",
    framing="stream",
    new_decoder=lambda _model: MasimoAscii(),
    encode=encode,
)
