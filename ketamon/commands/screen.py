"""Starts what a screen needs: the engine's process, then the Textual app on its feed."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

SMALLEST = (30, 6)  # columns, rows: below, not even the numbers and their marks fit
READY_WITHIN_S = 30


def play(file: Path, speed: float | None, limits_file: Path | None, start_s: float) -> None:
    """Plays a recording on the screen: one process plays it, this one draws it."""
    check_terminal()
    from ketamon.feed.paths import RunFolderError, socket_path

    try:
        path = socket_path(f"replay-{os.getpid()}")
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    request = {
        "file": str(file),
        "socket": str(path),
        "limits": None if limits_file is None else str(limits_file),
        "speed": speed,
        "start_s": start_s,
    }
    engine = subprocess.Popen(
        [sys.executable, "-m", "ketamon.engine.replay", json.dumps(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a ctrl+c in the terminal is the screen's, not the engine's
    )
    try:
        from ketamon.tui.app import run_screen  # while the engine reads

        wait_until_ready(engine)
        reason = asyncio.run(run_screen(path))
    finally:
        if engine.stdin is not None:
            engine.stdin.close()
        try:
            engine.wait(5)
        except subprocess.TimeoutExpired:
            engine.kill()
        path.unlink(missing_ok=True)
    if reason:
        raise click.ClickException(reason)


def check_terminal(instead: str = "add --headless to print the alarms instead") -> None:
    """Refuses what can't show a screen, in one sentence that names another way."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException(f"the screen needs a terminal; {instead}")
    size = shutil.get_terminal_size()
    if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        raise click.ClickException(
            f"the terminal is {size.columns}x{size.lines}; make it at least 60x16 "
            f"(80x24 shows the trends)"
        )


def wait_until_ready(engine: subprocess.Popen[bytes]) -> None:
    """Reads the engine's one line; raises ClickException with its sentence."""
    line = engine.stdout.readline() if engine.stdout is not None else b""
    try:
        answer = json.loads(line)
    except ValueError:
        answer = {"error": "the replay engine died while starting; run with --headless to see why"}
    if "error" in answer:
        raise click.ClickException(answer["error"])
