"""`ketamon simulate`: what a running device can be told, and what it answers."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from ketamon.commands.bedside import Bedside
from ketamon.commands.simulate import USUAL, VERBS, families_of, obey, serve
from ketamon_drivers.catalog import FAMILIES, Family
from ketamon_drivers.links.loops import ScaledLoop
from ketamon_drivers.links.loops import run as run_on
from ketamon_drivers.links.ports import port_for
from ketamon_drivers.readings import BloodPressure, Oximetry
from tests.commands.run import assert_refused, run
from tests.drivers.links.scene import Told, listen

CUFF, FINGER, MONITOR = FAMILIES["suntech"], FAMILIES["nonin-df8"], FAMILIES["berry-pm6750"]

RADIO_CUFF, RADIO_FINGER = FAMILIES["and-cuff"], FAMILIES["sig-oximeter"]


def told(family: Family, link: Path | None, *lines: str) -> list[str]:
    """Runs a device and gives these commands; gives what was said to each."""

    async def scene() -> list[str]:
        bedside = Bedside(family, 1, link)
        await bedside.serve()
        said = [await obey(bedside, line.split()) for line in lines]
        await bedside.close()
        return said

    return run_on(scene(), ScaledLoop(60))


def test_every_command_is_done_where_the_device_has_it(tmp_path: Path) -> None:
    lines = ("stall", "resume", "unplug", "replug", "corrupt", "corrupt 5", "finger off", "finger on",
             "motion", "motion 30", "press", "fail", "fail 87")  # fmt: skip
    assert told(MONITOR, tmp_path / "port", *lines) == [f"{line}: done" for line in lines]
    assert told(FINGER, tmp_path / "port", "battery low", "battery ok") == [
        "battery low: done", "battery ok: done"
    ]  # fmt: skip


def test_every_command_is_done_where_the_bluetooth_device_has_it(tmp_path: Path) -> None:
    lines = ("stall", "resume", "drop", "range out", "range in", "fade", "lose 50", "refuse", "accept",
             "cut", "replay 3", "battery low", "error 2A19", "duplicate", "adapter off", "adapter on",
             "bond refuse", "bond forget", "bond pair")  # fmt: skip
    done = [f"{line}: done" for line in lines]
    for family in (RADIO_CUFF, RADIO_FINGER):
        assert told(family, tmp_path, *lines) == done
    assert told(RADIO_CUFF, None, "press", "clock wrong", "clock lost", "clock right", "fail") == [
        "press: done", "clock wrong: done", "clock lost: done", "clock right: done", "fail: done"
    ]  # fmt: skip
    assert told(FAMILIES["sig-strap"], None, "contact off", "contact on")[1] == "contact on: done"
    assert told(RADIO_CUFF, None, "duplicate", "duplicate")[1].startswith(
        "duplicate: there are two"
    )


@pytest.mark.parametrize("is_tcp", [False, True])
def test_the_address_stays_when_it_is_unplugged_and_back(tmp_path: Path, is_tcp: bool) -> None:
    async def scene() -> None:
        bedside = Bedside(FINGER, 1, None if is_tcp else tmp_path / "port")
        await bedside.serve()
        address = bedside.address
        assert await obey(bedside, ["unplug"]) == "unplug: done"
        assert await obey(bedside, ["replug"]) == "replug: done"
        assert bedside.address == address
        port = port_for(address, FINGER.line)
        assert port.is_virtual
        (await port.open()).close()
        await bedside.close()

    run_on(scene(), ScaledLoop(60))


@pytest.mark.parametrize(
    ("family", "line", "answer"),
    [
        (FINGER, "sleep", "sleep is no command here: give one of stall, resume, "),
        (FINGER, "stall now", "stall: takes nothing more: leave now out"),
        (FINGER, "finger", "finger: say which: off or on"),
        (FINGER, "corrupt -1", "corrupt: give a number from 1 to 100000"),
        (FINGER, "motion 1 2", "motion: give a number from 1 to 3600"),
        (FINGER, "replug", "replug: it is plugged in; unplug takes it away"),
        (FINGER, "press", "press: nonin-df8 has no cuff"),
        (FINGER, "fail", "fail: nonin-df8 has no cuff"),
        (CUFF, "finger off", "finger: suntech has no finger"),
        (CUFF, "battery low", "battery: suntech has no battery"),
        (CUFF, "drop", "drop: suntech has no Bluetooth"),
        (CUFF, "adapter off", "adapter: suntech has no Bluetooth"),
        (FINGER, "replay", "replay: nonin-df8 has no memory to send"),
        (FINGER, "clock wrong", "clock: nonin-df8 has no clock"),
        (RADIO_FINGER, "error zz", "error: give the characteristic's UUID"),
        (RADIO_CUFF, "unplug", "unplug: and-cuff has no cable"),
        (RADIO_CUFF, "corrupt 0", "corrupt: give a number from 1"),
        (RADIO_CUFF, "contact off", "contact: and-cuff has no strap"),
        (RADIO_CUFF, "finger off", "finger: and-cuff has no finger"),
        (MONITOR, "battery low", "battery: berry-pm6750 has no way to say so"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence(
    tmp_path: Path, family: Family, line: str, answer: str
) -> None:
    (said,) = told(family, tmp_path / "port", line)
    assert said.startswith(answer)
    assert "\n" not in said


def test_unplugged_twice_is_told(tmp_path: Path) -> None:
    said = told(FINGER, tmp_path / "port", "unplug", "unplug")
    assert said[1] == "unplug: it is unplugged already; replug puts it back"


def test_help_lists_every_command(tmp_path: Path) -> None:
    (said,) = told(FINGER, tmp_path / "port", "help")
    assert [line.split()[0] for line in said.splitlines()] == list(VERBS)


def test_the_commands_help_names_every_family_and_every_fault(
    capfd: pytest.CaptureFixture[str],
) -> None:
    out = run(capfd, "simulate", "-h").out
    for family in FAMILIES.values():
        assert f"  {family.name} " in out
    for name in VERBS:
        assert f"  {name} " in out


def test_every_family_of_a_role_can_be_simulated() -> None:
    for role, usual in USUAL.items():
        names = [family.name for family in families_of(role)]
        assert usual in names
        assert names == [f.name for f in FAMILIES.values() if f.role == role]


@pytest.mark.parametrize(
    "arguments", [("oximeter", "--as", "suntech"), ("cuff", "--as", "nonin-ble"), ("monitor", "--as", "x")]
)  # fmt: skip
def test_a_family_of_another_role_or_none_is_refused_with_those_there_are(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert_refused(
        run(capfd, "simulate", *arguments), f"no virtual {arguments[0]}", USUAL[arguments[0]]
    )


def test_without_bumble_a_bluetooth_device_says_what_to_install(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ketamon.commands.bedside.find_spec", lambda _name: None)
    refused = run(capfd, "simulate", "oximeter", "--as", "jumper")
    assert_refused(refused, "pip install ketamon[sim]")


def heard(family: Family, link: Path, seconds: float, *lines: str) -> Told:
    """What a session hears of a device that was told these things before."""
    told_ = Told()

    async def scene() -> None:
        bedside = Bedside(family, 7, link)
        await bedside.serve()
        for line in lines:
            assert (await obey(bedside, line.split())).endswith("done")
        device, _ = listen(port_for(bedside.address, family.line), family, told_)
        task = asyncio.get_running_loop().create_task(device.run())
        await asyncio.sleep(seconds)
        task.cancel()
        await bedside.close()

    run_on(scene(), ScaledLoop(60))
    return told_


def test_a_low_battery_and_a_finger_that_is_out_are_what_a_session_hears(tmp_path: Path) -> None:
    low = [r for _, r in heard(FINGER, tmp_path / "a", 20, "battery low").readings]
    assert any(isinstance(r, Oximetry) and "low_battery" in r.status for r in low)
    out = [r for _, r in heard(FINGER, tmp_path / "b", 20, "finger off").readings]
    assert {r.status for r in out if isinstance(r, Oximetry)} == {("sensor_off",)}


@pytest.mark.slow
def test_a_measurement_that_was_told_to_fail_fails(tmp_path: Path) -> None:
    heard_ = heard(MONITOR, tmp_path / "a", 90, "fail 87", "press")
    (failed, *_) = [r for _, r in heard_.readings if isinstance(r, BloodPressure)]
    assert "cuff_too_loose" in failed.status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_device_whose_terminal_is_closed_takes_its_port_away(
    tmp_path: Path, number: signal.Signals
) -> None:
    async def scene() -> None:
        asyncio.get_running_loop().call_later(1.0, os.kill, os.getpid(), number)
        await serve(FINGER, 1, tmp_path / "port")

    before = signal.signal(number, signal.SIG_IGN), signal.getsignal(signal.SIGTTIN)
    try:
        run_on(asyncio.wait_for(scene(), 60), ScaledLoop(60))
    finally:
        signal.signal(number, before[0])
        signal.signal(signal.SIGTTIN, before[1])
    assert not (tmp_path / "port").is_symlink()
