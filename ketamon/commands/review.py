"""`ketamon review SESSION`: notes that somebody has looked through a session."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.feed.messages import Answer

ANSWER_WITHIN_S = 5.0


@click.command()
@click.argument("session")
def review(session: str) -> None:
    """Notes that you have looked through SESSION (a file, its name, or the name's beginning).

    Of a session that runs it becomes an entry. Of a closed one, whose file is never written to
    again, it is a line in reviews.log beside it, bound to the session's fingerprint; `ketamon
    sessions --unreviewed` lists what nobody has looked through.
    """
    from ketamon.feed.chairs import running_chairs
    from ketamon.feed.paths import RunFolderError
    from ketamon.ledger.places import DataFolderError, find_session

    try:
        path = find_session(session)
        running = {Path(c.session).resolve(): Path(c.socket) for c in running_chairs() if c.session}
    except (DataFolderError, RunFolderError) as error:
        raise click.ClickException(str(error)) from None
    socket = running.get(path.resolve())
    if socket is not None:
        _of_running(socket)
        click.echo(f"{path.stem}: reviewed so far; that is an entry of it")
        return
    who, digits = _of_closed(path)
    click.echo(f"{path.stem}: reviewed by {who}; fingerprint {digits}")


def _of_closed(path: Path) -> tuple[str, str]:
    """Notes it beside the file, once all of that holds; raises ClickException."""
    from ketamon.engine.seats import account
    from ketamon.ledger.reviews import Reviewed, note_review
    from ketamon.ledger.session_file import SessionFileError, verify_session

    try:
        verdict = verify_session(path)
    except SessionFileError as error:
        raise click.ClickException(str(error)) from None
    if verdict.fault is not None:
        raise click.ClickException(f"{path}: {verdict.fault}; `ketamon verify` says more")
    if not verdict.closed:
        raise click.ClickException(
            f"{path}: the session was not closed; `ketamon resume {path.stem}` goes on with it"
        )
    who, at = account(os.getuid()), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        note_review(
            path.parent, Reviewed(at, verdict.fingerprint, who.replace(" ", "_"), path.name)
        )
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path.parent}: the review can't be noted: {error}") from None
    return who, verdict.fingerprint


def _of_running(socket: Path) -> None:
    """Has the engine enter it; raises ClickException."""
    answer = asyncio.run(_ask(socket))
    if answer is None:
        raise click.ClickException("the engine does not answer; `ketamon status` says how it is")
    if not answer.ok:
        raise click.ClickException(answer.reason or "the engine refused")


async def _ask(socket: Path) -> "Answer | None":
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import Answer, FeedError

    try:
        client = await FeedClient.connect(socket, seat="physician", viewer="review")
    except OSError:
        return None
    asking = asyncio.create_task(client.command("reviewed"))
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            async for message in client.messages():
                if isinstance(message, Answer):
                    return message
    except (TimeoutError, FeedError):
        return None
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await client.close()
    return None
