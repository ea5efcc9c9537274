"""Every fault on each path where it can happen: what the chair shows, and that it is over by itself.

Path A is ketamon's own backend over the virtual radio, B bleak's own for BlueZ on a private D-Bus, C a
serial line (pipe, pseudo-terminal, TCP). A and B name faults in `faults.py`, or say why there are none;
C names the tests that hold it for serial links.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ketamon.vitals import TECHNICAL
from tests.drivers.bluetooth import chair as chairs
from tests.drivers.bluetooth.chair import BluetoothChair, at_a_chair
from tests.drivers.bluetooth.faults import FAULTS, Fault
from tests.drivers.bluetooth.private_bus import needs_dbus

TESTS = Path(__file__).parents[2]
BACK_S = 15.0
IN_THE_DAEMON = "what fails is in BlueZ, and A has none"
NO_RADIO = "a cable has no radio"
IN_GATT = "a serial line has no GATT"
IN_BLUEZ = "a serial line has no BlueZ"
LINK = "drivers/links/test_device_link.py::test_"
MEDIA = "drivers/virtual/test_media.py::test_"


@dataclass(frozen=True, slots=True)
class Row:
    """One fault of the reference's table: tests on each path, or the reason why there are none."""

    name: str
    a: tuple[str, ...] | str
    b: tuple[str, ...] | str
    c: str


def both(name: str, c: str, *faults: str) -> Row:
    """A row with the same faults on A and B."""
    return Row(name, faults, faults, c)


def bluez(name: str, *faults: str) -> Row:
    """A row that only B can have."""
    return Row(name, IN_THE_DAEMON, faults, IN_BLUEZ)


# fmt: off
TABLE = (
    both("drop link now", LINK + "unplugged_device_is_lost_at_once_and_tried_again_for_ever", "drop link now"),
    both("out of range", NO_RADIO, "out of range"),
    both("stall (notify stops, link up)", MEDIA + "stalled_medium_loses_bytes_without_an_error_and_a_corrupted_one_turns_them_over", "stall"),
    both("GATT 0x0E / app 0x80", IN_GATT, "GATT 0x0E", "GATT app 0x80"),
    Row("insufficient encryption", ("insufficient encryption", "bond lost at the device"),
        ("insufficient encryption", "bond lost at the device, kept by BlueZ"), IN_GATT),
    both("stored-record replay on subscribe", "a serial family that keeps records is told by its protocol: test_traps.py", "replay"),
    both("drop during replay", IN_GATT, "replay, dropped"),
    both("wrong length", LINK + "malformed_packets_are_not_the_familys_protocol", "wrong length, 2", "wrong length, 0"),
    both("NaN SFLOAT", IN_GATT, "NaN SFLOAT"),
    both("two identical devices", "a serial device is bound by its port", "two identical devices"),
    both("RSSI fade / advert loss", NO_RADIO, "RSSI fade and advert loss"),
    both("stale advert then connect", NO_RADIO, "stale advert"),
    Row("connect slots full", ("connect slots full",), "the limit is the kernel's, below the daemon", IN_GATT),
    both("slow link", MEDIA + "bytes_take_the_time_that_a_line_of_9600_baud_takes", "slow link"),
    both("adapter off", NO_RADIO, "adapter off"),
    bluez("InProgress on ReadValue", "InProgress on ReadValue"),
    bluez("InProgress on StartNotify / Connect / StartDiscovery",
          "InProgress on StartNotify", "InProgress on Connect", "InProgress on StartDiscovery"),
    bluez("le-connection-abort-by-local", "aborted connects"),
    bluez("BLEDevice object gone", "device object gone"),
    bluez("bluetoothd stopped", "bluetoothd stopped"),
    bluez("bluetoothd crash + restart, client connected", "bluetoothd restarted, connected"),
    bluez("bluetoothd restart, scanner running", "bluetoothd restarted, scanning"),
    bluez("dbus-daemon killed", "dbus-daemon killed"),
    Row("sim/HCI process killed", ("controller gone",), "B's radio is in this process", MEDIA + "device_that_fails_takes_its_port_away"),
)
# fmt: on

