"""Nonin's printer line, once a second: 8500, 8600, 9600 Avant, 9847, 4100, 7500, 2500A.

| field | what |
|---|---|
| `HH:MM:SS` | only some models; without a date, so it is not told |
| `SPO2=XXX` | %; `---` missing |
| `HR=YYY` | /min; `---` missing |
| `F`, `*`, `B` | fast averaging, event mark, breath; none is told |

A line ends with CR LF and has no checksum. At power-up comes a heading with model and date, which
is passed over. Line: 9600 8N1 (8500, 8600 and 9847 state 9 data bits, the ninth always a mark; 9600
and 7500FO two stop bits: both read well as 8N1). Source: Nonin's operator's manuals of these
models, "Serial output". Not yet tried on hardware; the vectors are made from this table.
"""

import re

from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import ProtocolSpec
from ketamon_drivers.protocols.text_lines import LineDecoder
from ketamon_drivers.readings import Oximetry, Reading, Rejected

_LINE = re.compile(
    r"\s*(?:\d\d:\d\d:\d\d\s+)?SPO2=( *\d{1,3}|---)\s+HR=( *\d{1,3}|---)\s*([F*B ]*)"
)
LARGEST_PULSE = 999
WIDTH = 3


class NoninAscii(LineDecoder):
    """Decodes printer lines."""

    def line(self, line: str, *, whole: bool) -> list[Reading] | None:
        """Gives a measurement's reading; headings are no business of ours."""
        if "SPO2" not in line:
            return None
        found = _LINE.fullmatch(line)
        if found is None:
            return [Rejected("not a line of SPO2= and HR=", line.encode("latin-1").hex())]
        spo2, pulse, _ = found.groups()
        if not whole and len(pulse) < WIDTH:  # a cut 120 is a 12
            return [Rejected("the line has no end", line.encode("latin-1").hex())]
        return [Oximetry(spo2_pct(_number(spo2)), pulse_per_min(_number(pulse)))]


def _number(field: str) -> int:
    return 0 if "-" in field else int(field)


def encode(reading: Reading) -> bytes:
    """Gives the line that a monitor prints for this reading."""
    sent = to_send(reading, "Nonin's line", ())
    spo2 = raw_number(sent.spo2_pct, 100, 0)
    pulse = raw_number(sent.pulse_rate_per_min, LARGEST_PULSE, 0)
    fields = (f"{number:03}" if number else "---" for number in (spo2, pulse))
    return "SPO2={} HR={}\r\n".format(*fields).encode()


PROTOCOL = ProtocolSpec(
    name="nonin-ascii",
    title="Nonin 8500, 8600, 9600, 9847, 4100, 7500, 2500A: printer line",
    source="Nonin, operator's manuals, Serial output",
    framing="stream",
    new_decoder=lambda _model: NoninAscii(),
    encode=encode,
)
