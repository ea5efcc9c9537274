"""`ketamon doctor`: what on this machine keeps devices, screens or sessions from working."""

import getpass
import grp
import importlib.util
import json
import locale
import os
import re
import sqlite3
import sys
from pathlib import Path
from typing import Literal

import click

from ketamon.commands.doctor_checks import CHECKS, Bluetooth, Facts, Finding, SerialNode

UDEV_FOLDERS = (
    "/etc/udev/rules.d",
    "/run/udev/rules.d",
    "/usr/lib/udev/rules.d",
    "/lib/udev/rules.d",
)
LOGIND = ("/etc/systemd/logind.conf", "/usr/lib/systemd/logind.conf")
OUR_BRIDGES = ("10c4", "1a86")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON, a line a finding.")
@click.option("--udev", is_flag=True, help="Prints udev rules that keep ModemManager away.")
@click.option("--sshd", is_flag=True, help="Prints sshd's rules for the way in, and checks them.")
def doctor(as_json: bool, udev: bool, sshd: bool) -> None:
    """Looks at this machine, and says of each thing that is wrong how to mend it.

    Exit code 1 where something is wrong. Nothing is changed.
    """
    if udev:
        click.echo("\n".join(udev_rules()))
        return
    if sshd:
        from ketamon.commands.doctor_sshd import checked, rules

        click.echo("\n".join(rules()))
        finding = checked()
        click.echo(line_of(finding), err=True)
        raise click.exceptions.Exit(int(finding.is_wrong))
    facts = gathered()
    findings = [check(facts) for check in CHECKS]
    for finding in findings:
        click.echo(json.dumps(as_object(finding)) if as_json else line_of(finding))
    if any(finding.is_wrong for finding in findings):
        raise click.exceptions.Exit(1)


def line_of(finding: Finding) -> str:
    """One finding for a person."""
    mark = "WRONG" if finding.is_wrong else "ok"
    fix = f"\n      mend it: {finding.fix}" if finding.is_wrong else ""
    return f"{mark:<5} {finding.subject}: {finding.says}{fix}"


def as_object(finding: Finding) -> dict[str, str | bool]:
    """One finding for a program."""
    return {
        "subject": finding.subject,
        "ok": not finding.is_wrong,
        "says": finding.says,
        "fix": finding.fix,
    }


def udev_rules() -> list[str]:
    """Rules for the cables that the catalogue knows."""
    from ketamon_drivers.catalog import every_family

    hints = {
        (hint.vendor, hint.product): hint.what
        for family in every_family().values()
        for hint in family.usb
    }
    lines = ["# From `ketamon doctor --udev`: ModemManager leaves these serial cables alone."]
    for (vendor, product), what in sorted(hints.items(), key=lambda item: item[0][0]):
        match = f'ATTRS{{idVendor}}=="{vendor:04x}"'
        if product is not None:
            match += f', ATTRS{{idProduct}}=="{product:04x}"'
        lines += [
            f"# {what}",
            f'{match}, ENV{{ID_MM_DEVICE_IGNORE}}="1", ENV{{ID_MM_PORT_IGNORE}}="1"',
        ]
    return lines


def gathered() -> Facts:
    """Looks at this machine."""
    account = getpass.getuser()
    version = sqlite3.sqlite_version_info
    return Facts(
        system=sys.platform,
        account=account,
        is_root=os.geteuid() == 0,
        groups=frozenset(map(_group, {*os.getgroups(), os.getegid()})),
        account_groups=frozenset(g.gr_name for g in grp.getgrall() if account in g.gr_mem),
        known_groups=frozenset(g.gr_name for g in grp.getgrall()),
        ports=serial_nodes(Path("/dev")),
        modem_manager_runs=runs("ModemManager", Path("/proc")),
        modem_manager_ignores=ignored_by_modem_manager([Path(f) for f in UDEV_FOLDERS]),
        brltty_claims=brltty_claims([Path(f) for f in UDEV_FOLDERS]),
        bluetooth=bluetooth_facts(Path("/sys/class"), Path("/proc")),
        encoding=locale.getencoding(),
        data_trouble=data_trouble(),
        run_trouble=run_trouble(),
        sqlite=(version[0], version[1], version[2]),
        has_pysqlite3=importlib.util.find_spec("pysqlite3") is not None,
        writes_no_bytecode=sys.dont_write_bytecode,
        kills_user_processes=kills_user_processes([Path(f) for f in LOGIND]),
        lingers=Path("/var/lib/systemd/linger", account).exists(),
        environment=dict(os.environ),
    )