REFERENCE = (
    "drop link now", "out of range", "stall (notify stops, link up)", "GATT 0x0E / app 0x80",
    "insufficient encryption", "stored-record replay on subscribe", "drop during replay",
    "wrong length", "NaN SFLOAT", "two identical devices", "RSSI fade / advert loss",
    "stale advert then connect", "connect slots full", "slow link", "adapter off",
    "InProgress on ReadValue", "InProgress on StartNotify / Connect / StartDiscovery",
    "le-connection-abort-by-local", "BLEDevice object gone", "bluetoothd stopped",
    "bluetoothd crash + restart, client connected", "bluetoothd restart, scanner running",
    "dbus-daemon killed", "sim/HCI process killed",
)  # fmt: skip
"""The faults that were met when virtual devices were first tried, by their names."""

ELSEWHERE = {"replay", "replay, dropped"}
"""Faults of a cuff's memory: `test_cuff_memory` has them."""


def on(path: str) -> list[str]:
    """The faults of one path."""
    cells = [row.a if path == "A" else row.b for row in TABLE]
    named = [name for cell in cells if not isinstance(cell, str) for name in cell]
    return [name for name in named if name not in ELSEWHERE]


def hold(name: str, path: chairs.Path) -> None:
    """Plays a fault: shown in time, over by itself, and nothing false in the record."""
    fault = FAULTS[name]
    chair = at_a_chair(
        path, lambda chair: played(chair, fault), most_connections=fault.most_connections
    )
    given = {(reading.spo2_pct, reading.pulse_rate_per_min) for _, reading in chair.readings()}
    assert given <= {(97, 72), (None, None)}
    assert chair.alarms() <= TECHNICAL.keys()
    assert ("device_lost" in chair.alarms()) == (fault.state == "lost")
    assert chair.standing().isdisjoint({"device_lost", "oximeter_no_data", "hr_no_data"})
    assert chair.told()[-1][1] == "streaming"


async def played(chair: BluetoothChair, fault: Fault) -> None:
    """Begins the fault, sees what is shown, ends it, and waits for readings."""
    if fault.before:
        oximeter = await chair.device("oximeter", fault.family)
        await fault.begin(chair, oximeter)
        chair.bind("oximeter", fault.family)
        since = 0.0
    else:
        oximeter = await chair.streaming(fault.family)
        since = chair.now_s
        await fault.begin(chair, oximeter)

    def shown() -> bool:
        return any(
            state == fault.state and fault.words in reason
            for _, state, reason in chair.told(since_s=since)
        )

    if fault.state is not None:
        await chair.wait_for(shown, fault.within_s)
    if fault.alarm is not None:
        await chair.wait_for(lambda: fault.alarm in chair.alarms(), 12)
    if fault.state is None and fault.alarm is None:
        await chair.wait_for(lambda: chair.now_s >= since + 3, 4)
        assert not chair.told(since_s=since)
    await fault.end(chair, oximeter)
    over = chair.now_s
    await chair.wait_for(
        lambda: any(reading.spo2_pct is not None for _, reading in chair.readings(over)), BACK_S
    )


def test_the_table_has_every_fault_and_names_only_what_is_there() -> None:
    assert tuple(row.name for row in TABLE) == REFERENCE
    assert {*on("A"), *on("B")} == set(FAULTS)
    for row in TABLE:
        assert isinstance(row.a, tuple) or isinstance(row.b, tuple), row.name
        if "::" in row.c:
            file, _, test = row.c.partition("::")
            assert f"def {test}" in (TESTS / file).read_text(), row.c


@pytest.mark.parametrize("name", on("A"))
def test_a_fault_on_the_virtual_radio_is_shown_and_over_by_itself(name: str) -> None:
    hold(name, "A")


@needs_dbus
@pytest.mark.slow
@pytest.mark.parametrize("name", on("B"))
def test_a_fault_on_bluez_is_shown_and_over_by_itself(name: str) -> None:
    hold(name, "B")
