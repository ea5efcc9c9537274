"""What `ketamon doctor` looks for: each check a function from facts to a finding, and nothing else.

Facts are gathered in `doctor`; here they are only judged, so that a test can be any machine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

OLDEST_SQLITE = (3, 37, 0)
"""Session files have STRICT tables."""
LATER_FIXED = ((3, 44, 6), (3, 50, 7))
FIXED = (3, 51, 3)
"""Where SQLite's fault in WAL mode with two writers is mended."""

UDEV_FILE = "/etc/udev/rules.d/70-ketamon.rules"


@dataclass(frozen=True, slots=True)
class SerialNode:
    """A serial port's file."""

    path: str
    group: str
    may_open: bool


@dataclass(frozen=True, slots=True)
class Bluetooth:
    """What can be seen of Bluetooth without using it."""

    adapters: tuple[str, ...] = ()
    service_runs: bool | None = False
    blocked: Literal["", "soft", "hard"] = ""
    """Switched off by a program, or by a switch at the machine."""
    bus_refuses: bool = False
    """This account may not speak with the service."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so on this machine; None where it can't be read."""

    system: str = "linux"
    account: str = "nurse"
    is_root: bool = False
    groups: frozenset[str] = frozenset()
    """Those that this login has."""
    account_groups: frozenset[str] = frozenset()
    """Those that the next login will have."""
    known_groups: frozenset[str] = frozenset({"dialout"})
    ports: tuple[SerialNode, ...] = ()
    modem_manager_runs: bool | None = False
    modem_manager_ignores: bool = False
    """A rule of this machine keeps it away from our devices' cables."""
    brltty_claims: tuple[str, ...] = ()
    """The bridges, as `10c4:ea60 in FILE`, that brltty's rules take."""
    bluetooth: Bluetooth = Bluetooth()
    encoding: str = "utf-8"
    data_trouble: str | None = None
    run_trouble: str | None = None
    sqlite: tuple[int, int, int] = (3, 51, 3)
    has_pysqlite3: bool = False
    writes_no_bytecode: bool = False
    kills_user_processes: bool | None = False
    lingers: bool | None = None
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; `fix` is the exact thing to do where something is wrong."""

    subject: str
    says: str
    fix: str = ""

    @property
    def is_wrong(self) -> bool:
        """True where something has to be done."""
        return bool(self.fix)


def serial_ports(facts: Facts) -> Finding:
    """May this account open serial ports?"""
    subject = "serial ports"
    if facts.system == "darwin" or facts.is_root:
        return Finding(subject, "this account may open them")
    closed = [port for port in facts.ports if not port.may_open]
    usual = next((g for g in ("dialout", "uucp") if g in facts.known_groups), "dialout")
    group = closed[0].group if closed else usual
    if not closed and (facts.ports or usual in facts.groups):
        return Finding(subject, "this account may open them")
    what = f"{closed[0].path} may not be opened" if closed else "none is plugged in"
    if group in facts.account_groups and group not in facts.groups:
        return Finding(
            subject,
            f"{what}; {facts.account} is in the group {group}, but not in this login",
            "log out and in again",
        )
    return Finding(
        subject,
        f"{what}, and {facts.account} is not in the group {group}",
        f"sudo usermod -aG {group} {facts.account}, then log out and in again",
    )


def modem_manager(facts: Facts) -> Finding:
    """Does ModemManager send its commands to devices that are plugged in?"""
    subject = "ModemManager"
    if facts.modem_manager_runs is None:
        return Finding(subject, "it can't be told whether it runs")
    if not facts.modem_manager_runs:
        return Finding(subject, "does not run")
    if facts.modem_manager_ignores:
        return Finding(subject, "runs, and is told to leave these cables alone")
    return Finding(
        subject,
        "runs, and sends AT commands to each serial port that is plugged in",
        f"ketamon doctor --udev | sudo tee {UDEV_FILE} && sudo udevadm control --reload && "
        "sudo udevadm trigger",
    )


def brltty(facts: Facts) -> Finding:
    """Does the braille service take the cables away?"""
    subject = "brltty"
    if not facts.brltty_claims:
        return Finding(subject, "takes no cable away")
    return Finding(
        subject,
        f"takes the cable away seconds after it is plugged in ({'; '.join(facts.brltty_claims)})",
        "sudo apt remove brltty, unless somebody here reads braille: then take those lines out",
    )


def bluetooth(facts: Facts) -> Finding:
    """Can Bluetooth devices be connected? A machine without an adapter lacks nothing."""
    subject, found = "Bluetooth", facts.bluetooth
    if facts.system == "darwin":
        return Finding(subject, "macOS asks once whether the terminal may use it")
    if not found.adapters:
        return Finding(subject, "there is no adapter: only serial devices can be connected")
    name = found.adapters[0]
    if found.blocked == "hard":
        return Finding(subject, f"{name} is off by a switch at the machine", "flip that switch")
    if found.blocked == "soft":
        return Finding(
            subject,
            f"{name} is switched off",
            "rfkill unblock bluetooth && bluetoothctl power on",
        )
    if found.service_runs is False:
        return Finding(subject, "its service does not run", "sudo systemctl enable --now bluetooth")
    if found.bus_refuses:
        return Finding(
            subject,
            f"{facts.account} may not use its service",
            f"sudo usermod -aG bluetooth {facts.account}, then log out and in again",
        )
    return Finding(subject, f"{name} is there, and its service runs")


def letters(facts: Facts) -> Finding:
    """Can the screen's lines and signs be written?"""
    subject = "locale"
    if facts.encoding.lower().replace("-", "") == "utf8":
        return Finding(subject, "is UTF-8")
    unset = "unset LC_ALL; " if facts.environment.get("LC_ALL") else ""
    return Finding(
        subject,
        f"is {facts.encoding}: the screen's lines and signs can't be written",
        f"{unset}export LANG=C.UTF-8, in ~/.profile too",
    )


