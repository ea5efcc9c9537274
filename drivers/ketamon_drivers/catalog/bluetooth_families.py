"""Families on Bluetooth LE: how each is found, where its readings come from, what it needs.

A cuff is an event source: somebody presses its button, it connects for seconds and is away again.
"""

import math

from ketamon_drivers.catalog.family import Family, Gatt
from ketamon_drivers.protocols import PROTOCOLS

AWAY = math.inf
"""It is away between readings, so silence says nothing."""

SIG_CUFFS = tuple(
    Family(
        name,
        title,
        "cuff",
        "gatt-2a35",
        None,
        cadence_s=None,
        silent_after_s=AWAY,
        source=PROTOCOLS["gatt-2a35"].source,
        gives=("blood_pressure",),
        bluetooth=Gatt("1810", "2A35", names=names, bonds=bonds),
        keeps_records=True,
    )
    for name, title, names, bonds in (
        (
            "and-cuff",
            "A&D UA-651BLE, UA-656BLE and UA-1200BLE cuffs",
            ("A&D_UA-",),
            True,
        ),
        (
            "omron-cuff",
            "Omron cuffs with the standard service (X2 Smart+, X4 Smart, BP5150)",
            ("BLESmart_", "BLEsmart_"),
            True,
        ),
        ("beurer-cuff", "Beurer BM59, BM85 and SBM69 cuffs", ("BM", "SBM"), True),
        ("medisana-cuff", "Medisana BU530 to BU584 cuffs", ("1872B",), False),
        ("sig-cuff", "any other cuff with the Bluetooth blood-pressure service", (), False),
    )
)

SIG_STREAMS = (
    Family(
        "sig-oximeter",
        "oximeters with the Bluetooth pulse-oximeter service (ChoiceMMed MD300, Nonin 3230)",
        "oximeter",
        "gatt-2a5f",
        None,
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["gatt-2a5f"].source,
        gives=("oximetry",),
        bluetooth=Gatt("1822", "2A5F"),
        keeps_records=True,
        frames_per_s=1.0,
    ),
    Family(
        "sig-strap",
        "heart-rate straps (Polar, Wahoo, Garmin)",
        "strap",
        "gatt-2a37",
        None,
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["gatt-2a37"].source,
        gives=("heart_rate",),
        bluetooth=Gatt("180D", "2A37", names=("Polar ", "Wahoo ", "TICKR")),
        frames_per_s=1.0,
    ),
)

BLUETOOTH_FAMILIES = (*SIG_CUFFS, *SIG_STREAMS)
