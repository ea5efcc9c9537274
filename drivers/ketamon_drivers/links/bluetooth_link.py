"""One Bluetooth device for as long as the session lasts: found, connected, watched, connected again.

It has the ways of a `DeviceLink`. Silence is told by the time at which packets come, never by what
bleak says. Each connection begins anew: device info, clock, subscriptions, the start sequence.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from ketamon_drivers.catalog import Family
from ketamon_drivers.links import bluetooth_setup as setup
from ketamon_drivers.links.bluetooth_adapter import BluetoothAdapter, Sighting
from ketamon_drivers.links.bluetooth_claims import Claims
from ketamon_drivers.links.bluetooth_connection import Connection, either, whole_uuid
from ketamon_drivers.links.bluetooth_errors import (
    CONNECTING_FAILED,
    NO_SIMULATOR,
    BluetoothError,
    DeviceNotFoundError,
    GoneError,
    NoBluetoothError,
)
from ketamon_drivers.links.bluetooth_intake import SORTED, Intake
from ketamon_drivers.links.bluetooth_live import Judged
from ketamon_drivers.links.bluetooth_place import BluetoothPlace
from ketamon_drivers.links.bluetooth_states import BLUETOOTH_STATES
from ketamon_drivers.links.device_link import OUTBOX, STOOD_STILL_S, WRONG_AFTER_S, LinkChange
from ketamon_drivers.protocols.protocol import Decoder
from ketamon_drivers.readings import DeviceInfo, Reading, Rejected

BACK_OFF_S = (0.25, 0.5, 1.0, 2.0, 4.0)
JITTER = 0.25
"""A pause is up to so much longer or shorter, so that two devices don't keep in step."""
NOT_FOUND_AFTER_S = 10.0
"""Of scanning for it; it is looked for again at once."""
LET_GO_AFTER_S = 5.0
"""Of silence beyond `silent_after_s`: a device that stays connected and says nothing is let go."""
IDLE_S = 20.0
"""How often a cuff that is connected and has nothing to say is asked for a sign of life."""
STALE_FOR_S = 0.2
"""After our own loop stood still, what waited comes within this and is thrown away."""
TROUBLE_AFTER = 3
"""Connections in a row that fail before a cuff, which is mostly away, is said to be lost."""
BOND_LOST = (
    "it was found and could not be connected: if it was reset or paired elsewhere, remove it from this "
    "machine (`bluetoothctl remove {}`) and set it to pairing"
)
"""Said of a device that bonds once it has failed so often: a system keeps a bond that only it still has."""
OTHERS_FOR_S = 600.0
"""A device with another serial number is not connected again for so long."""


class WrongDeviceError(BluetoothError):
    """What was connected is not the device that is meant."""


