"""`ketamon probe PORT`: listens to a port and names what speaks there; writes nothing to it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon_drivers.catalog import SerialLine
    from ketamon_drivers.links.port import Port
    from ketamon_drivers.links.probe import Tried

NEXT = (
    "switch the device on and put it on a finger; one that only answers when it is asked stays "
    "unheard (`ketamon probe -h` names them): give it to `ketamon start`"
)


@click.command()
@click.argument("port")
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE",
              help="Saves what was heard as a test fixture, without serial numbers and times.")  # fmt: skip
def probe(port: str, save: Path | None) -> None:
    """Listens to PORT and names what speaks there. No byte is written to it.

    It tries the usual line settings for 4 s each, longer where something promising comes. A device
    without checksums must also keep its rhythm. Devices that only answer when they are asked
    (SunTech cuffs, Contec V7 oximeters, GE and PM6750 monitors) stay unheard: name them to
    `ketamon start` yourself.

    \b
    ketamon probe /dev/ttyUSB0
    ketamon probe socket://serial-server:4001 --save oximeter.json
    """
    from ketamon_drivers.catalog import SerialLine, every_family
    from ketamon_drivers.links.loops import RealLoop, run
    from ketamon_drivers.links.port import PortError
    from ketamon_drivers.links.ports import port_for
    from ketamon_drivers.links.probe import lines_of
    from ketamon_drivers.links.probe import probe as listen
    from ketamon_drivers.links.socket_port import SCHEME

    if save is not None and save.exists():
        raise click.ClickException(f"{save} is there already: give another name")
    if save is not None and not save.parent.is_dir():
        raise click.ClickException(f"{save.parent} is no folder: give another place")
    families = list(every_family().values())
    try:
        is_virtual = port_for(port, SerialLine()).is_virtual
        # A network server or a pseudo-terminal has no settings: what comes is what comes.
        has_line = not (port.startswith(SCHEME) or is_virtual)
        lines = lines_of(families) if has_line else [SerialLine()]

        def at(line: "SerialLine") -> "Port":
            return port_for(port, line)

        def told(line: "SerialLine") -> None:
            click.echo(f"listening at {line}" if has_line else "listening", err=True)

        tried = run(listen(at, families, lines, told), RealLoop())
    except PortError as error:
        raise click.ClickException(str(error)) from None
    sentences, code = report(port, tried, has_line=has_line)
    for sentence in sentences:
        click.echo(sentence)
    if save is not None:
        _save(save, tried[-1], is_virtual=is_virtual)
    if code:
        raise click.exceptions.Exit(code)


def report(port: str, tried: "list[Tried]", *, has_line: bool) -> tuple[list[str], int]:
    """Says in sentences what was heard, and gives the exit code."""
    last = tried[-1]
    if last.sure:
        best, *alike = last.sure
        family = best.family
        settings = f" at {last.line}" if has_line else ""
        lines = [f"{family.name}: {family.title}; {best.evidence}{settings}"]
        if has_line and family.line is not None and str(last.line) != str(family.line):
            lines.append(
                f"it is set to {last.line} and ketamon opens it at {family.line}: set the device so"
            )
        lines += [f"or {verdict.family.name}: {verdict.evidence}" for verdict in alike]
        lines.append(f"`ketamon start --{family.role} {family.name}:{port}` connects it")
        return lines, 0
    heard = [each for each in tried if each.came_bytes]
    if not heard:
        where = f" at any of {len(tried)} line settings" if len(tried) > 1 else ""
        return [f"nothing came{where}: {NEXT}"], 1
    lines = []
    for each in heard:
        near = max(each.verdicts, key=lambda v: v.frames - v.malformed_bytes, default=None)
        hint = f"; nearest is {near.family.name}: {near.why_not}" if near and near.frames else ""
        lines.append(f"{each.line}: {each.came_bytes} bytes, of no device that ketamon knows{hint}")
    lines.append(f"nothing was recognised: {NEXT}")
    return lines, 1


def _save(path: Path, tried: "Tried", *, is_virtual: bool) -> None:
    from ketamon_drivers.links.capture import NothingToSaveError, fixture

    if not tried.sure:
        raise click.ClickException(
            f"{path}: not saved: what is not recognised can't be freed of what identifies somebody"
        )
    try:
        made = fixture(tried.sure[0].family, bytes(tried.captured), is_virtual=is_virtual)
        with path.open("x", encoding="utf-8") as file:
            json.dump(made, file, indent=1)
            file.write("\n")
    except NothingToSaveError as error:
        raise click.ClickException(f"{path}: not saved: {error}") from None
    except OSError as error:
        raise click.ClickException(
            f"{path}: can't be written ({error.strerror}): give another place"
        ) from None
    click.echo(f"saved to {path}: {len(made['hex'])} pieces, {len(made['decoded'])} readings")
