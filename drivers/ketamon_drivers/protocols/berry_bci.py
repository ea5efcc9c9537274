"""BerryMed BM1000 and kin over Bluetooth, "BCI": 100 frames a second, four a notification.

| byte | bits |
|---|---|
| 1 | 7 set, 6 beat, 5 probe unplugged, 4 no signal, 3-0 strength; F none |
| 2 | 7 clear, 6-0 pulse wave 1-100; 0 none |
| 3 | 7 clear, 6 pulse bit 7, 5 searching, 4 no finger, 3-0 bar |
| 4 | 7 clear, 6-0 pulse bits 6-0 |
| 5 | 7 clear, 6-0 SpO2 |

Missing: pulse 255 or 0, SpO2 127 or 0. There is no checksum. Two things are not frames and would
read like some: the answer to a version request, FF or FE and then text (`FF 56 31 2E 30`, "V1.0",
is SpO2 48 and pulse 46 to those who don't look), and a packet of the other protocol that the device
can be switched to, 20 bytes from FF AA on; that is skipped, and E0 switches back. Service
49535343-FE7D-4AE5-8FA9-9FAFD205E455. Source: BerryMed, "BCI Protocol V1.2" (zh2x/BCI_Protocol);
"Protocol BCI & BERRY V1.0" (zh2x/SpO2-BLE-for-Android). Not yet tried on hardware; no captured
frames are public.
"""

from ketamon_drivers.protocols.frame_rate import FrameRate
from ketamon_drivers.protocols.oximeter import pulse_per_min, raw_number, spo2_pct, to_send
from ketamon_drivers.protocols.protocol import EncodeError, ProtocolSpec
from ketamon_drivers.protocols.sync_bit import SyncBitDecoder
from ketamon_drivers.readings import VALUELESS, DeviceInfo, Oximetry, Reading, Reply, printable

FRAMES_PER_S = 100
UNPLUGGED, NO_SIGNAL = 0x20, 0x10
PULSE_BIT_7, SEARCHING, NO_FINGER = 0x40, 0x20, 0x10
MISSING_PULSE, MISSING_SPO2 = 0xFF, 0x7F

SOFTWARE, HARDWARE, SELECT_BCI = 0xFF, 0xFE, 0xE0
VERSION_LETTER = ord("V")
BERRY_SECOND, BERRY_REST_BYTES = 0xAA, 18


class BerryBCI(SyncBitDecoder):
    """Decodes the stream into readings and the pulse wave."""

    length_bytes = 5

    def __init__(self) -> None:
        super().__init__()
        self._rate = FrameRate(FRAMES_PER_S)
        self._foreign_bytes = 0

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives the readings of the frames that they complete."""
        readings: list[Reading] = []
        own = 0  # where the bytes begin that are not handed on yet
        before = self._frame[-1] if self._frame else 0
        for at, byte in enumerate(data):
            if self._foreign_bytes:
                self._foreign_bytes -= 1
                self.skipped_bytes += 1
                own, before = at + 1, 0
                continue
            if byte == BERRY_SECOND and before == SOFTWARE:
                readings += super().feed(data[own:at])
                self.end()
                self.skipped_bytes += 1
                self._foreign_bytes = BERRY_REST_BYTES
                own, before = at + 1, 0
                continue
            before = byte
        return readings + super().feed(data[own:])

    def frame(self, frame: bytes) -> list[Reading]:
        """Gives the frame's reading if it says something new."""
        flags, wave, bar, low, spo2 = frame
        if flags in (SOFTWARE, HARDWARE) and wave == VERSION_LETTER:
            version = printable(frame[1:].decode("ascii"))
            if flags == SOFTWARE:
                return [DeviceInfo(firmware=version)]
            return [Reply("ask_hardware_version", True, version)]
        words = [
            *(["invalid", "low_signal"] if flags & NO_SIGNAL else []),
            *(["searching"] if bar & SEARCHING else []),
            *(["sensor_disconnected"] if flags & UNPLUGGED else []),
            *(["sensor_off"] if bar & NO_FINGER else []),
        ]
        if words:
            return self._rate.take(Oximetry(status=tuple(words)), None)
        pulse = low | (bar & PULSE_BIT_7) << 1
        reading = Oximetry(spo2_pct(spo2), pulse_per_min(pulse, MISSING_PULSE))
        return self._rate.take(reading, wave or None)


def encode(reading: Reading, wave: int = 1, strength: int = 4) -> bytes:
    """Gives one frame; `wave` is 1-100, `strength` 0-8."""
    known = {"invalid", "low_signal", "searching", "sensor_disconnected", "sensor_off"}
    sent = to_send(reading, "BCI", known, VALUELESS | {"searching"})
    words = set(sent.status)
    if ("invalid" in words) != ("low_signal" in words):
        raise EncodeError("BCI has one bit for invalid and low_signal together")
    pulse = raw_number(sent.pulse_rate_per_min, 0xFE, MISSING_PULSE)
    flags = 0x80 | strength & 0x0F
    flags |= (UNPLUGGED if "sensor_disconnected" in words else 0) | (
        NO_SIGNAL if "low_signal" in words else 0
    )
    bar = (pulse & 0x80) >> 1
    bar |= (SEARCHING if "searching" in words else 0) | (NO_FINGER if "sensor_off" in words else 0)
    spo2 = raw_number(sent.spo2_pct, 100, MISSING_SPO2)
    return bytes([flags, wave & 0x7F, bar, pulse & 0x7F, spo2])


PROTOCOL = ProtocolSpec(
    name="berry-bci",
    title="BerryMed BM1000 and kin over Bluetooth",
    source="BerryMed, BCI Protocol V1.2; Protocol BCI & BERRY V1.0",
    framing="stream",
    new_decoder=lambda _model: BerryBCI(),
    encode=encode,
    commands={
        "ask_software_version": bytes([SOFTWARE]),
        "ask_hardware_version": bytes([HARDWARE]),
        "select_bci": bytes([SELECT_BCI]),
    },
)
