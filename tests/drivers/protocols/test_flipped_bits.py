"""One wrong bit in a frame with a checksum: no value comes of it."""

import pytest

from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    HeartRate,
    Oximetry,
    Reading,
    Respiration,
)
from tests.drivers.protocols.frames_by_hand import WHOLE, holds_a_frame
from tests.drivers.protocols.test_any_bytes import SAMPLES, all_of


def values(readings: list[Reading]) -> list[float | int | None]:
    """Gives every number of the patient's in these readings."""
    found: list[float | int | None] = []
    for reading in readings:
        match reading:
            case Oximetry():
                found += [reading.spo2_pct, reading.pulse_rate_per_min]
            case BloodPressure():
                found += [reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg]
            case CuffPressure():
                found.append(reading.pressure_mmhg)
            case HeartRate():
                found.append(reading.heart_rate_per_min)
            case Respiration():
                found.append(reading.rr_per_min)
    return [value for value in found if value is not None]


def checked(name: str) -> list[bytes]:
    """Gives the samples of a protocol that have a checksum and a value."""
    found = []
    for sample in SAMPLES[name]:
        whole = sample.rstrip(b"\r") if name == "par-nibp" else sample
        pressure = name == "par-nibp" and len(whole) < 12  # the one text without a sum
        if values(all_of(PROTOCOLS[name].decoder(), whole)[0]) and not pressure:
            found.append(whole)
    return found


@pytest.mark.parametrize("name", WHOLE)
def test_a_flipped_bit_in_a_checksummed_frame_never_gives_a_value(name: str) -> None:
    samples = checked(name)
    assert samples
    for sample in samples:
        assert WHOLE[name](sample), "the frame by hand and the sample agree"
        for at in range(len(sample)):
            for bit in range(8):
                data = bytearray(sample)
                data[at] ^= 1 << bit
                readings, _ = all_of(PROTOCOLS[name].decoder(), bytes(data))
                assert values(readings) == [], (at, bit)


@pytest.mark.parametrize("name", WHOLE)
def test_the_search_by_hand_finds_a_frame_in_noise(name: str) -> None:
    sample = checked(name)[0][:130]
    if WHOLE[name](sample):
        assert holds_a_frame(name, b"\x11" + sample + b"\x11")
    assert not holds_a_frame(name, sample[1:])
