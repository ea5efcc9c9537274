"""Every device family that ketamon knows: what it speaks, on which line, how often, what it can do.

Others add theirs by an entry point `families` in the group `ketamon.drivers`, a function that gives
families by name; these here come by the same route.
"""

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Literal

from ketamon_drivers.protocols import PROTOCOLS, contec_v7, nonin_df8, suntech

Role = Literal["cuff", "oximeter", "strap", "monitor"]


class UnknownFamilyError(LookupError):
    """No family has this name; the message says which there are."""


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
class Family:
    """One kind of device.

    `cadence_s` is the time between two of its values, None where a person or a program starts each.
    """

    name: str
    title: str
    role: Role
    protocol: str
    line: SerialLine
    cadence_s: float | None
    silent_after_s: float
    """Without a byte for so long it is silent; a family that only answers is asked more often."""
    source: str
    """The document, or the readings of others, that line and commands are from."""
    known: str = "not yet tried on hardware"
    """What it was tried on."""
    can_start: bool = False
    """A program can start a measurement."""
    start: tuple[bytes, ...] = ()
    """Sent after each opening."""
    keep_alive: tuple[float, bytes] | None = None
    """Sent when nothing was sent for so many seconds."""
    command_gap_s: float = 0.0
    """The least time between two commands."""
    packet_gap_s: float | None = None
    """A pause so long inside a packet means that its rest won't come."""


_FAMILIES = (
    Family(
        "suntech",
        "SunTech Advantage cuff modules (Advantage, 2.0, A+)",
        "cuff",
        "suntech",
        SerialLine(9600),
        cadence_s=None,
        # It only speaks when asked: two questions unanswered, and time for a third.
        silent_after_s=12.0,
        source=suntech.PROTOCOL.source,
        can_start=True,
        start=(suntech.COMMANDS["get_cuff_pressure"],),
        keep_alive=(5.0, suntech.COMMANDS["get_cuff_pressure"]),
        command_gap_s=0.1,
        packet_gap_s=0.5,
    ),
    Family(
        "nonin-df8",
        "Nonin oximeters, data format 8 (3150, 9560, 4100, Xpod)",
        "oximeter",
        "nonin-df8",
        SerialLine(9600),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=nonin_df8.PROTOCOL.source,
        start=(nonin_df8.PROTOCOL.commands["select_format_8"],),
    ),
    Family(
        "contec-5byte",
        "Contec CMS50D and other finger oximeters, 5-byte stream",
        "oximeter",
        "contec-5byte",
        SerialLine(19200, parity="O"),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["contec-5byte"].source,
    ),
    Family(
        "contec-v7",
        "Contec CMS50D+/E/F/EW/FW/IW finger oximeters, V7 stream",
        "oximeter",
        "contec-v7",
        SerialLine(115200),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=contec_v7.PROTOCOL.source,
        # Some units answer a start only after both stops.
        start=tuple(
            contec_v7.COMMANDS[name]
            for name in ("stop_storage_transfer", "stop_realtime", "start_realtime")
        ),
        keep_alive=(5.0, contec_v7.COMMANDS["keep_alive"]),
    ),
)

FAMILIES: dict[str, Family] = {family.name: family for family in _FAMILIES}
"""Each built-in family by its name."""


def families() -> dict[str, Family]:
    """The built-in families, as the entry point gives them."""
    return dict(FAMILIES)


def every_family() -> dict[str, Family]:
    """The families of all installed packages; where two have one name, the built-in one counts."""
    found: dict[str, Family] = {}
    for entry_point in entry_points(group="ketamon.drivers", name="families"):
        found |= entry_point.load()()
    return found | FAMILIES


def family_named(name: str) -> Family:
    """Gives the family of this name; UnknownFamilyError says which names there are."""
    known = every_family()
    if name not in known:
        raise UnknownFamilyError(
            f"no device family is called {name}: the names are {', '.join(sorted(known))}"
        )
    return known[name]
