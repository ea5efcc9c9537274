"""What can happen to a Bluetooth device, and what the chair then shows; each for both paths or one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bumble.hci import Address

from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from tests.drivers.bluetooth.bluez import ABORTED
from tests.drivers.bluetooth.chair import BluetoothChair

Act = Callable[[BluetoothChair, GattDevice], Awaitable[object]]

BONDING = "nonin-ble"
NONIN_READINGS = "0AAD7EA0-0D60-11E2-8E3C-0002A5D5C51B"
HOPELESS_DBM = -98


@dataclass(frozen=True, slots=True)
class Fault:
    """What begins and ends it, and what is shown within how long."""

    begin: Act
    end: Act
    state: str | None = None
    """What the device is said to be; None where there is nothing to be said."""
    words: str = ""
    """What the reason says."""
    within_s: float = 5.0
    before: bool = False
    """It is there before the device is bound."""
    family: str = "sig-oximeter"
    alarm: str | None = None
    """A technical condition that it raises within twice the stale time."""
    most_connections: int | None = None


async def nothing(_chair: BluetoothChair, _oximeter: GattDevice) -> None:
    """It ends by itself."""


async def drop(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.drop()


async def leave(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.out_of_range()


async def come_back(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.in_range()


async def stall(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.stall()


async def resume(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.resume()


def answer(code: int | None) -> Act:
    """A GATT error for its readings, or none."""

    async def told(_chair: BluetoothChair, oximeter: GattDevice) -> None:
        oximeter.fail_characteristic("2A5F", code)

    return told


def bonds(refuses: bool) -> Act:
    """It refuses to be paired, or no longer."""

    async def told(_chair: BluetoothChair, oximeter: GattDevice) -> None:
        oximeter.refuse_bonds(refuses)

    return told


async def lose_bond(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.forget_bond()
    oximeter.drop()


async def remove(chair: BluetoothChair, oximeter: GattDevice) -> None:
    await chair.daemon.remove(oximeter.address)
    oximeter.pairing_mode()


def cut(count: int, size: int) -> Act:
    """The next packets have another length."""

    async def done(_chair: BluetoothChair, oximeter: GattDevice) -> None:
        oximeter.cut_next(count, size)

    return done


def finger(reading: Oximetry) -> Act:
    """What the probe finds."""

    async def put(chair: BluetoothChair, _oximeter: GattDevice) -> None:
        chair.finger = reading

    return put


async def twin(chair: BluetoothChair, oximeter: GattDevice) -> None:
    await chair.device("oximeter", "sig-oximeter", number=1)
    oximeter.drop()


async def fade(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.radio.rssi_dbm, oximeter.radio.advert_loss = HOPELESS_DBM, 0.9
    oximeter.drop()


def refuse(refuses: bool) -> Act:
    """It is heard, and whoever calls it is not answered."""

    async def set_to(_chair: BluetoothChair, oximeter: GattDevice) -> None:
        oximeter.radio.refuses_connects = refuses

    return set_to


async def fill(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    strap = await chair.device("strap", "sig-strap")
    await chair.central.connect(Address(strap.address))


async def make_room(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    chair.on_air["strap"].drop()
    await chair.on_air["strap"].close()


def slow(delay_s: float) -> Act:
    """Its data come later."""

    async def set_to(_chair: BluetoothChair, oximeter: GattDevice) -> None:
        oximeter.radio.delay_s = delay_s

    return set_to


async def adapter_off(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    if chair.path == "A":
        chair.central.switch_off()
    else:
        await chair.daemon.power(on=False)


async def adapter_on(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    if chair.path == "A":
        chair.central.switch_on()
    else:
        await chair.daemon.power(on=True)


def busy(method: str, times: int) -> Act:
    """A method of the daemon is in progress so many times."""

    async def drop_then(chair: BluetoothChair, oximeter: GattDevice) -> None:
        chair.daemon.tree.busy[method] = times
        oximeter.drop()

    return drop_then


async def abort(chair: BluetoothChair, oximeter: GattDevice) -> None:
    chair.daemon.faults.connects_fail += [ABORTED, ABORTED, "br-connection-canceled"]
    oximeter.drop()


async def forget(chair: BluetoothChair, oximeter: GattDevice) -> None:
    await chair.daemon.forget(oximeter.address)


async def stop(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    await chair.daemon.stop()


async def start(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    await chair.bluez(chair.new_daemon())


async def restart(chair: BluetoothChair, oximeter: GattDevice) -> None:
    await chair.daemon.crash()
    await start(chair, oximeter)


async def hush(_chair: BluetoothChair, oximeter: GattDevice) -> None:
    oximeter.radio.is_hushed = True
    oximeter.drop()


async def restart_and_speak(chair: BluetoothChair, oximeter: GattDevice) -> None:
    await chair.wait_for(lambda: "StartDiscovery" in chair.daemon.calls[-1], 15)
    await restart(chair, oximeter)
    oximeter.radio.is_hushed = False


async def kill_bus(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    assert chair.bus is not None
    chair.bus.kill()
    await chair.daemon.crash()


async def start_bus(chair: BluetoothChair, oximeter: GattDevice) -> None:
    assert chair.bus is not None
    chair.bus.start()
    await start(chair, oximeter)


async def lose_controller(chair: BluetoothChair, _oximeter: GattDevice) -> None:
    chair.central.lost()


NOBODY = Oximetry(None, None)
SAYS_AGAIN = "tried again by itself"

FAULTS: dict[str, Fault] = {
    "drop link now": Fault(drop, nothing, "lost", "is gone", 2.0),
    "out of range": Fault(leave, come_back, "lost", "near", 2.0),
    "stall": Fault(stall, resume, "silent", "nothing came for 3 s", alarm="oximeter_no_data"),
    "GATT 0x0E": Fault(answer(0x0E), answer(None), "lost", SAYS_AGAIN, before=True),
    "GATT app 0x80": Fault(answer(0x80), answer(None), "lost", SAYS_AGAIN, before=True),
    "insufficient encryption": Fault(
        bonds(refuses=True), bonds(refuses=False), "lost", "pair", 20.0, before=True, family=BONDING
    ),
    "bond lost at the device": Fault(lose_bond, nothing, "lost", "is gone", family=BONDING),
    "bond lost at the device, kept by BlueZ": Fault(
        lose_bond, remove, "lost", "bluetoothctl remove F0:", 20.0, family=BONDING
    ),
    "wrong length, 2": Fault(cut(1000, 2), cut(0, 0), "silent", "what comes is not", 8.0),
    "wrong length, 0": Fault(cut(1000, 0), cut(0, 0), "silent", "", 8.0),
    "NaN SFLOAT": Fault(finger(NOBODY), finger(Oximetry(97, 72)), alarm="oximeter_no_data"),
    "two identical devices": Fault(twin, nothing, "lost", "is gone"),
    "RSSI fade and advert loss": Fault(fade, nothing, "lost", "is gone"),
    "stale advert": Fault(refuse(True), refuse(False), "lost", "", 30.0, before=True),
    "connect slots full": Fault(
        fill, make_room, "lost", "no more connections", 15.0, before=True, most_connections=1
    ),
    "slow link": Fault(slow(0.4), slow(0.0)),
    "adapter off": Fault(adapter_off, adapter_on, "lost", "switched off"),
    "InProgress on ReadValue": Fault(busy("ReadValue", 20), nothing, "lost"),
    "InProgress on StartNotify": Fault(busy("StartNotify", 1), nothing, "lost"),
    "InProgress on Connect": Fault(busy("Connect", 2), nothing, "lost"),
    "InProgress on StartDiscovery": Fault(busy("StartDiscovery", 2), nothing, "lost"),
    "aborted connects": Fault(abort, nothing, "lost"),
    "device object gone": Fault(forget, nothing, "silent", "nothing came"),
    "bluetoothd stopped": Fault(stop, start, "lost", "start the system's Bluetooth service", 15.0),
    "bluetoothd restarted, connected": Fault(restart, nothing, "lost", "restarted", 2.0),
    "bluetoothd restarted, scanning": Fault(hush, restart_and_speak, "lost"),
    "dbus-daemon killed": Fault(kill_bus, start_bus, "lost"),
    "controller gone": Fault(lose_controller, nothing, "lost", "is gone", 2.0),
}
"""By name; `test_fault_matrix` says which belongs to which row and path."""
