"""Which closed sessions somebody has looked through afterwards: noted beside them, never in them.

A closed file is never written to again. Each line of the data folder's `reviews.log` is
`TIME DIGITS ACCOUNT FILE`: when (UTC), the fingerprint of what was looked through, by whom, and in
which file. A line counts only for a file that still has that fingerprint, whatever it is called now.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from ketamon.ledger.chain import GENESIS, fingerprint
from ketamon.ledger.session_file import opened

REVIEWS_NAME = "reviews.log"
PRIVATE = 0o600
_LAST = {
    "entry": "SELECT hash FROM entry ORDER BY seq DESC LIMIT 1",
    "raw": "SELECT hash FROM raw ORDER BY seq DESC LIMIT 1",
}
_LINE = re.compile(r"(\S+) ([0-9a-f]{16}) (\S+) ([^\r\n]+)")


class Reviewed(NamedTuple):
    """One session that was looked through: when (UTC, ISO 8601), which, by whom."""

    at: str
    digits: str
    who: str
    name: str


def note_review(folder: Path, reviewed: Reviewed) -> None:
    """Notes a review beside the sessions; raises OSError, and ValueError for what is no line."""
    line = " ".join(reviewed)
    if not _LINE.fullmatch(line):
        raise ValueError(f"{line!r} is no review: a time and an account have no blanks")
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    descriptor = os.open(folder / REVIEWS_NAME, flags, PRIVATE)
    try:
        os.write(descriptor, f"{line}\n".encode("utf-8", "surrogateescape"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reviews_in(folder: Path) -> dict[str, Reviewed]:
    """The newest review of each fingerprint; lines cut short are left out."""
    try:
        text = (folder / REVIEWS_NAME).read_text("utf-8", "surrogateescape")
    except OSError:
        return {}
    lines = (_LINE.fullmatch(line) for line in text.split("\n"))
    return {found[2]: Reviewed(*found.groups()) for found in lines if found}


def digits_of(path: Path) -> str:
    """The fingerprint that a file's last rows give, without checking it; raises SessionFileError."""
    with opened(path) as connection:
        heads = {table: connection.execute(last).fetchone() for table, last in _LAST.items()}
    entries, raw = (heads[name][0] if heads[name] else GENESIS[name] for name in ("entry", "raw"))
    return fingerprint(entries, raw)
