"""Serial ports that are plugged in, and which families each may be, with the reasons.

A USB id never proves a device: bridges are shared by thousands of cables. It only orders the
guesses; `ketamon probe` listens.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from ketamon_drivers.catalog import Family
from ketamon_drivers.links.serial_port import BY_ID

OWN_ID, NAMED, BRIDGE = 60, 60, 10
"""Points of 100 for the maker's own USB id, its name in the device's, a bridge that it is seen with."""

NOT_MONITORS = ("Bluetooth-Incoming-Port", "debug-console", "wlan-debug")
"""Names of ports that macOS always has."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A family that a port may be."""

    family: str
    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """One port: the path that stays with the device where it has one, and what may be there."""

    path: str
    node: str
    usb: str | None
    """`10c4:ea60`, None for a port that is built in."""
    name: str
    """What the device calls itself."""
    guesses: tuple[Guess, ...]


def plugged_in(families: Iterable[Family]) -> list[PluggedIn]:
    """Gives the machine's serial ports, those with the likeliest devices first."""
    known = [family for family in families if family.line is not None]
    names = {link.resolve(): str(link) for link in _links()}
    found = [
        described(port, known, names.get(Path(port.device), port.device))
        for port in list_ports.comports()
        if not any(name in port.device for name in NOT_MONITORS)
    ]
    return sorted(
        found,
        key=lambda port: (
            port.usb is None,
            -max((g.score for g in port.guesses), default=0),
            port.path,
        ),
    )


def described(port: ListPortInfo, families: Iterable[Family], path: str) -> PluggedIn:
    """Says of one port what may be there."""
    said = [text for text in (port.manufacturer, port.product) if text]
    name = " ".join(dict.fromkeys(said)) or (port.description or "")
    usb = None if port.vid is None else f"{port.vid:04x}:{port.pid or 0:04x}"
    guesses = [
        guess
        for family in families
        if (guess := guessed(family, port.vid, port.pid, name)) is not None
    ]
    guesses.sort(key=lambda guess: (-guess.score, guess.family))
    return PluggedIn(path, port.device, usb, "" if name == "n/a" else name, tuple(guesses))


def guessed(family: Family, vendor: int | None, product: int | None, name: str) -> Guess | None:
    """Tells how likely a family is, and why; None where nothing speaks for it."""
    score, reasons = 0, []
    hint = next((hint for hint in family.usb if hint.fits(vendor, product)), None)
    if hint is not None:
        score += OWN_ID if hint.is_own else BRIDGE
        reasons.append(hint.what)
    word = next((word for word in family.words if word in name.lower()), None)
    if word is not None:
        score += NAMED
        reasons.append(f"calls itself {word}")
    if not reasons:
        return None
    return Guess(family.name, min(100, score), "; ".join(reasons))


def _links() -> list[Path]:
    try:
        return sorted(BY_ID.iterdir())
    except OSError:
        return []
