"""What a device can say: frozen readings, units in the names, one JSON object each.

The JSON names are the short ones of the wire between programs (`systolic`); the attributes carry
the unit (`systolic_mmhg`). A value that was not given is `None`, in JSON `null`: never 0, never a
sentinel. Fields that only some devices send at all are `UNSET` and then left out of the line.

They are msgspec structs, not dataclasses: building one costs a fifth, and a decoder has 1 to 2 µs
for a whole packet.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

STATUS_WORDS = frozenset({
    "body_movement", "clock_not_set", "cuff_error", "cuff_too_loose", "demonstration",
    "early_estimate", "equipment_malfunction", "from_storage", "improper_position", "interference",
    "invalid", "irregular_pulse", "low_battery", "low_perfusion", "low_signal", "motion",
    "pulse_above_range", "pulse_below_range", "questionable", "searching", "sensor_disconnected",
    "sensor_fault", "sensor_off", "test",
})  # fmt: skip
"""Every word that `status` may hold; lists are sorted."""

VALUELESS = frozenset({"sensor_off", "sensor_disconnected", "sensor_fault", "invalid"})
"""While one of these is set, values are null."""

Number = int | float


class BloodPressure(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="blood_pressure",
    rename={
        "systolic_mmhg": "systolic",
        "diastolic_mmhg": "diastolic",
        "mean_mmhg": "mean",
        "pulse_rate_per_min": "pulse_rate",
    },
):
    """One finished cuff measurement."""

    systolic_mmhg: Number | None = None
    diastolic_mmhg: Number | None = None
    mean_mmhg: Number | None = None
    original_unit: Literal["mmHg", "kPa"] = "mmHg"
    pulse_rate_per_min: Number | None = None
    device_time: str | None = None
    user: int | None = None
    status: tuple[str, ...] = ()


class CuffPressure(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="cuff_pressure",
    rename={"pressure_mmhg": "pressure"},
):
    """Pressure in the cuff while it inflates: shown, never a reading of the patient."""

    pressure_mmhg: Number | None = None


class Oximetry(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="oximetry",
    rename={
        "spo2_pct": "spo2",
        "pulse_rate_per_min": "pulse_rate",
        "perfusion_index_pct": "perfusion_index",
        "spo2_fast_pct": "spo2_fast",
        "pulse_rate_fast_per_min": "pulse_rate_fast",
        "spo2_slow_pct": "spo2_slow",
        "pulse_rate_slow_per_min": "pulse_rate_slow",
    },
):
    """Oxygen saturation and pulse from a probe."""

    spo2_pct: Number | None = None
    pulse_rate_per_min: Number | None = None
    perfusion_index_pct: Number | None = None
    device_time: str | None = None
    status: tuple[str, ...] = ()
    spo2_fast_pct: Number | UnsetType | None = UNSET
    pulse_rate_fast_per_min: Number | UnsetType | None = UNSET
    spo2_slow_pct: Number | UnsetType | None = UNSET
    pulse_rate_slow_per_min: Number | UnsetType | None = UNSET


class HeartRate(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="heart_rate",
    rename={
        "heart_rate_per_min": "heart_rate",
        "rr_intervals_ms": "rr_intervals",
        "energy_kj": "energy",
    },
):
    """Heart rate from a strap or an ECG; `contact` is None where the sensor can't tell."""

    heart_rate_per_min: Number | None = None
    rr_intervals_ms: tuple[Number, ...] = ()
    contact: bool | None = None
    energy_kj: Number | None = None


class Pleth(msgspec.Struct, frozen=True, tag_field="kind", tag="pleth", rename={"rate_hz": "rate"}):
    """Samples of the pulse wave, in the device's own units."""

    samples: tuple[Number, ...] = ()
    rate_hz: Number | None = None


class Respiration(
    msgspec.Struct, frozen=True, tag_field="kind", tag="respiration", rename={"rr_per_min": "rr"}
):
    """Breaths a minute."""

    rr_per_min: Number | None = None
    status: tuple[str, ...] = ()


class DeviceInfo(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="device_info",
    rename={"battery_pct": "battery_percent"},
):
    """What a device says of itself; only what it sent is there. `battery_level` is 0 to 3 bars."""

    model: str | UnsetType = UNSET
    serial_number: str | UnsetType = UNSET
    firmware: str | UnsetType = UNSET
    battery_pct: Number | UnsetType = UNSET
    battery_level: Number | UnsetType = UNSET


class Reply(msgspec.Struct, frozen=True, tag_field="kind", tag="reply"):
    """A device's answer to a command."""

    command: str | None = None
    ok: bool | None = None
    detail: str | None = None


class Rejected(msgspec.Struct, frozen=True, tag_field="kind", tag="rejected"):
    """Bytes that are malformed: why, and what they were (hex)."""

    reason: str
    raw: str


class Manual(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="manual",
    rename={
        "systolic_mmhg": "systolic",
        "diastolic_mmhg": "diastolic",
        "pulse_rate_per_min": "pulse_rate",
        "spo2_pct": "spo2",
        "rr_per_min": "rr",
    },
):
    """Values that a person read or counted and typed; only what was typed is there."""

    systolic_mmhg: Number | UnsetType | None = UNSET
    diastolic_mmhg: Number | UnsetType | None = UNSET
    pulse_rate_per_min: Number | UnsetType | None = UNSET
    spo2_pct: Number | UnsetType | None = UNSET
    rr_per_min: Number | UnsetType | None = UNSET
    moaas: Number | UnsetType | None = UNSET
    measured_t: float | UnsetType | None = UNSET
    source: str | UnsetType = UNSET
    by: str | dict[str, str | None] | UnsetType = UNSET


Reading = (
    BloodPressure
    | CuffPressure
    | Oximetry
    | HeartRate
    | Pleth
    | Respiration
    | DeviceInfo
    | Reply
    | Rejected
    | Manual
)
READING_TYPES: tuple[type[msgspec.Struct], ...] = (
    BloodPressure, CuffPressure, Oximetry, HeartRate, Pleth, Respiration, DeviceInfo, Reply,
    Rejected, Manual,
)  # fmt: skip

_encoder = msgspec.json.Encoder()


def encode(reading: Reading) -> bytes:
    """Gives the reading's JSON line, without the newline."""
    return _encoder.encode(reading)


def printable(text: str) -> str:
    """Strips control characters, so that no device or person can steer a terminal.

    The one border for text from outside: C0, DEL, C1, and the marks that turn writing direction.
    """
    return "".join(
        c
        for c in text
        if c.isprintable() and not 0x202A <= ord(c) <= 0x202E and not 0x2066 <= ord(c) <= 0x2069
    ).strip()
