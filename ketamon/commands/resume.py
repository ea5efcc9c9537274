"""`ketamon resume [SESSION]`: goes on with a session whose engine is gone."""

from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("session", required=False)
@click.option("--no-screen", is_flag=True, help="Only the engine; `ketamon watch` opens a screen.")
def resume(session: str | None, no_screen: bool) -> None:
    """Goes on with SESSION, or with the newest one that was interrupted.

    Limits, baseline, alarms and the infusion's clock are as they were; the time in between is
    recorded as a gap, and nothing that was measured before it counts as new. One that was ended,
    and then could not be closed, is closed. An engine that does not answer, and that nobody would
    start again, is stopped first.
    """
    from ketamon.commands.chairs import is_coming_back, start_keeper
    from ketamon.commands.screen import check_terminal

    if not no_screen:
        check_terminal("add --no-screen to run the engine alone")
    path = _stuck_or_interrupted() if session is None else _found(session)
    take_over(path)
    request = request_of(path)
    if is_coming_back(request["chair"], looks=10):
        raise click.ClickException(
            f"chair {request['chair']}: its engine is gone and is being started again; "
            f"see it with `ketamon watch {request['chair']}`"
        )
    answer = start_keeper(request)
    if "closed" in answer:
        click.echo(answer["closed"])
        click.echo(f"the session had been ended; it is closed now: {answer['fingerprint']}")
        return
    click.echo(answer["session"])
    if not no_screen:
        from ketamon.commands.watch import open_screen

        open_screen(Path(answer["ready"]), None)


def take_over(path: Path) -> None:
    """Stops the engine of a session that nobody keeps and that does not answer.

    Raises ClickException where the session runs, or will by itself.
    """
    from ketamon.commands.chairs import is_stuck
    from ketamon.feed.chairs import ChairTakenError, running_chairs, stop_engine

    for info in running_chairs():
        if not info.session or Path(info.session).resolve() != path.resolve():
            continue
        if not is_stuck(info):
            raise click.ClickException(str(ChairTakenError(info)))
        if not stop_engine(info):
            raise click.ClickException(
                f"{info.sentence()}; its engine (process {info.pid}) does not answer and can't be "
                f"stopped: stop it with `kill -9 {info.pid}`, or start the machine again"
            )
        click.echo("the engine did not answer and was stopped", err=True)


def _stuck_or_interrupted() -> Path:
    """Gives the session that is to be gone on with; raises ClickException."""
    from ketamon.commands.chairs import is_stuck
    from ketamon.feed.chairs import running_chairs
    from ketamon.feed.paths import RunFolderError

    try:
        stuck = next(filter(is_stuck, running_chairs()), None)
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    return _newest_interrupted() if stuck is None else Path(stuck.session)


def _found(name: str) -> Path:
    from ketamon.ledger.places import DataFolderError, find_session, newest_of

    try:
        return newest_of(find_session(name))
    except DataFolderError as error:
        raise click.ClickException(str(error)) from None


def request_of(path: Path) -> dict[str, Any]:
    """Asks the session itself which chair, mode and devices it had; raises ClickException."""
    from ketamon.commands.chairs import places_of
    from ketamon.commands.site_config import SiteConfigError, load_site_config
    from ketamon.feed.paths import RunFolderError
    from ketamon.ledger.session_file import SessionFileError, read_unclosed

    try:
        entries = read_unclosed(path).entries
        opened = next((entry.body for entry in entries if entry.kind == "session"), None)
        if opened is None:
            raise click.ClickException(
                f"{path}: nothing was recorded in it; begin a new session with `ketamon start`"
            )
        places = places_of(opened.chair or "1")
    except (SessionFileError, RunFolderError) as error:
        raise click.ClickException(str(error)) from None
    devices = {
        entry.device: f"{entry.body.family}:{entry.body.identity}"
        for entry in entries
        if entry.kind == "device" and entry.device and entry.body.family
    }
    try:
        seating = load_site_config().seating()
    except SiteConfigError as error:
        raise click.ClickException(str(error)) from None
    return {
        **places,
        **seating,
        "mode": opened.mode or "LIVE",
        "devices": devices,
        "title": opened.title,
        "resume": str(path.absolute()),
    }


def _newest_interrupted() -> Path:
    """Gives the newest session that was neither ended nor runs; raises ClickException."""
    from ketamon.feed.chairs import running_chairs
    from ketamon.ledger.places import DataFolderError, newest_of, session_files, sessions_folder
    from ketamon.ledger.session_file import SessionFileError
    from ketamon.ledger.summary import summary

    running = {Path(info.session).resolve() for info in running_chairs() if info.session}
    try:
        files = session_files(sessions_folder())
    except DataFolderError as error:
        raise click.ClickException(str(error)) from None
    for path in files:
        try:
            if newest_of(path) != path:  # it went on in another file
                continue
            if path.resolve() not in running and not summary(path).is_closed:
                return path
        except SessionFileError:
            continue
    raise click.ClickException("no session was interrupted; `ketamon sessions` lists them")
