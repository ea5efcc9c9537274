"""Viatom BP2, BP2A, BP2W and LP-BP2W over Bluetooth: cuffs that are watched, never started.

| byte | what |
|---|---|
| 0 | A5 |
| 1, 2 | command; the same, all bits turned |
| 3 | 0 to the cuff, 1 from it |
| 4 | sequence |
| 5, 6 | length of the data, low byte first |
| … | data |
| last | CRC-8, polynomial 07 |

| command | data |
|---|---|
| 00 state (LP-BP2W) | 40 bytes: 27-30 user, 39 state |
| 08 realtime | 0 state, 1-4 battery (1 state, 2 %, 3-4 mV), 9 type, from 10 on by type |
| 30 battery | 0 state, 1 %, 2-3 mV |
| E1 information | 9-16 model, 24-30 clock, 37 length of the serial number, 38- serial number |
| EC set the clock | year (2 bytes), month, day, hour, minute, second |

| realtime type | from byte 10 on |
|---|---|
| 0 measuring | 1-2 pressure, signed, mmHg x 100; 4-5 pulse |
| 1 result | 3-4 systolic, 5-6 diastolic, 7-8 mean, 9-10 pulse, 11 code: 0 and 0E fine, 1 cuff loose, 2 disturbed, 3 weak, from 4 on a fault |

States: 3 idle, 4 measuring, 5 result, 15, 16, 17 the same in threes. The result is repeated until
the next measurement: it is told once, and marked `from_storage` if no measurement was seen before
it. Of the 256 commands some inflate, reset or erase (04, 09, 0A, 24, 25, 39, E2, E3) and one tells
a password (13); so `request` knows the five above and refuses all else, files of stored readings
(F2, F3, F4) too. Source: LepuBle, Bp2BleRtState, Bp2DataBpIng and Bp2DataBpResult; viatom_bp2_ha
LP-BP2W_PROTOCOL.md, whose own reading of the realtime data lacks the nine bytes of state. Not yet
tried on hardware; realtime vectors are made from this table.
"""

import struct

from ketamon_drivers.protocols.crc8 import PLAIN, crc8
from ketamon_drivers.protocols.date_time import date_time, encode_date_time
from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.new_result import NewResult, failed
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    DeviceInfo,
    Number,
    Reading,
    Reply,
    printable,
)

START = 0xA5
TO_CUFF, FROM_CUFF = 0, 1
HEAD_BYTES, LONGEST_DATA = 7, 1024

GET_STATE, GET_REALTIME, GET_BATTERY, GET_INFO, SET_TIME = 0x00, 0x08, 0x30, 0xE1, 0xEC
ALLOWED = {
    GET_STATE: "get_state",
    GET_REALTIME: "get_realtime",
    GET_BATTERY: "get_battery",
    GET_INFO: "get_info",
    SET_TIME: "set_time",
}
"""All that a cuff may ever be sent."""

STATES = {0: "asleep", 1: "memory", 2: "charging", 3: "idle", 4: "measuring", 5: "result",
          6: "ECG", 7: "ECG result", 15: "measuring", 16: "pause", 17: "result"}  # fmt: skip
MEASURING = {4, 15}
FINE = {0, 0x0E}
CODES = {1: "cuff_too_loose", 2: "body_movement", 3: "low_signal"}
FAULT = "equipment_malfunction"
FAULT_CODE = 4

STATE_BYTES, REALTIME_BYTES, INFO_BYTES, BATTERY_BYTES = 40, 32, 38, 4
TYPE_MEASURING, TYPE_RESULT = 0, 1
_USER = struct.Struct("<I")
_MEASURING = struct.Struct("<BhBHB")
_RESULT = struct.Struct("<xxxHHHHB")


def packet(opcode: int, direction: int, sequence: int = 0, data: bytes = b"") -> bytes:
    """Gives a packet with its length and CRC."""
    head = bytes([START, opcode, opcode ^ 0xFF, direction, sequence & 0xFF])
    body = head + len(data).to_bytes(2, "little") + data
    return body + bytes([crc8(body, PLAIN)])


def request(opcode: int, sequence: int = 0, data: bytes = b"") -> bytes:
    """Gives a request to the cuff; EncodeError for a command that is not on the short list."""
    if opcode not in ALLOWED:
        raise EncodeError(f"command {opcode:02X} is not one that a cuff may be sent")
    return packet(opcode, TO_CUFF, sequence, data)


def set_time(iso: str, sequence: int = 0) -> bytes:
    """Gives the request that sets the cuff's clock to a local time."""
    return request(SET_TIME, sequence, encode_date_time(iso))


