"""Times in words: ages that change seldom, spans, and the wall clock of a session."""

from datetime import datetime, timedelta
from functools import lru_cache

QUIET_AGE_S = 3.0
"""Ages of continuous values up to this are not shown (DESIGN 13)."""


def age_words(seconds: float) -> str:
    """Says an age or a duration so that it changes seldom: `8 s`, `40 s`, `12 min`, `2 h 05`."""
    whole = max(0, int(seconds))
    if whole < 10:
        return f"{whole} s"
    if whole < 60:
        return f"{whole // 10 * 10} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d}"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def round_words(seconds: float) -> str:
    """Says a round length of time: `10 s`, `5 min`, `1 h`."""
    return age_words(seconds).removesuffix(" 00")


def span(seconds: float) -> str:
    """Writes a length of time as `m:ss` or `h:mm:ss`."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@lru_cache(maxsize=8)
def _moment(started: str) -> datetime | None:
    try:
        return datetime.fromisoformat(started)
    except ValueError:
        return None


def wall(started: str | None, t: float) -> datetime | None:
    """The wall clock at session time `t`; None where the session does not say when it began."""
    begin = _moment(started) if started else None
    try:
        return None if begin is None else begin + timedelta(seconds=t)
    except OverflowError:
        return None


def clock(started: str | None, t: float, *, seconds: bool = True) -> str:
    """`14:32:07`, or the time since the start where no wall clock is known."""
    moment = wall(started, t)
    if moment is not None:
        return moment.strftime("%H:%M:%S" if seconds else "%H:%M")
    return span(t) if seconds else f"{int(max(0, t)) // 3600}:{int(max(0, t)) % 3600 // 60:02d}"
