"""Version 1 of the session file, frozen: two chained tables, one seal, and views to read them by.

| table | a row is |
|---|---|
| `entry` | one entry: its line verbatim in `body`, `seq`, `t_ms` and `kind` drawn out, `hash` |
| `raw` | what one device sent in one second (form: `ledger.raw_seconds`), chained like the entries |
| `seal` | the one row holds the digest of the whole file once the session is closed |

Everything that is stored is in a chain; the views only read the entries' lines. Rows are only
appended: triggers refuse the rest. A kind that is new appears in `event` and needs no new schema.
"""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache

APPLICATION_ID = 0x4B455441  # "KETA" in the file's header: `file` and SQLite's tools show it
VERSION = 1
OPEN_SEAL = hashlib.sha256(b"ketamon session file 1: not closed").digest()
"""Stands in the seal's place until the file is closed, and while its digest is computed."""

_TABLES: dict[str, dict[str, type]] = {
    "entry": {"seq": int, "t_ms": int, "kind": str, "body": str, "hash": bytes},
    "raw": {"seq": int, "t_ms": int, "device": str, "bytes": bytes, "hash": bytes},
}

_COLUMNS: dict[str, dict[str, str]] = {
    "blood_pressure": {
        "systolic_mmhg": "systolic", "diastolic_mmhg": "diastolic", "mean_mmhg": "mean",
        "pulse_rate_per_min": "pulse_rate", "original_unit": "original_unit",
        "device_time": "device_time", "user": "user", "status": "status",
    },
    "cuff_pressure": {"pressure_mmhg": "pressure"},
    "oximetry": {
        "spo2_pct": "spo2", "pulse_rate_per_min": "pulse_rate",
        "perfusion_index_pct": "perfusion_index", "spo2_fast_pct": "spo2_fast",
        "pulse_rate_fast_per_min": "pulse_rate_fast", "spo2_slow_pct": "spo2_slow",
        "pulse_rate_slow_per_min": "pulse_rate_slow", "device_time": "device_time",
        "status": "status",
    },
    "heart_rate": {
        "heart_rate_per_min": "heart_rate", "rr_intervals_ms": "rr_intervals",
        "contact": "contact", "energy_kj": "energy",
    },
    "pleth": {"rate_hz": "rate", "samples": "samples"},
    "respiration": {"rr_per_min": "rr", "status": "status"},
    "manual": {
        "systolic_mmhg": "systolic", "diastolic_mmhg": "diastolic",
        "pulse_rate_per_min": "pulse_rate", "spo2_pct": "spo2", "rr_per_min": "rr",
        "moaas": "moaas", "measured_t_s": "measured_t", "source": "source",
        "given_by": "by",
    },
    "alarm": {
        "condition": "condition", "change": "change", "state": "state", "priority": "priority",
        "value": "value", "limit_value": "limit", "basis": "basis", "reason": "reason",
    },
}  # fmt: skip
"""The views of one kind each: column, and where in the line it stands."""

_EVENT = {
    "event": "event", "value": "value", "text": "text", "condition": "condition",
    "phase": "phase", "state": "state", "reason": "reason", "account": "by.account",
    "seat": "by.seat", "person": "by.person", "action": "action", "what": "what",
    "detail": "detail", "since_t_s": "since_t", "minutes": "minutes", "family": "family",
    "identity": "identity", "mode": "mode", "title": "title", "up_to_seq": "up_to_seq",
}  # fmt: skip

_SQL_OF = "SELECT sql FROM sqlite_master WHERE name = ? AND tbl_name = ?"

_ALARM_UNIT = (
    "CASE substr(json_extract(body, '$.condition'), 1, 3) WHEN 'sys' THEN 'mmHg' "
    "WHEN 'dia' THEN 'mmHg' WHEN 'map' THEN 'mmHg' WHEN 'spo' THEN '%' WHEN 'hr_' THEN '/min' "
    "WHEN 'rr_' THEN '/min' END AS unit"
)


