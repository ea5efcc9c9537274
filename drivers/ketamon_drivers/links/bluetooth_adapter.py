"""One Bluetooth adapter as this program uses it: who scans, who connects, and in which order.

There is one scanner, whoever looks for a device: it runs in slices, a fresh one each time, since one
that the system has forgotten stays silent for ever. A device that is seen is connected at once, with
the scan stopped before and what was seen now. Scan and connect are one turn, and the programs of
this machine take turns at a lock of the adapter's name; a connection that stands needs none.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ketamon_drivers.links import locks
from ketamon_drivers.links.bluetooth_connection import GIVE_UP_S, Connection, either, within
from ketamon_drivers.links.bluetooth_errors import (
    RAISED,
    BluetoothError,
    DeviceNotFoundError,
    GoneError,
    translated,
)
from ketamon_drivers.links.bluetooth_radio import Radio
from ketamon_drivers.links.bluetooth_service import ServiceWatch

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

SLICE_S = 4.0
"""One scan: long enough for a device that advertises each 2 s, short enough for others' turns."""
SCANNER_S = 5.0
"""For a scanner to begin or end."""
CONNECT_S = 20.0
"""Shorter ones cut the discovery of services off and leave the system in a bad state."""
PAIR_S = 30.0
"""A person may have to press a button meanwhile."""
ASK_S = 0.05
"""How often a lock that another program holds is asked for: nobody tells when it is free."""
REST_S = 0.1
"""Between two of our turns, so that who waits gets one."""

ANY_SERVICE = ["1801"]
SERVICE_GONE = (
    "the system's Bluetooth service was restarted: the device is connected anew by itself"
)
NOT_FOUND = DeviceNotFoundError(
    "it was not found: switch it on and hold it beside this machine; a phone that is connected to it "
    "hides it"
)
FAULT = GoneError("the search for devices failed by a fault of its own; the chair's log says where")
CLOSED = GoneError("the adapter is not used any more")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a device said of itself on the air."""

    address: str
    name: str
    services: tuple[str, ...]
    """Whole UUIDs, in small letters."""
    rssi_dbm: int | None = None
    makers: tuple[int, ...] = ()
    """Company identifiers of its manufacturer data."""


@dataclass(slots=True, eq=False)
class Wanted:
    """A device that somebody waits for."""

    fits: Callable[[Sighting], bool]
    address: str | None
    """Where it is known: then a connection that stands from before can be taken over."""
    seen: "asyncio.Future[BLEDevice]"
    within_s: float | None = None
    looked_s: float = 0.0
    """For so long somebody scanned for it; waiting for the adapter is no looking."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Its turn is over: connected, failed, or not wanted any more."""


