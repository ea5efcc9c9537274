import asyncio
import errno
import os
import stat
import termios
import threading
from pathlib import Path

import pytest
import serial

from ketamon_drivers.catalog import SerialLine
from ketamon_drivers.links import serial_port
from ketamon_drivers.links.loops import RealLoop, run
from ketamon_drivers.links.port import PortError, PortMissingError, Wire
from ketamon_drivers.links.serial_port import SerialPort, refusal

LINE = SerialLine()


def refused(address: object) -> str:
    """Opens what can't be opened; gives the sentence."""

    async def scene() -> str:
        with pytest.raises(PortError) as caught:
            await SerialPort(str(address), LINE).open()
        return str(caught.value)

    return run(scene(), RealLoop())


def test_port_that_is_not_there_may_be_unplugged(tmp_path: Path) -> None:
    missing = tmp_path / "ttyUSB0"
    assert refused(missing) == f"{missing} does not exist: is the device unplugged?"


def test_file_and_folder_are_no_serial_ports(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    way = "not a serial port: give the port's path, such as /dev/ttyUSB0"
    assert refused(file) == f"{file} is a file, {way}"
    assert refused(tmp_path) == f"{tmp_path} is a folder, {way}"


def test_device_that_has_no_line_settings_is_no_serial_port() -> None:
    assert refused("/dev/null") == (
        "/dev/null can't be set as a serial port: give the path of one, such as /dev/ttyUSB0"
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(errno.EACCES, "Permission denied"),
            "/dev/ttyX may not be opened by this account: run `sudo usermod -aG dialout $USER`, "
            "then log out and in again",
        ),
        (
            OSError(errno.EBUSY, "busy"),
            "/dev/ttyX is held by another program: close that program, then try again",
        ),
        (
            OSError(errno.EAGAIN, "locked"),
            "/dev/ttyX is held by another program: close that program, then try again",
        ),
        (OSError(errno.ENXIO, "none"), "/dev/ttyX does not exist: is the device unplugged?"),
        (
            OSError(errno.ENOTDIR, "no"),
            "/dev/ttyX is no path of a port: give one such as /dev/ttyUSB0",
        ),
        (
            termios.error(22, "Invalid argument"),
            "/dev/ttyX can't be set as a serial port: give the path of one, such as /dev/ttyUSB0",
        ),
        (
            ValueError("baud"),
            "/dev/ttyX can't be opened (baud): unplug it and plug it in again",
        ),
    ],
)
def test_every_refusal_says_what_to_do(error: Exception, sentence: str) -> None:
    found = refusal("/dev/ttyX", error)
    assert str(found) == sentence
    assert isinstance(found, PortMissingError) == ("exist" in sentence)


def test_line_is_set_for_us_alone_and_without_what_eats_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def refuses(*args: object, **settings: object) -> None:
        asked.append((args, settings))
        raise OSError(errno.EBUSY, "")

    monkeypatch.setattr(serial, "Serial", refuses)
    master, slave = os.openpty()
    line = SerialLine(19200, parity="O")

    async def scene(path: str) -> None:
        with pytest.raises(PortError):
            await SerialPort(path, line).open()

    for path in ("/dev/null", os.ttyname(slave)):
        run(scene(path), RealLoop())
    settings = {
        "timeout": 0, "exclusive": True, "xonxoff": False, "rtscts": False, "dsrdtr": False,
    }  # fmt: skip
    assert asked == [
        (("/dev/null", 19200, 8, "O", 1), settings),
        ((os.ttyname(slave), 19200, 8, "N", 1), settings),
    ]
    os.close(master)
    os.close(slave)


def test_group_that_may_open_a_port_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import grp

    port = tmp_path / "ttyUSB0"
    port.touch()

    class Owned:
        st_gid, st_mode = 986, stat.S_IFCHR | 0o660
        gr_name = "uucp"

    monkeypatch.setattr(Path, "stat", lambda _path: Owned)
    monkeypatch.setattr(grp, "getgrgid", lambda _gid: Owned)
    sentence = str(refusal(str(port), OSError(errno.EACCES, "")))
    assert "`sudo usermod -aG uucp $USER`" in sentence


