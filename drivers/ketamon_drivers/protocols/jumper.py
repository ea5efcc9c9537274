"""Jumper JPD-500F and "My Oximeter" over Bluetooth: a notification of four bytes a reading.

| byte | what |
|---|---|
| 0 | 81; 80 is the pulse wave and is passed over |
| 1 | pulse |
| 2 | SpO2 |
| 3 | perfusion index x 10 |

Service CDEACB80-5235-4C07-8846-93A37EE6B86D, characteristic CDEACB81. A Yonker cuff has nearly the
same numbers (CDEACD81) and sends 81 too, with 15 bytes of blood pressure: a packet of any other
length than four is rejected. Source: Oximeters-BLE-Hack-ESP32 (SensorsIot), Oximeter_Jumper. Not
yet tried on hardware. Recalled: pulse 255, SpO2 127 and index 0 are "missing".
"""

from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import PacketDecoder, ProtocolSpec
from ketamon_drivers.readings import Oximetry, Reading

READING, WAVE, LENGTH_BYTES = 0x81, 0x80, 4
MISSING_PULSE, MISSING_SPO2 = 0xFF, 0x7F


class Jumper(PacketDecoder):
    """Decodes readings; the pulse wave's packets say nothing here."""

    def __init__(self) -> None:
        super().__init__(decode_packet)

    def feed(self, data: bytes) -> list[Reading]:
        """Takes one whole packet."""
        return [] if data[:1] == bytes([WAVE]) else super().feed(data)


def decode_packet(data: bytes) -> tuple[Reading, int]:
    """Gives one oximetry reading and its length; ValueError for any other packet."""
    if data[0] != READING or len(data) != LENGTH_BYTES:
        raise ValueError(f"a reading is 81 and 3 bytes, {data[0]:02x} and {len(data) - 1} came")
    _, pulse, spo2, index = data
    reading = Oximetry(
        spo2_pct(spo2), pulse_per_min(pulse, MISSING_PULSE), index / 10 if index else None
    )
    return reading, LENGTH_BYTES


def encode(reading: Reading) -> bytes:
    """Gives the packet that an oximeter sends for this reading."""
    sent = to_send(reading, "Jumper's packet", ())
    return bytes(
        [
            READING,
            raw_number(sent.pulse_rate_per_min, 0xFE, MISSING_PULSE),
            raw_number(sent.spo2_pct, 100, MISSING_SPO2),
            raw_number(sent.perfusion_index_pct, 0xFF, 0, 10),
        ]
    )


PROTOCOL = ProtocolSpec(
    name="jumper",
    title="Jumper JPD-500F, My Oximeter over Bluetooth",
    source="Oximeters-BLE-Hack-ESP32 (SensorsIot), Oximeter_Jumper",
    framing="packet",
    new_decoder=lambda _model: Jumper(),
    encode=encode,
)
