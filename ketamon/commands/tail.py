"""`ketamon tail [CHAIR]`: a running session in plain sentences, one a line, as they happen."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.feed.messages import EntryMessage


@click.command()
@click.argument("chair", required=False)
@click.option("--json", "as_json", is_flag=True, help="The entries themselves, one JSON line each.")
@click.option("--values", is_flag=True, help="Each value too, not only what happens.")
def tail(chair: str | None, as_json: bool, values: bool) -> None:
    """Prints what happens at CHAIR, or at the only one that is running, until it ends.

    Alarms with their priority, cuff readings, what was charted, devices lost and back. For screen
    readers, pagers and scripts; `--json` is for programs.
    """
    from ketamon.commands.chairs import the_chair

    asyncio.run(follow(Path(the_chair(chair).socket), as_json=as_json, values=values))


async def follow(socket: Path, *, as_json: bool, values: bool) -> None:
    """Prints until the engine says goodbye; raises ClickException where it can't be followed."""
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import EntryMessage, FeedError
    from ketamon.feed.sentences import Sentences

    sentences = Sentences(values=values)
    try:
        client = await FeedClient.connect(socket, seat="observer", viewer="tail")
        async for message in client.messages():
            if as_json:
                lines = [entry_line(message)] if isinstance(message, EntryMessage) else []
            else:
                lines = sentences.of(message)
            for line in lines:
                click.echo(line)
            sys.stdout.flush()
        await client.close()
    except (OSError, FeedError) as error:
        raise click.ClickException(f"the engine can't be followed: {error}") from None


def entry_line(message: "EntryMessage") -> str:
    """The entry's line as it is recorded."""
    import msgspec

    return msgspec.json.encode(message.entry).decode()
