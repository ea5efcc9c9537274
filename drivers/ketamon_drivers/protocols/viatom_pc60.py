"""Viatom PC-60FW, PC-60NW and OxySmart: Nordic's serial service over Bluetooth, no command needed.

| byte | what |
|---|---|
| 0, 1 | AA 55 |
| 2 | token: 0F oximeter, F0 the device |
| 3 | length of what follows |
| 4 | function |
| … | data |
| last | CRC-8/MAXIM of all before it |

| token, function | data, by place in the frame |
|---|---|
| 0F 01 | 5 SpO2; 6, 7 pulse, low byte first; 8 perfusion index x 10; 9 bit 1 probe off, 2 searching; 10 bits 7-6 battery 0-3 |
| 0F 02 | 5-9 pulse wave, bit 7 marks a beat |
| 0F 21 | 5 mode, 6 step (3 has a result), 7 SpO2, 8 pulse: spot checks |
| F0 03 | 5 battery 0-3 |

A frame may come in several notifications. Source: viatom_pc60fw (sza2) and Lepu's PC60FwBleResponse
(LepuBle), which agree, and a published log whose frames all verify. Not yet tried on hardware.
Recalled: that 0 is "missing"; the rate of the wave is not stated, so it has none here.
"""

from ketamon_drivers.protocols.crc8 import MAXIM, crc8
from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.readings import DeviceInfo, Oximetry, Pleth, Reading

START = bytes.fromhex("aa55")
OXIMETER, DEVICE = 0x0F, 0xF0
PARAMETERS, WAVE, SPOT, BATTERY = 0x01, 0x02, 0x21, 0x03
SHORTEST, LONGEST = 2, 64
"""What the length may say: a function and a CRC at least, and more than any frame that is known."""

STATUS_BITS = {"searching": 0x04, "sensor_off": 0x02}
SPOT_RESULT = 3
BARS = 3
WAVE_SAMPLES = 5


class ViatomPC60(FramedDecoder):
    """Decodes readings, the pulse wave and the battery's bars, those when they change."""

    start = START

    def __init__(self) -> None:
        super().__init__()
        self._bars: int | None = None

    def length(self, buffer: bytearray) -> int | None:
        """Gives 4 and what byte 3 says."""
        if len(buffer) < 4:
            return None
        return buffer[3] + 4 if SHORTEST <= buffer[3] <= LONGEST else 0

    def intact(self, frame: bytes) -> bool:
        """Tells whether the CRC is right."""
        return crc8(frame[:-1], MAXIM) == frame[-1]

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives what a frame says; one of another length than its function's is passed over."""
        data = frame[5:-1]
        kind = frame[2], frame[4], len(data)
        if kind == (OXIMETER, PARAMETERS, 6):
            return [_parameters(data), *self._battery(data[5] >> 6)]
        if kind == (OXIMETER, WAVE, WAVE_SAMPLES):
            return [Pleth(tuple(sample & 0x7F for sample in data))]
        if kind == (OXIMETER, SPOT, 4) and data[1] == SPOT_RESULT:
            return [Oximetry(spo2_pct(data[2]), pulse_per_min(data[3]))]
        if kind == (DEVICE, BATTERY, 1) and data[0] <= BARS:
            return self._battery(data[0])
        return []

    def _battery(self, bars: int) -> list[Reading]:
        if bars == self._bars:
            return []
        self._bars = bars
        return [DeviceInfo(battery_level=bars)]


def _parameters(data: bytes) -> Oximetry:
    spo2, pulse_low, pulse_high, index, bits, _ = data
    words = tuple(word for word, bit in STATUS_BITS.items() if bits & bit)
    if "sensor_off" in words:
        return Oximetry(status=words)
    return Oximetry(
        spo2_pct(spo2),
        pulse_per_min(pulse_low | pulse_high << 8),
        index / 10 if index else None,
        status=words,
    )


def frame(token: int, function: int, *data: int) -> bytes:
    """Gives a frame with its length and CRC."""
    body = START + bytes([token, len(data) + 2, function, *data])
    return body + bytes([crc8(body, MAXIM)])


def encode(reading: Reading, bars: int = BARS) -> bytes:
    """Gives the frame that a device sends for this reading; `bars` are its battery's, 0-3."""
    if isinstance(reading, DeviceInfo) and isinstance(reading.battery_level, int):
        return frame(DEVICE, BATTERY, reading.battery_level)
    if isinstance(reading, Pleth):
        if reading.rate_hz is not None or len(reading.samples) != WAVE_SAMPLES:
            raise EncodeError("PC-60 carries no Pleth but of five samples without a rate")
        return frame(OXIMETER, WAVE, *(int(sample) & 0x7F for sample in reading.samples))
    sent = to_send(reading, "PC-60", STATUS_BITS)
    return frame(
        OXIMETER,
        PARAMETERS,
        raw_number(sent.spo2_pct, 100, 0),
        *raw_number(sent.pulse_rate_per_min, 0xFFFF, 0).to_bytes(2, "little"),
        raw_number(sent.perfusion_index_pct, 0xFF, 0, 10),
        sum(bit for word, bit in STATUS_BITS.items() if word in sent.status),
        bars << 6,
    )


PROTOCOL = ProtocolSpec(
    name="viatom-pc60",
    title="Viatom PC-60FW, PC-60NW, OxySmart over Bluetooth",
    source="viatom_pc60fw (sza2); LepuBle, PC60FwBleResponse",
    framing="stream",
    new_decoder=lambda _model: ViatomPC60(),
    encode=encode,
)
