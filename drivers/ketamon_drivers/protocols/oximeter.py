"""What the protocols of oximeters share: which raw numbers are values, and what can be sent."""

from collections.abc import Collection

from msgspec.structs import replace

from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import VALUELESS, Number, Oximetry, Reading


def spo2_pct(raw: int) -> int | None:
    """Gives a saturation, or None for 0 and for what is over 100: every maker's "missing"."""
    return raw if 0 < raw <= 100 else None


def pulse_per_min(raw: int, missing: int = 0) -> int | None:
    """Gives a pulse rate, or None for 0 and for the maker's own "missing"."""
    return None if raw in (0, missing) else raw


def to_send(
    reading: Reading,
    protocol: str,
    words: Collection[str],
    silent: Collection[str] = VALUELESS,
) -> Oximetry:
    """Gives the reading, without values while a word in `silent` is set; EncodeError where the
    protocol has no bytes for it."""
    if not isinstance(reading, Oximetry):
        raise EncodeError(f"{protocol} carries no {type(reading).__name__}")
    for word in reading.status:
        if word not in words:
            raise EncodeError(f"{protocol} can't say {word}")
    if any(word in silent for word in reading.status):
        return replace(reading, spo2_pct=None, pulse_rate_per_min=None, perfusion_index_pct=None)
    return reading


def raw_number(value: Number | None, largest: int, missing: int, scale: int = 1) -> int:
    """Gives the raw number for a value, `missing` for None; EncodeError if it has no room."""
    raw = round(value * scale) if value else missing
    if not 0 <= raw <= max(largest, missing):
        raise EncodeError(f"there is no room for {value}: at most {largest / scale:g}")
    return raw
