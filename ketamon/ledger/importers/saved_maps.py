"""Column maps that were given once: a TOML beside the configuration, one table a header.

```toml
[[table]]
columns = ["observationoffset", "noninvasivesystolic"]
time = "#1"
sys = "#2"
units = { time = "min" }
```
"""

import json
import os
import secrets
import tomllib
from collections.abc import Sequence
from pathlib import Path

from ketamon.ledger.importers.column_map import KEYS, ColumnMap, ColumnMapError, parse_map
from ketamon.ledger.new_file import PRIVATE, NewFileError, reason
from ketamon.ledger.places import FOLDER_MODE

NAME = "csv_columns.toml"
_HEAD = "# Which column is what, as it was given to `ketamon import`. Take a table out to be asked again.\n"


def maps_file() -> Path:
    """Where the maps are: beside the configuration, whether that is there or not."""
    named = os.environ.get("KETAMON_CONFIG")
    if named:
        return Path(named).absolute().parent / NAME
    from platformdirs import user_config_path  # noqa: PLC0415 (only where nothing is given)

    return user_config_path("ketamon") / NAME


def saved_map(names: Sequence[str]) -> ColumnMap | None:
    """The map for a table with these columns; raises ColumnMapError where the file can't be used."""
    path = maps_file()
    for columns, option in _saved(path):
        if columns == list(names):
            try:
                return parse_map(option, names)
            except ColumnMapError as error:
                raise ColumnMapError(f"{path}: {str(error).removeprefix('--map: ')}") from None
    return None


def save_map(names: Sequence[str], mapping: ColumnMap) -> Path:
    """Keeps a map for tables with these columns, in place of an older one; gives the file.

    Raises NewFileError; ColumnMapError where the file that is there can't be used.
    """
    path = maps_file()
    kept = [one for one in _saved(path) if one[0] != list(names)]
    option = ",".join(
        f"{key}=#{i + 1}{f'[{mapping.units[key]}]' if key in mapping.units else ''}"
        for key, i in mapping.places.items()
    )
    text = _HEAD + "".join(_table(*one) for one in [*kept, (list(names), option)])
    part = path.with_name(f".{NAME}-{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NewFileError(f"{path}: {reason(error)}") from None
    return path


def _saved(path: Path) -> list[tuple[list[str], str]]:
    """Columns and option of each table in the file; none where it isn't there."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ColumnMapError(f"{path}: is not TOML: {str(error).lower()}") from None
    except OSError as error:
        raise ColumnMapError(f"{path}: can't be read: {error.strerror}") from None
    found = []
    for one in read.get("table", ()) if isinstance(read.get("table", ()), list) else ():
        columns = one.get("columns") if isinstance(one, dict) else None
        if not isinstance(columns, list):
            raise ColumnMapError(f"{path}: a [[table]] has no columns; take it out")
        units = one.get("units", {})
        parts = [
            f"{key}={one[key]}{f'[{units[key]}]' if key in units else ''}"
            for key in KEYS
            if key in one
        ]
        found.append(([str(column) for column in columns], ",".join(parts)))
    return found


def _table(columns: list[str], option: str) -> str:
    lines = ["", "[[table]]", f"columns = {json.dumps(columns, ensure_ascii=False)}"]
    units = []
    for part in option.split(","):
        key, _, column = part.partition("=")
        place, _, unit = column.rstrip("]").partition("[")
        lines.append(f"{key} = {json.dumps(place)}")
        if unit:
            units.append(f"{key} = {json.dumps(unit)}")
    if units:
        lines.append(f"units = {{ {', '.join(units)} }}")
    return "\n".join(lines) + "\n"
