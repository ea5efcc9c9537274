"""What commands at a chair share: which chair is meant, how an engine is started and reached."""

import asyncio
import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ketamon.feed.chairs import ChairInfo
    from ketamon.ledger.interrupted import Interrupted

ANSWER_WITHIN_S = 5.0
LOOK_AGAIN_S = 0.1


def the_chair(name: str | None) -> Any:
    """Gives the running chair of that name, or the only one there is; raises ClickException."""
    from ketamon.feed.chairs import running_chairs
    from ketamon.feed.paths import RunFolderError

    try:
        chairs = running_chairs()
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    names = ", ".join(chair.chair for chair in chairs)
    if name is not None:
        found = next((chair for chair in chairs if chair.chair == name), None)
        if found is None:
            there = f"running: {names}" if names else "no session is running"
            cut_short = next((one for one in not_running() if one.chair == name), None)
            raise click.ClickException(
                f"chair {name} runs no session; {cut_short.sentence() if cut_short else there}"
            )
        return found
    if not chairs:
        cut_short = next(iter(not_running()), None)
        ways = "`ketamon start` begins one, `ketamon demo` shows one"
        if cut_short is not None:
            ways = f"at chair {cut_short.chair} {cut_short.sentence()}"
        raise click.ClickException(f"no session is running; {ways}")
    if len(chairs) > 1:
        raise click.ClickException(f"several chairs are running; name one of: {names}")
    return chairs[0]


def not_running() -> "list[Interrupted]":
    """Sessions that were cut short, or ended and not closed; the demo's patient is gone with it."""
    from ketamon.commands.demo import CHAIR
    from ketamon.feed.chairs import running_chairs
    from ketamon.ledger.interrupted import interrupted_sessions

    running = {info.chair for info in running_chairs()}
    return [one for one in interrupted_sessions() if one.chair not in {CHAIR, *running}]


def is_coming_back(chair: str, looks: int = 1) -> bool:
    """True while the keeper of a chair that runs nothing starts its engine again.

    With more looks one whose session has ended is waited for, as it is about to leave.
    """
    from ketamon.feed.chairs import is_kept, running_chairs
    from ketamon.feed.paths import run_folder

    for look in range(looks):
        if look:
            time.sleep(LOOK_AGAIN_S)
        is_running = chair in {info.chair for info in running_chairs()}
        if is_running or not is_kept(run_folder() / f"chair-{chair}.sock"):
            return False
    return True


def no_answer(socket: Path) -> str:
    """What to do about an engine that says nothing, in a sentence."""
    from ketamon.feed.chairs import is_kept

    if is_kept(socket):
        return "the engine does not answer; its keeper starts it again in a moment: try again then"
    return (
        "the engine does not answer, and nobody would start it again; `ketamon resume` takes its "
        "session over and goes on with it"
    )


def is_stuck(info: "ChairInfo") -> bool:
    """True where an engine says nothing for some seconds and nobody would start it again.

    One that doesn't listen yet is starting, as long as whoever started it is there.
    """
    from ketamon.feed.chairs import is_alive, is_kept
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import Beat, FeedError

    socket = Path(info.socket)

    async def is_silent() -> bool:
        try:
            client = await FeedClient.connect(socket, seat="observer", viewer="resume")
        except OSError:
            return bool(info.keeper) and not is_alive(info.keeper)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                async for message in client.messages():
                    if isinstance(message, Beat):
                        return False
        except TimeoutError:
            return True
        except FeedError:
            return False
        finally:
            await client.close()
        return False

    return bool(info.session) and not is_kept(socket) and asyncio.run(is_silent())


def places_of(chair: str) -> dict[str, str]:
    """Gives where an engine of this chair is found; what is left of one that was given up goes.

    Raises RunFolderError.
    """
    from ketamon.feed.paths import run_folder, socket_path

    socket, mark = socket_path(f"chair-{chair}"), run_folder() / f"chair-{chair}.failed"
    mark.unlink(missing_ok=True)
    return {"chair": chair, "socket": str(socket), "failed_mark": str(mark)}


def start_keeper(request: dict[str, Any]) -> dict[str, str]:
    """Starts a chair's keeper in the background and gives its ready line; raises ClickException."""
    keeper = keeper_of(request, subprocess.DEVNULL)
    line = keeper.stdout.readline() if keeper.stdout is not None else b""
    try:
        answer: dict[str, str] = json.loads(line)
    except ValueError:
        answer = {"error": "the engine did not come up; `ketamon doctor` looks for reasons"}
    if "error" in answer:
        keeper.wait()
        raise click.ClickException(answer["error"])
    return answer


def keeper_of(request: dict[str, Any], stdin: int) -> "subprocess.Popen[bytes]":
    """Starts a keeper; its first line on `stdout` is the engine's. Raises ClickException."""
    from ketamon.engine.keeper import KEEPER, start

    log = _log_file(request["chair"])
    with log.open("ab") as errors:
        return start(
            KEEPER,
            {**request, "log": str(log)},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )


def _log_file(chair: str) -> Path:
    """Where an engine's own faults go: what it was doing, never what it was told."""
    from ketamon.feed.paths import RunFolderError, run_folder

    try:
        path = run_folder() / f"chair-{chair}.log"
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"{path}: can't be written ({error.strerror}); set KETAMON_RUN to a folder of yours"
        ) from None
    return path
