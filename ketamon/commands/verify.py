"""`ketamon verify FILE`: whether a session file is still what was written."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.ledger.session_file import Verdict

DIGITS = re.compile(r"[0-9a-f]{16,64}")


def _digits(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    if text is None:
        return None
    digits = "".join(text.split()).lower()
    if not DIGITS.fullmatch(digits):
        raise click.BadParameter(f"{text!r} is no fingerprint: give its 16 digits, 0-9 and a-f")
    return digits[:16]


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--head",
    metavar="DIGITS",
    callback=_digits,
    help="The fingerprint that was printed or written down when the file was made.",
)
@click.pass_context
def verify(ctx: click.Context, file: Path, head: str | None) -> None:
    """Checks the session FILE (a file, or its name in the data folder) against its chain of hashes.

    Exit 0: all entries hold. Exit 1: the first that doesn't is named. Exit 2: not a session file.

    A file can't tell by itself that its last entries were taken away or that all of it was made
    anew, by somebody who knows how: the heads that were noted each minute in anchors.log, beside
    the file, are compared where they are there; give a fingerprint from elsewhere with --head.
    """
    from ketamon.ledger.anchors import disagreement
    from ketamon.ledger.places import DataFolderError, find_session
    from ketamon.ledger.session_file import SessionFileError, verify_session

    try:
        if not file.suffix:  # a name, as `ketamon sessions` lists it
            file = find_session(str(file))
        verdict = verify_session(file)
    except (DataFolderError, SessionFileError) as error:
        raise click.ClickException(str(error)) from None
    fault = verdict.fault or disagreement(file, verdict) or _against(verdict, head)
    if fault is not None:
        click.echo(f"{file}: {fault}")
        ctx.exit(1)
    not_closed = "" if verdict.closed else ", the session was not closed"
    click.echo(f"{file}: all {verdict.entries} entries hold{not_closed}")
    click.echo(f"fingerprint {verdict.fingerprint}{' as given' if head else ''}")
    waiting = 0 if verdict.closed else _waiting(file)
    if waiting:
        click.echo(
            f"{waiting} more wait in its journal: `ketamon resume {file.stem}` takes them in"
        )


def _waiting(file: Path) -> int:
    """How many entries a disk that failed left beside an unclosed session."""
    from ketamon.ledger.journal import journaled
    from ketamon.ledger.session_file import SessionFileError, read_unclosed

    try:
        rows = journaled(file, read_unclosed(file).tails)
    except SessionFileError as error:
        raise click.ClickException(str(error)) from None
    return sum(table == "entry" for table, *_ in rows)


def _against(verdict: "Verdict", given: str | None) -> str | None:
    """Compares a whole chain with a fingerprint from elsewhere; says what is wrong, or None."""
    if given is None or given == verdict.fingerprint:
        return None
    count = verdict.entries_up_to(given)
    if count is not None:
        more = verdict.entries - count
        return f"{more} entries came after the fingerprint {given}, which is of the first {count}"
    return (
        f"{verdict.entries} entries follow from each other, but their fingerprint is "
        f"{verdict.fingerprint} and not {given}: its end was cut off, or it was made anew"
    )