class BluetoothLink:
    """Keeps one Bluetooth device connected and hands over what it says."""

    def __init__(
        self,
        place: BluetoothPlace,
        family: Family,
        adapter: BluetoothAdapter,
        *,
        wall: Callable[[], datetime],
        session_began: datetime,
        on_reading: Callable[[Reading], None],
        on_bytes: Callable[[bytes], None],
        on_change: Callable[[LinkChange], None],
        on_open: Callable[[], None] = lambda: None,
        on_unsure: Callable[[Judged], None] = lambda _judged: None,
        claims: Claims | None = None,
    ) -> None:
        """`wall` gives local time without zone, for clocks that are set by hand.

        `on_bytes` is called once for each notification of the main characteristic, before what it
        means; `on_unsure` with a reading that only a person can call live.
        """
        if family.bluetooth is None:
            raise ValueError(f"{family.name} is no Bluetooth family")
        self.place, self.family, self.gatt = place, family, family.bluetooth
        self.state = "opening"
        self.reason = ""
        self.model: str | None = None
        self._adapter, self._wall, self._claims = adapter, wall, claims or Claims()
        self._on_reading, self._on_bytes = on_reading, on_bytes
        self._on_change, self._on_open = on_change, on_open
        self._intake = Intake(
            family,
            wall=wall,
            session_began=session_began,
            on_reading=on_reading,
            on_unsure=on_unsure,
        )
        self._connection: Connection | None = None
        self._jobs: asyncio.Queue[Callable[[Connection], Awaitable[None]]] = asyncio.Queue(OUTBOX)
        self._timer: asyncio.TimerHandle | None = None
        self._info: DeviceInfo | None = None
        self._address = place.device
        self._others: dict[str, float] = {}
        self._tries = self._failed = 0
        self._heard_s = self._sent_s = self._probed_s = self._stale_until_s = 0.0
        self._garbled_since_s: float | None = None

    @property
    def is_open(self) -> bool:
        """True while bytes can be sent."""
        return self._connection is not None

    @property
    def is_mostly_away(self) -> bool:
        """True for a cuff that connects only to tell of a measurement."""
        return self.family.cadence_s is None

    async def run(self) -> None:
        """Finds, connects and listens, for ever until cancelled."""
        while True:
            try:
                await self._once()
            except DeviceNotFoundError as error:
                self._happened("hung_up" if self.is_mostly_away else "gone", str(error))
                continue  # the scan itself was the pause
            except WrongDeviceError as error:
                self._happened("garbled", str(error))
                self._tries = len(BACK_OFF_S)
            except GoneError as error:
                self._ended(str(error))
            except BluetoothError as error:
                is_simulator = self.place.is_virtual and isinstance(error, NoBluetoothError)
                self._happened("gone", NO_SIMULATOR if is_simulator else str(error))
            await asyncio.sleep(self._pause_s())

    def send(self, data: bytes) -> bool:
        """Sends bytes; False if it can't be."""
        if self._connection is None or self.gatt.write is None or self._jobs.full():
            return False
        uuid = self.gatt.write
        self._sent_s = self._now()
        self._jobs.put_nowait(lambda connection: connection.write(uuid, data))
        return True

    # -- one connection -------------------------------------------------------------------------

    async def _once(self) -> None:
        """One connection and what comes of it, until it is over."""
        async with self._adapter.connection(
            self._fits, address=self._address, pair=self.gatt.bonds, within_s=NOT_FOUND_AFTER_S
        ) as connection:
            self._begin(connection)
            try:
                await self._set_up(connection)
                await self._serve(connection)
            finally:
                self._finish()
        raise GoneError(connection.ended.result())

    def _fits(self, sighting: Sighting) -> bool:
        """Whether this is the device, or, where only its serial number is known, may be."""
        if self._address is not None:
            return sighting.address == self._address
        is_kind = whole_uuid(self.gatt.service) in sighting.services or (
            bool(self.gatt.names) and sighting.name.startswith(self.gatt.names)
        )
        if not is_kind or self._claims.is_taken(self.place.identity_of(sighting.address)):
            return False
        return self._now() >= self._others.get(sighting.address, 0.0)

    def _begin(self, connection: Connection) -> None:
        self._connection = connection
        self._jobs = asyncio.Queue(OUTBOX)
        self._intake.connected()
        self._garbled_since_s = None
        self._heard_s = self._sent_s = self._probed_s = self._now()
        self._happened("opened", "")
        self._on_open()

    def _finish(self) -> None:
        self._connection = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._intake.ended()

    async def _set_up(self, connection: Connection) -> None:
        await self._identify(connection)
        if self.family.protocol in SORTED and self.gatt.clock != "written_when_wrong":
            right = await setup.look_at_clock(connection, self.gatt, self._wall())
            self._intake.clock(right)
        listens = False
        for uuid, protocol in (*self.gatt.also, (self.gatt.notify, self.family.protocol)):
            if not {"notify", "indicate"}.isdisjoint(connection.properties(uuid)):
                await connection.subscribe(uuid, self._listener(uuid, protocol))
                listens = listens or protocol in SORTED or uuid == self.gatt.notify
        if not listens:
            raise WrongDeviceError(
                f"it has no characteristic {self.gatt.notify}, so it is no {self.family.name}: see "
                "`ketamon devices --scan` for what is in range"
            )
        if self.gatt.clock == "written_when_wrong":
            await self._watch_clock(connection)
        if "notify" in connection.properties(setup.BATTERY):
            await connection.subscribe(setup.BATTERY, self._battery)
        self._heard_s = self._now()
        for data in self.family.start:
            self.send(data)
        self._watch()

    async def _identify(self, connection: Connection) -> None:
        """Reads once what it is; one of another serial number, or another chair's, is let go."""
        if self._info is None:
            info = await setup.read_info(connection)
            serial = info.serial_number if isinstance(info.serial_number, str) else None
            if self.place.serial is not None and serial != self.place.serial:
                if connection.ended.done():
                    raise GoneError(connection.ended.result())
                self._others[connection.address] = self._now() + OTHERS_FOR_S
                raise GoneError(f"{self.place.serial} was not found yet: switch it on")
            self._claim(connection.address, serial)
            if self.place.serial is not None:
                self._address = connection.address
            self._info = info
            self.model = info.model if isinstance(info.model, str) else None
        else:
            info = DeviceInfo(battery_pct=await setup.read_battery(connection))
        if info != DeviceInfo():
            self._on_reading(info)

    def _claim(self, address: str, serial: str | None) -> None:
        """One device has two names, and no other chair may have it by either."""
        for name in (address, f"serial={serial}" if serial else None):
            if name is not None and not self._claims.claim(self.place.identity_of(name)):
                raise WrongDeviceError(
                    "this device is in use by another chair: end that session first, or give another"
                )

    async def _watch_clock(self, connection: Connection) -> None:
        """Looks at its clock when it tells it, and sets it once where it is far off."""
        told: list[bytes] = []

        def came(data: bytes) -> None:
            if told:
                return
            told.append(data)
            now = self._wall()
            self._intake.clock(setup.is_right(data, now))
            if setup.is_far_off(data, now) and not self._jobs.full():
                time = setup.current_time(now)
                self._jobs.put_nowait(lambda c: c.write(setup.CURRENT_TIME, time))

        if "notify" in connection.properties(setup.CURRENT_TIME):
            await connection.subscribe(setup.CURRENT_TIME, came)

    async def _serve(self, connection: Connection) -> None:
        """Does what is to be sent or read, in order, until the connection is over."""
        loop = asyncio.get_running_loop()
        while not connection.ended.done():
            waiting = loop.create_task(self._jobs.get())
            try:
                await either(waiting, connection.ended)
            finally:
                waiting.cancel()
            if waiting.done() and not waiting.cancelled():
                await waiting.result()(connection)

    # -- what comes and goes --------------------------------------------------------------------

    def _listener(self, uuid: str, protocol: str) -> Callable[[bytes], None]:
        """Takes the packets of one characteristic, each whole."""
        is_main = uuid == self.gatt.notify
        decoder = self._intake.decoder(protocol, self.model)
        return lambda data: self._received(data, decoder, protocol, is_main=is_main)

    def _received(self, data: bytes, decoder: Decoder, protocol: str, *, is_main: bool) -> None:
        now = self._now()
        if self.state == "streaming" and now - self._heard_s > self._too_old_s():
            # Our own loop stood still, or silence would have been noticed: what waited is old.
            self._stale_until_s = now + STALE_FOR_S
        self._heard_s = now
        if is_main:
            self._on_bytes(data)
        if now < self._stale_until_s:
            return
        readings = decoder.feed(data)
        if any(not isinstance(reading, Rejected) for reading in readings):
            self._garbled_since_s = None
            self._tries = self._failed = 0
            self._happened("valid", "")
        elif self._garbled_since_s is None:
            self._garbled_since_s = now
        elif now - self._garbled_since_s >= WRONG_AFTER_S:
            self._happened("garbled", f"what comes is not {self.family.protocol}: see that it is "
                           f"a device of the family {self.family.name}")  # fmt: skip
        for reading in readings:
            self._intake.take(reading, protocol)
        if self._timer is None and self._connection is not None:
            self._watch()

    def _battery(self, data: bytes) -> None:
        level = setup.battery_of(data)
        if isinstance(level, int):
            self._on_reading(DeviceInfo(battery_pct=level))

    # -- watching -------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Does what is due by now, and sets the one timer to what is due next."""
        if self._timer is not None:
            self._timer.cancel()
        connection = self._connection
        if connection is None or connection.ended.done():
            self._timer = None
            return
        now, keep_alive = self._now(), self.family.keep_alive
        if keep_alive is not None and now >= self._sent_s + keep_alive[0]:
            self.send(keep_alive[1])
            self._sent_s = now  # a full outbox is no reason to ask for ever
        due = self._watch_silence(connection, now)
        if keep_alive is not None:
            due = min(due, self._sent_s + keep_alive[0])
        self._timer = asyncio.get_running_loop().call_at(due, self._watch)

    def _watch_silence(self, connection: Connection, now: float) -> float:
        """Looks whether it is silent; gives when to look again."""
        if self.is_mostly_away:
            quiet_at = max(self._heard_s, self._probed_s) + IDLE_S
            if now >= quiet_at:
                self._probe(now)
                return now + IDLE_S
            return quiet_at
        quiet_at = self._heard_s + self.family.silent_after_s
        if now < quiet_at:
            return quiet_at
        if self._probed_s < quiet_at:
            self._garbled_since_s = None
            self._happened("quiet", self._quiet())
            self._probe(now)
        if now >= quiet_at + LET_GO_AFTER_S:
            connection.end(self._quiet())
            return now + LET_GO_AFTER_S
        return quiet_at + LET_GO_AFTER_S

    def _probe(self, now: float) -> None:
        """Asks for a sign of life: a device that doesn't give one is let go at once."""
        self._probed_s = now

        async def read(connection: Connection) -> None:
            uuid = setup.probed_by(connection)
            if uuid is not None:
                try:
                    await connection.read(uuid)
                except BluetoothError as error:
                    connection.end(str(error))

        if not self._jobs.full():
            self._jobs.put_nowait(read)

    def _ended(self, reason: str) -> None:
        """A connection is over, or could not be made."""
        self._failed += 1
        if self.gatt.bonds and self._failed > TROUBLE_AFTER and reason == CONNECTING_FAILED:
            reason = BOND_LOST.format(self._address or "ADDRESS")
        if not self.is_mostly_away:
            if self.state != "silent":
                self._happened("gone", reason)
        elif self._failed > TROUBLE_AFTER:
            self._happened("gone", reason)
        else:
            self._happened("hung_up", "")

    def _happened(self, event: str, reason: str) -> None:
        state = BLUETOOTH_STATES.get((self.state, event))
        if state is not None and (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, "" if state == "away" else reason
            self._on_change(LinkChange(state, self.reason))

    def _pause_s(self) -> float:
        pause = BACK_OFF_S[min(self._tries, len(BACK_OFF_S) - 1)]
        self._tries += 1
        return pause * (1 + JITTER * (2 * self._adapter.chance() - 1))

    def _too_old_s(self) -> float:
        """How long our loop must have stood still for what waited to be thrown away."""
        speed: float = getattr(asyncio.get_running_loop(), "speed", 1.0)
        return max(self.family.silent_after_s, STOOD_STILL_S * speed)

    def _quiet(self) -> str:
        return (
            f"nothing came for {self.family.silent_after_s:g} s: see that it is switched on, worn and "
            "near"
        )

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
