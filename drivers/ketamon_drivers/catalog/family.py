"""What a device family is: how it is recognised, its line or service, its protocol, what it can do."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["cuff", "oximeter", "strap", "monitor"]
Gives = Literal["blood_pressure", "cuff_pressure", "oximetry", "pleth", "heart_rate", "respiration"]

Clock = Literal["left", "written_first", "written_when_wrong"]
"""What may be done to a device's clock: nothing; Date Time (2A08) is written before its readings are
asked for; Current Time (2A2B) is written after, on its first notification, when it is far off."""

CHARTED_S = 60.0
"""A source slower than this is a charted one: its values are judged as they come."""

STARTABLE = frozenset({"suntech"})
"""The protocols in whose words `links.cuff_control` speaks: to another cuff they would be noise."""

UNTRIED = "not yet tried on hardware"


@dataclass(frozen=True, slots=True)
class SerialLine:
    """How a serial port is set."""

    baud: int = 9600
    data_bits: int = 8
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: int = 1
    flow: Literal["none", "rtscts", "xonxoff"] = "none"

    def __str__(self) -> str:
        return f"{self.baud} {self.data_bits}{self.parity}{self.stop_bits}"


@dataclass(frozen=True, slots=True)
class Gatt:
    """How a Bluetooth device is recognised, and where its readings come from.

    A UUID is its four digits where it is one of the Bluetooth SIG's.
    """

    service: str
    notify: str
    """The characteristic that notifies or indicates readings."""
    write: str | None = None
    """The characteristic that takes commands."""
    names: tuple[str, ...] = ()
    """How advertised names begin: a help to find it, never what it is bound by."""
    bonds: bool = False
    """Gives its readings only to a host that it was paired with."""
    also: tuple[tuple[str, str], ...] = ()
    """Other characteristics that notify, each with the protocol that it speaks."""
    clock: Clock = "left"


@dataclass(frozen=True, slots=True)
class UsbHint:
    """A USB id that such devices are seen with; `what` says how little it proves."""

    vendor: int
    product: int | None
    what: str
    is_own: bool = False
    """The maker's own vendor id, and not that of a bridge that thousands of cables share."""

    def fits(self, vendor: int | None, product: int | None) -> bool:
        """Tells whether a plugged-in id is this one."""
        return vendor == self.vendor and self.product in (None, product)


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of device, on a serial line or on Bluetooth.

    `cadence_s` is the time between two of its values, None where a person or a program starts each.
    """

    name: str
    title: str
    role: Role
    protocol: str
    line: SerialLine | None
    """None for a Bluetooth device."""
    cadence_s: float | None
    silent_after_s: float
    """Without a byte for so long it is silent; a family that only answers is asked more often, one
    that is away between readings is never (inf)."""
    source: str
    """The document, or the readings of others, that line and commands are from."""
    known: str = UNTRIED
    """What it was tried on."""
    gives: tuple[Gives, ...] = ()
    """The kinds of reading that it gives."""
    bluetooth: Gatt | None = None
    """None for a serial device."""
    usb: tuple[UsbHint, ...] = ()
    words: tuple[str, ...] = ()
    """Words, in small letters, by which a USB name tells it."""
    can_start: bool = False
    """A program can start a measurement."""
    keeps_records: bool = False
    """It has a memory, and may send what is in it: such readings are not live."""
    start: tuple[bytes, ...] = ()
    """Sent after each opening."""
    keep_alive: tuple[float, bytes] | None = None
    """Sent when nothing was sent for so many seconds."""
    command_gap_s: float = 0.0
    """The least time between two commands."""
    packet_gap_s: float | None = None
    """A pause so long inside a packet means that its rest won't come."""
    frames_per_s: float | None = None
    """How often it speaks by itself, once it is started; None where it only answers."""
    frame_bytes: int | None = None
    """The length of its frames where all are alike and a reading is not one frame."""
    has_checksum: bool = False
    """A frame proves itself; without, only pattern and rhythm tell it from chance."""

    def __post_init__(self) -> None:
        if (self.line is None) == (self.bluetooth is None):
            raise ValueError(f"{self.name}: a family has a serial line or a Bluetooth service")
        if self.can_start and self.protocol not in STARTABLE:
            raise ValueError(
                f"{self.name}: nothing here can start a cuff that speaks {self.protocol}"
            )

    @property
    def link(self) -> Literal["serial", "Bluetooth"]:
        """What connects it."""
        return "serial" if self.bluetooth is None else "Bluetooth"

    @property
    def is_spot_check(self) -> bool:
        """True where somebody puts a finger in for each value."""
        return self.role == "oximeter" and self.cadence_s is not None and self.cadence_s > CHARTED_S

    @property
    def where(self) -> str:
        """Its line settings, or its service, in a few words."""
        if self.bluetooth is not None:
            return f"service {self.bluetooth.service}"
        line = self.line or SerialLine()
        return str(line) if line.flow == "none" else f"{line} {line.flow}"

    @property
    def abilities(self) -> tuple[str, ...]:
        """What it can do and needs, in a few words each."""
        told = []
        if self.can_start:
            told.append("started by ketamon")
        elif self.role == "cuff":
            told.append("started at the cuff")
        if self.is_spot_check:
            told.append("spot checks")
        elif self.cadence_s is not None:
            told.append(f"a value every {self.cadence_s:g} s")
        if self.bluetooth is not None and self.bluetooth.bonds:
            told.append("must be paired")
        if self.keeps_records:
            told.append("keeps records")
        return tuple(told)