def serial_nodes(folder: Path) -> tuple[SerialNode, ...]:
    """Serial ports that were plugged in; built-in ones are mostly dead."""
    found = []
    for pattern in ("ttyUSB*", "ttyACM*"):
        for path in sorted(folder.glob(pattern)):
            try:
                group = _group(path.stat().st_gid)
            except OSError:
                continue
            found.append(SerialNode(str(path), group, os.access(path, os.R_OK | os.W_OK)))
    return tuple(found)


def runs(name: str, proc: Path) -> bool | None:
    """Tells whether a program runs; None where that can't be looked at."""
    if not proc.is_dir():
        return None
    for process in proc.glob("[0-9]*/comm"):
        try:
            if process.read_text().strip() == name[:15]:  # the kernel keeps 15 letters
                return True
        except OSError:
            continue
    return False


def bluetooth_facts(classes: Path, proc: Path) -> Bluetooth:
    """What the kernel tells of adapters and their switches, and whether the service runs for us."""
    adapters = tuple(sorted(path.name for path in (classes / "bluetooth").glob("hci*")
                            if ":" not in path.name))  # fmt: skip
    service = runs("bluetoothd", proc) if adapters else False
    return Bluetooth(adapters, service, _blocked(classes / "rfkill"), bool(service) and _refuses())


def _blocked(folder: Path) -> Literal["", "soft", "hard"]:
    for switch in folder.glob("rfkill*"):
        try:
            if (switch / "type").read_text().strip() != "bluetooth":
                continue
            if (switch / "hard").read_text().strip() == "1":
                return "hard"
            if (switch / "soft").read_text().strip() == "1":
                return "soft"
        except OSError:
            continue
    return ""


def _refuses() -> bool:
    """Tells whether the bus keeps this account from the service; asks it nothing but its adapters."""
    import asyncio

    from ketamon_drivers.links.bluetooth_service import is_refused

    return asyncio.run(is_refused())


def rules_in(folders: list[Path]) -> dict[Path, list[str]]:
    """The lines of udev's rules that count: a file in an earlier folder hides its namesake."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.rules")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    rules = {}
    for path in found.values():
        try:
            lines = path.read_text(errors="replace").splitlines()
        except OSError:
            continue
        rules[path] = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return rules


def ignored_by_modem_manager(folders: list[Path]) -> bool:
    """Tells whether a rule of ours keeps ModemManager away."""
    return any(
        "ID_MM_" in line and "IGNORE" in line and any(v in line.lower() for v in OUR_BRIDGES)
        for lines in rules_in(folders).values()
        for line in lines
    )


def brltty_claims(folders: list[Path]) -> tuple[str, ...]:
    """The bridges of our cables that brltty's rules take."""
    return tuple(
        f"{':'.join(found.groups())} in {path}"
        for path, lines in rules_in(folders).items()
        if "brltty" in path.name
        for line in lines
        if (found := re.search(r"\b(10c4|1a86)/(ea60|7523)\b", line.lower()))
    )


def kills_user_processes(files: list[Path]) -> bool | None:
    """What logind does with the programs of somebody who logs out; None where it isn't to be read."""
    paths = [drop for f in files for drop in sorted(Path(f"{f}.d").glob("*.conf"), reverse=True)]
    read = False
    for path in (*paths, *files):
        try:
            text = path.read_text()
        except OSError:
            continue
        read = True
        found = re.findall(r"^\s*KillUserProcesses\s*=\s*(\w+)", text, re.MULTILINE)
        if found:
            return found[-1].lower() in {"yes", "true", "1", "on"}
    return False if read else None


def data_trouble() -> str | None:
    """Why sessions can't be kept."""
    from ketamon.ledger.places import DataFolderError, made_sessions_folder

    try:
        made_sessions_folder()
    except DataFolderError as error:
        return str(error)
    return None


def run_trouble() -> str | None:
    """Why engine and screens can't meet."""
    from ketamon.feed.paths import RunFolderError, socket_path

    try:
        folder = socket_path("chair-0").parent
    except RunFolderError as error:
        return str(error)
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder}: may not be written by you; set KETAMON_RUN to a folder of yours"
    return None


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
