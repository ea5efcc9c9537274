"""A session in one line: what its entries say of it, without judging them."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ketamon.entries import EntryError, Session, decode
from ketamon.ledger.places import started_of
from ketamon.ledger.session_file import is_closed, opened
from ketamon.vitals import PRIORITY_RANK

_COUNTS = "SELECT count(*), coalesce(max(t_ms), 0) FROM entry"
_FIRST = "SELECT CAST(body AS BLOB) FROM entry WHERE kind = 'session' ORDER BY seq LIMIT 1"
_ALARMS = (
    "SELECT json_extract(body, '$.priority'), count(*) FROM entry WHERE kind = 'alarm' "
    "AND json_valid(body) AND json_extract(body, '$.change') IN ('raised', 'escalated') GROUP BY 1"
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session file says of itself; `started` is ISO 8601, None where nothing says it.

    `alarms` counts, by priority from high to low, how often a condition was raised or rose to it.
    """

    chair: str | None
    mode: str | None
    started: str | None
    length_ms: int
    entries: int
    is_closed: bool
    alarms: dict[str, int]


def summary(path: Path) -> Summary:
    """Reads a session file's summary; raises SessionFileError. It is opened only to read."""
    with opened(path) as connection:
        entries, length_ms = connection.execute(_COUNTS).fetchone()
        session = opening_entry(connection)
        counts = dict(connection.execute(_ALARMS).fetchall())
        closed = is_closed(connection)
    started = session.started if session is not None else None
    if started is None:
        named = started_of(path)
        started = named.isoformat().replace("+00:00", "Z") if named is not None else None
    return Summary(
        chair=session.chair if session is not None else None,
        mode=session.mode if session is not None else None,
        started=started,
        length_ms=length_ms,
        entries=entries,
        is_closed=closed,
        alarms={
            priority: counts[priority]
            for priority in sorted(PRIORITY_RANK, key=PRIORITY_RANK.__getitem__, reverse=True)
            if priority in counts
        },
    )


def opening_entry(connection: sqlite3.Connection) -> Session | None:
    """Gives what opened a session; None where nothing did that can be read."""
    row = connection.execute(_FIRST).fetchone()
    try:
        body = decode(row[0]).body if row is not None else None
    except EntryError:
        return None
    return body if isinstance(body, Session) else None
