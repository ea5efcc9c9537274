"""A table of anybody's: its separator, the names of its columns, its rows with their line numbers."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ketamon.ledger.importers.channels import number
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.marks import SHOWN_AT_MOST
from ketamon.ledger.importers.whole import cut_off
from ketamon.ledger.progress import READING, told
from ketamon.vitals import Number
from ketamon_drivers.readings import printable

SEPARATORS = (",", ";", "\t")
NO_VALUE = {"", "nan", "null", "none", "na", "n/a", "-", "--", "---", "-?-"}
_NAME_AT_MOST, _COLUMNS_AT_MOST = 64, 500
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def whole_rows(
    text: str, separator: str, width: int, flags: Flags, share: float = 1.0
) -> Iterator[tuple[int, list[str]]]:
    """Data rows of a table with their line numbers; what isn't one is counted.

    Cells beyond `width` may be there if they are blank; reading is `share` of the work. Raises
    NotWholeError.
    """
    lines = told(io.StringIO(text, newline=""), text.count("\n"), ends=share)
    reader = csv.reader(lines, delimiter=separator)
    whole_file = text.endswith(("\n", "\r"))
    last_line = text.count("\n") + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            flags.add("row that can't be read: skipped", reader.line_num)
            continue
        line = reader.line_num
        if line == 1 or not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width and not whole_file and line >= last_line:
            raise cut_off(line)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            flags.add(f"row without its {width} columns: skipped", line)
            continue
        yield line, [cell.strip() for cell in cells[:width]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table's text and how it is written."""

    text: str
    separator: str
    names: tuple[str, ...]

    def rows(self, flags: Flags) -> Iterator[tuple[int, list[str]]]:
        """Rows with as many cells as there are names; others are counted. Raises NotWholeError."""
        yield from whole_rows(self.text, self.separator, len(self.names), flags, READING)

    def value(self, cell: str) -> tuple[Number | None, str | None]:
        """A cell as a number, or the text that stood there; a decimal comma counts as a point."""
        if cell.lower() in NO_VALUE:
            return None, None
        if self.separator != "," and _DECIMAL_COMMA.fullmatch(cell):
            cell = cell.replace(",", ".")
        found = number(cell)
        return (None, printable(cell)[:SHOWN_AT_MOST]) if found is None else (found, None)


def table(text: str) -> Table | None:
    """Reads a table's head; None where the first line can't be one."""
    first = text.split("\n", 1)[0].strip("\r")
    separator = max(SEPARATORS, key=first.count)
    if separator not in first:
        return None
    try:
        cells = next(csv.reader([first], delimiter=separator))
    except (csv.Error, StopIteration):
        return None
    names = [printable(cell) for cell in cells]
    while names and not names[-1]:  # a comma at the end of the line names no column
        names.pop()
    if not 1 < len(names) <= _COLUMNS_AT_MOST:
        return None
    if not all(0 < len(name) <= _NAME_AT_MOST for name in names):
        return None
    return Table(text, separator, tuple(names))
