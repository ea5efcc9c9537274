"""GE Datex-Ohmeda S/5, CARESCAPE B450/650/850, B20 to B125: records of displayed values (DRI).

A record and its checksum, the sum of the record's bytes, stand between 7E and 7E. In both, 7E is
sent as 7D 5E and 7D as 7D 5D. All numbers have their low byte first.

| offset | header, 40 bytes |
|---|---|
| 0 | length of the record with this header |
| 2, 3, 4 | number, level, plug |
| 6 | time, s |
| 14 | kind: 0 values, 1 waves, 4 alarms |
| 16 | eight times: offset behind the header (2 bytes), type (1); type FF ends the list |

| offset | subrecord of type 1, displayed values, class "basic" |
|---|---|
| 0 | time, s |
| 4 | ECG: status, label, heart rate, three ST levels, breaths |
| 76 | cuff: status, label, systolic, diastolic, mean (mmHg x 100), pulse |
| 122 | SpO2: status, label, SpO2 (% x 100), pulse, … |
| 276 | in its bits 8-11 the class, 0 basic |

Status (4 bytes): bit 0 the group exists, 1 it is active. The cuff's label (2 bytes): bit 5
measuring, 6 and 7 busy otherwise, 8 older than 60 s. A number under -32000 is missing.

The cuff's last result is in every record. It is told only when it is new: not older than 60 s, and
either different from the one before or after a measurement, or after one that was older. Line:
19200 8-even-1 with CTS and RTS. Source: GE, "S/5 Computer Interface" M1017617, app. A (requests)
and "DRI Specification" 8005313, 3.3; sizes of groups by VSCapture. Not yet tried on hardware; the
requests are GE's own bytes, records are made from this table. Recalled: 5 s is the shortest useful
interval.
"""

import struct
from collections.abc import Iterator

from ketamon_drivers.protocols.oximeter import pulse_per_min, spo2_pct
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import (
    BloodPressure,
    HeartRate,
    Number,
    Oximetry,
    Reading,
    Rejected,
    Reply,
    Respiration,
)

FLAG, ESCAPE, BIT = 0x7E, 0x7D, 0x20
HEAD_BYTES, SUBRECORDS, END_OF_LIST = 40, 8, 0xFF
VALUES, DISPLAYED = 0, 1
LONGEST_RAW = 3072
"""Between two 7E: the longest record has 1490 bytes, and twice that if each is escaped."""
REJECTED_BYTES = 512
"""Of a malformed record, so much is given back."""

ECG, CUFF, SPO2, CLASS, SUBRECORD_BYTES = 4, 76, 122, 276, 278
CLASS_MASK, BASIC = 0x0F00, 0
EXISTS, ACTIVE = 0x01, 0x02
MEASURING, BUSY, OLD = 0x20, 0xE0, 0x100
MISSING_BELOW, MISSING = -32000, -32767
HUNDREDTHS = 100
SHORTEST_SUBRECORD = SPO2 + 14

_HEAD = struct.Struct("<HBBHIBBHh24s")
_ENTRY = struct.Struct("<hB")
_ECG = struct.Struct("<IH5h")
_CUFF = struct.Struct("<IH4h")
_SPO2 = struct.Struct("<IH4h")
_WORD = struct.Struct("<H")
_REQUEST = struct.Struct("<BhIh")

Result = tuple[Number | None, ...]


def framed(record: bytes) -> bytes:
    """Gives a record with its checksum, both escaped, between two 7E."""
    inside = record + bytes([sum(record) & 0xFF])
    escaped = bytearray()
    for byte in inside:
        escaped += bytes([ESCAPE, byte & ~BIT]) if byte in (FLAG, ESCAPE) else bytes([byte])
    return bytes([FLAG]) + bytes(escaped) + bytes([FLAG])


def request(kind: int, interval_s: int, classes: int) -> bytes:
    """Gives a request for values of one kind (1 displayed, 3 trend) each so many seconds; 0 ends."""
    entries = _ENTRY.pack(0, 0) + _ENTRY.pack(0, END_OF_LIST) + bytes(18)
    body = _REQUEST.pack(kind, interval_s, classes, 0)
    return framed(_HEAD.pack(HEAD_BYTES + len(body), 0, 0, 0, 0, 0, 0, 0, VALUES, entries) + body)


