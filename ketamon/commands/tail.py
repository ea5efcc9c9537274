"""`ketamon tail [CHAIR]`: a running session in plain sentences, one a line, as they happen."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import EntryMessage

BACK_WITHIN_S = 30.0
RETRY_S = 0.2
SILENT_S = 5.0


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
    """Prints until the engine says goodbye, also over its restarts; raises ClickException."""
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import FeedError

    loop = asyncio.get_running_loop()
    gone_since: float | None = None
    while True:
        try:
            client = await FeedClient.connect(socket, seat="observer", viewer="tail")
        except OSError as error:
            if gone_since is None or loop.time() - gone_since > BACK_WITHIN_S:
                raise click.ClickException(
                    f"the engine can't be reached ({error.strerror}); `ketamon status` says more"
                ) from None
            await asyncio.sleep(RETRY_S)
            continue
        try:
            if await printed(client, socket, as_json=as_json, values=values):
                return
        except FeedError as error:
            raise click.ClickException(f"the engine can't be followed: {error}") from None
        finally:
            await client.close()
        gone_since = loop.time()
        click.echo("the engine is gone; waiting for it to be started again", err=True)


async def printed(client: "FeedClient", socket: Path, *, as_json: bool, values: bool) -> bool:
    """Prints what one engine says; false where it is gone without a goodbye.

    Raises ClickException where it is silent and nobody would start it again.
    """
    from ketamon.commands.chairs import no_answer
    from ketamon.feed.chairs import is_kept
    from ketamon.feed.messages import Bye, EntryMessage
    from ketamon.feed.sentences import Sentences

    sentences = Sentences(values=values)
    messages = aiter(client.messages())
    following = asyncio.ensure_future(anext(messages, None))
    try:
        while True:
            heard, _ = await asyncio.wait([following], timeout=SILENT_S)
            if not heard:
                say_silent()
                if not is_kept(socket):
                    raise click.ClickException(no_answer(socket))
                continue
            message = following.result()
            if message is None:
                return False
            following = asyncio.ensure_future(anext(messages, None))
            if as_json:
                lines = [entry_line(message)] if isinstance(message, EntryMessage) else []
            else:
                lines = sentences.of(message)
            for line in lines:
                click.echo(line)
            sys.stdout.flush()
            if isinstance(message, Bye):
                return True
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def say_silent() -> None:
    """Whoever only listens must hear that nothing comes."""
    click.echo(f"nothing came from the engine for {SILENT_S:g} s: look at the patient", err=True)


def entry_line(message: "EntryMessage") -> str:
    """The entry's line as it is recorded."""
    import msgspec

    return msgspec.json.encode(message.entry).decode()
