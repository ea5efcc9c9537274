"""A serial line or pseudo-terminal as a port, opened by pyserial for us alone.

Only the opening is pyserial's: reading and writing go straight to the descriptor, because an unplug
must be seen as one (`b""` or an error) and not be read over and over.
"""

import asyncio
import contextlib
import errno
import grp
import os
import stat
import sys
import termios
from pathlib import Path
from typing import Any

import serial

from ketamon_drivers.catalog import SerialLine
from ketamon_drivers.links.descriptor_wire import DescriptorWire
from ketamon_drivers.links.loops import OwnThread, pulse
from ketamon_drivers.links.port import PortError, PortMissingError

OPENING_S = 5.0
"""Real seconds: a line that is busy in the kernel can hold its opener up for ever."""

PTY_MAJORS = range(136, 144)
"""Linux's device numbers of pseudo-terminals (UNIX98 slaves)."""

STABLE_NAMES = Path("/dev/serial")
BY_ID = STABLE_NAMES / "by-id"


class SerialPort:
    """One serial port, found again by the name that stays with the device."""

    def __init__(self, address: str, line: SerialLine, *, is_virtual: bool | None = None) -> None:
        self._address = address
        self._line = line
        self._identity: str | None = None
        self._virtual = is_virtual
        self._attempt: asyncio.Future[serial.Serial] | None = None

    @property
    def address(self) -> str:
        """The path as it was given."""
        return self._address

    @property
    def identity(self) -> str:
        """The device's own name under /dev/serial/by-id where it has one, else the path."""
        if self._identity is None:
            path = Path(os.path.abspath(self._address))  # noqa: PTH100 resolve() would follow links
            named = _name_by_id(path)
            if named is None and not path.exists():
                return str(path)  # not there yet: it may still get a name
            self._identity = str(named or path)
        return self._identity

    @property
    def is_virtual(self) -> bool:
        """True for a pseudo-terminal. The first answer stands: what comes later must be like it."""
        if self._virtual is None:
            self._virtual = _is_pty(self.identity)
        return self._virtual

    async def open(self) -> DescriptorWire:
        """Opens the path anew, in a thread; raises PortError."""
        was_virtual = self.is_virtual
        loop = asyncio.get_running_loop()
        if self._attempt is None:  # else the one before still hangs: wait for that
            self._attempt = loop.run_in_executor(OwnThread(), self._open)
        attempt = self._attempt
        too_late: asyncio.Future[None] = loop.create_future()
        timer = pulse(OPENING_S, lambda: too_late.set_result(None))
        try:
            await asyncio.wait((attempt, too_late), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._attempt = None
            attempt.add_done_callback(_close_unused)
            raise
        finally:
            timer.cancel()
        if not attempt.done():
            raise PortError(
                f"{self._address} did not open within {OPENING_S:g} s: unplug it and plug it in again"
            )
        self._attempt = None
        port = attempt.result()
        if _is_pty_descriptor(port.fileno()) != was_virtual:
            _shut(port)
            now = "a real port, and was not" if was_virtual else "a virtual device, and was not"
            raise PortError(
                f"{self._address} is {now} when the session began: end it and start a new one"
            )
        return DescriptorWire(port.fileno(), lambda: _shut(port))

    def _open(self) -> serial.Serial:
        """Runs in the thread; raises PortError."""
        path = self.identity
        line = self._line
        try:
            found = Path(path).stat()
            if not stat.S_ISCHR(found.st_mode):
                kind = "folder" if stat.S_ISDIR(found.st_mode) else "file"
                raise PortError(
                    f"{self._address} is a {kind}, not a serial port: give the port's path, "
                    "such as /dev/ttyUSB0"
                )
            return serial.Serial(
                path,
                line.baud,
                line.data_bits,
                "N" if _is_pty(path) else line.parity,  # a pseudo-terminal refuses parity
                line.stop_bits,
                timeout=0,
                exclusive=True,
                xonxoff=line.flow == "xonxoff",
                rtscts=line.flow == "rtscts",
                dsrdtr=False,
            )
        except PortError:
            raise
        except (OSError, termios.error, ValueError) as error:
            raise refusal(self._address, error) from None


def refusal(address: str, error: Exception) -> PortError:
    """Says in one sentence why a port was refused and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    match number:
        case errno.ENOENT | errno.ENODEV | errno.ENXIO | errno.EIO:
            return PortMissingError(f"{address} does not exist: is the device unplugged?")
        case errno.EBUSY | errno.EAGAIN:
            return PortError(
                f"{address} is held by another program: close that program, then try again"
            )
        case errno.EACCES | errno.EPERM:
            return PortError(f"{address} may not be opened by this account: {_way_in(address)}")
        case errno.ELOOP | errno.ENOTDIR | errno.ENAMETOOLONG:
            return PortError(f"{address} is no path of a port: give one such as /dev/ttyUSB0")
    if isinstance(error, termios.error) or "configure port" in str(error):
        return PortError(
            f"{address} can't be set as a serial port: give the path of one, such as /dev/ttyUSB0"
        )
    return PortError(f"{address} can't be opened ({error}): unplug it and plug it in again")


def _way_in(address: str) -> str:
    """The exact fix for a port that this account may not open."""
    if sys.platform == "darwin":
        return "use the /dev/cu. name of the port, or ask the machine's administrator"
    group = "dialout"
    try:
        owner = Path(address).stat()
        if owner.st_gid != 0 and owner.st_mode & stat.S_IWGRP:
            group = grp.getgrgid(owner.st_gid).gr_name
    except (OSError, KeyError):
        pass
    return f"run `sudo usermod -aG {group} $USER`, then log out and in again"


def _name_by_id(path: Path) -> Path | None:
    """The name that stays with a device when its node changes; None where it has none.

    A link given by a person is such a name already, and is kept as it is.
    """
    if path.is_symlink() or path.is_relative_to(STABLE_NAMES):
        return path
    try:
        links = sorted(BY_ID.iterdir())
    except OSError:
        return None
    return next((link for link in links if link.resolve() == path), None)


def _is_pty(path: str) -> bool:
    """Tells whether a path leads to a pseudo-terminal; by its name where nothing is there."""
    real = os.path.realpath(path)
    if sys.platform == "darwin":
        return real.startswith("/dev/ttys")
    try:
        return _is_pty_number(Path(real).stat())
    except OSError:
        return real.startswith("/dev/pts/")


def _is_pty_descriptor(descriptor: int) -> bool:
    if sys.platform == "darwin":
        return _is_pty(os.ttyname(descriptor))
    return _is_pty_number(os.fstat(descriptor))


def _is_pty_number(found: os.stat_result) -> bool:
    return stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) in PTY_MAJORS


def _shut(port: serial.Serial) -> None:
    """Closes without waiting for bytes that the line doesn't take."""
    with contextlib.suppress(OSError, termios.error):  # where the device is gone
        port.reset_output_buffer()
    with contextlib.suppress(OSError):
        port.close()


def _close_unused(attempt: "asyncio.Future[Any]") -> None:
    """An opening that nobody waits for any more lets its port go."""
    if not attempt.cancelled() and attempt.exception() is None:
        _shut(attempt.result())