class BluetoothAdapter:
    """Scans and connects for all links of this program; close it when they have ended."""

    def __init__(
        self,
        radio: Radio,
        lock_folder: Path | None = None,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`lock_folder`: where the turns' lock stands; None where no other program uses the adapter."""
        self.radio = radio
        self.chance = chance
        self._lock_folder = lock_folder
        self._wanted: list[Wanted] = []
        self._turns: asyncio.Task[None] | None = None
        self._connections: set[Connection] = set()
        self._broken: asyncio.Future[str] | None = None
        self._adopts = True
        self._watch = ServiceWatch(self._service_gone) if radio.is_bluez else None

    @asynccontextmanager
    async def connection(
        self,
        fits: Callable[[Sighting], bool],
        *,
        address: str | None,
        pair: bool,
        within_s: float | None = None,
    ) -> AsyncIterator[Connection]:
        """Waits until the device is seen, connects it, and lets it go in any case at the end.

        Raises BluetoothError: DeviceNotFoundError where it isn't seen within `within_s`.
        """
        loop = asyncio.get_running_loop()
        wanted = Wanted(fits, address, loop.create_future(), within_s)
        self._wanted.append(wanted)
        connection: Connection | None = None
        try:
            if self._turns is None:
                self._turns = loop.create_task(self._take_turns())
            await asyncio.wait({wanted.seen})
            device = wanted.seen.result()
            connection = await self._connected(device, pair=pair)
            self._over(wanted)
            yield connection
        finally:
            self._over(wanted)
            if connection is not None:
                try:
                    await connection.close()
                finally:
                    self._connections.discard(connection)

    async def survey(self, seconds: float) -> list[Sighting]:
        """Everything that is in range, each as it was last heard; raises BluetoothError."""
        heard: dict[str, Sighting] = {}

        def saw(_device: "BLEDevice", sighting: Sighting) -> None:
            older = heard.get(sighting.address)
            heard[sighting.address] = sighting if older is None else _joined(older, sighting)

        async with self._turn(), self._scanning(saw):
            await asyncio.sleep(seconds)
        return list(heard.values())

    async def close(self) -> None:
        """Ends scanning; links are ended by who runs them."""
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.cancel()
            await asyncio.wait({turns})
        if self._watch is not None:
            self._watch.close()
        with suppress(*RAISED):
            await self.radio.finish()

    # -- turns ----------------------------------------------------------------------------------

    def _over(self, wanted: Wanted) -> None:
        wanted.done.set()
        if wanted in self._wanted:
            self._wanted.remove(wanted)
        if not wanted.seen.done():
            wanted.seen.cancel()

    async def _take_turns(self) -> None:
        """Looks for what is wanted, slice by slice, for as long as anything is."""
        try:
            while self._wanted:
                try:
                    async with self._turn():
                        await self._one_turn()
                except BluetoothError as error:
                    self._fail(error)
                except Exception:
                    _log.exception("looking for Bluetooth devices failed")
                    self._fail(FAULT)
                await asyncio.sleep(REST_S)
        finally:
            self._turns = None
            self._fail(CLOSED)

    async def _one_turn(self) -> None:
        found = await self._already_connected() or await self._scan()
        if found is None:
            return
        wanted, device = found
        if not wanted.seen.done():
            wanted.seen.set_result(device)
            await wanted.done.wait()

    def _fail(self, error: BluetoothError, whom: list[Wanted] | None = None) -> None:
        """These, or all, can't be found: each is told, and looks again when it wants to."""
        for wanted in list(self._wanted if whom is None else whom):
            if not wanted.seen.done():
                wanted.seen.set_exception(error)
                wanted.seen.exception()  # heard: who waited may have been cancelled meanwhile
            if wanted in self._wanted:
                self._wanted.remove(wanted)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """This program's turn at the adapter; waits without holding the loop up."""
        try:
            await self.radio.begin()
        except Exception as error:
            raise self._translated(error, "reaching the radio") from None
        if self._watch is not None:
            await self._watch.begin()
        lock = None
        while self._lock_folder is not None:
            try:
                lock = locks.hold(f"Bluetooth {self.radio.name}", self._lock_folder)
            except OSError:
                break  # without the lock it is worse, but still works
            if lock is not None:
                break
            await asyncio.sleep(ASK_S * (1 + self.chance()))
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    # -- scanning -------------------------------------------------------------------------------

    async def _already_connected(self) -> "tuple[Wanted, BLEDevice] | None":
        """A device that a program before us left connected: it says nothing on the air any more."""
        by_address = {w.address: w for w in self._wanted if w.address is not None}
        if not by_address or not self._adopts:
            return None
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            found = await within(self.radio.connected(ANY_SERVICE), SCANNER_S, never)
        except Exception:  # a list that can't be had: the scan tells what is wrong
            return None
        ours = {connection.address for connection in self._connections}
        for device in found:
            address = device.address.upper()
            if address in by_address and address not in ours:
                return by_address[address], device
        return None

    async def _scan(self) -> "tuple[Wanted, BLEDevice] | None":
        """Scans for one slice, or until something wanted is seen."""
        first: asyncio.Future[tuple[Wanted, BLEDevice]] = asyncio.get_running_loop().create_future()

        def saw(device: "BLEDevice", sighting: Sighting) -> None:
            for wanted in self._wanted:
                if not first.done() and not wanted.seen.done() and wanted.fits(sighting):
                    first.set_result((wanted, device))

        loop = asyncio.get_running_loop()
        lookers = list(self._wanted)
        async with self._scanning(saw):
            began_s = loop.time()
            await either(first, self._until_broken(), SLICE_S)
        if first.done():
            return first.result()
        for wanted in lookers:
            wanted.looked_s += loop.time() - began_s
            if wanted.within_s is not None and wanted.looked_s >= wanted.within_s:
                self._fail(NOT_FOUND, [wanted])
        return None

    @asynccontextmanager
    async def _scanning(self, saw: "Callable[[BLEDevice, Sighting], None]") -> AsyncIterator[None]:
        def heard(device: "BLEDevice", said: "AdvertisementData") -> None:
            saw(device, sighting_of(device, said))

        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            scanner = self.radio.scanner(heard)
            await within(scanner.start(), SCANNER_S, never)
        except Exception as error:
            raise self._translated(error, "scanning") from None
        try:
            yield
        finally:
            with suppress(Exception):  # a service that was restarted knows of no scan
                await within(scanner.stop(), SCANNER_S, never)

    # -- connecting -----------------------------------------------------------------------------

    async def _connected(self, device: "BLEDevice", *, pair: bool) -> Connection:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[str] = loop.create_future()
        is_made = False

        def gone(_client: "BleakClient") -> None:
            # While it connects, bleak lets go first and then raises why: that is worth waiting for.
            if is_made:
                connection.end()
            else:
                loop.call_later(GIVE_UP_S, connection.end)

        seconds = PAIR_S if pair else CONNECT_S
        client = self.radio.client(device, gone, pair=pair, timeout_s=seconds)
        connection = Connection(client, ended)
        self._connections.add(connection)
        try:
            # bleak's own time-out ends it in better order than being cancelled does.
            await within(client.connect(), seconds + SCANNER_S, ended)
            is_made = True
        except BaseException as error:
            try:
                await connection.close()
            finally:
                self._connections.discard(connection)
            if isinstance(error, Exception):
                raise self._translated(error, "connecting") from None
            raise
        return connection

    # -- the system's service -------------------------------------------------------------------

    def _until_broken(self) -> asyncio.Future[str]:
        if self._broken is None or self._broken.done():
            self._broken = asyncio.get_running_loop().create_future()
        return self._broken

    def _service_gone(self) -> None:
        """The service ended: every link of before is dead, whatever bleak says, and so is the scan."""
        # bleak goes on listing what the service of before had connected, until a scan finds it again.
        self._adopts = False
        for connection in list(self._connections):
            connection.end(SERVICE_GONE)
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(SERVICE_GONE)

    def _translated(self, error: Exception, doing: str) -> BluetoothError:
        """Gives our error for one of bleak's; another one is a fault of ours and goes on as it is."""
        from bleak.exc import BleakError  # noqa: PLC0415 it is loaded by now

        if isinstance(error, (BleakError, AssertionError, *RAISED)):
            return translated(error, doing)
        raise error


def sighting_of(device: "BLEDevice", said: "AdvertisementData") -> Sighting:
    """Gives what bleak heard in our words."""
    return Sighting(
        device.address.upper(),
        said.local_name or device.name or "",
        tuple(uuid.lower() for uuid in said.service_uuids),
        said.rssi,
        tuple(said.manufacturer_data),
    )


def _joined(older: Sighting, newer: Sighting) -> Sighting:
    """Names and services come in different packets of one device."""
    return Sighting(
        newer.address,
        newer.name or older.name,
        tuple(dict.fromkeys((*older.services, *newer.services))),
        newer.rssi_dbm,
        tuple(dict.fromkeys((*older.makers, *newer.makers))),
    )
