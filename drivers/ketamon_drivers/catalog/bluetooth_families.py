"""Families on Bluetooth LE: how each is found, where its readings come from, what it needs.

A cuff is an event source: somebody presses its button, it connects for seconds and is away again.
"""

import math

from ketamon_drivers.catalog.family import Clock, Family, Gatt, Gives
from ketamon_drivers.protocols import PROTOCOLS

AWAY = math.inf
"""It is away between readings, so silence says nothing."""

ALONE: tuple[Gives, ...] = ("oximetry",)
WAVE_TOO: tuple[Gives, ...] = ("oximetry", "pleth")

SIG_CUFFS_ROWS: tuple[tuple[str, str, tuple[str, ...], bool, Clock], ...] = (
    (
        "and-cuff",
        "A&D UA-651BLE, UA-656BLE and UA-1200BLE cuffs",
        ("A&D_UA-",),
        True,
        "written_first",
    ),
    (
        "omron-cuff",
        "Omron cuffs with the standard service (X2 Smart+, X4 Smart, BP5150)",
        ("BLESmart_", "BLEsmart_"),
        True,
        "written_when_wrong",
    ),
    ("beurer-cuff", "Beurer BM59, BM85 and SBM69 cuffs", ("BM", "SBM"), True, "left"),
    ("medisana-cuff", "Medisana BU530 to BU584 cuffs", ("1872B",), False, "left"),
    ("sig-cuff", "any other cuff with the Bluetooth blood-pressure service", (), False, "left"),
)
"""Name, title, how its advertised names begin, whether it bonds, what may be done to its clock."""

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
        gives=("blood_pressure", "cuff_pressure"),
        bluetooth=Gatt(
            "1810", "2A35", names=names, bonds=bonds, also=(("2A36", "gatt-2a36"),), clock=clock
        ),
        keeps_records=True,
    )
    for name, title, names, bonds, clock in SIG_CUFFS_ROWS
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
        bluetooth=Gatt("1822", "2A5F", also=(("2A5E", "gatt-2a5e"),)),
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

NORDIC = "6E400001-B5A3-F393-E0A9-E50E24DCCA9E"
VIATOM = "14839AC4-7D7E-415C-9A42-167340CF2339"
VIATOM_NOTIFY = "0734594A-A8E7-4B1A-A6B1-CD5243059A57"
VIATOM_WRITE = "8B00ACE7-EB0B-49B0-BBE9-9AEE0A26E1A3"
BERRY = "49535343-FE7D-4AE5-8FA9-9FAFD205E455"

MAKERS_OXIMETERS = tuple(
    Family(
        name,
        title,
        "oximeter",
        protocol,
        None,
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS[protocol].source,
        gives=gives,
        bluetooth=gatt,
        start=tuple(PROTOCOLS[protocol].commands[command] for command in start),
        keep_alive=None if alive is None else (alive[0], PROTOCOLS[protocol].commands[alive[1]]),
        has_checksum=has_checksum,
    )
    for name, title, protocol, gives, gatt, start, alive, has_checksum in (
        (
            "nonin-ble",
            "Nonin 3230 and WristOx2 3150",
            "nonin-ble",
            ALONE,
            Gatt(
                "46A970E0-0D5F-11E2-8B5E-0002A5D5C51B",
                "0AAD7EA0-0D60-11E2-8E3C-0002A5D5C51B",
                "1447AF80-0D60-11E2-88B6-0002A5D5C51B",
                names=("Nonin3230_", "Nonin3150_"),
                bonds=True,
            ),
            (),
            None,
            False,
        ),
        (
            "contec-ff12",
            "Contec CMS50D-BT, A&D UP-200BLE, EMAY SleepO2",
            "contec-ff12",
            ALONE,
            Gatt("FF12", "FF02", "FF01", names=("UP-200BLE_", "SleepO2")),
            ("heartbeat", "start"),
            (1.5, "heartbeat"),
            True,
        ),
        (
            "viatom-pc60",
            "Viatom PC-60FW, PC-60NW, OxySmart",
            "viatom-pc60",
            WAVE_TOO,
            Gatt(NORDIC, "6E400003-B5A3-F393-E0A9-E50E24DCCA9E", names=("PC-60", "OxySmart")),
            (),
            None,
            True,
        ),
        (
            "viatom-o2ring",
            "Viatom O2Ring, Checkme O2",
            "viatom-o2ring",
            ALONE,
            Gatt(VIATOM, VIATOM_NOTIFY, VIATOM_WRITE, names=("O2Ring", "Checkme_O2")),
            ("read_sensors",),
            (1.0, "read_sensors"),
            True,
        ),
        (
            "berry-ble",
            "BerryMed BM1000 oximeters over Bluetooth",
            "berry-bci",
            WAVE_TOO,
            Gatt(
                BERRY,
                "49535343-1E4D-4BD9-BA61-23C647249616",
                "49535343-8841-43F4-A8D4-ECBE34729BB3",
                names=("BerryMed",),
            ),
            (),
            None,
            False,
        ),
        (
            "jumper",
            "Jumper JPD-500F, My Oximeter",
            "jumper",
            ALONE,
            Gatt(
                "CDEACB80-5235-4C07-8846-93A37EE6B86D",
                "CDEACB81-5235-4C07-8846-93A37EE6B86D",
                names=("My Oximeter",),
            ),
            (),
            None,
            False,
        ),
    )
)

MAKERS_CUFFS = (
    Family(
        "viatom-bp2",
        "Viatom BP2, BP2A, BP2W: watched while its button's measurement runs, never started",
        "cuff",
        "viatom-bp2",
        None,
        cadence_s=None,
        silent_after_s=AWAY,
        source=PROTOCOLS["viatom-bp2"].source,
        gives=("blood_pressure", "cuff_pressure"),
        bluetooth=Gatt(VIATOM, VIATOM_NOTIFY, VIATOM_WRITE, names=("BP2", "LP-BP2")),
        keeps_records=True,
        start=tuple(
            PROTOCOLS["viatom-bp2"].commands[name] for name in ("get_info", "get_realtime")
        ),
        # Its pressure while it inflates, and the result, are told to who asks.
        keep_alive=(1.0, PROTOCOLS["viatom-bp2"].commands["get_realtime"]),
        has_checksum=True,
    ),
)

BLUETOOTH_FAMILIES = (*SIG_CUFFS, *MAKERS_CUFFS, *SIG_STREAMS, *MAKERS_OXIMETERS)
