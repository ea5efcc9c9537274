"""Families on serial lines, their USB cables included; facts from the protocols' own sources.

No flow control unless a table says so: XON/XOFF eats bytes 17 and 19 of a binary protocol.
"""

from ketamon_drivers.catalog.family import UNTRIED, Family, Gives, SerialLine, UsbHint
from ketamon_drivers.protocols import PROTOCOLS, contec_v7, suntech

CP210X = UsbHint(0x10C4, 0xEA60, "a CP210x bridge, as in Contec's cables and in many others")
FTDI = UsbHint(0x0403, 0x6001, "an FTDI bridge, as in Nonin's USB Xpod and most RS-232 cables")
PROLIFIC = UsbHint(0x067B, 0x2303, "a Prolific bridge, as in many RS-232 cables")
CH340 = UsbHint(0x1A86, 0x7523, "a CH340 bridge, as in cheap cables")
NONIN = UsbHint(0x1C3D, None, "Nonin's own vendor id", is_own=True)
COVIDIEN = UsbHint(0x1264, None, "Covidien's own vendor id", is_own=True)

RS232 = (FTDI, PROLIFIC, CH340)
"""Cables to a 9-pin plug: they tell nothing of what is at the other end."""

ALONE: tuple[Gives, ...] = ("oximetry",)
WAVE_TOO: tuple[Gives, ...] = ("oximetry", "pleth")

SPOT_CHECKS_S = 300.0
"""What stands for the time between two spot checks: over a minute, so that none is overdue."""

SUNTECH = (
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
        gives=("blood_pressure", "cuff_pressure"),
        usb=RS232,
        words=("suntech",),
        can_start=True,
        start=(suntech.COMMANDS["get_cuff_pressure"],),
        keep_alive=(5.0, suntech.COMMANDS["get_cuff_pressure"]),
        command_gap_s=0.1,
        packet_gap_s=0.5,
        has_checksum=True,
    ),
)

NONIN_STREAMS = tuple(
    Family(
        f"nonin-df{number}",
        title,
        "oximeter",
        f"nonin-df{number}",
        SerialLine(9600),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS[f"nonin-df{number}"].source,
        gives=gives,
        usb=(NONIN, FTDI),
        words=("nonin", "xpod"),
        start=(PROTOCOLS[f"nonin-df{number}"].commands[f"select_format_{number}"],),
        frames_per_s=frames_per_s,
        frame_bytes=frame_bytes,
        has_checksum=has_checksum,
    )
    for number, title, gives, frames_per_s, frame_bytes, has_checksum in (
        (2, "Nonin oximeters, data format 2: with the pulse wave", WAVE_TOO, 75.0, 5, True),
        (7, "Nonin oximeters, data format 7: with a finer pulse wave", WAVE_TOO, 75.0, 5, True),
        (8, "Nonin oximeters, data format 8 (3150, 9560, 4100, Xpod)", ALONE, 1.0, 4, False),
    )
)

NONIN_OTHERS = (
    Family(
        "nonin-df13",
        "Nonin oximeters, data format 13: spot checks (9560)",
        "oximeter",
        "nonin-df13",
        SerialLine(9600),
        # Somebody puts a finger in: its values are charted ones, judged as they come.
        cadence_s=SPOT_CHECKS_S,
        silent_after_s=3 * SPOT_CHECKS_S,
        source=PROTOCOLS["nonin-df13"].source,
        gives=ALONE,
        usb=(NONIN, FTDI),
        words=("nonin",),
        keeps_records=True,
        start=(PROTOCOLS["nonin-df13"].commands["select_format_13"],),
        has_checksum=True,
    ),
    Family(
        "nonin-ascii",
        "Nonin oximeters with a printer's line (8500, 8600, 9600, 9847, 4100, 7500, 2500A)",
        "oximeter",
        "nonin-ascii",
        SerialLine(9600),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["nonin-ascii"].source,
        gives=ALONE,
        usb=RS232,
        words=("nonin",),
        frames_per_s=1.0,
    ),
)

