import asyncio

import pytest

from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.links.pipe_port import pipe
from ketamon_drivers.links.port import PortError, PortMissingError


def test_pipe_is_open_once_at_a_time_and_not_while_unplugged() -> None:
    async def scene() -> None:
        port, end = pipe("cuff")
        assert (port.address, port.identity, port.is_virtual) == ("pipe:cuff", "pipe:cuff", True)
        wire = await port.open()
        with pytest.raises(PortError, match="pipe:cuff is already open: close it there first"):
            await port.open()
        wire.close()
        end.unplug()
        with pytest.raises(PortMissingError, match="pipe:cuff does not exist"):
            await port.open()
        end.replug()
        await port.open()

    run(scene(), VirtualLoop())


def test_bytes_come_through_the_loop_in_order_and_none_after_the_end() -> None:
    async def scene() -> None:
        port, end = pipe()
        received: list[bytes] = []
        ended: list[str] = []
        end.write(b"lost")
        wire = await port.open()
        end.write(b"1")
        wire.start(received.append, ended.append)
        end.write(b"2")
        assert received == []
        await asyncio.sleep(0)
        assert received == [b"1", b"2"]
        end.write(b"3")
        wire.close()
        await asyncio.sleep(0)
        again = await port.open()
        again.start(received.append, ended.append)
        end.write(b"4")
        end.unplug()
        end.unplug()
        await asyncio.sleep(0)
        again.write(b"late")
        assert received == [b"1", b"2", b"4"]
        assert ended == ["unplugged: plug it in again"]

    run(scene(), VirtualLoop())


def test_what_the_host_writes_comes_to_the_device_unless_it_is_unplugged() -> None:
    async def scene() -> None:
        port, end = pipe()
        heard: list[bytes] = []
        end.received = heard.append
        wire = await port.open()
        wire.write(b"1")
        await asyncio.sleep(0)
        wire.write(b"2")
        end.unplug()
        await asyncio.sleep(0)
        assert heard == [b"1"]

    run(scene(), VirtualLoop())
