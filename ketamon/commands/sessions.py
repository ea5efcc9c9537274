"""`ketamon sessions`: what is recorded here, what runs, and what was cut short."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.ledger.reviews import Reviewed
    from ketamon.ledger.summary import Summary

NAME_WIDTH = 34


@dataclass(frozen=True, slots=True)
class Line:
    """One session: `state` is running, closed, interrupted, moved or unreadable."""

    path: Path
    state: str
    summary: "Summary | None" = None
    reason: str | None = None
    reviewed: str | None = None
    """By whom a closed session was looked through; empty where by nobody, None where it is not closed."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--unreviewed", is_flag=True, help="Only closed ones that nobody has looked through.")
def sessions(as_json: bool, unreviewed: bool) -> None:
    """Lists the sessions of this account, the newest first.

    A session is running, closed (nothing is written to it any more), or interrupted: its program
    ended before it did, and `ketamon resume NAME` goes on with it. Of one that is moved, the file
    was taken away while it ran, and the session went on in another. Alarms are counted by the
    priority at which they were raised or to which they rose. `ketamon review NAME` notes that you
    have looked through a session.

    They lie in the folder that KETAMON_DATA names, else in the account's own data folder.
    """
    from ketamon.feed.chairs import running_chairs
    from ketamon.feed.paths import RunFolderError
    from ketamon.ledger.places import DataFolderError, session_files, sessions_folder
    from ketamon.ledger.reviews import reviews_in

    folder = sessions_folder()
    try:
        running = {Path(info.session).resolve() for info in running_chairs() if info.session}
        files = session_files(folder)
    except (DataFolderError, RunFolderError) as error:
        raise click.ClickException(str(error)) from None
    reviews = reviews_in(folder)
    for path in files:
        line = _line(path, reviews, is_running=path.resolve() in running)
        if unreviewed and line.reviewed != "":
            continue
        click.echo(_as_json(line) if as_json else _as_text(line))
    if not files and not as_json:
        click.echo(f"no sessions yet in {folder}; `ketamon start` begins one")


def _line(path: Path, reviews: "dict[str, Reviewed]", *, is_running: bool) -> Line:
    from ketamon.ledger.places import newest_of
    from ketamon.ledger.reviews import digits_of
    from ketamon.ledger.session_file import SessionFileError
    from ketamon.ledger.summary import summary

    try:
        found = summary(path)
    except SessionFileError as error:
        reason = str(error).removeprefix(f"{path}: ")
        return Line(path, "running" if is_running else "unreadable", None, reason)
    if found.is_closed:
        known = reviews.get(digits_of(path))
        return Line(path, "closed", found, reviewed=known.who if known else "")
    newest = newest_of(path)
    if newest != path:
        return Line(path, "moved", found, f"it went on in {newest.stem}")
    return Line(path, "running" if is_running else "interrupted", found)


def _as_json(line: Line) -> str:
    found = asdict(line.summary) if line.summary is not None else {}
    length_ms = found.pop("length_ms", None)
    found.pop("is_closed", None)
    shown = {
        "name": line.path.stem,
        "path": str(line.path),
        "state": line.state,
        "length_s": None if length_ms is None else length_ms / 1000,
        **found,
    }
    if line.reviewed is not None:
        shown["reviewed"] = line.reviewed or None
    if line.reason is not None:
        shown["reason"] = line.reason
    return json.dumps(shown, ensure_ascii=False)


def _as_text(line: Line) -> str:
    from ketamon_drivers.readings import printable

    name = f"{printable(line.path.stem):<{NAME_WIDTH}}"
    found = line.summary
    if found is None:
        return f"{name}  {line.state}: {line.reason}"
    chair = f"chair {printable(found.chair)}" if found.chair else "no chair"
    state = f"{line.state}: {line.reason}" if line.reason else line.state
    if line.reviewed is not None:
        state += f", reviewed by {printable(line.reviewed)}" if line.reviewed else ", not reviewed"
    if state == "interrupted":
        state = f"interrupted: `ketamon resume {line.path.stem}`"
    return (
        f"{name}  {chair:<9}  {_local(found.started):<16}  {_length(found.length_ms):>8}  "
        f"{found.mode or 'no mode':<9}  {found.entries:>6} entries  {_alarms(found.alarms)}  {state}"
    )


def _local(started: str | None) -> str:
    """Gives the wall clock's time at the start, here."""
    try:
        return f"{datetime.fromisoformat(started or '').astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return "no start time"


def _length(length_ms: int) -> str:
    minutes, seconds = divmod(max(length_ms, 0) // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _alarms(counts: dict[str, int]) -> str:
    if not counts:
        return "no alarms"
    return "alarms: " + ", ".join(f"{count} {priority}" for priority, count in counts.items())
