"""Heads of running sessions, noted outside their files: what was cut off later is found by them.

A chain can't tell by itself that its end was taken away (DESIGN 9). Each line of the data folder's
`anchors.log` is `TIME ENTRIES DIGITS FILE`: when (UTC), how many entries there were, the fingerprint
of those, and which file.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ketamon.ledger.places import origin_of
from ketamon.ledger.session_file import Verdict

ANCHORS_NAME = "anchors.log"
PRIVATE = 0o600
_LINE = re.compile(r"(\S+) (\d{1,18}) ([0-9a-f]{16}) ([^\r\n]+)")


class Anchor(NamedTuple):
    """The head of one session at one time."""

    at: str
    entries: int
    digits: str
    name: str


def append_anchor(log: Path, anchor: Anchor) -> None:
    """Notes a head; raises OSError."""
    line = " ".join(map(str, anchor))
    if not _LINE.fullmatch(line):
        raise ValueError(f"{line!r} is no anchor: a time has no blanks, a name is one line")
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
    try:
        os.write(descriptor, f"{line}\n".encode("utf-8", "surrogateescape"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def anchors_of(session: Path) -> Iterator[Anchor]:
    """Gives what was noted of a session file in its own folder, in order; lines cut short are left out."""
    try:
        text = (session.parent / ANCHORS_NAME).read_text("utf-8", "surrogateescape")
    except OSError:
        return
    names = {session.name, origin_of(session).name}  # one that had to move was noted as both
    for line in text.split("\n"):
        found = _LINE.fullmatch(line)
        if found and found[4] in names:
            yield Anchor(found[1], int(found[2]), found[3], found[4])


def disagreement(session: Path, verdict: Verdict) -> str | None:
    """Says where a chain that holds is not the one whose heads were noted, in a clause; None if it is."""
    for at, entries, digits, _ in anchors_of(session):
        if entries > verdict.entries:
            return f"{verdict.entries} entries hold, but at {at} there were {entries}: its end was cut off"
        if not verdict.heads[entries].startswith(digits):
            return (
                f"{verdict.entries} entries hold, but the first {entries} are not those of {at}: "
                "they were made anew"
            )
    return None
