"""Recordings of other programs, told by their content: VitalDB, WFDB, oximeters, mapped tables."""

from dataclasses import dataclass
from pathlib import Path

from ketamon.entries import Entry
from ketamon.ledger.importers.column_map import (
    ColumnMap,
    ColumnMapError,
    as_option,
    guessed,
    known_table,
    parse_map,
)
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.mapped_csv import MAPPED, OXIMETER, oximeter_map, read_mapped
from ketamon.ledger.importers.saved_maps import saved_map
from ketamon.ledger.importers.tables import Table, table
from ketamon.ledger.importers.vital_file import GZIP_MAGIC, VitalFileError
from ketamon.ledger.importers.vital_tracks import read_vital_recording
from ketamon.ledger.importers.wfdb_numerics import WfdbError, header_of, is_header, read_record
from ketamon_drivers.readings import printable

EXAMPLE = "time=COLUMN,sys=COLUMN,dia=COLUMN,…"


class OtherFormError(ValueError):
    """A file of a form that is known but can't be read; a clause for after the file's name."""


class UnknownTableError(OtherFormError):
    """A table whose columns nobody has named yet."""

    def __init__(self, unknown: Table, path: Path) -> None:
        self.table = unknown
        guess = guessed(unknown.names)
        option = as_option(guess, unknown.names) if guess else EXAMPLE
        shown = printable(", ".join(unknown.names))[:80]
        super().__init__(
            f"is a table of other columns ({shown}); say once which is what: "
            f"ketamon import {path.name} --map '{option}'"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and by which map of columns, where there was one."""

    form: str
    entries: tuple[Entry, ...]
    names: tuple[str, ...] = ()
    columns: ColumnMap | None = None


def read_binary(path: Path, data: bytes, flags: Flags) -> Found | None:
    """Reads a `.vital` file, or a `.dat` with its header beside it; None for anything else."""
    try:
        if data.startswith(GZIP_MAGIC):
            return Found(*read_vital_recording(data, flags))
        if b"\0" in data and (header := header_of(path)) is not None:
            return Found(*read_record(*header, flags))
    except (VitalFileError, WfdbError) as error:
        raise OtherFormError(str(error)) from None
    return None


def read_by_columns(text: str, option: str | None, flags: Flags) -> Found | None:
    """Reads a table by the map that was given for it, now or before, or that its kind has.

    None where there is neither. Raises OtherFormError, and NotWholeError for one that is cut off.
    """
    read = table(text)
    if read is None:
        if option is not None:
            raise OtherFormError("is no table of columns, which --map is for; leave --map out")
        return None
    try:
        mapping = saved_map(read.names) if option is None else parse_map(option, read.names)
    except ColumnMapError as error:
        raise OtherFormError(str(error)) from None
    form = MAPPED
    if mapping is None:
        form, mapping = OXIMETER, oximeter_map(read.names)
    if mapping is None:
        form, mapping = known_table(read.names) or (form, None)
    if mapping is None:
        return None
    return Found(*read_mapped(read, mapping, form, flags), read.names, mapping)


def read_other_text(path: Path, text: str, flags: Flags) -> Found | None:
    """Reads a WFDB header's record; raises UnknownTableError for a table that nobody named."""
    if is_header(text):
        try:
            return Found(*read_record(path, text, flags))
        except WfdbError as error:
            raise OtherFormError(str(error)) from None
    read = table(text)
    if read is not None:
        raise UnknownTableError(read, path)
    return None
