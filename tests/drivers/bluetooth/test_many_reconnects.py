"""A device that comes and goes all day: nothing of a connection is left when it is over."""

import asyncio
import gc
import resource
from collections import Counter
from pathlib import Path as File

import pytest

from ketamon_drivers.virtual.radio.gatt_device import GattDevice
from tests.drivers.bluetooth import chair as chairs
from tests.drivers.bluetooth.chair import BluetoothChair, at_a_chair
from tests.drivers.bluetooth.private_bus import needs_dbus

DESCRIPTORS = File("/proc/self/fd")
WARM = 10
MAY_GROW_KIB = 6 * 1024
"""Entries, and what a Python process's memory does by itself."""
OF_A_CONNECTION = ("Connection", "BleakClient", "RadioClient", "BleakClientBlueZDBus", "MessageBus")


def left() -> tuple[int, int, Counter[str]]:
    """Tasks, descriptors, and objects that belong to one connection each."""
    gc.collect()
    kinds = Counter(type(each).__name__ for each in gc.get_objects())
    descriptors = len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.is_dir() else 0
    return (
        len(asyncio.all_tasks()),
        descriptors,
        Counter({kind: kinds[kind] for kind in OF_A_CONNECTION}),
    )


async def reconnect(chair: BluetoothChair, oximeter: GattDevice) -> None:
    """The link is lost and made again."""
    began = chair.now_s
    oximeter.drop()
    await chair.wait_for(lambda: chair.told(since_s=began), 5)
    lost = chair.now_s
    await chair.wait_for(lambda: chair.readings(lost), 15)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "times"),
    [
        pytest.param("A", 200, id="virtual radio"),
        pytest.param("B", 60, id="BlueZ", marks=needs_dbus),
    ],
)
def test_reconnects_leave_no_task_no_descriptor_and_no_memory(
    path: chairs.Path, times: int
) -> None:
    async def act(chair: BluetoothChair) -> None:
        oximeter = await chair.streaming()
        before, before_kib = left(), 0
        for number in range(times):
            await reconnect(chair, oximeter)
            if number == WARM:
                before = left()
                before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        after = left()
        assert after[0] <= before[0]
        assert after[1] <= before[1]
        assert after[2] <= before[2]
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
        assert grown_kib < MAY_GROW_KIB

    chair = at_a_chair(path, act, longest_s=times * 3.0)
    assert [state for _, state, _ in chair.told()].count("lost") == times
