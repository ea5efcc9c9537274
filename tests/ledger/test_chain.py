"""The chain finds the first row that doesn't hold, and says what became of it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.ledger.chain import GENESIS, Fault, Row, fingerprint, first_fault, head, link


def chained(*seqs: int, table: str = "entry") -> list[Row]:
    """A chain of rows with these numbers, a second apart."""
    rows: list[Row] = []
    for seq in seqs:
        values = (seq, seq * 1000, b"heart_rate", b'{"heart_rate":%d}' % (60 + seq))
        rows.append(Row(*values, link(head(table, rows), *values)))
    return rows


def fault(rows: list[Row]) -> Fault | None:
    return first_fault("entry", rows)


def test_hash_is_what_the_design_says_byte_for_byte() -> None:
    before = bytes(range(32))
    numbers = (7).to_bytes(8, "big") + (-5).to_bytes(8, "big", signed=True)
    texts = (4).to_bytes(8, "big") + b"note" + (2).to_bytes(8, "big") + b"{}"
    expected = hashlib.sha256(before + numbers + texts).digest()
    assert link(before, 7, -5, b"note", b"{}") == expected


def test_genesis_never_changes() -> None:
    assert fingerprint(GENESIS["entry"]) == "edc4050bc93d7396"
    assert GENESIS["raw"].hex()[:16] == "5734ddb7dc536a6c"


@given(
    first=st.tuples(st.binary(max_size=9), st.binary(max_size=9)),
    second=st.tuples(st.binary(max_size=9), st.binary(max_size=9)),
)
def test_no_two_rows_have_the_same_hash(
    first: tuple[bytes, bytes], second: tuple[bytes, bytes]
) -> None:
    same = link(b"", 1, 0, *first) == link(b"", 1, 0, *second)
    assert same == (first == second)


def test_text_can_not_move_between_kind_and_body() -> None:
    assert link(b"", 1, 0, b"ab", b"c") != link(b"", 1, 0, b"a", b"bc")


def test_whole_chain_holds_and_numbers_may_leave_gaps() -> None:
    assert fault([]) is None
    assert fault(chained(1, 2, 3)) is None
    assert fault(chained(2, 3, 7)) is None


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize(
    "change", [{"body": b"{}"}, {"kind": b"note"}, {"t_ms": 1}, {"hash": b"\0" * 32}]
)
def test_changed_row_is_named(index: int, change: dict[str, object]) -> None:
    rows = chained(1, 2, 3, 4, 5)
    rows[index] = rows[index]._replace(**change)
    assert fault(rows) == Fault(index + 1, "was changed")


@pytest.mark.parametrize("index", range(4))
def test_missing_row_is_named(index: int) -> None:
    rows = chained(1, 2, 3, 4, 5)
    del rows[index]
    assert fault(rows) == Fault(index + 1, "is missing")


def test_rows_that_swapped_numbers_are_out_of_order() -> None:
    rows = chained(1, 2, 3, 4, 5)
    rows[1], rows[3] = rows[3]._replace(seq=2), rows[1]._replace(seq=4)
    assert fault(rows) == Fault(2, "is out of order: what was written there is number 4")


def test_rows_that_swapped_all_but_their_hashes_are_out_of_order() -> None:
    rows = chained(1, 2, 3, 4, 5)
    second, fourth = rows[1], rows[3]
    rows[1] = fourth._replace(seq=2, hash=second.hash)
    rows[3] = second._replace(seq=4, hash=fourth.hash)
    assert fault(rows) == Fault(2, "is out of order: what was written there is number 4")


def test_number_that_comes_twice_is_out_of_order() -> None:
    rows = chained(1, 2, 3)
    assert fault([rows[0], rows[1], rows[1]]) == Fault(2, "is out of order")


def test_row_that_was_taken_out_and_the_rest_renumbered_is_found_where_it_stood() -> None:
    rows = chained(1, 2, 3, 4)
    rest = [row._replace(seq=row.seq - 1) for row in rows[2:]]
    assert fault([rows[0], *rest]) == Fault(2, "was changed")


def test_row_put_in_between_is_found() -> None:
    rows = chained(1, 2)
    forged = rows[1]._replace(seq=3)
    assert fault([*rows, forged]) == Fault(3, "was changed")


@pytest.mark.parametrize(
    "nonsense",
    [{"t_ms": None}, {"t_ms": 1.5}, {"body": "text"}, {"hash": b""}, {"kind": None}, {"seq": None}],
)
def test_row_of_impossible_types_is_damaged_not_an_error(nonsense: dict[str, object]) -> None:
    rows = chained(1, 2, 3)
    assert fault([rows[0], rows[1]._replace(**nonsense), rows[2]]) == Fault(2, "is damaged")
    changed_before = [rows[0]._replace(body=b"x"), rows[1]._replace(**nonsense), rows[2]]
    assert fault(changed_before) == Fault(1, "was changed")


def test_cut_tail_holds_by_itself_and_only_the_fingerprint_tells() -> None:
    rows = chained(1, 2, 3)
    assert fault(rows[:2]) is None
    assert fingerprint(head("entry", rows[:2])) != fingerprint(head("entry", rows))


def test_fingerprint_is_sixteen_digits_of_the_head_and_covers_raw_bytes() -> None:
    entries, raw = chained(1, 2), chained(1, table="raw")
    alone = fingerprint(head("entry", entries))
    assert alone == entries[-1].hash.hex()[:16]
    both = fingerprint(head("entry", entries), head("raw", raw))
    assert both not in (alone, fingerprint(head("raw", raw)))


def test_raw_rows_are_chained_alike_from_a_genesis_of_their_own() -> None:
    rows = chained(1, 2, table="raw")
    assert first_fault("raw", rows) is None
    assert first_fault("entry", rows) == Fault(1, "was changed")
