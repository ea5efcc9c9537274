"""Sessions that were cut short: the newest one of each chair, where nothing closed it.

An older one that another session has followed is listed by `ketamon sessions` and told nowhere else.
"""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from ketamon.ledger.places import DataFolderError, origin_of, session_files, sessions_folder
from ketamon.ledger.session_file import SessionFileError, is_closed, opened
from ketamon.ledger.summary import opening_entry

_CHAIR = re.compile(r".*-chair(.*)-[0-9a-f]{4}\.ketamon")
_END = "SELECT 1 FROM entry WHERE kind = 'end' LIMIT 1"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A session that can be gone on with, or, if it has ended, closed."""

    chair: str
    path: Path
    has_ended: bool

    def sentence(self) -> str:
        """Says what became of it, and what to do."""
        way = f"`ketamon resume {self.path.stem}`"
        if self.has_ended:
            return f"session {self.path.stem} has ended and waits to be closed; {way} closes it"
        return f"session {self.path.stem} was interrupted; {way} goes on with it"


def interrupted_sessions() -> list[Interrupted]:
    """Gives them by chair, those that run now among them; none where the folder can't be read."""
    try:
        files = session_files(sessions_folder())
    except DataFolderError:
        return []
    newest: dict[str, Path] = {}
    for path in files:
        named = _CHAIR.fullmatch(origin_of(path).name)
        if named is not None:
            newest.setdefault(named[1], path)
    found = [_unclosed(path) for path in newest.values()]
    return sorted((one for one in found if one is not None), key=lambda one: one.chair)


def _unclosed(path: Path) -> Interrupted | None:
    """None for a session that was closed, holds nothing, or can't be gone on with."""
    try:
        if not path.stat().st_mode & stat.S_IWUSR:  # as a closed one is left
            return None
        with opened(path) as connection:
            session = opening_entry(connection)
            if session is None or is_closed(connection):
                return None
            has_ended = connection.execute(_END).fetchone() is not None
    except (OSError, SessionFileError):
        return None
    return Interrupted(session.chair or "1", path, has_ended)
