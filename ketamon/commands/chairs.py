"""What commands at a chair share: which chair is meant, how an engine is started and reached."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click


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
            raise click.ClickException(f"chair {name} runs no session; {there}")
        return found
    if not chairs:
        raise click.ClickException(
            "no session is running; `ketamon start` begins one, `ketamon demo` shows one"
        )
    if len(chairs) > 1:
        raise click.ClickException(f"several chairs are running; name one of: {names}")
    return chairs[0]


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
    from ketamon.engine.keeper import REQUEST

    log = _log_file(request["chair"])
    with log.open("ab") as errors:
        return subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "ketamon.engine.keeper",
            ],  # -P: not what lies in this folder
            env={**os.environ, REQUEST: json.dumps({**request, "log": str(log)})},
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
