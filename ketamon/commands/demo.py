"""`ketamon demo`: a whole simulated session at once, with no set-up.

Four processes, as at a real chair: the room (simulated patient, virtual cuff and oximeter on
pseudo-terminals), the keeper, the engine that reads them, and this screen.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

CHAIR = "demo"
FAMILIES = {"cuff": "suntech", "oximeter": "nonin-df8"}
"""What the room's devices are."""
SPEED = 10.0
TITLE = "simulated patient"
LEAVE_WITHIN_S = 5


@click.command()
@click.option("--seed", type=int, help="Another seed, other noise; the same seed, the same.")
@click.option("--speed", type=click.FloatRange(0, 60), default=SPEED, show_default=True)
@click.option("--headless", is_flag=True, help="Print the entries as fast as they come; no screen.")
@click.option("--minutes", type=click.FloatRange(0.1, 600), default=60.0, show_default=True,
              help="With --headless: how long the session is.")  # fmt: skip
@click.option("--no-screen", is_flag=True, help="Run it in the foreground, for other terminals.")
def demo(seed: int | None, speed: float, headless: bool, minutes: float, no_screen: bool) -> None:
    """Shows a simulated patient during an infusion, at ten times the speed of life.

    Within half a minute the pressure crosses its limit; a line at a time teaches space, b and m
    (`esc` ends the lesson). `?` shows the keys, `q` leaves and ends the session. In another terminal, `ketamon tail demo` sees the same.
    """
    from ketamon.training.demo_patient import DEMO_SEED

    seed = DEMO_SEED if seed is None else seed
    if headless:
        if click.get_current_context().get_parameter_source("speed") is ParameterSource.COMMANDLINE:
            raise click.ClickException(
                "--headless runs as fast as the machine goes; take out --speed, or --headless"
            )
        from ketamon.commands.headless import print_session

        print_session(seed, minutes)
        return
    if not no_screen:
        from ketamon.commands.screen import check_terminal

        check_terminal("add --no-screen to run it without")
    with room(seed, speed) as (devices, tell_room), engine(devices, speed) as answer:
        tell_room(answer["ready"])
        if no_screen:
            click.echo(answer["session"])
            click.echo("running; `ketamon watch demo` opens a screen, ctrl+c ends it", err=True)
            with suppress(KeyboardInterrupt):
                asyncio.run(_until_gone(Path(answer["ready"])))
        else:
            from ketamon.commands.watch import open_screen

            open_screen(Path(answer["ready"]), "trainer", ends=True, teaches=True)
    click.echo(f"the simulated session is kept: ketamon replay {answer['session']}")


@contextmanager
def room(seed: int, speed: float) -> Iterator[tuple[dict[str, str], Any]]:
    """Runs the room; gives `FAMILY:ADDRESS` of each device, and how to tell it the feed."""
    folder = tempfile.mkdtemp(prefix="ketamon-room-")
    request = {"seed": seed, "speed": speed, "folder": folder}
    process = subprocess.Popen(
        [sys.executable, "-m", "ketamon.commands.room", json.dumps(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )

    def tell(feed: str) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps({"feed": feed}).encode() + b"\n")
        process.stdin.flush()

    try:
        served = _answer(process, "the room")
        yield {role: f"{FAMILIES[role]}:{path}" for role, path in served.items()}, tell
    finally:
        _close(process)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def engine(devices: dict[str, str], speed: float) -> Iterator[dict[str, str]]:
    """Runs keeper and engine for as long as this block; gives the engine's ready line."""
    from ketamon.commands.chairs import keeper_of
    from ketamon.commands.site_config import SiteConfig
    from ketamon.commands.start import request_for
    from ketamon.profiles import FOLDER

    request = request_for(CHAIR, devices, FOLDER / "demo.toml", SiteConfig())
    request |= {"title": TITLE, "speed": speed, "phase": "dosing", "ends_with_stdin": True}
    process = keeper_of(request, stdin=subprocess.PIPE)
    try:
        yield _answer(process, "the engine")
    finally:
        _close(process)


def _answer(process: "subprocess.Popen[bytes]", who: str) -> dict[str, Any]:
    """Reads a process's one line; raises ClickException with its sentence."""
    line = process.stdout.readline() if process.stdout is not None else b""
    try:
        answer: dict[str, Any] = json.loads(line)
    except ValueError:
        answer = {"error": f"{who} did not come up; try again"}
    if "error" in answer:
        raise click.ClickException(answer["error"])
    found = answer["ready"]
    return answer if isinstance(found, str) else found


def _close(process: "subprocess.Popen[bytes]") -> None:
    """Lets a process go that ends when its standard input is closed."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(LEAVE_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.terminate()


async def _until_gone(socket: Path) -> None:
    """Waits until the engine says goodbye."""
    from ketamon.feed.client import FeedClient

    client = await FeedClient.connect(socket, seat="observer", viewer="demo")
    async for _ in client.messages():
        pass
