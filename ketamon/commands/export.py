"""`ketamon export SESSION --format …`: a session in a form that other programs read."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.entries import Entry
    from ketamon.ledger.importers.flags import Flags

ENDINGS = {"csv": ".csv", "csv-wide": ".csv", "ndjson": ".ndjson", "vital": ".vital"}
UNITS = {"csv": "rows", "csv-wide": "rows", "ndjson": "lines", "vital": "records"}


@click.command()
@click.argument("session", type=str)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(ENDINGS)),
    required=True,
    help="csv: a value a row; csv-wide: a moment a row; ndjson: every entry, as it is; "
    "vital: VitalDB's tracks.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help="The file to make. Left out: the session's name with the format's ending, in this folder.",
)
@click.option(
    "--teaching",
    is_flag=True,
    help="A copy that tells nobody: times from zero, no notes, serial numbers, addresses or persons.",
)
def export(session: str, form: str, target: Path | None, teaching: bool) -> None:
    """Writes SESSION (a file, or its name in the data folder) in another form.

    Says what the form has no place for. ndjson loses nothing: `ketamon import` makes the same
    session of it. A file that exists is never replaced.

    \b
    ketamon export charted.ketamon --format csv
    """
    from ketamon.commands.import_ import assert_can_be_made
    from ketamon.commands.progress import bar
    from ketamon.ledger.importers.flags import Flags
    from ketamon.ledger.importers.recording import RecordingError, read_recording
    from ketamon.ledger.new_file import NewFileError
    from ketamon.ledger.places import DataFolderError, find_session

    losses = Flags()
    try:
        file = find_session(session)
        path = target if target is not None else _name(file, form, teaching=teaching)
        assert_can_be_made(path)
        with bar(f"reading {file}"):
            entries: Sequence[Entry] = read_recording(file).entries
        if teaching:
            from ketamon.ledger.exporters.teaching import teaching_copy

            entries = teaching_copy(entries, losses)
        with bar(f"writing {path}"):
            count = _write(path, form, entries, losses)
    except (DataFolderError, RecordingError, NewFileError) as error:
        raise click.ClickException(str(error)) from None
    for loss in losses.all():
        click.echo(loss)
    click.echo(f"{path}: made, {count} {UNITS[form]}")


def _name(file: Path, form: str, *, teaching: bool) -> Path:
    """The file's own name says when and where; a teaching copy's says nothing."""
    stem = f"teaching-{secrets.token_hex(3)}" if teaching else file.stem
    return Path(stem + ENDINGS[form])


def _write(path: Path, form: str, entries: "Sequence[Entry]", losses: "Flags") -> int:
    """Makes the file and gives how much is in it."""
    if form == "ndjson":
        from ketamon.ledger.exporters.ndjson import write_lines

        write_lines(path, entries)
        return len(entries)
    if form == "vital":
        from ketamon.ledger.exporters.vital import write_vital

        return write_vital(path, entries, losses)
    from ketamon.ledger.exporters.csv_table import write_csv

    return write_csv(path, entries, losses, wide=form == "csv-wide")
