"""`ketamon feed [CHAIR]`: the feed on standard input and output, as another machine's screen needs it."""

import asyncio
import os
import sys
from pathlib import Path

import click

CHUNK = 64 * 1024


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
    loop = asyncio.get_running_loop()
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError as error:
        raise click.ClickException(f"the engine can't be reached: {error.strerror}") from None
    given = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(given), sys.stdin)

    async def down() -> None:
        while data := await reader.read(CHUNK):
            try:
                await loop.run_in_executor(None, _write_all, data)
            except BrokenPipeError:
                return

    async def up() -> None:
        while data := await given.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    both = {loop.create_task(down()), loop.create_task(up())}
    down_task = next(iter(both))
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not down_task.done():
            await asyncio.wait(both, timeout=0.2)
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        writer.close()


def _write_all(data: bytes) -> None:
    """Writes to standard output, however slowly it is taken."""
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
