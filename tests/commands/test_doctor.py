"""`ketamon doctor`: each check on machines that are well and on machines that aren't."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ketamon.commands import doctor, doctor_checks
from ketamon.commands.doctor_checks import CHECKS, Bluetooth, Facts, Finding, SerialNode
from ketamon_drivers.catalog import FAMILIES
from tests.commands.run import run

WELL = Facts(groups=frozenset({"dialout"}))
CLOSED = SerialNode("/dev/ttyUSB0", "dialout", may_open=False)
OPEN = SerialNode("/dev/ttyUSB0", "dialout", may_open=True)
Check = Callable[[Facts], Finding]

ILL: list[tuple[str, dict[str, Any], str, str]] = [
    ("serial_ports", {"ports": (CLOSED,), "groups": frozenset()},
     "/dev/ttyUSB0 may not be opened, and nurse is not in the group dialout",
     "sudo usermod -aG dialout nurse, then log out and in again"),
    ("serial_ports", {"groups": frozenset()}, "none is plugged in", "sudo usermod -aG dialout nurse"),
    ("serial_ports", {"groups": frozenset(), "known_groups": frozenset({"uucp"})},
     "not in the group uucp", "sudo usermod -aG uucp nurse"),
    ("serial_ports", {"ports": (CLOSED,), "groups": frozenset(), "account_groups": frozenset({"dialout"})},
     "but not in this login", "log out and in again"),
    ("modem_manager", {"modem_manager_runs": True}, "sends AT commands",
     "ketamon doctor --udev | sudo tee /etc/udev/rules.d/70-ketamon.rules"),
    ("brltty", {"brltty_claims": ("10c4:ea60 in 85-brltty.rules",)}, "10c4:ea60", "sudo apt remove brltty"),
    ("bluetooth", {"bluetooth": Bluetooth(("hci0",), True, "hard")}, "by a switch", "flip that switch"),
    ("bluetooth", {"bluetooth": Bluetooth(("hci0",), True, "soft")}, "hci0 is switched off",
     "rfkill unblock bluetooth && bluetoothctl power on"),
    ("bluetooth", {"bluetooth": Bluetooth(("hci0",), False)}, "does not run",
     "sudo systemctl enable --now bluetooth"),
    ("bluetooth", {"bluetooth": Bluetooth(("hci0",), True, "", True)}, "nurse may not use",
     "sudo usermod -aG bluetooth nurse"),
    ("letters", {"encoding": "ISO-8859-1"}, "is ISO-8859-1", "export LANG=C.UTF-8"),
    ("letters", {"encoding": "ANSI_X3.4-1968", "environment": {"LC_ALL": "C"}}, "ANSI", "unset LC_ALL; export"),
    ("data_folder", {"data_trouble": "/x: may not be written by you; set KETAMON_DATA to a folder of yours"},
     "/x: may not be written by you", "set KETAMON_DATA to a folder of yours"),
    ("run_folder", {"run_trouble": "/x: can't be made (full); set KETAMON_RUN to a folder of yours"},
     "can't be made (full)", "set KETAMON_RUN to a folder of yours"),
    ("sqlite", {"sqlite": (3, 31, 1)}, "3.31.1 is older than 3.37.0", "install Python"),
    ("sqlite", {"has_pysqlite3": True}, "pysqlite3 takes the place", "pip uninstall pysqlite3"),
    ("bytecode", {"writes_no_bytecode": True}, "0.2 s later", "unset PYTHONDONTWRITEBYTECODE"),
    ("logout", {"kills_user_processes": True, "lingers": False}, "KillUserProcesses=yes",
     "sudo loginctl enable-linger nurse"),
]  # fmt: skip


def test_a_machine_that_is_well_has_nothing_to_mend() -> None:
    assert [check(WELL).fix for check in CHECKS] == [""] * len(CHECKS)


@pytest.mark.parametrize(("check", "facts", "says", "fix"), ILL)
def test_each_trouble_is_found_by_its_own_check_with_the_exact_fix(
    check: str, facts: dict[str, Any], says: str, fix: str
) -> None:
    ill = replace(WELL, **facts)
    wrong = [c for c in CHECKS if c(ill).is_wrong]
    assert wrong == [getattr(doctor_checks, check)]
    finding = wrong[0](ill)
    assert says in finding.says
    assert finding.fix.startswith(fix)


def test_every_check_has_a_machine_on_which_it_finds_something() -> None:
    assert {name for name, *_ in ILL} == {check.__name__ for check in CHECKS}


@pytest.mark.parametrize(
    ("check", "facts", "says"),
    [
        ("serial_ports", {"is_root": True, "groups": frozenset(), "ports": (CLOSED,)}, "may open them"),
        ("serial_ports", {"system": "darwin", "groups": frozenset()}, "may open them"),
        ("serial_ports", {"groups": frozenset(), "ports": (OPEN,)}, "may open them"),
        ("bluetooth", {"bluetooth": Bluetooth(("hci0",), True)}, "hci0 is there"),
        ("bluetooth", {}, "there is no adapter"),
        ("modem_manager", {"modem_manager_runs": None}, "can't be told"),
        ("modem_manager", {"modem_manager_runs": True, "modem_manager_ignores": True}, "leave these"),
        ("letters", {"encoding": "UTF8"}, "is UTF-8"),
        ("sqlite", {"sqlite": (3, 40, 1)}, "there is one writer"),
        ("sqlite", {"sqlite": (3, 44, 6)}, "3.44.6"),
        ("sqlite", {"sqlite": (3, 45, 0)}, "there is one writer"),
        ("sqlite", {"sqlite": (3, 50, 7)}, "3.50.7"),
        ("logout", {"kills_user_processes": None}, "can't be read"),
        ("logout", {"kills_user_processes": True, "lingers": True}, "lingers"),
    ],
)  # fmt: skip
def test_what_is_well_or_unknown_is_said_without_a_fix(
    check: str, facts: dict[str, Any], says: str
) -> None:
    found: Check = getattr(doctor_checks, check)
    finding = found(replace(WELL, **facts))
    assert says in finding.says
    assert not finding.is_wrong


# -- the command, and how facts are gathered ----------------------------------------------------


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Facts]:
    """The machine that the command finds."""
    found = {"facts": WELL}
    monkeypatch.setattr(doctor, "gathered", lambda: found["facts"])
    return found


def test_a_well_machine_is_zero_and_an_ill_one_is_one(
    capfd: pytest.CaptureFixture[str], machine: dict[str, Facts]
) -> None:
    well = run(capfd, "doctor")
    assert well.code == 0
    assert len(well.out.splitlines()) == len(CHECKS)
    machine["facts"] = replace(WELL, encoding="latin-1")
    ill = run(capfd, "doctor")
    assert ill.code == 1
    assert "WRONG locale: is latin-1" in ill.out
    assert "\n      mend it: export LANG=C.UTF-8" in ill.out
    lines = [json.loads(line) for line in run(capfd, "doctor", "--json").out.splitlines()]
    assert [line["subject"] for line in lines if not line["ok"]] == ["locale"]


def test_this_machine_can_be_looked_at(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("KETAMON_DATA", str(tmp_path / "file"))
    (tmp_path / "file").touch()
    ran = run(capfd, "doctor")
    assert ran.code == 1
    assert "WRONG data folder" in ran.out
    assert "mend it: set KETAMON_DATA to a folder of yours" in ran.out


def test_the_rules_for_udev_name_every_cable_of_the_catalogue(
    capfd: pytest.CaptureFixture[str],
) -> None:
    out = run(capfd, "doctor", "--udev").out
    for family in FAMILIES.values():
        for hint in family.usb:
            assert f'ATTRS{{idVendor}}=="{hint.vendor:04x}"' in out
            assert hint.what in out


def test_the_rules_that_it_prints_are_those_that_it_looks_for(tmp_path: Path) -> None:
    assert not doctor.ignored_by_modem_manager([tmp_path])
    (tmp_path / "70-ketamon.rules").write_text("\n".join(doctor.udev_rules()))
    assert doctor.ignored_by_modem_manager([tmp_path, tmp_path / "none"])


def test_only_lines_that_count_claim_a_cable(tmp_path: Path) -> None:
    etc, usr = tmp_path / "etc", tmp_path / "usr"
    etc.mkdir()
    usr.mkdir()
    claims = 'ENV{PRODUCT}=="10c4/ea60/*", ENV{BRLTTY_BRAILLE_DRIVER}="sk"\n'
    (usr / "85-brltty.rules").write_text(f"# {claims}{claims}")
    assert doctor.brltty_claims([etc, usr]) == (f"10c4:ea60 in {usr / '85-brltty.rules'}",)
    (etc / "85-brltty.rules").write_text(f"# {claims}")  # hides the system's own
    assert doctor.brltty_claims([etc, usr]) == ()


def test_a_program_is_found_by_the_fifteen_letters_that_the_kernel_keeps(tmp_path: Path) -> None:
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "comm").write_text("ModemManager\n")
    assert doctor.runs("ModemManager", tmp_path) is True
    assert doctor.runs("brltty", tmp_path) is False
    assert doctor.runs("brltty", tmp_path / "none") is None


@pytest.mark.parametrize(
    ("main", "drop", "kills"),
    [
        (None, None, None),
        ("#KillUserProcesses=yes\n", None, False),
        ("KillUserProcesses=yes\n", None, True),
        ("KillUserProcesses = no\n", None, False),
        ("KillUserProcesses=no\n", "[Login]\nKillUserProcesses=yes\n", True),
    ],
)
def test_what_logind_does_is_read_where_it_is_readable(
    tmp_path: Path, main: str | None, drop: str | None, kills: bool | None
) -> None:
    file = tmp_path / "logind.conf"
    if main is not None:
        file.write_text(main)
    if drop is not None:
        (tmp_path / "logind.conf.d").mkdir()
        (tmp_path / "logind.conf.d" / "50-kill.conf").write_text(drop)
    assert doctor.kills_user_processes([file, tmp_path / "none"]) is kills


def test_serial_nodes_are_those_that_were_plugged_in(tmp_path: Path) -> None:
    for name in ("ttyUSB0", "ttyACM1", "ttyS0", "tty1"):
        (tmp_path / name).touch()
    (tmp_path / "ttyUSB9").symlink_to(tmp_path / "gone")
    nodes = doctor.serial_nodes(tmp_path)
    assert [Path(node.path).name for node in nodes] == ["ttyUSB0", "ttyACM1"]
    assert all(node.may_open == os.access(node.path, os.W_OK) for node in nodes)


def test_adapters_and_their_switches_are_read_from_the_kernel(tmp_path: Path) -> None:
    hci = tmp_path / "class" / "bluetooth"
    (hci / "hci0").mkdir(parents=True)
    (hci / "hci0:11").mkdir()  # a connection
    for number, kind in enumerate(("wlan", "bluetooth")):
        switch = tmp_path / "class" / "rfkill" / f"rfkill{number}"
        switch.mkdir(parents=True)
        for name, text in (("type", kind), ("hard", "0"), ("soft", "1")):
            (switch / name).write_text(text)
    (tmp_path / "proc").mkdir()
    found = doctor.bluetooth_facts(tmp_path / "class", tmp_path / "proc")
    assert found == Bluetooth(("hci0",), False, "soft")
    nothing = doctor.bluetooth_facts(tmp_path / "none", tmp_path / "proc")
    assert nothing == Bluetooth()