def create(connection: sqlite3.Connection, fill: Callable[[], object] = lambda: None) -> None:
    """Lays version 1 out in an empty database, in one transaction.

    `fill` puts the rows of a whole session in before the triggers are there: they judge each row.
    """
    from sqlite_utils import Database  # noqa: PLC0415 (reading needs none of it, and it is slow to load)

    database = Database(connection, recursive_triggers=False, execute_plugins=False)
    if not database.supports_strict:  # what it says of a disk that fails: its tables would not be
        raise sqlite3.OperationalError("can't make strict tables")
    with database.atomic():
        for name, columns in _TABLES.items():
            database.table(name).create(columns, pk="seq", not_null=set(columns), strict=True)
        database.table("seal").create({"digest": bytes}, not_null={"digest"}, strict=True)
        database.execute("INSERT INTO seal (digest) VALUES (?)", [OPEN_SEAL])
        fill()
        for name in _TABLES:
            database.execute(_appended_only(name))
        for name in (*_TABLES, "seal"):
            for change in ("UPDATE", "DELETE"):
                database.execute(_refused(name, change))
        for name, select in _views().items():
            database.create_view(name, select)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {VERSION}")


def is_intact(connection: sqlite3.Connection) -> bool:
    """True if the tables, views and triggers of a file are those of version 1, and no others."""
    return _objects(connection) == _ours()


def holds_tables(connection: sqlite3.Connection) -> bool:
    """True if the tables are those of version 1, whatever another program has put beside them."""
    found = _objects(connection)
    return all(this in found for this in _ours() if this[0] == "table")


def restore(connection: sqlite3.Connection) -> None:
    """Puts views and triggers back as version 1 has them, and takes away what hangs on its tables.

    Another program's own tables stay: they do nothing to ours. Raises sqlite3.Error.
    """
    ours, found = _ours(), _objects(connection)
    names = {name for _, name, _, _ in ours}
    connection.execute("BEGIN IMMEDIATE")
    try:
        for kind, name, table, _ in found - ours:
            if kind != "table" and (name in names or table in (*_TABLES, "seal")):
                quoted = name.replace('"', '""')
                connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')
        with closing(_laid_out()) as model:
            for kind, name, table, _ in ours - found:
                if kind != "table":
                    [sql] = model.execute(_SQL_OF, (name, table)).fetchone()
                    connection.execute(sql)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


@cache
def _ours() -> frozenset[tuple[str, ...]]:
    with closing(_laid_out()) as model:
        return frozenset(_objects(model))


def _laid_out() -> sqlite3.Connection:
    model = sqlite3.connect(":memory:", isolation_level=None)
    create(model)
    return model


def _objects(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Gives what a schema says; blanks and quotes are left out, which sqlite-utils may change."""
    return set(
        connection.execute(
            "SELECT type, name, tbl_name, "
            "replace(replace(replace(sql, ' ', ''), char(10), ''), '\"', '') FROM sqlite_master"
        )
    )


def _appended_only(table: str) -> str:
    # REPLACE deletes without calling the trigger that refuses it, so a number can't come twice.
    return (
        f"CREATE TRIGGER {table}_is_only_appended BEFORE INSERT ON {table} "
        f"WHEN NEW.seq <= (SELECT max(seq) FROM {table}) "
        f"BEGIN SELECT RAISE(ABORT, 'a session file is only appended to'); END"
    )


def _refused(table: str, change: str) -> str:
    return (
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a session file is only appended to'); END"
    )


def _views() -> dict[str, str]:
    """Gives each view's SELECT."""
    views = {kind: _view(columns, f"kind = '{kind}'") for kind, columns in _COLUMNS.items()}
    views["alarm"] = views["alarm"].replace(" FROM entry", f", {_ALARM_UNIT} FROM entry")
    named = ", ".join(f"'{kind}'" for kind in _COLUMNS)
    views["event"] = _view(_EVENT, f"kind NOT IN ({named})", "kind, ")
    return views


def _view(columns: dict[str, str], condition: str, more: str = "") -> str:
    """One view; a line that SQLite can't read as JSON is left out, so that it spoils no other."""
    drawn = ", ".join(f"json_extract(body, '$.{key}') AS {name}" for name, key in columns.items())
    return (
        f"SELECT seq, t_ms / 1000.0 AS t_s, {more}json_extract(body, '$.device') AS device, {drawn} "
        f"FROM entry WHERE {condition} AND json_valid(body)"
    )