class GeDri:
    """Decodes records into readings; the cuff's result once."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._raw = bytearray()
        self._joined = self._overlong = False
        self._result: Result | None = None
        self._measured = self._was_old = False

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives what the records that they complete say."""
        readings: list[Reading] = []
        at = 0
        while (flag := data.find(FLAG, at)) >= 0:
            self._gather(data[at:flag])
            readings += self._flag()
            at = flag + 1
        self._gather(data[at:])
        return readings

    def end(self) -> list[Reading]:
        """Skips a record that was begun and can't be finished."""
        self.skipped_bytes += len(self._raw)
        self._raw.clear()
        self._joined = self._overlong = False
        return []

    def _gather(self, data: bytes) -> None:
        if not self._overlong:
            room = LONGEST_RAW - len(self._raw)
            self._raw += data[:room]
            data = data[room:]
            if not data:
                return
            self.skipped_bytes += len(self._raw)
            self._raw.clear()
            self._overlong = True
        self.skipped_bytes += len(data)

    def _flag(self) -> list[Reading]:
        """Takes the 7E that ends what was gathered, and may begin the next."""
        raw, joined = bytes(self._raw), self._joined
        self._raw.clear()
        self._joined, self._overlong = True, False
        if not joined or len(raw) <= HEAD_BYTES:  # before the first 7E, or noise between two
            self.skipped_bytes += len(raw)
            return []
        record = _record(raw)
        if isinstance(record, str):
            self.skipped_bytes += len(raw)
            return [Rejected(record, raw[:REJECTED_BYTES].hex())]
        return self._read(record)

    def _read(self, record: bytes) -> list[Reading]:
        *_, kind, _entries = _HEAD.unpack_from(record)
        readings: list[Reading] = []
        if kind == VALUES:
            for subrecord in _displayed(record):
                readings += _monitored(subrecord)
                readings += self._cuff(*_CUFF.unpack_from(subrecord, CUFF))
        return readings or [Reply(None, True, f"record of kind {kind}")]

    def _cuff(self, status: int, label: int, *raw: int) -> list[Reading]:
        if not status & EXISTS:
            return []
        if label & BUSY:
            self._measured |= bool(label & MEASURING)
            return []
        old = bool(label & OLD)
        systolic, diastolic, mean = map(_pressure, raw[:3])
        result = (systolic, diastolic, mean, _rate(raw[3]))
        new = result != self._result or self._measured or self._was_old
        self._result, self._measured, self._was_old = result, False, old
        if old or not new or systolic is diastolic is mean is None:
            return []
        return [BloodPressure(systolic, diastolic, mean, "mmHg", result[3])]


def _record(raw: bytes) -> bytes | str:
    """Gives the record between two 7E, or says what is wrong with it."""
    plain = bytearray()
    pieces = raw.split(bytes([ESCAPE]))
    plain += pieces[0]
    for piece in pieces[1:]:
        if not piece or piece[0] | BIT not in (FLAG, ESCAPE):
            return "7D without its byte"
        plain.append(piece[0] | BIT)
        plain += piece[1:]
    record, checksum = bytes(plain[:-1]), plain[-1]
    if sum(record) & 0xFF != checksum:
        return "checksum"
    if len(record) < HEAD_BYTES or _WORD.unpack_from(record)[0] != len(record):
        return "length"
    return record


def _displayed(record: bytes) -> Iterator[bytes]:
    """Gives the record's subrecords of displayed basic values."""
    body, offsets = record[HEAD_BYTES:], []
    for entry in range(SUBRECORDS):
        offset, kind = _ENTRY.unpack_from(record, 16 + entry * _ENTRY.size)
        if kind == END_OF_LIST:
            break
        offsets.append((offset, kind))
    for offset, kind in offsets:
        if kind != DISPLAYED or offset < 0:
            continue
        end = min((other for other, _ in offsets if other > offset), default=len(body))
        subrecord = body[offset:end]
        if len(subrecord) < SHORTEST_SUBRECORD:
            continue
        if len(subrecord) == SUBRECORD_BYTES:
            if _WORD.unpack_from(subrecord, CLASS)[0] & CLASS_MASK != BASIC:
                continue
        elif offset:  # of another size, only the first can be basic
            continue
        yield subrecord


