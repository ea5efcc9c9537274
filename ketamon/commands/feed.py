"""`ketamon feed [CHAIR]`: the feed on standard input and output, as another machine's screen needs it."""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

import click

from ketamon.commands.watch import SEATS

OBSERVER = "observer"
FIRST_LINE_BYTES = 4096
CHUNK = 64 * 1024
LAST_WORDS_S = 1.0  # what the engine has sent before it saw that we are gone


@click.command()
@click.argument("chair", required=False)
@click.option(
    "--as",
    "seat",
    type=click.Choice(SEATS),
    help="The highest seat that may be asked for.",
)
@click.option(
    "--all", "every", is_flag=True, help="All chairs' feeds, to look at: what `wall` reads."
)
def feed(chair: str | None, seat: str | None, every: bool) -> None:
    """Copies CHAIR's feed, or the only running one's, to standard output, and input to it.

    One JSON object a line both ways; the first line to send is {"type":"attach"}.
    """
    from ketamon.commands.chairs import the_chair

    if every:
        from ketamon.commands.feed_all import copy_all

        asyncio.run(copy_all())
    else:
        asyncio.run(copy(Path(the_chair(chair).socket), seat))


def lowered(first: bytes, seat: str | None, key: str = "") -> bytes:
    """The first line, asking for no other seat than this one or an observer's, and naming the key
    that let it in; as it was if it is no attach: the engine then says so."""
    with suppress(ValueError):
        asked = json.loads(first)
        if isinstance(asked, dict):
            if seat is not None:
                asked["seat"] = OBSERVER if asked.get("seat") == OBSERVER else seat
            asked["key"] = key
            return json.dumps(asked).encode() + b"\n"
    return first


async def copy(socket: Path, seat: str | None = None) -> None:
    """Copies both ways until either side is closed; raises ClickException where nobody answers."""
    from ketamon.feed.ssh_key import ssh_key
    from ketamon_drivers.links.loops import OwnThread

    loop = asyncio.get_running_loop()
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError as error:
        raise click.ClickException(f"the engine can't be reached: {error.strerror}") from None

    async def down() -> None:
        while data := await reader.read(CHUNK):
            try:
                await loop.run_in_executor(OwnThread(), write_all, data)
            except BrokenPipeError:
                return

    async def up() -> None:
        # In a thread that nobody waits for: a terminal, a file and a pipe are all read alike.
        first: bytes | None = b""
        while data := await loop.run_in_executor(OwnThread(), os.read, 0, CHUNK):
            if first is not None:
                first += data
                line, end, rest = first.partition(b"\n")
                if not end and len(first) <= FIRST_LINE_BYTES:
                    continue
                data, first = lowered(line + end, seat, ssh_key()) + rest, None
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    ours, theirs = loop.create_task(up()), loop.create_task(down())
    try:
        await asyncio.wait((ours, theirs), return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait((theirs,), timeout=LAST_WORDS_S)
    finally:
        for task in (ours, theirs):
            task.cancel()
        await asyncio.gather(ours, theirs, return_exceptions=True)
        writer.close()


def write_all(data: bytes) -> None:
    """Writes to standard output, however slowly it is taken."""
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
