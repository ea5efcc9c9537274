"""What one device can say of what a finger gives: whole numbers, and its own words only."""

from collections.abc import Collection

from msgspec.structs import replace

from ketamon_drivers.readings import Number, Oximetry


def spoken(reading: Oximetry, words: Collection[str]) -> Oximetry:
    """Gives the reading with whole numbers and without the words that the device lacks."""
    return replace(
        reading,
        spo2_pct=_whole(reading.spo2_pct),
        pulse_rate_per_min=_whole(reading.pulse_rate_per_min),
        status=tuple(word for word in reading.status if word in words),
    )


def _whole(value: Number | None) -> int | None:
    return None if value is None else round(value)
