"""`ketamon decode PROTOCOL [FILE]`: a device's bytes as readings, one JSON line each."""

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon_drivers.protocols import ProtocolSpec
    from ketamon_drivers.readings import Reading

CHUNK_BYTES = 65536
OTHER = ", and no reading came: see that the capture is of {} and whole; `ketamon decode --list` names others."
LONGEST_LINE = 65536  # of hex, and of one notification: Bluetooth's are 512 bytes at most


def protocols() -> dict[str, "ProtocolSpec"]:
    """Gives every protocol by name: those of installed packages, ours among them, by entry point.

    A package that can't be loaded is left out and named on standard error.
    """
    found: dict[str, ProtocolSpec] = {}
    for point in entry_points(group="ketamon.drivers"):
        if point.name != "protocols":
            continue
        try:
            found |= point.load()
        except Exception as error:
            click.echo(
                f"ketamon: the drivers of {point.value} can't be loaded ({type(error).__name__}); "
                "reinstall or remove that package.",
                err=True,
            )
    return found


def _protocol(_ctx: click.Context, _param: click.Parameter, name: str) -> "ProtocolSpec":
    known = protocols()
    if name not in known:
        raise click.ClickException(
            f"there is no protocol {name!r}: give one of {', '.join(known)}."
        )
    return known[name]


def _print_list(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        for name, spec in protocols().items():
            click.echo(f"{name:<14} {spec.title}")
        ctx.exit()


@click.command()
@click.argument("protocol", callback=_protocol)
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--hex", "is_hex", is_flag=True, help="Each line is one notification or frame in hex."
)
@click.option("--model", help="The device's model, for those with quirks of their own.")
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=_print_list,
    help="Lists the protocols.",
)  # fmt: skip
def decode(protocol: "ProtocolSpec", file: IO[bytes], is_hex: bool, model: str | None) -> None:
    """Turns the bytes in FILE, or on standard input, into readings, a JSON line each.

    Without --hex, FILE is the bytes as the device sent them: a stream, or one notification. Bytes
    that belong to no reading are counted on standard error.

    \b
    ketamon decode gatt-2a35 --hex <<< "16 7c0056006100 e807060f11111b 3300 0000"
    """
    from ketamon_drivers.readings import Rejected, encode

    decoder = protocol.decoder(model)
    out = sys.stdout.buffer
    is_known = False

    def show(readings: "list[Reading]") -> None:
        nonlocal is_known
        for reading in readings:
            is_known = is_known or not isinstance(reading, Rejected)
            out.write(encode(reading) + b"\n")
        out.flush()

    def finish() -> None:
        show(decoder.end())
        if decoder.skipped_bytes:
            count = decoder.skipped_bytes
            click.echo(
                f"ketamon: {count} byte{'s' if count != 1 else ''} belonged to no reading"
                f"{'.' if is_known else OTHER.format(protocol.name)}",
                err=True,
            )

    try:
        for piece in _pieces(file, is_hex, whole=protocol.framing == "packet"):
            show(decoder.feed(piece))
    except (click.ClickException, KeyboardInterrupt):
        finish()  # what came before it is not lost
        raise
    finish()


def _pieces(file: IO[bytes], is_hex: bool, *, whole: bool) -> Iterator[bytes]:
    """Gives what to feed a decoder, piece by piece; one bad line of hex ends it with its number."""
    try:
        if is_hex:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
                yield _unhex(line, number)
        elif whole:
            data = file.read(LONGEST_LINE + 1)
            if len(data) > LONGEST_LINE:
                raise click.ClickException(
                    f"{file.name} is longer than one notification can be: give one, or one a "
                    "line in hex with --hex."
                )
            yield data
        else:
            while data := _read_some(file):
                yield data
    except OSError as error:
        raise click.ClickException(
            f"{file.name} can't be read: {error.strerror}; give a file of bytes, or - for "
            "standard input."
        ) from None


def _read_some(file: IO[bytes]) -> bytes:
    """Gives what has come so far, so that a live stream is shown as it comes."""
    read1 = getattr(file, "read1", file.read)
    data: bytes = read1(CHUNK_BYTES)
    return data


def _unhex(line: bytes, number: int) -> bytes:
    try:
        return bytes.fromhex(line.decode("ascii"))
    except ValueError:
        raise click.ClickException(
            f"line {number} is not hex: give two digits 0-9, a-f for each byte, one notification "
            "or frame a line, or leave --hex out for raw bytes."
        ) from None
