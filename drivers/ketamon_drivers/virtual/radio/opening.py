"""From an air, or from the address of one in another process, to what a Bluetooth link takes."""

from ketamon_drivers.links.bluetooth_radio import Radio
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.backend import RadioClient, RadioScanner
from ketamon_drivers.virtual.radio.central import OUR_ADDRESS, Central, Hci, InProcess


def central_in(
    air: Air, address: str = OUR_ADDRESS, most_connections: int | None = None
) -> Central:
    """An adapter of this process in an air of this process."""

    async def reach(_central: Central) -> Hci:
        return InProcess(air, "adapter")

    return Central(reach, address, most_connections)


def radio_of(central: Central, name: str) -> Radio:
    """What a Bluetooth link takes, over an adapter."""
    return Radio(
        name,
        is_virtual=True,
        scanner_backend=RadioScanner,
        client_backend=RadioClient,
        scanner_kwargs={"central": central},
        client_kwargs={"central": central},
    )


def in_process(air: Air, name: str = "virtual radio") -> Radio:
    """An adapter in an air of this process, for tests and headless runs."""
    return radio_of(central_in(air), name)
