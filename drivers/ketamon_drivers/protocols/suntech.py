"""SunTech Advantage modules (Advantage, 2.0, A+): the cuff that a program can start.

| byte | module to host | host to module |
|---|---|---|
| 0 | 3E | 3A |
| 1 | length of the whole packet, 4 to 43 hex | command |
| … | data | data |
| last | makes the whole packet sum to 0 mod 256 | the same |

By length: 4 is an answer (one letter), 5 the cuff's pressure (mmHg, low byte first), 18 hex a
result: 2 systolic, 4 diastolic, 18 mean (each 2 bytes), 16 pulse, 20 error (decimal).

A start is `3A 20 A6`; abort may be sent at any time and is sent twice. Line: 9600 8N1, 100 ms
between commands. Answers: O within 1 s, K within 180 s. Pneumatics (0C), calibration (04) and
reset (8A) are not among the commands here, so nothing can send them. Source: SunTech's examples
as quoted in the tests of ak-git/DesktopFX.
"""

import struct

from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import BloodPressure, CuffPressure, Reading, Rejected, Reply

START, SHORTEST, LONGEST = 0x3E, 4, 0x43
REPLY_BYTES, PRESSURE_BYTES, RESULT_BYTES = 4, 5, 0x18

REPLIES = {
    "O": (True, "received"),
    "K": (True, "measurement done"),
    "A": (True, "aborted"),
    "B": (False, "busy"),
    "E": (False, "error"),
    "N": (False, "not a valid command"),
    "D": (False, "command not recognised"),
    "S": (False, "asleep"),
    "T": (False, "timeout"),
}

ERRORS = {
    1: ("low_signal",),  # weak or none
    2: ("body_movement",),  # erratic
    3: (),  # out of range
    4: (),  # took too long
    85: (),  # air path blocked
    86: (),  # stopped by a person
    87: ("cuff_too_loose",),  # leak
    88: (),  # safety timeout
    89: (),  # overpressure
    90: ("equipment_malfunction",),
    91: ("equipment_malfunction",),
    97: ("equipment_malfunction",),
    99: ("equipment_malfunction",),
}
"""Words beside `cuff_error` and `invalid` for each error; the numbers are decimal."""

_RESULT = struct.Struct("<HHBB8xB1xHB2x")


def command(*data: int) -> bytes:
    """Gives a host packet with its checksum."""
    packet = bytes([0x3A, *data])
    return packet + bytes([-sum(packet) & 0xFF])


COMMANDS = {
    "start_adult": command(0x20),
    "start_pediatric": command(0x87),
    "start_neonate": command(0x28),
    "abort": command(0x79, 0x01, 0x00),
    "get_cuff_pressure": command(0x79, 0x05, 0x00),
    "get_result": command(0x79, 0x03, 0x00),
}


class SunTech:
    """Decodes a module's packets: cuff pressures, results, answers."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives what the packets that they complete say."""
        readings: list[Reading] = []
        for at in range(0, len(data), 1024):  # a long input never makes a long buffer
            self._buffer += data[at : at + 1024]
            readings += self._packets()
        return readings

    def end(self) -> list[Reading]:
        """Skips a packet that was begun, and reads what a false start may have hidden."""
        readings: list[Reading] = []
        while self._buffer:
            self._skip(1)
            readings += self._packets()
        return readings

    def _skip(self, count: int) -> None:
        self.skipped_bytes += count
        del self._buffer[:count]

    def _packets(self) -> list[Reading]:
        readings: list[Reading] = []
        buffer = self._buffer
        while buffer:
            start = buffer.find(START)
            self._skip(len(buffer) if start < 0 else start)
            if len(buffer) < 2:
                break
            length = buffer[1]
            if not SHORTEST <= length <= LONGEST:
                self._skip(1)
                continue
            if len(buffer) < length:
                break
            packet = bytes(buffer[:length])
            if sum(packet) & 0xFF:
                readings.append(Rejected("checksum", packet.hex()))
                self._skip(1)  # a real packet may begin inside a false one
                continue
            del buffer[:length]
            readings += _read(packet)
        return readings


def _read(packet: bytes) -> list[Reading]:
    length = packet[1]
    if length == REPLY_BYTES:
        letter = chr(packet[2])
        ok, detail = REPLIES.get(letter, (None, f"answer {packet[2]:02x}"))
        return [Reply(letter if letter in REPLIES else None, ok, detail)]
    if length == PRESSURE_BYTES:
        return [CuffPressure(packet[2] | packet[3] << 8)]
    if length == RESULT_BYTES:
        return [_result(packet)]
    return [Reply(None, None, f"packet of {length} bytes")]


def _result(packet: bytes) -> BloodPressure:
    systolic, diastolic, _beats, _bp_status, pulse, mean, error = _RESULT.unpack_from(packet, 2)
    if error:
        words = {"cuff_error", "invalid", *ERRORS.get(error, ())}
        return BloodPressure(status=tuple(sorted(words)))
    return BloodPressure(systolic or None, diastolic or None, mean or None, "mmHg", pulse or None)


def packet(*data: int) -> bytes:
    """Gives a module's packet with length and checksum."""
    body = bytes([START, len(data) + 3, *data])
    return body + bytes([-sum(body) & 0xFF])


def encode(reading: Reading) -> bytes:
    """Gives the packet of a module that says this; a failed measurement is error 2 or what it was."""
    if isinstance(reading, CuffPressure):
        return packet(*int(reading.pressure_mmhg or 0).to_bytes(2, "little"))
    if isinstance(reading, Reply):
        if reading.command not in REPLIES:
            raise EncodeError(f"a module has no answer {reading.command}")
        return packet(ord(reading.command))
    if not isinstance(reading, BloodPressure):
        raise EncodeError(f"SunTech carries no {type(reading).__name__}")
    error = _error(reading.status)
    fields = (reading.systolic_mmhg, reading.diastolic_mmhg, reading.pulse_rate_per_min,
              reading.mean_mmhg)  # fmt: skip
    systolic, diastolic, pulse, mean = (0 if error else int(value or 0) for value in fields)
    return result(systolic, diastolic, mean, pulse, error)


def result(systolic: int, diastolic: int, mean: int, pulse: int, error: int) -> bytes:
    """Gives a result packet: mmHg, beats a minute, and the module's error number, 0 for none."""
    return packet(*_RESULT.pack(systolic, diastolic, 30, 1, pulse, mean, error))


def _error(status: tuple[str, ...]) -> int:
    """Gives the module's error for these words; 0 for none, EncodeError for words it can't say."""
    if not status:
        return 0
    for error, words in ERRORS.items():
        if {"cuff_error", "invalid", *words} == set(status):
            return error
    raise EncodeError(f"a module has no error for {', '.join(status)}")


PROTOCOL = ProtocolSpec(
    name="suntech",
    title="SunTech Advantage cuff modules",
    source="SunTech's examples in the tests of ak-git/DesktopFX",
    framing="stream",
    new_decoder=lambda _model: SunTech(),
    encode=encode,
    commands=COMMANDS,
)
