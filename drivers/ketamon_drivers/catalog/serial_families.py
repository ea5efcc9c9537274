"""Families on serial lines, their USB cables included; facts from the protocols' own sources.

No flow control unless a table says so: XON/XOFF eats bytes 17 and 19 of a binary protocol.
"""

from ketamon_drivers.catalog.family import Family, SerialLine, UsbHint
from ketamon_drivers.protocols import PROTOCOLS, contec_v7, nonin_df8, suntech

CP210X = UsbHint(0x10C4, 0xEA60, "a CP210x bridge, as in Contec's cables and in many others")
FTDI = UsbHint(0x0403, 0x6001, "an FTDI bridge, as in Nonin's USB Xpod and most RS-232 cables")
PROLIFIC = UsbHint(0x067B, 0x2303, "a Prolific bridge, as in many RS-232 cables")
CH340 = UsbHint(0x1A86, 0x7523, "a CH340 bridge, as in cheap cables")
NONIN = UsbHint(0x1C3D, None, "Nonin's own vendor id", is_own=True)
COVIDIEN = UsbHint(0x1264, None, "Covidien's own vendor id", is_own=True)

RS232 = (FTDI, PROLIFIC, CH340)
"""Cables to a 9-pin plug: they tell nothing of what is at the other end."""

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

NONIN_OXIMETERS = (
    Family(
        "nonin-df8",
        "Nonin oximeters, data format 8 (3150, 9560, 4100, Xpod)",
        "oximeter",
        "nonin-df8",
        SerialLine(9600),
        cadence_s=1.0,
        silent_after_s=3.0,
        source=nonin_df8.PROTOCOL.source,
        gives=("oximetry",),
        usb=(NONIN, FTDI),
        words=("nonin", "xpod"),
        start=(nonin_df8.PROTOCOL.commands["select_format_8"],),
        frames_per_s=1.0,
        frame_bytes=4,
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

SERIAL_FAMILIES = (*SUNTECH, *NONIN_OXIMETERS, *CONTEC)
