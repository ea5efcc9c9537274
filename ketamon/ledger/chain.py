"""The chain of hashes: each row's hash covers the row and the hash before it (DESIGN 9).

hash = SHA-256(hash before | seq | t_ms | length of kind | kind | length of body | body), numbers as
eight bytes, big end first, texts as UTF-8 with their length before them, so that no two rows give
the same bytes. Before the first row stands the table's genesis. A change inside a chain is found
and placed by itself; a tail that was cut off, or a whole new chain, only by a fingerprint that was
kept elsewhere.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

GENESIS = {
    "entry": hashlib.sha256(b"ketamon session file 1: entries").digest(),
    "raw": hashlib.sha256(b"ketamon session file 1: raw bytes").digest(),
}
FINGERPRINT_DIGITS = 16
_HASH_BYTES = 32
_HEAD = struct.Struct(">qqQ")
_LENGTH = struct.Struct(">Q")
_pack, _pack_length, _sha256 = _HEAD.pack, _LENGTH.pack, hashlib.sha256


class Row(NamedTuple):
    """One row of a chain as it is stored; for raw bytes `kind` is the device, `body` its bytes."""

    seq: int
    t_ms: int
    kind: bytes
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that doesn't hold, and why."""

    seq: int
    why: str


def link(before: bytes, seq: int, t_ms: int, kind: bytes, body: bytes) -> bytes:
    """Gives a row's hash."""
    head = before + _pack(seq, t_ms, len(kind)) + kind + _pack_length(len(body))
    return _sha256(head + body).digest()


def head(table: str, rows: Sequence[Row]) -> bytes:
    """Gives the last row's hash; of no rows, the genesis."""
    return rows[-1].hash if rows else GENESIS[table]


def fingerprint(entries_head: bytes, raw_head: bytes = GENESIS["raw"]) -> str:
    """Gives the digits that stand for a whole session; raw bytes, where there are any, count."""
    if raw_head != GENESIS["raw"]:
        entries_head = hashlib.sha256(entries_head + raw_head).digest()
    return entries_head.hex()[:FINGERPRINT_DIGITS]


def first_fault(table: str, rows: Sequence[Row]) -> Fault | None:
    """Finds the first row that doesn't follow from those before it; None where all hold.

    Numbers may leave gaps, because an import keeps the numbers of the lines that it took: the
    hash, not the number, tells that something is missing.
    """
    before, last = GENESIS[table], 0
    for index, (seq, t_ms, kind, body, stored) in enumerate(rows):
        try:
            # As `link`, which `_why` asks again: a call for each row is a third of the time.
            data = before + _pack(seq, t_ms, len(kind)) + kind + _pack_length(len(body)) + body
            holds = _sha256(data).digest() == stored and seq > last
        except (TypeError, struct.error):
            holds = False
        if not holds:
            return _fault(before, last, rows[index:])
        before, last = stored, seq
    return None


def _fault(before: bytes, last: int, rest: Sequence[Row]) -> Fault:
    """Tells what is wrong with the first of the rest, which doesn't follow."""
    found = rest[0]
    if not _is_whole(found):
        return Fault(last + 1, "is damaged")
    if found.seq <= last:
        return Fault(found.seq, "is out of order")
    return _why(before, last + 1, rest)


def _is_whole(row: Row) -> bool:
    """A damaged page can hand out any type in any column, and any number of bytes as a hash."""
    numbers = isinstance(row.seq, int) and isinstance(row.t_ms, int)
    texts = all(isinstance(field, bytes) for field in (row.kind, row.body, row.hash))
    return numbers and texts and len(row.hash) == _HASH_BYTES


def _why(before: bytes, expected: int, rest: Sequence[Row]) -> Fault:
    """Tells what became of the row that should stand at `expected`, the first of the rest."""
    found = rest[0]
    for row in rest[1:]:
        if not _is_whole(row):
            break
        if link(before, expected, row.t_ms, row.kind, row.body) in (row.hash, found.hash):
            return Fault(expected, f"is out of order: what was written there is number {row.seq}")
    if found.seq > expected:
        return Fault(expected, "is missing")
    return Fault(found.seq, "was changed")