def data_folder(facts: Facts) -> Finding:
    """Can sessions be kept?"""
    return _folder("data folder", facts.data_trouble, "KETAMON_DATA")


def run_folder(facts: Facts) -> Finding:
    """Can engine and screens meet?"""
    return _folder("run folder", facts.run_trouble, "KETAMON_RUN")


def _folder(subject: str, trouble: str | None, name: str) -> Finding:
    if trouble is None:
        return Finding(subject, "can be written")
    says, _, fix = trouble.partition("; ")
    return Finding(subject, says, fix or f"set {name} to a folder of yours")


def sqlite(facts: Facts) -> Finding:
    """Is the database fit for sessions?"""
    subject = "SQLite"
    version = ".".join(map(str, facts.sqlite))
    if facts.has_pysqlite3:
        return Finding(
            subject,
            "the package pysqlite3 takes the place of Python's own SQLite in the tools",
            "pip uninstall pysqlite3 pysqlite3-binary",
        )
    if facts.sqlite < OLDEST_SQLITE:
        return Finding(
            subject,
            f"{version} is older than {'.'.join(map(str, OLDEST_SQLITE))}",
            "install Python 3.11 or newer from your system, or with `uv python install`",
        )
    if facts.sqlite >= FIXED or any(
        fixed <= facts.sqlite < (fixed[0], fixed[1] + 1, 0) for fixed in LATER_FIXED
    ):
        return Finding(subject, version)
    return Finding(
        subject,
        f"{version}; its fault with two writers at once touches no session: there is one writer",
    )


def bytecode(facts: Facts) -> Finding:
    """Does Python compile everything anew at each start?"""
    subject = "bytecode"
    if not facts.writes_no_bytecode:
        return Finding(subject, "is kept")
    return Finding(
        subject,
        "is not kept, so that each screen opens 0.2 s later",
        "unset PYTHONDONTWRITEBYTECODE",
    )


def logout(facts: Facts) -> Finding:
    """Does logging out end a session's engine?"""
    subject = "logging out"
    if facts.kills_user_processes is None:
        return Finding(subject, "it can't be read whether that ends a running session")
    if not facts.kills_user_processes:
        return Finding(subject, "leaves a running session alone")
    if facts.lingers:
        return Finding(subject, "leaves a running session alone: this account lingers")
    return Finding(
        subject,
        "ends a running session (KillUserProcesses=yes)",
        f"sudo loginctl enable-linger {facts.account}",
    )


CHECKS: tuple[Callable[[Facts], Finding], ...] = (
    serial_ports, modem_manager, brltty, bluetooth, letters, data_folder, run_folder, sqlite, bytecode, logout,
)  # fmt: skip
"""Every check, in the order in which they are told."""
