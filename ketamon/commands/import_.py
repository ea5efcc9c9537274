"""`ketamon import FILE -o SESSION`: a recording as a session file, or as lines."""

import os.path
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.ledger.importers.recording import Recording

SESSION, LINES = ".ketamon", ".ndjson"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help="The file to make: .ketamon (a session file) or .ndjson (lines of JSON). "
    "Left out: FILE's name with .ketamon, in this folder.",
)
@click.option(
    "--map",
    "columns",
    metavar="KEY=COLUMN,…",
    help="What the columns of any CSV are: time=Time,sys=SBP,dia=DBP,spo2=SpO2; a unit in brackets "
    "(time=Offset[min], sys=SBP[kPa]). Kept, and used again for the same columns.",
)
def import_(file: Path, target: Path | None, columns: str | None) -> None:
    """Turns FILE into a session file: a CSV, ketamon's NDJSON, or another session file.

    Also VitalDB's .vital, WFDB numerics (.hea and .dat) and finger oximeters' CSV. What can't come
    along, or had to be guessed, is counted.

    Says what was noticed while reading it, and the fingerprint to keep elsewhere: `ketamon verify
    SESSION --head FINGERPRINT` then finds any later change. A file that exists is never replaced.

    \b
    ketamon import charted.csv -o charted.ketamon
    ketamon import clinic.csv --map time=Time,sys=SBP,dia=DBP,spo2=SpO2
    """
    from ketamon.commands.progress import bar
    from ketamon.ledger.importers.recording import RecordingError
    from ketamon.ledger.new_file import NewFileError
    from ketamon.ledger.session_file import SessionFileError

    path = target if target is not None else Path(file.stem + SESSION)
    if path.suffix not in (SESSION, LINES):
        raise click.ClickException(
            f"{path}: can't tell what to make; give a name that ends in {SESSION} or {LINES}"
        )
    assert_can_be_made(path)
    try:
        recording = _read(file, columns)
        with bar(f"writing {path}"):
            made = _write(path, recording)
    except (RecordingError, SessionFileError, NewFileError) as error:
        raise click.ClickException(str(error)) from None
    for line in recording.summary():
        click.echo(line)
    click.echo(made)


def _read(file: Path, columns: str | None) -> "Recording":
    """Reads the file; of a table that nobody has named yet asks what it is, and keeps the answer."""
    from ketamon.commands.progress import bar
    from ketamon.ledger.importers.column_map import ColumnMapError
    from ketamon.ledger.importers.recording import RecordingError, read_recording
    from ketamon.ledger.importers.saved_maps import save_map
    from ketamon.ledger.new_file import NewFileError

    try:
        with bar(f"reading {file}"):
            recording = read_recording(file, columns)
    except RecordingError as error:
        if error.unknown is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        from ketamon.commands.ask_columns import ask_columns

        columns = ask_columns(error.unknown)
        with bar(f"reading {file}"):
            recording = read_recording(file, columns)
    if columns is not None and recording.columns is not None:
        try:
            kept = save_map(recording.names, recording.columns)
        except (NewFileError, ColumnMapError) as error:
            click.echo(f"the columns' meaning could not be kept: {error}", err=True)
        else:
            click.echo(f"kept for the next file with these columns: {kept}")
    return recording


def assert_can_be_made(path: Path) -> None:
    """Refuses, before a long file is read, what will not work at its end."""
    if os.path.lexists(path):
        raise click.ClickException(
            f"{path}: exists already; give another path with -o, or move it away first"
        )
    if not os.path.lexists(path.parent):
        raise click.ClickException(
            f"{path}: its folder doesn't exist; make the folder first, or give another with -o"
        )


def _write(path: Path, recording: "Recording") -> str:
    """Makes the file and gives the sentence that says so."""
    if path.suffix == LINES:
        from ketamon.ledger.exporters.ndjson import write_lines

        write_lines(path, recording.entries)
        return f"{path}: made, {len(recording.entries)} lines"
    from ketamon.ledger.session_file import write_session

    return f"{path}: made, fingerprint {write_session(path, recording.entries)}"
