"""Nonin data format 13: one packet a spot check, with the oximeter's own time.

| byte | what |
|---|---|
| 1-4 | 00 02 00 0D |
| 5, 6 | length of the data, high byte first; 14 at least |
| 7-14 | century, year, month, day, hour, minute, second, fraction; decimal digits |
| 15 | bit 1 high-quality reading, 0 no measurement |
| 16 | bit 4 from memory, 0 low battery |
| 17, 18 | pulse, a true 9-bit number: bit 8, then bits 7-0 |
| 19 | reserved |
| 20 | SpO2 |
| last but one | sum of the data, 8 bits |
| last | 03 |

The pulse is not cut at bit 7 as in formats 2, 7 and 8. Missing: pulse 511, SpO2 127. The host does
not acknowledge, so nothing is taken from the oximeter's memory. Line: 9600 8N1. Source: Nonin
6470-000-01, "Onyx II 9560 Bluetooth OEM Specification". Not yet tried on hardware; no capture is
public, the vectors are made from this table.
"""

from datetime import datetime

from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.nonin_packets import select_commands
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import ProtocolSpec
from ketamon_drivers.readings import Oximetry, Reading

START, ETX = bytes.fromhex("0002000d"), 0x03
HEAD_BYTES, SHORTEST_DATA, LONGEST_DATA = 6, 14, 64
MISSING_PULSE, MISSING_SPO2 = 511, 127
GOOD, NO_MEASUREMENT = 0x02, 0x01
LOW_BITS = {"from_storage": 0x10, "low_battery": 0x01}


class NoninFormat13(FramedDecoder):
    """Decodes spot checks, those from memory marked as such."""

    start = START

    def length(self, buffer: bytearray) -> int | None:
        """Gives the length of the packet, 0 where its data would be too short or long."""
        if len(buffer) < HEAD_BYTES:
            return None
        data = buffer[4] << 8 | buffer[5]
        return HEAD_BYTES + data + 2 if SHORTEST_DATA <= data <= LONGEST_DATA else 0

    def intact(self, frame: bytes) -> bool:
        """Tells whether the sum is right and the end is where it should be."""
        return sum(frame[HEAD_BYTES:-2]) & 0xFF == frame[-2] and frame[-1] == ETX

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives the packet's reading."""
        data = frame[HEAD_BYTES:-2]
        words = {word for word, bit in LOW_BITS.items() if data[9] & bit}
        when = _time(data)
        if data[8] & NO_MEASUREMENT:
            return [Oximetry(device_time=when, status=tuple(sorted({*words, "invalid"})))]
        pulse = (data[10] & 0x01) << 8 | data[11]
        return [
            Oximetry(
                spo2_pct(data[13]),
                pulse_per_min(pulse, MISSING_PULSE),
                None,
                when,
                tuple(sorted(words)),
            )
        ]


def _time(data: bytes) -> str | None:
    try:
        century, year, month, day, hour, minute, second = (int(f"{b:02x}") for b in data[:7])
        when = datetime(  # noqa: DTZ001 the device has no zone
            century * 100 + year, month, day, hour, minute, second
        )
    except ValueError:  # not decimal digits, or no such day
        return None
    return when.isoformat()


def _digits(number: int) -> int:
    return int(str(number), 16)


def encode(reading: Reading) -> bytes:
    """Gives the packet that an oximeter sends for this reading."""
    sent = to_send(reading, "format 13", {*LOW_BITS, "invalid"})
    when = bytes(7)
    if sent.device_time is not None:
        at = datetime.fromisoformat(sent.device_time)
        parts = (at.year // 100, at.year % 100, at.month, at.day, at.hour, at.minute, at.second)
        when = bytes(map(_digits, parts))
    data = bytes(
        [
            *when,
            0,
            NO_MEASUREMENT if "invalid" in sent.status else GOOD,
            sum(bit for word, bit in LOW_BITS.items() if word in sent.status),
            *raw_number(sent.pulse_rate_per_min, MISSING_PULSE - 1, MISSING_PULSE).to_bytes(
                2, "big"
            ),
            0,
            raw_number(sent.spo2_pct, 100, MISSING_SPO2),
        ]
    )
    return START + len(data).to_bytes(2, "big") + data + bytes([sum(data) & 0xFF, ETX])


PROTOCOL = ProtocolSpec(
    name="nonin-df13",
    title="Nonin oximeters, data format 13: spot checks",
    source="Nonin 6470-000-01, Onyx II 9560 Bluetooth OEM Specification",
    framing="stream",
    new_decoder=lambda _model: NoninFormat13(),
    encode=encode,
    commands=select_commands(13),
)
