"""Asks at a terminal, column by column, what the columns of an unknown table are."""

import click

from ketamon.ledger.importers.clock_times import MS_IN
from ketamon.ledger.importers.column_map import (
    KEYS,
    TIME,
    ColumnMap,
    as_option,
    guessed,
)
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.tables import Table
from ketamon.ledger.importers.whole import NotWholeError

LEAVE_OUT = "-"
SHOWN_ROWS, CELL_WIDTH = 3, 24
KPA_BELOW = 40
"""A systolic pressure below this, in every row that is shown, can only be in kPa."""


def ask_columns(table: Table) -> str:
    """Gives the map as `--map` takes it; the questions go to standard error."""
    rows = _first_rows(table)
    guess = guessed(table.names)
    guessed_key = {i: key for key, i in guess.places.items()} if guess else {}
    click.echo(
        f"What are the columns? {', '.join(KEYS)}, or {LEAVE_OUT} to leave one out.", err=True
    )
    places: dict[str, int] = {}
    while TIME not in places or len(places) < 2:
        if places:
            click.echo("A time and one vital at least are needed.", err=True)
        places = {}
        for i, name in enumerate(table.names):
            shown = ", ".join(row[i][:CELL_WIDTH] for row in rows)
            free = [key for key in KEYS if key not in places]
            default = guessed_key.get(i, LEAVE_OUT)
            answer = click.prompt(
                f"{i + 1} of {len(table.names)}  {name}  ({shown})",
                type=click.Choice([*free, LEAVE_OUT], case_sensitive=False),
                default=default if default in free else LEAVE_OUT,
                show_choices=False,
                err=True,
            )
            if answer != LEAVE_OUT:
                places[answer] = i
    mapping = ColumnMap(places)
    return as_option(ColumnMap(places, _units(table, mapping, rows)), table.names)


def _first_rows(table: Table) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for _, cells in table.rows(Flags()):
            rows.append(cells)
            if len(rows) == SHOWN_ROWS:
                break
    except NotWholeError:
        pass  # reading the file whole will say it
    return rows


def _units(table: Table, mapping: ColumnMap, rows: list[list[str]]) -> dict[str, str]:
    """Asks for the units that neither a name nor the values tell."""
    units: dict[str, str] = {}
    times = [row[mapping.places[TIME]] for row in rows]
    if not mapping.unit(TIME, table.names) and all(table.value(t)[0] is not None for t in times):
        units[TIME] = click.prompt(
            f"Times are numbers ({', '.join(times)}). In which unit?",
            type=click.Choice(list(MS_IN)), default="s", err=True,
        )  # fmt: skip
    if "sys" in mapping.places and not mapping.unit("sys", table.names):
        values = [table.value(row[mapping.places["sys"]])[0] for row in rows]
        low = [value for value in values if value is not None and 0 < value < KPA_BELOW]
        if low and len(low) == sum(value is not None for value in values):
            unit = click.prompt(
                f"Systolic pressures are {', '.join(f'{v:g}' for v in low)}. In which unit?",
                type=click.Choice(["mmHg", "kPa"]), default="kPa", err=True,
            )  # fmt: skip
            units |= {key: unit for key in ("sys", "dia", "map") if key in mapping.places}
    return units
