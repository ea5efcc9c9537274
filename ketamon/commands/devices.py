"""`ketamon devices`: the families of devices that ketamon knows, and what is plugged in."""

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ketamon_drivers.catalog import Family
    from ketamon_drivers.links.bluetooth_in_range import InRange
    from ketamon_drivers.links.plugged_in import PluggedIn


@click.command()
@click.option("--scan", is_flag=True, help="What is plugged in, and what it may be, with reasons.")
@click.option("--seconds", type=click.FloatRange(1, 60), default=8.0, show_default=True,
              help="How long --scan listens for Bluetooth devices.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="JSON, a line each.")
@click.option("--role", type=click.Choice(["cuff", "oximeter", "strap", "monitor"]))
def devices(scan: bool, seconds: float, as_json: bool, role: str | None) -> None:
    """Lists the families of devices: what connects them, what they can do, what is known of them.

    The first word of each is the FAMILY in `ketamon start --oximeter FAMILY:ADDRESS`. With --scan,
    the machine's serial ports and the Bluetooth devices in range with the families that each may be;
    a USB id proves nothing, so `ketamon probe PORT` then listens to what comes. Cuffs are on the air
    only for seconds after a measurement: press START first.
    """
    from ketamon_drivers.catalog import every_family

    families = [f for f in every_family().values() if role in (None, f.role)]
    if scan:
        from ketamon_drivers.links.plugged_in import plugged_in

        ports = plugged_in(families)
        if as_json:
            for port in ports:
                click.echo(json.dumps(dataclasses.asdict(port)))
        else:
            click.echo("\n".join(port_lines(ports)))
        scan_bluetooth(families, seconds, as_json=as_json)
        return
    for family in families:
        click.echo(
            json.dumps(family_object(family)) if as_json else "\n".join(family_lines(family))
        )


def scan_bluetooth(families: "list[Family]", seconds: float, *, as_json: bool) -> None:
    """Prints what is in range; where there is no Bluetooth, one sentence says so."""
    from ketamon_drivers.links.bluetooth_errors import BluetoothError
    from ketamon_drivers.links.bluetooth_in_range import in_range
    from ketamon_drivers.links.loops import RealLoop, run

    click.echo(f"listening for Bluetooth devices for {seconds:g} s", err=True)
    try:
        found = run(in_range(families, seconds), RealLoop())
    except BluetoothError as error:
        click.echo(f"Bluetooth was not scanned: {error}", err=True)
        return
    if as_json:
        for device in found:
            click.echo(json.dumps(dataclasses.asdict(device)))
    else:
        click.echo("\n".join(radio_lines(found)))


def radio_lines(found: "list[InRange]") -> list[str]:
    """What is in range, a line a device and a line a guess; strangers are only counted."""
    known = [device for device in found if device.guesses]
    lines = []
    for device in known:
        strength = "" if device.rssi_dbm is None else f", {device.rssi_dbm} dBm"
        lines.append(f"bluetooth:{device.address}: {device.name or 'without a name'}{strength}")
        lines += [f"  {g.score:>3}  {g.family:<15} {g.reason}" for g in device.guesses]
    others = len(found) - len(known)
    if not known:
        lines.append("no Bluetooth device that ketamon knows is in range: switch it on, and press "
                     "START on a cuff")  # fmt: skip
    if others:
        lines.append(f"{others} other Bluetooth devices are in range")
    return lines


def family_lines(family: "Family") -> list[str]:
    """One family in two or three lines."""
    return [
        f"{family.name:<15} {family.title}",
        f"{'':<15} {family.role}, {family.link}, {family.where}; {', '.join(family.abilities)}",
        f"{'':<15} {family.known}; protocol {family.protocol}, by {family.source}",
    ]


def table_rows(families: "list[Family]") -> list[str]:
    """The rows of README's table."""
    return [
        f"| `{family.name}` | {family.title} | {family.role}, {family.link} | "
        f"{', '.join(family.abilities)} | {family.known} |"
        for family in families
    ]


def family_object(family: "Family") -> dict[str, Any]:
    """One family as JSON: what a program that sets up devices wants to know."""
    from ketamon_drivers.virtual.by_family import has_virtual_device

    gatt = family.bluetooth
    return {
        "family": family.name,
        "title": family.title,
        "role": family.role,
        "link": family.link,
        "protocol": family.protocol,
        "line": None if family.line is None else dataclasses.asdict(family.line),
        "bluetooth": None if gatt is None else dataclasses.asdict(gatt),
        "usb": [
            {"vendor": f"{hint.vendor:04x}",
             "product": None if hint.product is None else f"{hint.product:04x}", "what": hint.what}
            for hint in family.usb
        ],
        "gives": list(family.gives),
        "cadence_s": family.cadence_s,
        "can_start": family.can_start,
        "keeps_records": family.keeps_records,
        "has_virtual_device": has_virtual_device(family),
        "known": family.known,
        "source": family.source,
    }  # fmt: skip


def port_lines(ports: "list[PluggedIn]") -> list[str]:
    """What is plugged in, a line a port and a line a guess."""
    if not ports:
        return [
            "no serial port is there: plug the cable in; `ketamon doctor` looks for what hides one"
        ]
    lines = []
    for port in ports:
        node = f" ({port.node})" if port.node != port.path else ""
        about = f"USB {port.usb}" if port.usb else "built in"
        lines.append(f"{port.path}{node}: {about}{f', {port.name}' if port.name else ''}")
        lines += [f"  {g.score:>3}  {g.family:<15} {g.reason}" for g in port.guesses]
        if not port.guesses:
            lines.append("       nothing speaks for a device here")
        lines.append(f"       `ketamon probe {port.path}` listens to what comes")
    return lines
