"""Viatom O2Ring, Checkme O2 and kin over Bluetooth, the older protocol: asked every 1 to 2 s.

| byte | reply | request |
|---|---|---|
| 0 | 55 | AA |
| 1 | status, 0 fine | command |
| 2 | byte 1, all bits turned | the same |
| 3, 4 | block | block |
| 5, 6 | length of the data | length |
| … | data | data |
| last | CRC-8, polynomial 07 | CRC-8 |

A reply does not say what it answers; 12 or 13 bytes of data are the sensors', for nothing else is
ever asked (17):

| data | what |
|---|---|
| 0 | SpO2 |
| 1, 2 | pulse |
| 7, 8 | battery %, charging |
| 9 | movement |
| 10 | perfusion index x 10 |
| 11 | bit 0 worn |

Both 0 while worn: it is still searching. Two-byte numbers have their low byte first. Source: Lepu's
OxyBleResponse (LepuBle), whose RtParam has the pulse in two bytes; viatom-ble (ecostech) and
viatom-o2ring-ble read it from the first alone, the same below 256. Not yet tried on hardware; only
the first ten bytes of a captured reply are public.
"""

from ketamon_drivers.protocols.crc8 import PLAIN, crc8
from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import VALUELESS, DeviceInfo, Oximetry, Reading, Reply

REPLY, REQUEST = 0x55, 0xAA
READ_SENSORS = 0x17
SENSORS_BYTES = (12, 13)
LONGEST_DATA = 512
HEAD_BYTES = 7
WORN = 0x01


def _packet(start: int, code: int, data: bytes = b"") -> bytes:
    head = bytes([start, code, code ^ 0xFF, 0, 0, *len(data).to_bytes(2, "little")])
    return head + data + bytes([crc8(head + data, PLAIN)])


class ViatomO2Ring(FramedDecoder):
    """Decodes replies: readings, and the battery's charge when it changes."""

    start = bytes([REPLY])

    def __init__(self) -> None:
        super().__init__()
        self._battery_pct: int | None = None

    def length(self, buffer: bytearray) -> int | None:
        """Gives the length of the reply, 0 where the turned status or the length can't be."""
        if len(buffer) < HEAD_BYTES:
            return None
        data = buffer[5] | buffer[6] << 8
        plausible = buffer[1] ^ buffer[2] == 0xFF and data <= LONGEST_DATA
        return HEAD_BYTES + data + 1 if plausible else 0

    def intact(self, frame: bytes) -> bool:
        """Tells whether the CRC is right."""
        return crc8(frame[:-1], PLAIN) == frame[-1]

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what a reply says."""
        status, data = frame[1], frame[HEAD_BYTES:-1]
        if status:
            return [Reply(None, False, f"status {status}")]
        if len(data) not in SENSORS_BYTES:
            return [Reply(None, True, f"{len(data)} bytes")]
        readings: list[Reading] = [_sensors(data)]
        if data[7] != self._battery_pct and data[7] <= 100:
            self._battery_pct = data[7]
            readings.append(DeviceInfo(battery_pct=data[7]))
        return readings


def _sensors(data: bytes) -> Oximetry:
    if not data[11] & WORN:
        return Oximetry(status=("sensor_off",))
    spo2, pulse = spo2_pct(data[0]), pulse_per_min(data[1] | data[2] << 8)
    if spo2 is None and pulse is None:
        return Oximetry(status=("searching",))
    return Oximetry(spo2, pulse, data[10] / 10 if data[10] else None)


def encode(reading: Reading, battery_pct: int = 100) -> bytes:
    """Gives the reply that a ring sends for this reading."""
    if isinstance(reading, Reply):
        if reading.ok or not (reading.detail or "").startswith("status "):
            raise EncodeError("the O2Ring has replies of its own for errors only")
        return _packet(REPLY, int((reading.detail or "").removeprefix("status ")))
    sent = to_send(reading, "the O2Ring", {"searching", "sensor_off"}, VALUELESS | {"searching"})
    data = bytes([
        raw_number(sent.spo2_pct, 100, 0),
        *raw_number(sent.pulse_rate_per_min, 0xFFFF, 0).to_bytes(2, "little"),
        0, 0, 0, 0,
        battery_pct,
        0, 0,
        raw_number(sent.perfusion_index_pct, 0xFF, 0, 10),
        0 if "sensor_off" in sent.status else WORN,
        0,
    ])  # fmt: skip
    return _packet(REPLY, 0, data)


PROTOCOL = ProtocolSpec(
    name="viatom-o2ring",
    title="Viatom O2Ring, Checkme O2 over Bluetooth",
    source="LepuBle, OxyBleResponse.RtParam; viatom-ble (ecostech)",
    framing="stream",
    new_decoder=lambda _model: ViatomO2Ring(),
    encode=encode,
    commands={"read_sensors": _packet(REQUEST, READ_SENSORS)},
)
