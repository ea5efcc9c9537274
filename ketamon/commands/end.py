"""`ketamon end [CHAIR]`: ends a running session and closes its file."""

import asyncio
from pathlib import Path

import click


@click.command()
@click.argument("chair", required=False)
@click.option("--reason", default="", help="Why, where it is not the ordinary end.")
def end(chair: str | None, reason: str) -> None:
    """Ends the session at CHAIR, or the only one that is running; prints its file.

    Nothing is judged after the end, and standing alarms stay on record as they stand. The file is
    closed and sealed; the fingerprint that is printed finds any later change (`ketamon verify`).
    """
    from ketamon.commands.chairs import the_chair

    found = the_chair(chair)
    bye = asyncio.run(ask_to_end(Path(found.socket), reason))
    click.echo(found.session)
    click.echo(bye)


async def ask_to_end(socket: Path, reason: str) -> str:
    """Sends the command and waits for the engine's last word; raises ClickException."""
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import Bye, FeedError, Hello

    try:
        client = await FeedClient.connect(socket, viewer="end")
        said = None
        asking: asyncio.Task[object] | None = None
        async for message in client.messages():
            if isinstance(message, Hello):
                asking = asyncio.create_task(client.command("end", reason=reason))
            elif isinstance(message, Bye):
                said = message.reason
            elif asking is not None and asking.done():
                answer = asking.result()
                if answer is not None and not getattr(answer, "ok", True):
                    raise click.ClickException(str(getattr(answer, "reason", "refused")))
        await client.close()
    except (OSError, FeedError) as error:
        raise click.ClickException(f"the engine can't be reached: {error}") from None
    return said or "the engine left without a word; `ketamon sessions` shows what it kept"
