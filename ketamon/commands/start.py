"""`ketamon start`: a session at a chair, with its engine in the background."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ketamon.commands.site_config import SiteConfig

ROLES = ("cuff", "oximeter", "strap", "monitor")
MEMORY_DEVICES = 1  # the kernel's number of /dev/null and its kind


@click.command()
@click.option("--chair", default="1", show_default=True, help="The chair's name: letters, digits.")
@click.option("--cuff", metavar="FAMILY:ADDRESS", help="As in suntech:/dev/ttyUSB0.")
@click.option("--oximeter", metavar="FAMILY:ADDRESS", help="As in nonin-df8:/dev/serial/by-id/….")
@click.option("--strap", metavar="FAMILY:ADDRESS", help="As in sig-strap:bluetooth:AA:BB:CC:….")
@click.option("--monitor", metavar="FAMILY:ADDRESS", help="As in ge-dri:/dev/ttyUSB0.")
@click.option("--limits", "limits_file", type=click.Path(path_type=Path), help="A limits profile.")
@click.option("--config", type=click.Path(path_type=Path), help="The site's config.toml.")
@click.option("--title", help="A pseudonym for the header: never a name.")
@click.option("--phase", type=click.Choice(["setup", "baseline", "dosing"]), default="setup")
@click.option("--speed", type=click.FloatRange(0, 60), help="Simulated devices only: 0 to 60.")
@click.option("--new", is_flag=True, help="Also where the chair's last session was interrupted.")
@click.option("--no-screen", is_flag=True, help="Only the engine; `ketamon watch` opens a screen.")
def start(
    chair: str,
    cuff: str | None,
    oximeter: str | None,
    strap: str | None,
    monitor: str | None,
    limits_file: Path | None,
    config: Path | None,
    title: str | None,
    phase: str,
    speed: float | None,
    new: bool,
    no_screen: bool,
) -> None:
    """Begins a session at a chair: the engine goes to the background, the screen opens.

    The first line printed is the session's file. Leaving the screen ends nothing: `ketamon watch`
    opens it again, `ketamon end` ends the session. With real devices the limits must be approved
    (`ketamon limits approve`); virtual ones make the session SIMULATED.

    \b
    What stands at each chair, and who may approve limits, can be in config.toml: given by --config,
    named by KETAMON_CONFIG, in ~/.config/ketamon or in /etc/xdg/ketamon:
      [limits]
      approvers_group = "clinicians"
      [chair.1]
      cuff = "suntech:/dev/serial/by-id/usb-…"
      oximeter = "nonin-df8:/dev/serial/by-id/usb-…"
      limits = "iv.toml"

    Bluetooth devices are given by address (`ketamon devices --scan` lists them) or by serial number:
    and-cuff:bluetooth:AA:BB:CC:DD:EE:FF, and-cuff:bluetooth:serial=….
    """
    from ketamon.commands.chairs import start_keeper
    from ketamon.commands.site_config import ChairConfig, SiteConfigError, load_site_config

    if not no_screen:
        from ketamon.commands.screen import check_terminal

        check_terminal("add --no-screen to run the engine alone")
    try:
        site = load_site_config(config)
    except SiteConfigError as error:
        raise click.ClickException(str(error)) from None
    check_interrupted(chair, new=new)
    at_chair = site.chairs.get(chair, ChairConfig())
    given = {"cuff": cuff, "oximeter": oximeter, "strap": strap, "monitor": monitor}
    devices = {
        role: address
        for role in ROLES
        if (address := given[role] or at_chair.devices.get(role)) is not None
    }
    request = request_for(chair, devices, limits_file or at_chair.limits, site)
    if speed is not None and request["mode"] != "SIMULATED":
        raise click.ClickException("--speed: time is real with real devices; take it out")
    request |= {"phase": phase, "speed": 1.0 if speed is None else speed}
    if title:
        request["title"] = title
    answer = start_keeper(request)
    click.echo(answer["session"])
    if not no_screen:
        from ketamon.commands.watch import open_screen

        open_screen(Path(answer["ready"]), None)


def check_interrupted(chair: str, *, new: bool) -> None:
    """Refuses a chair whose last session nobody closed, unless a new one is meant."""
    from ketamon.commands.chairs import is_coming_back, not_running
    from ketamon.feed.paths import RunFolderError

    try:
        cut_short = not_running()
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    for one in cut_short:
        if one.chair != chair:
            continue
        if is_coming_back(chair):
            raise click.ClickException(
                f"chair {chair}: the engine of session {one.path.stem} is gone and is being started "
                f"again; see it with `ketamon watch {chair}`, or end it with `ketamon end {chair}`"
            )
        if not new:
            raise click.ClickException(
                f"chair {chair}: {one.sentence()}; add --new to begin another session there"
            )


def request_for(
    chair: str, devices: dict[str, str], limits_file: Path | None, site: "SiteConfig"
) -> dict[str, Any]:
    """Builds what the engine is asked for; raises ClickException where it may not be."""
    from ketamon.commands.chairs import places_of
    from ketamon.core.profile import ProfileError
    from ketamon.feed.chairs import ChairNameError, assert_is_chair_name
    from ketamon.feed.paths import RunFolderError
    from ketamon.profiles import FOLDER, load_profile
    from ketamon.profiles.approval import ApprovalError, approval_of

    try:
        assert_is_chair_name(chair)
    except ChairNameError as error:
        raise click.ClickException(str(error)) from None
    mode = mode_of(devices)
    approval = None
    if limits_file is None and mode == "LIVE":
        raise click.ClickException(
            "a session with a patient needs limits that a clinician approved: add --limits FILE"
        )
    try:
        path = limits_file or FOLDER / "iv_adult.toml"
        profile = load_profile(path)
        if mode == "LIVE":
            approved = approval_of(path, site.approvers_group)
            if load_profile(path) != profile:  # what was read is what was approved
                raise ApprovalError(f"{path}: was edited just now; start again")
            approval = {"name": approved.name, "date": approved.date, "sha256": approved.sha256}
        places = places_of(chair)
    except (ProfileError, ApprovalError, RunFolderError) as error:
        raise click.ClickException(str(error)) from None
    return {
        **places,
        "mode": mode,
        "devices": devices,
        "limits": dict(profile.raw),
        "approval": approval,
        **site.seating(),
    }


def mode_of(devices: dict[str, str]) -> str:
    """LIVE, or SIMULATED where the devices are virtual; a mixture is refused (DESIGN 2)."""
    from ketamon_drivers.catalog import every_family
    from ketamon_drivers.links.port import PortError
    from ketamon_drivers.links.ports import place_for

    known = every_family()
    virtual: dict[bool, list[str]] = {True: [], False: []}
    for role, given in devices.items():
        name, _, address = given.partition(":")
        if name not in known or not address:
            raise click.ClickException(
                f"--{role} {given}: give FAMILY:ADDRESS, with a family of: "
                f"{', '.join(sorted(n for n, f in known.items() if f.role == role))}"
            )
        try:
            port = place_for(address, known[name])
        except PortError as error:
            raise click.ClickException(str(error)) from None
        virtual[port.is_virtual].append(role)
    assert_can_be_ports(devices)
    if virtual[True] and virtual[False]:
        raise click.ClickException(
            f"the {' and '.join(virtual[True])} is virtual and the {' and '.join(virtual[False])} "
            "is real; a session has only real devices or only virtual ones"
        )
    return "SIMULATED" if virtual[True] else "LIVE"


def assert_can_be_ports(devices: dict[str, str]) -> None:
    """Refuses a path that can never be a serial port, and says of a missing one that it is missing.

    A device that is plugged in later is found then, so a session may begin without it.
    """
    from ketamon_drivers.links.bluetooth_place import is_bluetooth

    for role, given in devices.items():
        address = given.partition(":")[2]
        if "/" not in address or "://" in address or is_bluetooth(address):
            continue
        path = Path(address)
        if not path.exists():
            click.echo(
                f"ketamon: {address} does not exist: plug the {role} in; it is taken when it is there",
                err=True,
            )
        elif not path.is_char_device() or os.major(path.stat().st_rdev) == MEMORY_DEVICES:
            what = "a folder" if path.is_dir() else "not a serial port"
            raise click.ClickException(
                f"{address} is {what}: give the {role}'s port, such as /dev/ttyUSB0"
            )
