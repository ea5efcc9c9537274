"""`ketamon feed [CHAIR]`: the feed on standard input and output, as another machine's screen needs it."""

import asyncio
import os
from pathlib import Path

import click

CHUNK = 64 * 1024
LAST_WORDS_S = 1.0  # what the engine has sent before it saw that we are gone


@click.command()
@click.argument("chair", required=False)
def feed(chair: str | None) -> None:
    """Copies CHAIR's feed, or the only running one's, to standard output, and input to it.

    One JSON object a line both ways; the first line to send is {"type":"attach"}.
    """
    from ketamon.commands.chairs import the_chair

    asyncio.run(copy(Path(the_chair(chair).socket)))


async def copy(socket: Path) -> None:
    """Copies both ways until either side is closed; raises ClickException where nobody answers."""
    from ketamon_drivers.links.loops import OwnThread

    loop = asyncio.get_running_loop()
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError as error:
        raise click.ClickException(f"the engine can't be reached: {error.strerror}") from None

    async def down() -> None:
        while data := await reader.read(CHUNK):
            try:
                await loop.run_in_executor(OwnThread(), _write_all, data)
            except BrokenPipeError:
                return

    async def up() -> None:
        # In a thread that nobody waits for: a terminal, a file and a pipe are all read alike.
        while data := await loop.run_in_executor(OwnThread(), os.read, 0, CHUNK):
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


def _write_all(data: bytes) -> None:
    """Writes to standard output, however slowly it is taken."""
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
