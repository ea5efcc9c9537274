"""An `org.bluez` made for tests: a Bluetooth daemon on a private D-Bus, its radio a virtual one.

It does what bleak and ketamon ask of BlueZ, and what clinics see of it: calls in progress, links
aborted, devices forgotten, an adapter switched off, the daemon stopped, crashed, started again.
Behaviour and error names are those of BlueZ 5.66 (doc/org.bluez.*.rst; src/adapter.c, device.c);
AcquireNotify and passive scans are not supported.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from bumble import core, hci
from bumble.device import Advertisement, Connection, Device

from tests.drivers.bluetooth.bluez_found import ADAPTER_PATH, found_in, path_of, text_of
from tests.drivers.bluetooth.bluez_gatt import GattObjects, gatt_methods
from tests.drivers.bluetooth.object_tree import BlueZError, Call, Method, ObjectTree

NAME = "org.bluez"
ROOT = "/org/bluez"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
AGENTS = "org.bluez.AgentManager1"

ABORTED = "le-connection-abort-by-local"
CANCELLED = "le-connection-canceled"
LONGEST_CONNECT_S = 20.0
"""The kernel gives up after so long."""
LONGEST_DISCONNECT_S = 2.0


@dataclass(slots=True)
class Faults:
    """What goes wrong in the daemon itself, one after the other or as long as it is set."""

    connects_fail: list[str] = field(default_factory=list)
    """The texts with which the next calls of Connect fail."""
    is_deaf: bool = False
    """Discovery runs and finds nothing (BlueZ issue 807)."""
    needs_agent: bool = False
    """Pairing is refused where no agent is registered, as with many Omron cuffs."""


class BlueZ:
    """One daemon, from its start to its end; a restart is another one on the same host."""

    def __init__(self, host: Device, bus_address: str) -> None:
        self.faults = Faults()
        self.calls: list[tuple[str, str]] = []
        """What clients called on adapter and devices, and on which object."""
        self._host, self._bus_address = host, bus_address
        self._is_up = False
        self._discoverers: set[str] = set()
        self._agents: set[str] = set()
        self._links: dict[str, Connection] = {}
        self._gatt: dict[str, GattObjects] = {}
        self._connecting: set[str] = set()
        self._addresses: dict[str, hci.Address] = {}
        self._turn = asyncio.Lock()  # the controller makes one connection at a time
        methods: dict[str, dict[str, Method]] = {
            AGENTS: {
                "RegisterAgent": self._register_agent,
                "RequestDefaultAgent": self._keep_agent,
                "UnregisterAgent": self._unregister_agent,
            },
            ADAPTER: {
                "SetDiscoveryFilter": self._filter,
                "StartDiscovery": self._start_discovery,
                "StopDiscovery": self._stop_discovery,
                "RemoveDevice": self._remove_device,
            },
            DEVICE: {
                "Connect": self._connect,
                "Disconnect": self._disconnect,
                "Pair": self._pair,
            },
            **gatt_methods(self._gatt),
        }
        self.tree = ObjectTree(methods, on_set=self._was_set, on_gone=self._client_gone)

    # -- its life -------------------------------------------------------------------------------

    async def start(self) -> None:
        """Comes up on the bus, with the devices that it is bonded with."""
        await self.tree.appear(self._bus_address, NAME)
        self.tree.add(ROOT, AGENTS)
        self.tree.add(
            ADAPTER_PATH,
            ADAPTER,
            Address=text_of(self._host.random_address),
            AddressType="public",
            Name="test",
            Alias="test",
            Class=0,
            Powered=True,
            Discoverable=False,
            Discovering=False,
            Pairable=True,
            UUIDs=[],
            Modalias="usb:v1D6Bp0246d0542",
            Roles=["central", "peripheral"],
        )
        self._host.on("advertisement", self._heard)
        self._is_up = True
        for name in await self._bonds():
            self._add_device(hci.Address(name))

    async def stop(self) -> None:
        """Ends in order, as `systemctl stop bluetooth` does: links first, then the objects."""
        if not self._leave():
            return
        await self._end_links()
        self.tree.remove(ADAPTER_PATH)
        await self._quiet()
        await asyncio.sleep(0)
        self.tree.vanish()

    async def crash(self) -> None:
        """Is gone from one moment to the next; the kernel then closes the links that it held."""
        if not self._leave():
            return
        self.tree.vanish()
        await self._end_links()
        await self._quiet()

    def _leave(self) -> bool:
        """Hears nothing more; False where it has ended already."""
        was_up, self._is_up = self._is_up, False
        if was_up:
            self._host.remove_listener("advertisement", self._heard)
        return was_up

    async def power(self, on: bool) -> None:
        """Switches the adapter."""
        if not on:
            self.tree.set(ADAPTER_PATH, ADAPTER, Powered=False, Discovering=False)
            self._discoverers.clear()
            await self._quiet()
            await self._end_links()
        else:
            self.tree.set(ADAPTER_PATH, ADAPTER, Powered=True)

    async def forget(self, address: str) -> None:
        """Takes a device's object away, as happens to one that was not heard for a while."""
        path = path_of(address)
        link = self._links.get(path)
        self.tree.remove(path)
        if link is not None:
            await link.disconnect()

    async def _end_links(self) -> None:
        for link in list(self._links.values()):
            with contextlib.suppress(hci.HCI_Error, core.BaseBumbleError, TimeoutError):
                await asyncio.wait_for(link.disconnect(), LONGEST_DISCONNECT_S)

    async def _quiet(self) -> None:
        if self._host.scanning:
            await self._host.stop_scanning()

    async def _was_set(self, path: str, name: str, value: Any) -> None:
        if name == "Powered":
            await self.power(value)
        elif path in self._addresses:
            self.tree.set(path, DEVICE, **{name: value})

    async def _client_gone(self, client: str) -> None:
        self._agents.discard(client)
        if client in self._discoverers:
            await self._discoverer_left(client)
        for objects in list(self._gatt.values()):
            await objects.client_gone(client)

    # -- adapter --------------------------------------------------------------------------------

    async def _filter(self, call: Call) -> None:
        self._note(call)

    async def _start_discovery(self, call: Call) -> None:
        self._note(call)
        self._must_be_on()
        if call.sender in self._discoverers:
            raise BlueZError("InProgress", "Operation already in progress")
        self._discoverers.add(call.sender)
        if not self._host.scanning:
            await self._host.start_scanning(legacy=True, filter_duplicates=False)
        self.tree.set(ADAPTER_PATH, ADAPTER, Discovering=True)

    async def _stop_discovery(self, call: Call) -> None:
        self._note(call)
        self._must_be_on()
        if call.sender not in self._discoverers:
            raise BlueZError("Failed", "No discovery started")
        await self._discoverer_left(call.sender)

    async def _discoverer_left(self, client: str) -> None:
        self._discoverers.discard(client)
        if not self._discoverers:
            await self._quiet()
            self.tree.set(ADAPTER_PATH, ADAPTER, Discovering=False)

    async def _remove_device(self, call: Call) -> None:
        self._note(call)
        if call.body[0] not in self.tree:
            raise BlueZError("DoesNotExist", "Does Not Exist")
        await self._unbond(call.body[0])

    async def remove(self, address: str) -> None:
        """What `bluetoothctl remove` does: the device is forgotten, and its bond with it."""
        await self._unbond(path_of(address))

    async def _unbond(self, path: str) -> None:
        if path in self._links:
            await self._links[path].disconnect()
        if self._host.keystore is not None:
            with contextlib.suppress(KeyError):
                await self._host.keystore.delete(str(self._addresses[path]))
        self.tree.remove(path)

    def _heard(self, advertisement: Advertisement) -> None:
        if not self._discoverers or self.faults.is_deaf:
            return
        path = path_of(text_of(advertisement.address))
        if path not in self.tree:
            self._add_device(advertisement.address)
        found = found_in(advertisement)
        # BlueZ tells of a strength only when it changed; a real one always does.
        if found["RSSI"] == self.tree.get(path, DEVICE, "RSSI"):
            found["RSSI"] -= 1
        self.tree.set(path, DEVICE, **found)

    def _add_device(self, address: hci.Address) -> None:
        path = path_of(text_of(address))
        self._addresses[path] = address
        self.tree.add(
            path,
            DEVICE,
            Address=text_of(address),
            AddressType="random" if address.is_random else "public",
            Alias=text_of(address).replace(":", "-"),
            Adapter=ADAPTER_PATH,
            Paired=False,
            Bonded=False,
            Trusted=False,
            Blocked=False,
            LegacyPairing=False,
            Connected=False,
            ServicesResolved=False,
            UUIDs=[],
        )
        self.tree.later(self._say_bonded(path))

    # -- devices --------------------------------------------------------------------------------

    async def _connect(self, call: Call) -> None:
        self._note(call)
        self._must_be_on()
        path = call.path
        if self.faults.connects_fail:
            text = self.faults.connects_fail.pop(0)
            if text == ABORTED:
                self._abort(path)
            raise BlueZError("Failed", text)
        if path in self._links:
            return
        if path in self._connecting:
            raise BlueZError("InProgress", "Operation already in progress")
        self._connecting.add(path)
        try:
            async with self._turn:
                link = await self._host.connect(self._addresses[path], timeout=LONGEST_CONNECT_S)
        except (TimeoutError, core.BaseBumbleError, hci.HCI_Error) as error:
            raise BlueZError("Failed", CANCELLED) from error
        finally:
            self._connecting.discard(path)
        if link not in self._host.connections.values():  # over before it began (0x3E)
            self._abort(path)
            raise BlueZError("Failed", ABORTED)
        self._links[path] = link
        link.on("disconnection", lambda _reason: self._link_over(path, link))
        self.tree.set(path, DEVICE, Connected=True)
        self.tree.later(self._resolve(path, link))

    def _abort(self, path: str) -> None:
        """BlueZ shows a device connected for a moment whose link is aborted."""
        self.tree.set(path, DEVICE, Connected=True)
        self.tree.set(path, DEVICE, Connected=False)

    async def _resolve(self, path: str, link: Connection) -> None:
        """Encrypts where there is a bond, as operating systems do by themselves, and discovers."""
        objects = self._gatt[path] = GattObjects(self.tree, path, link)
        if str(link.peer_address) in await self._bonds() and not link.is_encrypted:
            try:
                await objects.exchange(link.encrypt())
            except (hci.HCI_Error, BlueZError):
                await link.disconnect()  # the device has forgotten us
                return
        uuids = await objects.resolve()
        self.tree.set(path, DEVICE, UUIDs=uuids, ServicesResolved=True)

    def _link_over(self, path: str, link: Connection) -> None:
        if self._links.get(path) is not link:
            return
        del self._links[path]
        objects = self._gatt.pop(path, None)
        if objects is not None:
            objects.end()
        self.tree.set(path, DEVICE, ServicesResolved=False)
        self.tree.set(path, DEVICE, Connected=False)

    async def _disconnect(self, call: Call) -> None:
        self._note(call)
        if call.path in self._connecting:
            await self._host.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
        elif call.path in self._links:
            await self._links[call.path].disconnect()
        else:
            raise BlueZError("NotConnected", "Not Connected")

    async def _pair(self, call: Call) -> None:
        self._note(call)
        if self.tree.get(call.path, DEVICE, "Paired"):
            raise BlueZError("AlreadyExists", "Already Exists")
        if call.path not in self._links:
            await self._connect(call)
        if self.faults.needs_agent and not self._agents:
            raise BlueZError("AuthenticationFailed", "Authentication Failed")
        try:
            await self._links[call.path].pair()
        except (core.BaseBumbleError, hci.HCI_Error, asyncio.CancelledError, KeyError) as error:
            raise BlueZError("AuthenticationFailed", "Authentication Failed") from error
        await self._say_bonded(call.path)

    # -- bonds and agents -----------------------------------------------------------------------

    async def _bonds(self) -> set[str]:
        """The addresses that there are keys for; BlueZ keeps them on disk, the host outlives us."""
        keys = self._host.keystore
        return set() if keys is None else {name for name, _ in await keys.get_all()}

    async def _say_bonded(self, path: str) -> None:
        if str(self._addresses[path]) in await self._bonds():
            self.tree.set(path, DEVICE, Paired=True, Bonded=True)

    async def _register_agent(self, call: Call) -> None:
        if call.sender in self._agents:
            raise BlueZError("AlreadyExists", "Already Exists")
        self._agents.add(call.sender)

    async def _keep_agent(self, call: Call) -> None:
        self._must_have_agent(call)

    async def _unregister_agent(self, call: Call) -> None:
        self._must_have_agent(call)
        self._agents.discard(call.sender)

    def _must_have_agent(self, call: Call) -> None:
        if call.sender not in self._agents:
            raise BlueZError("DoesNotExist", "Does Not Exist")

    def _must_be_on(self) -> None:
        if not self.tree.get(ADAPTER_PATH, ADAPTER, "Powered"):
            raise BlueZError("NotReady", "Resource Not Ready")

    def _note(self, call: Call) -> None:
        self.calls.append((call.member, call.path))
