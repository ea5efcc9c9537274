"""Nellcor's printer rows, one every 2 s: NPB-290, NPB-295, N-395, N-595, N-600, PM1000N.

| field | what |
|---|---|
| `DD-MMM-YY HH:MM:SS` | the monitor's clock, months in English |
| SpO2, pulse, amplitude | `---` missing; `*` behind a number that is in alarm |
| codes | two letters each, below |

| code | meaning |
|---|---|
| SD, SO | sensor disconnected, off |
| PS | searching |
| LP, LM | no pulse; no pulse, with interference |
| MO, ID | motion; interference |
| LB | low battery |
| AO, AS, BU, PH, PL, SH, SL | the monitor's own alarms and its supply; not told |

Every 25 rows come headings, `N-595 VERSION 1.0.0 …` the first, which name the monitor. There is no
checksum. The amplitude, 0-254, is no percentage and is not told. Line: 9600 8N1 as a rule, chosen
on the monitor (recalled: 2400 and 19200 too); if rows stop, send XON. Source: Nellcor, operator's
manuals of NPB-295 and N-395, "Data port"; codes from OpenICE (mdpnp), nellcor-n595.spec. Not yet
tried on hardware. Recalled: codes CP and EM, passed over here.
"""

import re
from datetime import datetime

from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.protocols.text_lines import LineDecoder
from ketamon_drivers.readings import (
    VALUELESS,
    DeviceInfo,
    Oximetry,
    Reading,
    Rejected,
    printable,
)

CODES = {
    "SD": ("sensor_disconnected",),
    "SO": ("sensor_off",),
    "PS": ("searching",),
    "LM": ("invalid", "low_signal", "motion"),
    "LP": ("invalid", "low_signal"),
    "MO": ("motion",),
    "ID": ("interference",),
    "LB": ("low_battery",),
}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FIRST_YEAR = 1970
"""A year of two digits is the first from then on."""
LARGEST_PULSE = 999
AMPLITUDE = 50

_DATED = re.compile(r"\s*\d\d-[A-Z]{3}-\d\d\s")
_ROW = re.compile(
    r"\s*(\d\d)-([A-Z]{3})-(\d\d)\s+(\d\d):(\d\d):(\d\d)"
    r"\s+(\d{1,3}|---)\*?\s+(\d{1,3}|---)\*?\s+(?:\d{1,3}|---)\*?((?:\s+[A-Z]{2})*)\s*"
)
_HEADING = re.compile(r"\s*(\S{2,20})\s+VERSION\s+(\S{1,20})\s.*")


class NellcorAscii(LineDecoder):
    """Decodes rows; the monitor's name is told when it changes."""

    def __init__(self) -> None:
        super().__init__()
        self._monitor: DeviceInfo | None = None

    def line(self, line: str, *, whole: bool) -> list[Reading] | None:  # noqa: ARG002
        """Gives a row's reading; what is cut off its end can't be a value."""
        if _DATED.match(line) is None:
            return self._heading(line)
        row = _ROW.fullmatch(line)
        if row is None:
            return [
                Rejected("not a row of SpO2, pulse and amplitude", line.encode("latin-1").hex())
            ]
        *when, spo2, pulse, codes = row.groups()
        words = {word for code in codes.split() for word in CODES.get(code, ())}
        status = tuple(sorted(words))
        time = _time(*when)
        if words & VALUELESS:
            return [Oximetry(device_time=time, status=status)]
        return [
            Oximetry(spo2_pct(_number(spo2)), pulse_per_min(_number(pulse)), None, time, status)
        ]

    def _heading(self, line: str) -> list[Reading] | None:
        heading = _HEADING.fullmatch(line)
        if heading is None:
            return None
        monitor = DeviceInfo(model=printable(heading[1]), firmware=printable(heading[2]))
        if monitor == self._monitor:
            return []
        self._monitor = monitor
        return [monitor]


def _number(field: str) -> int:
    return 0 if "-" in field else int(field)


def _time(day: str, month: str, year: str, hour: str, minute: str, second: str) -> str | None:
    try:
        when = datetime(  # noqa: DTZ001 the monitor has no zone
            FIRST_YEAR + (int(year) - FIRST_YEAR) % 100,
            MONTHS.index(month) + 1,
            int(day),
            int(hour),
            int(minute),
            int(second),
        )
    except ValueError:
        return None
    return when.isoformat()


def encode(reading: Reading) -> bytes:
    """Gives the row that a monitor prints for this reading."""
    known = {word for words in CODES.values() for word in words}
    sent = to_send(reading, "Nellcor's row", known)
    if sent.device_time is None:
        raise EncodeError("a Nellcor row has a time")
    at = datetime.fromisoformat(sent.device_time)
    when = f"{at.day:02}-{MONTHS[at.month - 1]}-{at.year % 100:02} {at:%H:%M:%S}"
    numbers = (
        raw_number(sent.spo2_pct, 100, 0),
        raw_number(sent.pulse_rate_per_min, LARGEST_PULSE, 0),
    )
    columns = "".join(f"{number or '---':>6}" for number in (*numbers, AMPLITUDE))
    return f"{when}{columns}{_codes(set(sent.status))}\r\n".encode()


def _codes(words: set[str]) -> str:
    """Gives the codes whose words are all there and not said yet; EncodeError if one is left."""
    found, left = "", set(words)
    for code, said in CODES.items():
        if left & set(said) and words.issuperset(said):
            found += f"  {code}"
            left -= set(said)
    if left:
        raise EncodeError(f"a Nellcor row can't say {', '.join(sorted(left))} alone")
    return found


PROTOCOL = ProtocolSpec(
    name="nellcor-ascii",
    title="Nellcor NPB-290/295, N-395, N-595, N-600: printer rows",
    source="Nellcor, NPB-295 and N-395 operator's manuals, Data port; OpenICE, nellcor-n595.spec",
    framing="stream",
    new_decoder=lambda _model: NellcorAscii(),
    encode=encode,
)