class ViatomBP2(FramedDecoder):
    """Decodes what a cuff answers: its pressure, each result once, and what it says of itself."""

    start = bytes([START])

    def __init__(self) -> None:
        super().__init__()
        self._result = NewResult()
        self._battery_pct: int | None = None

    def length(self, buffer: bytearray) -> int | None:
        """Gives the length of the packet, 0 where its head can't be one."""
        if len(buffer) < HEAD_BYTES:
            return None
        data = buffer[5] | buffer[6] << 8
        plausible = (
            buffer[1] ^ buffer[2] == 0xFF and buffer[3] <= FROM_CUFF and data <= LONGEST_DATA
        )
        return HEAD_BYTES + data + 1 if plausible else 0

    def intact(self, frame: bytes) -> bool:
        """Tells whether the CRC is right."""
        return crc8(frame[:-1], PLAIN) == frame[-1]

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what a packet from the cuff says; an echo of a request says nothing."""
        opcode, data = frame[1], frame[HEAD_BYTES:-1]
        if frame[3] != FROM_CUFF:
            return []
        name = ALLOWED.get(opcode)
        if opcode == GET_STATE and len(data) == STATE_BYTES:
            state = STATES.get(data[39], f"state {data[39]}")
            return [Reply(name, True, f"{state}, user {_USER.unpack_from(data, 27)[0]}")]
        if opcode == GET_REALTIME and len(data) >= REALTIME_BYTES:
            readings = self._realtime(data)
            readings += self._battery(data[2])
            return readings or [Reply(name, True, STATES.get(data[0], f"state {data[0]}"))]
        if opcode == GET_BATTERY and len(data) >= BATTERY_BYTES:
            return self._battery(data[1]) or [Reply(name, True, None)]
        if opcode == GET_INFO and len(data) >= INFO_BYTES:
            return _information(data)
        return [Reply(name, True, f"{len(data)} bytes")]

    def _realtime(self, data: bytes) -> list[Reading]:
        state, kind = data[0], data[9]
        if kind == TYPE_MEASURING:
            _, pressure, *_ = _MEASURING.unpack_from(data, 10)
            if state in MEASURING or pressure:
                self._result.measuring()
                return [CuffPressure(_whole(pressure / 100))]
        if kind == TYPE_RESULT:
            systolic, diastolic, mean, pulse, code = _RESULT.unpack_from(data, 10)
            if code not in FINE:
                return [*self._result.take(failed(CODES.get(code, FAULT)))]
            return [
                *self._result.take(
                    BloodPressure(
                        systolic or None, diastolic or None, mean or None, "mmHg", pulse or None
                    )
                )
            ]
        return []

    def _battery(self, charge_pct: int) -> list[Reading]:
        if charge_pct == self._battery_pct or charge_pct > 100:
            return []
        self._battery_pct = charge_pct
        return [DeviceInfo(battery_pct=charge_pct)]


def _whole(value: float) -> Number:
    return int(value) if value == int(value) else value


def _information(data: bytes) -> list[Reading]:
    serial = data[38 : 38 + data[37]]
    clock = date_time(data, 24)
    return [
        DeviceInfo(
            model=printable(data[9:17].decode("latin-1")),
            serial_number=printable(serial.decode("latin-1")),
        ),
        Reply("get_info", True, f"clock {clock}" if clock else "clock not set"),
    ]


def encode(reading: Reading, battery_pct: int = 100) -> bytes:
    """Gives the packet of a cuff that says this; `from_storage` is a result without measurement."""
    if isinstance(reading, CuffPressure):
        value = round((reading.pressure_mmhg or 0) * 100)
        return _realtime(4, battery_pct, TYPE_MEASURING, _MEASURING.pack(0, value, 0, 0, 0))
    if isinstance(reading, Reply):
        if reading.command not in ALLOWED.values():
            raise EncodeError(f"a BP2 has no answer to {reading.command}")
        opcode = next(code for code, name in ALLOWED.items() if name == reading.command)
        return packet(opcode, FROM_CUFF)
    if not isinstance(reading, BloodPressure):
        raise EncodeError(f"BP2 carries no {type(reading).__name__}")
    words = set(reading.status) - {"from_storage"}
    code = _code(words)
    fields = (reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg,
              reading.pulse_rate_per_min)  # fmt: skip
    numbers = (0 if code else round(value or 0) for value in fields)
    return _realtime(5, battery_pct, TYPE_RESULT, _RESULT.pack(*numbers, code))


def _code(words: set[str]) -> int:
    if not words:
        return 0
    for code in (*CODES, FAULT_CODE):
        if words == {"cuff_error", "invalid", CODES.get(code, FAULT)}:
            return code
    raise EncodeError(f"a BP2 has no code for {', '.join(sorted(words))}")


def _realtime(state: int, battery_pct: int, kind: int, data: bytes) -> bytes:
    head = bytes([state, 0, battery_pct, *(3900).to_bytes(2, "little"), 0, 0, 0, 0, kind])
    return packet(GET_REALTIME, FROM_CUFF, 0, head + data.ljust(20, b"\0") + bytes(2))


PROTOCOL = ProtocolSpec(
    name="viatom-bp2",
    title="Viatom BP2, BP2A, BP2W cuffs over Bluetooth, watched only",
    source="LepuBle, Bp2BleRtData; viatom_bp2_ha, LP-BP2W_PROTOCOL.md",
    framing="stream",
    new_decoder=lambda _model: ViatomBP2(),
    encode=encode,
    commands={name: request(code) for code, name in ALLOWED.items() if code != SET_TIME},
)
