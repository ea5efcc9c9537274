"""`ketamon devices`: what is known, what is plugged in, and what others' packages bring."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links import plugged_in
from ketamon_drivers.links.bluetooth_adapter import Sighting
from ketamon_drivers.links.bluetooth_connection import whole_uuid
from ketamon_drivers.links.bluetooth_errors import NO_SERVICE, BluetoothError
from ketamon_drivers.links.bluetooth_in_range import InRange, described
from tests.commands.run import run
from tests.conftest import ROOT

NOWHERE = Path("/nowhere")


def port(device: str, vid: int | None = None, pid: int | None = None, *names: str) -> ListPortInfo:
    """A port as pyserial describes it: maker, then product."""
    info = ListPortInfo(device)
    info.vid, info.pid = vid, pid
    info.manufacturer, info.product = (*names, None, None)[:2]
    return info


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[ListPortInfo]:
    """What is plugged in; empty at first. Names that stay are links in `by-id`."""
    there: list[ListPortInfo] = []
    monkeypatch.setattr(list_ports, "comports", lambda: there)
    monkeypatch.setattr(plugged_in, "BY_ID", tmp_path / "by-id")
    return there


def test_every_family_is_listed_with_what_connects_it_and_how_well_it_is_known(
    capfd: pytest.CaptureFixture[str],
) -> None:
    out = run(capfd, "devices").out
    for family in FAMILIES.values():
        assert any(line.startswith(f"{family.name} ") for line in out.splitlines())
        assert family.title in out
    assert out.count("not yet tried on hardware") == len(FAMILIES)
    assert "oximeter, serial, 19200 8O1; a value every 1 s" in out
    assert "must be paired" in out


def test_json_has_an_object_a_family_and_a_role_may_be_chosen(
    capfd: pytest.CaptureFixture[str],
) -> None:
    objects = [json.loads(line) for line in run(capfd, "devices", "--json").out.splitlines()]
    assert [each["family"] for each in objects] == list(FAMILIES)
    by_name = {each["family"]: each for each in objects}
    assert by_name["contec-5byte"]["line"]["parity"] == "O"
    assert by_name["and-cuff"]["bluetooth"]["bonds"] is True
    assert by_name["suntech"]["can_start"] is True
    cuffs = run(capfd, "devices", "--json", "--role", "cuff").out.splitlines()
    assert {json.loads(line)["role"] for line in cuffs} == {"cuff"}


@pytest.fixture(autouse=True)
def _no_bluetooth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever radio this machine has, no test listens to it."""
    heard(monkeypatch, NO_SERVICE)


def heard(monkeypatch: pytest.MonkeyPatch, what: "list[InRange] | BluetoothError") -> None:
    """What a Bluetooth scan finds."""

    async def in_range(*_args: object) -> "list[InRange]":
        if isinstance(what, BluetoothError):
            raise what
        return what

    monkeypatch.setattr("ketamon_drivers.links.bluetooth_in_range.in_range", in_range)


