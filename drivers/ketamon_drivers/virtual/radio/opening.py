"""From an air, or from the address of one in another process, to what a Bluetooth link takes."""

from ketamon_drivers.links.bluetooth_radio import Radio
from ketamon_drivers.virtual.radio.air import Air
from ketamon_drivers.virtual.radio.backend import RadioClient, RadioScanner
from ketamon_drivers.virtual.radio.central import OUR_ADDRESS, Central, Hci, InProcess
from ketamon_drivers.virtual.radio.hci_tcp import reach as reach_port


def central_in(
    air: Air, address: str = OUR_ADDRESS, most_connections: int | None = None
) -> Central:
    """An adapter of this process in an air of this process."""

    async def reach(_central: Central) -> Hci:
        return InProcess(air, "adapter")

    return Central(reach, address, most_connections)


def radio_of(central: Central, name: str) -> Radio:
    """What a Bluetooth link takes, over an adapter."""

    async def finish() -> None:
        central.lost()

    return Radio(
        name,
        is_virtual=True,
        scanner_backend=RadioScanner,
        client_backend=RadioClient,
        scanner_kwargs={"central": central},
        client_kwargs={"central": central},
        finish=finish,
    )


def in_process(air: Air, name: str = "virtual radio") -> Radio:
    """An adapter in an air of this process, for tests and headless runs."""
    return radio_of(central_in(air), name)


def over_tcp(host: str, port: int) -> Radio:
    """An adapter behind a port of this machine, as `ketamon simulate` serves one: `radio:HOST:PORT`.

    It is reached when it is used first, and anew after it was lost.
    """

    async def reach(central: Central) -> Hci:
        return await reach_port(central, port)

    return radio_of(Central(reach), f"radio {host}:{port}")
