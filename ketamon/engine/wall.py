"""The wall clock and the boot clock, read in this one place: for display, and to find back in time.

Nothing is ever timed by the wall clock; a session's own time is its event loop's.
"""

import datetime
import time
from pathlib import Path
from typing import NamedTuple

from ketamon_drivers.links.loops import boot_s


class ClockMark(NamedTuple):
    """Where a session's time stood at a moment of this machine's clocks."""

    t_s: float
    boot_s: float
    boot_id: str
    utc_s: float
    speed: float


class HostClocks(NamedTuple):
    """The machine's clocks at one moment: since it started, the same without sleep, and the wall's."""

    boot_s: float
    awake_s: float
    utc_s: float


def host_clocks() -> HostClocks:
    """Reads the machine's clocks."""
    return HostClocks(boot_s(), time.monotonic(), time.time())


def utc_now() -> datetime.datetime:
    """The wall clock, to whole seconds, for display and file names."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def local_now() -> datetime.datetime:
    """The wall clock here, without zone: what a device's clock shows that somebody set by hand."""
    return datetime.datetime.now()  # noqa: DTZ005 the device has none


def mark(t_s: float, speed: float) -> ClockMark:
    """Notes where session time stands now."""
    return ClockMark(t_s, boot_s(), boot_id(), utc_now().timestamp(), speed)


def since(started: str | None, last_s: float) -> ClockMark:
    """A mark for a session of which only the wall clock at its beginning is known.

    Where not even that is, it goes on at `last_s`, its last entry.
    """
    try:
        began = datetime.datetime.fromisoformat(started or "").timestamp()
    except ValueError:
        return mark(last_s, 1.0)
    return ClockMark(0.0, 0.0, "", began, 1.0)


def resumed_t(noted: ClockMark) -> float:
    """Session time now, for a session that was last seen at `noted`.

    By the boot clock where the machine has run on, else by the wall clock; never before `noted`.
    """
    if noted.boot_id and noted.boot_id == boot_id():
        passed = boot_s() - noted.boot_s
    else:
        passed = utc_now().timestamp() - noted.utc_s
    return noted.t_s + max(0.0, passed) * noted.speed


def boot_id() -> str:
    """Tells one run of the machine from another; empty where the system doesn't say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
