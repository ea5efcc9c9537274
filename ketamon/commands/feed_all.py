"""`ketamon feed --all`: what all chairs of this machine say, for a wall that hangs elsewhere."""

import asyncio
import os

import click

from ketamon.commands.feed import write_all

CHUNK = 4096


async def copy_all() -> None:
    """Writes a line for each thing said, until standard input or output is closed."""
    from ketamon.feed.many import chairs_here, encode_told
    from ketamon.feed.paths import RunFolderError
    from ketamon_drivers.links.loops import OwnThread

    loop = asyncio.get_running_loop()

    async def up() -> None:
        while await loop.run_in_executor(OwnThread(), os.read, 0, CHUNK):
            pass

    async def down() -> None:
        async for told in chairs_here():
            await loop.run_in_executor(OwnThread(), write_all, encode_told(told))

    tasks = [loop.create_task(work()) for work in (up, down)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except BrokenPipeError:
        return
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