CONTEC = (
    Family(
        "contec-5byte",
        "Contec CMS50D and other finger oximeters, 5-byte stream",
        "oximeter",
        "contec-5byte",
        SerialLine(19200, parity="O"),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["contec-5byte"].source,
        gives=("oximetry", "pleth"),
        usb=(CP210X,),
        words=("contec", "cms50"),
        frames_per_s=60.0,
        frame_bytes=5,
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
        gives=("oximetry", "pleth"),
        usb=(CP210X,),
        words=("contec", "cms50"),
        keeps_records=True,
        # Some units answer a start only after both stops.
        start=tuple(
            contec_v7.COMMANDS[name]
            for name in ("stop_storage_transfer", "stop_realtime", "start_realtime")
        ),
        keep_alive=(5.0, contec_v7.COMMANDS["keep_alive"]),
        frames_per_s=60.0,
        frame_bytes=9,
    ),
)

OTHER_OXIMETERS = (
    Family(
        "berry-usb",
        "BerryMed BM1000 oximeters on their USB cable",
        "oximeter",
        "berry-bci",
        SerialLine(115200),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["berry-bci"].source,
        known=f"{UNTRIED}; the speed of its line is recalled, not read in a document",
        gives=WAVE_TOO,
        usb=(CP210X, CH340),
        words=("berry", "bm1000"),
        frames_per_s=100.0,
        frame_bytes=5,
    ),
    Family(
        "masimo-ascii",
        "Masimo Rad-8, Rad-57, Rad-87 and Radical-7, set to ASCII 1",
        "oximeter",
        "masimo-ascii",
        SerialLine(9600),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["masimo-ascii"].source,
        gives=ALONE,
        usb=RS232,
        words=("masimo",),
        keeps_records=True,
        frames_per_s=1.0,
    ),
    Family(
        "nellcor-ascii",
        "Nellcor NPB-290, NPB-295, N-395, N-595 and N-600",
        "oximeter",
        "nellcor-ascii",
        SerialLine(9600),
        cadence_s=2.0,
        silent_after_s=6.0,
        source=PROTOCOLS["nellcor-ascii"].source,
        gives=ALONE,
        usb=(COVIDIEN, *RS232),
        words=("nellcor", "covidien"),
        frames_per_s=0.5,
    ),
)

MONITORS = (
    Family(
        "ge-dri",
        "GE S/5, CARESCAPE B450 to B850 and B20 to B125 monitors",
        "monitor",
        "ge-dri",
        SerialLine(19200, parity="E", flow="rtscts"),
        cadence_s=10.0,
        silent_after_s=30.0,
        source=PROTOCOLS["ge-dri"].source,
        gives=("blood_pressure", "oximetry", "heart_rate", "respiration"),
        usb=(PROLIFIC,),
        words=("aten",),
        start=(PROTOCOLS["ge-dri"].commands["start_displayed_10_s"],),
        has_checksum=True,
    ),
    Family(
        "berry-pm6750",
        "BerryMed PM6750 and PM6100 boards",
        "monitor",
        "berry-pm6750",
        SerialLine(115200),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=PROTOCOLS["berry-pm6750"].source,
        gives=(
            "blood_pressure",
            "cuff_pressure",
            "oximetry",
            "pleth",
            "heart_rate",
            "respiration",
        ),
        usb=(CP210X, CH340),
        words=("berry",),
        start=tuple(
            PROTOCOLS["berry-pm6750"].commands[name]
            for name in ("enable_ecg", "enable_spo2", "enable_spo2_wave")
        ),
        has_checksum=True,
    ),
)

PAR = (
    Family(
        "par-nibp",
        "PAR and Medlab cuff modules NIBP2010 and NIBP2020",
        "cuff",
        "par-nibp",
        SerialLine(4800),
        cadence_s=None,
        # Its result is in its status, which it only gives when asked: as for SunTech.
        silent_after_s=12.0,
        source=PROTOCOLS["par-nibp"].source,
        gives=("blood_pressure", "cuff_pressure"),
        usb=RS232,
        keeps_records=True,
        start=(PROTOCOLS["par-nibp"].commands["get_status"],),
        keep_alive=(5.0, PROTOCOLS["par-nibp"].commands["get_status"]),
        command_gap_s=0.1,
        packet_gap_s=0.5,
        has_checksum=True,
    ),
)

SERIAL_FAMILIES = (
    *SUNTECH, *PAR, *CONTEC, *NONIN_STREAMS, *NONIN_OTHERS, *OTHER_OXIMETERS, *MONITORS,
)  # fmt: skip