def _monitored(subrecord: bytes) -> Iterator[Reading]:
    """Gives what is measured all the time: heart rate, breaths, SpO2."""
    status, _, heart_rate, _, _, _, breaths = _ECG.unpack_from(subrecord, ECG)
    if status & EXISTS and status & ACTIVE:
        if _rate(heart_rate) is not None:
            yield HeartRate(_rate(heart_rate))
        if _rate(breaths) is not None:
            yield Respiration(_rate(breaths))
    status, _, spo2, pulse, _, _ = _SPO2.unpack_from(subrecord, SPO2)
    if status & EXISTS:
        active = bool(status & ACTIVE)
        given = _hundredths(spo2) if active else None
        valid = given is not None and spo2_pct(int(given)) is not None
        yield Oximetry(given if valid else None, _rate(pulse) if active else None)


def _hundredths(raw: int) -> Number | None:
    if raw < MISSING_BELOW:
        return None
    return raw // HUNDREDTHS if raw % HUNDREDTHS == 0 else raw / HUNDREDTHS


def _pressure(raw: int) -> Number | None:
    return _hundredths(raw) or None


def _rate(raw: int) -> int | None:
    return pulse_per_min(max(raw, 0))


def encode(reading: Reading) -> bytes:
    """Gives a record with the one group that this reading is from; others don't exist in it."""
    match reading:
        case Oximetry():
            if reading.status or reading.perfusion_index_pct or reading.device_time:
                raise EncodeError("DRI has no bytes for an oximeter's status, index or time")
            return record(spo2=(reading.spo2_pct, reading.pulse_rate_per_min))
        case BloodPressure():
            if reading.status:
                raise EncodeError(f"DRI can't say {', '.join(reading.status)}")
            values = (reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg)
            return record(cuff=(*values, reading.pulse_rate_per_min))
        case HeartRate(heart_rate_per_min=rate) if rate is not None:
            return record(ecg=(rate, None))
        case Respiration(rr_per_min=rate) if rate is not None:
            return record(ecg=(None, rate))
    raise EncodeError(f"DRI carries no {type(reading).__name__}")


def record(
    *,
    ecg: tuple[Number | None, Number | None] | None = None,
    cuff: tuple[Number | None, ...] | None = None,
    spo2: tuple[Number | None, Number | None] | None = None,
    cuff_label: int = 0,
    time_s: int = 0,
) -> bytes:
    """Gives a whole record of displayed values, framed: (heart rate, breaths), (systolic,
    diastolic, mean, pulse), (SpO2, pulse). `cuff_label` is MEASURING, OLD or 0."""
    subrecord = bytearray(SUBRECORD_BYTES)
    there = EXISTS | ACTIVE
    if ecg is not None:
        heart_rate, breaths = (_raw(value) for value in ecg)
        _ECG.pack_into(subrecord, ECG, there, 0, heart_rate, 0, 0, 0, breaths)
    if cuff is not None:
        pressures, pulse = (_raw(value, HUNDREDTHS) for value in cuff[:3]), _raw(cuff[3])
        _CUFF.pack_into(subrecord, CUFF, there, cuff_label, *pressures, pulse)
    if spo2 is not None:
        saturation, pulse = _raw(spo2[0], HUNDREDTHS), _raw(spo2[1])
        _SPO2.pack_into(subrecord, SPO2, there, 0, saturation, pulse, MISSING, MISSING)
    entries = _ENTRY.pack(0, DISPLAYED) + _ENTRY.pack(0, END_OF_LIST) + bytes(18)
    length = HEAD_BYTES + SUBRECORD_BYTES
    return framed(_HEAD.pack(length, 0, 0, 0, time_s, 0, 0, 0, VALUES, entries) + bytes(subrecord))


def _raw(value: Number | None, scale: int = 1) -> int:
    if value is None:
        return MISSING
    raw = round(value * scale)
    if not 0 < raw < -MISSING_BELOW:
        raise EncodeError(f"DRI has no room for {value}")
    return raw


PROTOCOL = ProtocolSpec(
    name="ge-dri",
    title="GE S/5, CARESCAPE and B-series monitors, displayed values",
    source="GE, S/5 Computer Interface M1017617, app. A; DRI Specification 8005313, 3.3",
    framing="stream",
    new_decoder=lambda _model: GeDri(),
    encode=encode,
    commands={
        "start_displayed_10_s": request(DISPLAYED, 10, 0x0E),
        "stop_displayed": request(DISPLAYED, 0, 0),
    },
)
