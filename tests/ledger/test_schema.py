"""The schema is frozen, only appended to, and readable with everyone's tools."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlite_utils import Database

from ketamon.entries import KINDS
from ketamon.ledger import schema
from ketamon_drivers.readings import READING_TYPES
from tests.ledger.session_files import ENTRIES, LINES, made, running

IN_EVENT = {"device_info", "reply", "rejected"}
NAMED_OTHERWISE = {"measured_t": "measured_t_s", "limit": "limit_value", "by": "given_by"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A closed file, opened as a researcher would."""
    path = made(tmp_path / "s.ketamon")
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        yield Database(connection)


def test_version_1_never_changes(database: Database) -> None:
    words = sorted("".join(map(str, row)) for row in schema._objects(database.conn))
    digest = hashlib.sha256("\n".join(words).encode()).hexdigest()
    assert digest[:16] == "e56d9e97a5558542", (
        "old files have the old schema: change nothing in version 1"
    )


def test_header_says_whose_file_it_is(database: Database) -> None:
    assert database.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"KETA", "big"),)
    assert database.execute("PRAGMA user_version").fetchone() == (1,)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert all(table.strict for table in database.tables)
    assert set(database.table_names()) == {"entry", "raw", "seal"}


def test_lines_are_stored_verbatim_and_read_as_text(database: Database) -> None:
    assert [row["body"].encode() for row in database["entry"].rows] == list(LINES)
    assert [row["t_ms"] for row in database["entry"].rows] == [e.t_ms for e in ENTRIES]


def test_views_give_the_numbers_of_the_lines(database: Database) -> None:
    first, second = database["blood_pressure"].rows
    assert (first["seq"], first["t_s"], first["device"]) == (3, 10.0, "cuff")
    assert (first["systolic_mmhg"], first["diastolic_mmhg"], first["mean_mmhg"]) == (150, 80, None)
    assert (second["seq"], second["t_s"], second["systolic_mmhg"]) == (8, 60.0, 172)
    [oximetry] = database["oximetry"].rows
    assert (oximetry["t_s"], oximetry["spo2_pct"], oximetry["pulse_rate_per_min"]) == (12.5, 97, 71)
    assert oximetry["perfusion_index_pct"] == 2.5
    [strap] = database["heart_rate"].rows
    assert (strap["heart_rate_per_min"], strap["contact"]) == (72, 1)
    assert strap["rr_intervals_ms"] == "[830.1,842]"
    [breaths] = database["respiration"].rows
    assert breaths["rr_per_min"] == 12
    [typed] = database["manual"].rows
    assert (typed["systolic_mmhg"], typed["measured_t_s"], typed["given_by"]) == (
        120,
        61.5,
        "somebody",
    )
    [cuff] = database["cuff_pressure"].rows
    assert cuff["pressure_mmhg"] == 88


def test_alarms_have_their_unit_and_events_their_words(database: Database) -> None:
    [alarm] = database["alarm"].rows
    assert (alarm["condition"], alarm["change"], alarm["priority"]) == (
        "sys_high",
        "raised",
        "medium",
    )
    assert (alarm["value"], alarm["limit_value"], alarm["unit"]) == (172, 160, "mmHg")
    events = {row["kind"]: row for row in database["event"].rows}
    assert set(events) == {"session", "limits", "note", "sunrise", "end"}
    assert (events["note"]["seat"], events["note"]["text"][-1]) == ("nurse", "é")
    assert events["sunrise"]["text"] == "no kind of ours"


def test_line_that_is_no_json_spoils_no_view(tmp_path: Path) -> None:
    with running(tmp_path / "s.ketamon") as connection:
        for seq, kind in ((98, "oximetry"), (99, "note")):
            values = f"{seq}, 0, '{kind}', 'no JSON', x'00'"
            connection.execute(f"INSERT INTO entry VALUES ({values})")
        for view in ("oximetry", "event"):
            seqs = [row["seq"] for row in Database(connection)[view].rows]
            assert seqs
            assert not {98, 99}.intersection(seqs)


def test_every_entry_is_in_exactly_one_view(database: Database) -> None:
    seqs = [row["seq"] for view in database.view_names() for row in database[view].rows]
    assert sorted(seqs) == [entry.seq for entry in ENTRIES]


def test_views_have_every_field_of_a_reading_under_its_name_with_units(database: Database) -> None:
    views = set(database.view_names())
    for kind in READING_TYPES:
        name = str(kind.__struct_config__.tag)
        assert (name in views) != (name in IN_EVENT)
    for name in views - {"event"}:
        columns = {column.name for column in database[name].columns} - {"seq", "t_s", "device"}
        fields = {field.name for field in msgspec.structs.fields(KINDS[name])}
        expected = {NAMED_OTHERWISE.get(field, field) for field in fields}
        assert columns - {"unit"} == expected, name


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET body = '{}' WHERE seq = 3",
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry VALUES (3, 0, 'note', '{}', x'00')",
        "INSERT INTO entry VALUES (0, 0, 'note', '{}', x'00')",
        "UPDATE raw SET t_ms = 1",
        "DELETE FROM raw",
        "INSERT OR REPLACE INTO raw VALUES (1, 0, 'cuff', x'01', x'00')",
        "UPDATE seal SET digest = x'00'",
        "DELETE FROM seal",
    ],
)
def test_rows_are_only_appended(tmp_path: Path, sql: str) -> None:
    with running(tmp_path / "s.ketamon") as connection:
        connection.execute("INSERT INTO raw VALUES (1, 0, 'cuff', x'00', x'00')")
        before = connection.execute("SELECT * FROM entry, raw, seal").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="only appended to"):
            connection.execute(sql)
        assert connection.execute("SELECT * FROM entry, raw, seal").fetchall() == before


@pytest.mark.parametrize("values", ["'x', 0, 'note', '{}', x'00'", "99, 0, 'note', '{}', NULL"])
def test_tables_take_no_value_of_another_type(tmp_path: Path, values: str) -> None:
    with running(tmp_path / "s.ketamon") as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT INTO entry VALUES ({values})")