def test_opening_that_hangs_is_given_up_and_not_begun_again_beside_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goes_on = threading.Event()
    begun = []
    real = serial.Serial

    def hangs(*args: object, **settings: object) -> serial.Serial:
        begun.append(args)
        goes_on.wait(5)
        return real(*args, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(serial, "Serial", hangs)
    monkeypatch.setattr(serial_port, "OPENING_S", 0.01)
    master, slave = os.openpty()

    async def scene() -> None:
        port = SerialPort(os.ttyname(slave), LINE)
        for _ in range(2):
            with pytest.raises(PortError, match=r"did not open within 0\.01 s: unplug it and plug"):
                await port.open()
        goes_on.set()
        monkeypatch.setattr(serial_port, "OPENING_S", 5)
        (await port.open()).close()

    run(scene(), RealLoop())
    assert len(begun) == 1
    os.close(master)
    os.close(slave)


def test_opening_that_nobody_waits_for_lets_the_port_go(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    has_opened = threading.Event()
    real = serial.Serial

    def slow(*args: object, **settings: object) -> serial.Serial:
        goes_on.wait(5)
        try:
            return real(*args, **settings)  # type: ignore[arg-type]
        finally:
            has_opened.set()

    master, slave = os.openpty()

    async def scene() -> Wire:
        address = os.ttyname(slave)
        monkeypatch.setattr(serial, "Serial", slow)
        opening = asyncio.get_running_loop().create_task(SerialPort(address, LINE).open())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        goes_on.set()
        assert has_opened.wait(5)
        monkeypatch.setattr(serial, "Serial", real)
        for _ in range(100):
            try:
                return await SerialPort(address, LINE).open()
            except PortError:
                await asyncio.sleep(0.005)
        pytest.fail("the port was never let go")

    async def opened() -> None:
        (await scene()).close()

    run(opened(), RealLoop())
    os.close(master)
    os.close(slave)


def test_device_is_known_by_the_name_that_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, by_id = tmp_path / "ttyUSB0", tmp_path / "by-id"
    node.touch()
    by_id.mkdir()
    name = by_id / "usb-Nonin_Xpod-if00-port0"
    name.symlink_to(node)
    (by_id / "usb-another").symlink_to(tmp_path / "ttyUSB1")
    monkeypatch.setattr(serial_port, "BY_ID", by_id)
    assert SerialPort(str(node), LINE).identity == str(name)
    assert SerialPort(str(name), LINE).identity == str(name)
    other = tmp_path / "ttyS0"
    other.touch()
    assert SerialPort(str(other), LINE).identity == str(other)


def test_device_named_by_its_node_is_opened_by_the_name_that_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    name = by_id / "usb-device"
    monkeypatch.setattr(serial_port, "BY_ID", by_id)

    async def scene() -> None:
        first, second = os.openpty(), os.openpty()
        name.symlink_to(os.ttyname(first[1]))
        port = SerialPort(os.ttyname(first[1]), LINE)
        (await port.open()).close()
        name.unlink()
        name.symlink_to(os.ttyname(second[1]))  # it came back as another node
        wire = await port.open()
        came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        wire.start(came.set_result, lambda _reason: None)
        os.write(second[0], b"here")
        assert await came == b"here"
        wire.close()
        for descriptor in (*first, *second):
            os.close(descriptor)

    run(scene(), RealLoop())


def test_pseudo_terminal_is_virtual_and_a_missing_port_is_not(tmp_path: Path) -> None:
    master, slave = os.openpty()
    link = tmp_path / "cuff"
    link.symlink_to(os.ttyname(slave))
    assert SerialPort(str(link), LINE).is_virtual
    os.close(master)
    os.close(slave)
    assert SerialPort("/dev/pts/99999", LINE).is_virtual
    assert not SerialPort(str(tmp_path / "ttyUSB0"), LINE).is_virtual
    assert not SerialPort("/dev/null", LINE).is_virtual


def test_virtual_device_never_takes_a_real_ones_place(tmp_path: Path) -> None:
    link = tmp_path / "cuff"

    async def scene() -> str:
        port = SerialPort(str(link), LINE)
        assert not port.is_virtual  # nothing is there: taken for real when the session begins
        master, slave = os.openpty()
        link.symlink_to(os.ttyname(slave))
        with pytest.raises(PortError) as caught:
            await port.open()
        assert not port.is_virtual
        (await SerialPort(str(link), LINE).open()).close()
        os.close(master)
        os.close(slave)
        return str(caught.value)

    assert run(scene(), RealLoop()) == (
        f"{link} is a virtual device, and was not when the session began: end it and start a new "
        "one"
    )


def test_wire_hands_over_bytes_once_and_tells_its_end_once() -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        master, slave = os.openpty()
        wire = await SerialPort(os.ttyname(slave), LINE).open()
        received: list[bytes] = []
        came: asyncio.Future[None] = loop.create_future()
        ended: list[str] = []
        done = asyncio.Event()

        def read(data: bytes) -> None:
            received.append(data)
            came.set_result(None)

        def closed(reason: str) -> None:
            ended.append(reason)
            done.set()

        wire.start(read, closed)
        wire.write(b"\x00\x11\x13\x0a\xff")
        got = asyncio.Event()
        loop.add_reader(master, got.set)
        await got.wait()
        loop.remove_reader(master)
        assert os.read(master, 64) == b"\x00\x11\x13\x0a\xff"
        os.write(master, b"\x11\x13\x04\x0d\xff")
        os.close(slave)
        await came
        os.close(master)
        await done.wait()
        assert received == [b"\x11\x13\x04\x0d\xff"]
        assert ended == ["unplugged: plug it in again"]
        wire.write(b"late")
        wire.close()

    run(scene(), RealLoop())


def test_device_that_takes_no_bytes_gets_no_old_ones_later() -> None:
    async def scene() -> str:
        master, slave = os.openpty()
        wire = await SerialPort(os.ttyname(slave), LINE).open()
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        wire.start(lambda _data: None, ended.set_result)
        for _ in range(100):
            wire.write(bytes(1000))
        reason = await ended
        os.close(master)
        os.close(slave)
        return reason

    assert run(scene(), RealLoop()) == "it takes no more bytes: switch it off and on again"
