"""What the two oximetry characteristics of service 1822 share: status bits and their words.

Measurement status is 16 bits, device and sensor status 24. Source: Bluetooth SIG, Pulse Oximeter
Service 1.0.1, 3.1 and 3.2. Words that say "no value" (VALUELESS) take the values away; a device
that says "equipment malfunction" is believed about that and its values stay, marked.
"""

from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import VALUELESS

EARLY, VALIDATED, QUALIFIED = 1 << 6, 1 << 7, 1 << 8

MEASUREMENT_WORDS: dict[int, tuple[str, ...]] = {
    1 << 9: ("from_storage",),
    1 << 10: ("demonstration",),
    1 << 11: ("test",),
    1 << 12: ("questionable",),  # calibration is going on
    1 << 13: ("invalid",),  # no measurement to be had
    1 << 14: ("questionable",),
    1 << 15: ("invalid",),
}

DEVICE_WORDS: dict[int, tuple[str, ...]] = {
    1 << 1: ("equipment_malfunction",),
    1 << 2: ("questionable",),  # irregular signal processing
    1 << 3: ("invalid", "low_signal"),  # inadequate
    1 << 4: ("low_signal",),  # poor
    1 << 5: ("low_perfusion",),
    1 << 6: ("questionable",),  # erratic
    1 << 7: ("invalid", "low_signal"),  # no pulse in it
    1 << 8: ("questionable",),
    1 << 9: ("searching",),
    1 << 10: ("interference",),
    1 << 11: ("sensor_off",),
    1 << 12: ("questionable",),  # a sensor it doesn't know
    1 << 13: ("sensor_off",),  # displaced
    1 << 14: ("sensor_fault",),
    1 << 15: ("sensor_disconnected",),
}

# The bit that an encoder sets for each word.
MEASUREMENT_BITS = {"from_storage": 1 << 9, "demonstration": 1 << 10, "test": 1 << 11,
                    "questionable": 1 << 14, "invalid": 1 << 15, "early_estimate": EARLY}  # fmt: skip
DEVICE_BITS = {"equipment_malfunction": 1 << 1, "low_signal": 1 << 4, "low_perfusion": 1 << 5,
               "searching": 1 << 9, "interference": 1 << 10, "sensor_off": 1 << 11,
               "sensor_fault": 1 << 14, "sensor_disconnected": 1 << 15}  # fmt: skip


def status_words(measurement: int, device: int) -> tuple[str, ...]:
    """Gives the sorted words for both status fields."""
    if not measurement & 0xFE40 and not device:  # ongoing, validated: all is well, nothing to say
        return ()
    words: set[str] = set()
    if measurement & EARLY and not measurement & (VALIDATED | QUALIFIED):
        words.add("early_estimate")
    for bit, names in MEASUREMENT_WORDS.items():
        if measurement & bit:
            words.update(names)
    for bit, names in DEVICE_WORDS.items():
        if device & bit:
            words.update(names)
    return tuple(sorted(words))


def has_values(status: tuple[str, ...]) -> bool:
    """Tells whether values count at all beside these words."""
    return not status or VALUELESS.isdisjoint(status)


def status_bits(status: tuple[str, ...]) -> tuple[int, int]:
    """Gives both status fields for these words; EncodeError for one that this service lacks."""
    measurement = device = 0
    for word in status:
        if word in MEASUREMENT_BITS:
            measurement |= MEASUREMENT_BITS[word]
        elif word in DEVICE_BITS:
            device |= DEVICE_BITS[word]
        else:
            raise EncodeError(f"the oximeter service has no status bit for {word}")
    return measurement, device
