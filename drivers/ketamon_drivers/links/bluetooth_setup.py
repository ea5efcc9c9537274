"""What is read from a device once it is connected, and what may be done to its clock.

| clock | what is done |
|---|---|
| left | compared, where it can be read |
| written_first (A&D) | compared where it can be read, then set by Date Time (2A08), before readings are asked for |
| written_when_wrong (Omron) | compared on its first Current Time (2A2B) after readings were asked for, and set where it is over 10 min off |

A clock that was wrong until now stamped what is in the memory, so it is no measure in this
connection although it is right from now on. Sources: bluetooth.md 1.2, 1.3, 1.9.
"""

import struct
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import UNSET, UnsetType

from ketamon_drivers.catalog.family import Gatt
from ketamon_drivers.links.bluetooth_connection import Connection
from ketamon_drivers.links.bluetooth_errors import BluetoothError
from ketamon_drivers.links.bluetooth_live import CLOCK_WITHIN
from ketamon_drivers.protocols.date_time import date_time, encode_date_time
from ketamon_drivers.readings import DeviceInfo, printable

MODEL, SERIAL, FIRMWARE, BATTERY = "2A24", "2A25", "2A26", "2A19"
DATE_TIME, CURRENT_TIME = "2A08", "2A2B"

FAR_OFF = timedelta(minutes=10)
"""Omron's cuffs are set only from here on (bluetooth.md 1.9)."""
LONGEST_TEXT = 64

_REST = struct.Struct("<BBB")  # weekday, 1/256 s, why it was set
BY_OTHER_CLOCK = 0x02


async def read_info(connection: Connection) -> DeviceInfo:
    """What it says of itself; only what it has and lets be read."""
    return DeviceInfo(
        await _text(connection, MODEL) or UNSET,
        await _text(connection, SERIAL) or UNSET,
        await _text(connection, FIRMWARE) or UNSET,
        await read_battery(connection),
    )


async def read_battery(connection: Connection) -> int | UnsetType:
    """Its charge in percent; UNSET where it has or tells none."""
    return battery_of(await _bytes(connection, BATTERY))


def battery_of(data: bytes) -> int | UnsetType:
    """A battery level as it is sent: 0 to 100, more is reserved."""
    return data[0] if data and data[0] <= 100 else UNSET


def probed_by(connection: Connection) -> str | None:
    """What can be read to see whether it answers: never what it notifies readings on."""
    return next((u for u in (BATTERY, MODEL, SERIAL) if "read" in connection.properties(u)), None)


# -- clocks -------------------------------------------------------------------------------------


async def look_at_clock(connection: Connection, gatt: Gatt, now: datetime) -> bool | None:
    """Whether its clock was right when it was connected; None where it doesn't tell.

    Sets it where that is to be done first: one that doesn't tell then counts as right.
    """
    was_right: bool | None = None
    for uuid in (DATE_TIME, CURRENT_TIME):
        if was_right is None and "read" in connection.properties(uuid):
            was_right = is_right(await _bytes(connection, uuid), now)
    if gatt.clock == "written_first" and "write" in connection.properties(DATE_TIME):
        await connection.write(DATE_TIME, encode_date_time(_whole(now)))
        return True if was_right is None else was_right
    return was_right


def is_right(data: bytes, now: datetime) -> bool | None:
    """Whether a clock that says this is right; one that was never set is wrong."""
    if len(data) < 7:
        return None
    off = off_by(data, now)
    return off is not None and off <= CLOCK_WITHIN


def off_by(data: bytes, now: datetime) -> timedelta | None:
    """How far a clock that says this is from ours; None where it was never set."""
    said = date_time(data, 0)
    return None if said is None else abs(datetime.fromisoformat(said) - now)


def is_far_off(data: bytes, now: datetime) -> bool:
    """Whether such a clock is to be set."""
    off = off_by(data, now) if len(data) >= 7 else None
    return off is None or off > FAR_OFF


def current_time(now: datetime) -> bytes:
    """Gives the ten bytes of Current Time."""
    rest = _REST.pack(now.isoweekday(), now.microsecond * 256 // 1_000_000, BY_OTHER_CLOCK)
    return encode_date_time(_whole(now)) + rest


def _whole(now: datetime) -> str:
    return now.replace(microsecond=0).isoformat()


async def _text(connection: Connection, uuid: str) -> str:
    data = await _bytes(connection, uuid)
    return printable(data.rstrip(b"\0").decode("utf-8", "replace"))[:LONGEST_TEXT]


async def _bytes(connection: Connection, uuid: str) -> bytes:
    """Reads what it has; nothing where it has it not or keeps it to itself."""
    if "read" in connection.properties(uuid):
        with suppress(BluetoothError):
            return await connection.read(uuid)
    return b""
