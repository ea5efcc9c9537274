"""Our own lines (DESIGN 8), as `importers.ndjson` reads them back."""

from collections.abc import Sequence
from pathlib import Path

from ketamon.entries import Entry
from ketamon.ledger.new_file import new_file


def write_lines(path: Path, entries: Sequence[Entry]) -> None:
    """Makes a private file of one line an entry, each verbatim; raises NewFileError.

    An entry's number is its line's: a number that is missing leaves an empty line, so that
    acknowledgements mean the same alarms when the file is read again.
    """
    numbered = all(entry.seq for entry in entries)
    line = 0
    with new_file(path) as part, part.open("wb") as file:
        for entry in entries:
            line += 1
            if numbered and entry.seq > line:
                file.write(b"\n" * (entry.seq - line))
                line = entry.seq
            file.write(entry.line + b"\n")