def test_a_scan_lists_what_is_in_range_by_address_and_only_counts_strangers(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cuff = Sighting("F0:00:00:00:00:01", "A&D_UA-651BLE_00\x1b", (whole_uuid("1810"),), -60)
    found = [
        described(cuff, FAMILIES.values()),
        described(Sighting("F0:00:00:00:00:02", "TV", ()), ()),
    ]
    heard(monkeypatch, found)
    ran = run(capfd, "devices", "--scan")
    assert "bluetooth:F0:00:00:00:00:01: A&D_UA-651BLE_00, -60 dBm\n  100  and-cuff" in ran.out
    assert "its name begins with A&D_UA-" in ran.out
    assert "   40  sig-cuff        offers the service 1810" in ran.out
    assert "TV" not in ran.out
    assert "1 other Bluetooth device" in ran.out


def test_a_scan_names_each_port_by_what_stays_with_it_and_says_why_it_guesses(
    capfd: pytest.CaptureFixture[str], ports: list[ListPortInfo], tmp_path: Path
) -> None:
    node = tmp_path / "ttyUSB0"
    node.touch()
    (tmp_path / "by-id").mkdir()
    stable = tmp_path / "by-id" / "usb-Silicon_Labs_CP2102"
    stable.symlink_to(node)
    ports += [
        port("/dev/ttyS0"),
        port(str(node), 0x10C4, 0xEA60, "Silicon Labs", "CP2102 USB to UART Bridge"),
        port("/dev/ttyACM0", 0x1C3D, 0x0001, "Nonin Medical", "3231 USB"),
    ]
    ran = run(capfd, "devices", "--scan")
    assert ran.code == 0
    assert "Bluetooth was not scanned: the system's Bluetooth service does not run" in ran.err
    heads = [line for line in ran.out.splitlines() if not line.startswith(" ")]
    assert [head.split()[0].rstrip(":") for head in heads] == [
        "/dev/ttyACM0", str(stable), "/dev/ttyS0"
    ]  # fmt: skip
    assert f"({node}): USB 10c4:ea60, Silicon Labs CP2102" in ran.out
    assert "100  nonin-df8       Nonin's own vendor id; calls itself nonin" in ran.out
    assert " 10  contec-v7       a CP210x bridge" in ran.out
    assert "nothing speaks for a device here" in ran.out
    assert f"`ketamon probe {stable}` listens" in ran.out


def test_a_scan_as_json_is_an_object_a_port(
    capfd: pytest.CaptureFixture[str], ports: list[ListPortInfo]
) -> None:
    ports.append(port("/dev/ttyUSB1", 0x0403, 0x6001))
    (line,) = run(capfd, "devices", "--scan", "--json").out.splitlines()
    found = json.loads(line)
    assert (found["path"], found["usb"]) == ("/dev/ttyUSB1", "0403:6001")
    assert {guess["score"] for guess in found["guesses"]} == {plugged_in.BRIDGE}
    assert all(guess["reason"] for guess in found["guesses"])


def test_a_bridge_alone_never_makes_a_likely_guess(ports: list[ListPortInfo]) -> None:
    for family in FAMILIES.values():
        for hint in family.usb:
            guess = plugged_in.guessed(family, hint.vendor, hint.product or 1, "")
            assert guess is not None
            assert (guess.score >= 50) == hint.is_own


def test_no_port_at_all_says_what_to_do(
    capfd: pytest.CaptureFixture[str], ports: list[ListPortInfo]
) -> None:
    ran = run(capfd, "devices", "--scan")
    assert ran.code == 0
    assert "plug the cable in" in ran.out
    assert "`ketamon doctor`" in ran.out


THEIRS = """
from dataclasses import replace
from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.protocols import nonin_df8

PROTOCOLS = {"acme-1": replace(nonin_df8.PROTOCOL, name="acme-1", title="Acme oximeters")}

def families():
    acme = replace(
        FAMILIES["nonin-df8"], name="acme", title="Acme finger oximeter", protocol="acme-1"
    )
    return {"acme": acme}
"""


def others(folder: Path, source: str) -> dict[str, str]:
    """Makes an installed package of others in a folder; gives the environment that finds it."""
    (folder / "acme_drivers.py").write_text(source)
    info = folder / "acme_drivers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-drivers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[ketamon.drivers]\nprotocols = acme_drivers:PROTOCOLS\nfamilies = acme_drivers:families\n"
    )
    return {**os.environ, "PYTHONPATH": str(folder)}


def ketamon(env: dict[str, str], *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Runs a command in a process that has just been started, as after an installation."""
    return subprocess.run(
        [sys.executable, "-m", "ketamon", *arguments],
        env=env, input=given, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip


def test_a_package_of_others_brings_a_family_and_a_protocol(tmp_path: Path) -> None:
    env = others(tmp_path, THEIRS)
    listed = ketamon(env, "devices")
    assert listed.returncode == 0
    assert "acme            Acme finger oximeter" in listed.stdout
    assert "protocol acme-1" in listed.stdout
    decoded = ketamon(env, "decode", "acme-1", "--hex", given="803c6100\n")
    assert json.loads(decoded.stdout)["spo2"] == 97
    program = (
        "from ketamon_drivers.catalog import family_named, protocol_of\n"
        "print(protocol_of(family_named('acme')).title)"
    )
    linked = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert linked.stdout == "Acme oximeters\n"


def test_a_broken_package_of_others_leaves_every_device_of_ours(tmp_path: Path) -> None:
    ran = ketamon(others(tmp_path, "raise RuntimeError('no')"), "devices")
    assert ran.returncode == 0
    assert all(f"{name} " in ran.stdout for name in FAMILIES)
    assert "acme_drivers:families can't be loaded (RuntimeError): reinstall or remove" in ran.stderr
