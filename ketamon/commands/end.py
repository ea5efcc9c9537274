"""`ketamon end [CHAIR]`: ends a running session and closes its file."""

import asyncio
from pathlib import Path

import click

ASK_AGAIN_BEATS = 5
SILENT_S = 5.0


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
    """Sends the command and waits for the engine's last word; raises ClickException.

    An engine whose disk is full can't close the file yet: asked again, it says so.
    """
    from ketamon.commands.chairs import no_answer
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import Answer, Beat, Bye, FeedError, Hello

    said, beats = "", 0
    asking: set[asyncio.Task[Answer | None]] = set()
    try:
        client = await FeedClient.connect(socket, viewer="end")
        async with asyncio.timeout(SILENT_S) as silent:
            async for message in client.messages():
                silent.reschedule(asyncio.get_running_loop().time() + SILENT_S)
                match message:
                    case Bye():
                        said = message.reason
                    case Answer(ok=False):
                        raise click.ClickException(message.reason or "the engine refused")
                    case Beat():
                        beats += 1
                if isinstance(message, Hello) or beats == ASK_AGAIN_BEATS:
                    beats = 0
                    asking.add(asyncio.create_task(client.command("end", reason=reason)))
        await client.close()
    except TimeoutError:
        raise click.ClickException(no_answer(socket)) from None
    except (OSError, FeedError) as error:
        raise click.ClickException(f"the engine can't be reached: {error}") from None
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    if not said.startswith("the session was ended"):
        left = said or "the engine left without a word"
        raise click.ClickException(f"{left}; `ketamon sessions` shows what is kept")
    return said
