"""Date Time, the seven bytes of a Bluetooth health device's own clock (GATT 2A08).

| offset | what |
|---|---|
| 0 | year, 1582-9999, little-endian; 0 unknown |
| 2 | month; 0 unknown |
| 3 | day; 0 unknown |
| 4, 5, 6 | hour, minute, second |

There is no time zone: it is the wall clock of wherever the device was set.
"""

import struct
from datetime import datetime

DATE_TIME = struct.Struct("<HBBBBB")


def date_time(data: bytes, offset: int) -> str | None:
    """Gives the ISO time without zone at `offset`, or None where it is unknown or can't be."""
    year, month, day, hour, minute, second = DATE_TIME.unpack_from(data, offset)
    try:
        when = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 the device has none
    except ValueError:
        return None
    return when.isoformat()


def encode_date_time(iso: str | None) -> bytes:
    """Gives the seven bytes for an ISO time without zone; None is a clock that is not known."""
    if iso is None:
        return bytes(7)
    when = datetime.fromisoformat(iso)
    return DATE_TIME.pack(when.year, when.month, when.day, when.hour, when.minute, when.second)
