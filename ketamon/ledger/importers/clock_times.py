"""Times as other programs write them: numbers, ISO 8601, times of day with or without a date.

What can't be told is guessed and counted: the unit of a number, which of 3/4/2026 is the day, and
that a time of day earlier than the one before it is the next day's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ketamon.ledger.importers.channels import number
from ketamon.ledger.importers.flags import Flags

MS_IN = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
UNIT_WORDS = {
    "ms": "ms", "msec": "ms", "milliseconds": "ms", "s": "s", "sec": "s", "seconds": "s", "": "",
    "min": "min", "minutes": "min", "h": "h", "hours": "h",
}  # fmt: skip
_EPOCH_S, _EPOCH_MS, _LATEST_MS = 1e9, 1e12, 2.5e14
_DAY_MS = 86_400_000
_ZERO = datetime(1, 1, 1)  # noqa: DTZ001 - only differences count
_TIME = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:_](\d{1,6}))?)?\s*([AaPp])?\.?(?:[Mm]\.?)?(?!\d)"
)
_NUMBERS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.?[ -]([^\W\d_]{3,9})\.?,?[ -](\d{4})")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
TAKEN_DAY_FIRST = "day and month can't be told apart: taken as day/month"
NEXT_DAY = "time of day before the last one: taken as the next day's"


@dataclass(slots=True)
class Clock:
    """Reads a column's times one after the other; `started` is the first one's date and time."""

    flags: Flags
    unit: str = ""
    month_first: bool = False
    started: str | None = None
    _days: int = 0
    _last_ms: int | None = None
    _said: set[str] = field(default_factory=set)

    def time_ms(self, cell: str, line: int) -> int | None:
        """Milliseconds since some moment that stays the same; None (and counted) for no time."""
        text = cell.strip()
        value = number(text)
        found = self._from_number(value) if value is not None else self._from_text(text, line)
        if found is None:
            self.flags.add("time that can't be read: row left out", line)
        return found

    def _from_number(self, value: float) -> int | None:
        if not self.unit and value >= _EPOCH_S:
            ms = value if value >= _EPOCH_MS else value * 1000
            if ms > _LATEST_MS:
                return None
            if self.started is None:
                moment = datetime.fromtimestamp(ms / 1000, UTC)
                self.started = moment.isoformat(timespec="milliseconds")
            return round(ms)
        if not self.unit:
            self._guess("time without a unit: taken as seconds")
        ms = value * MS_IN[self.unit or "s"]
        return round(ms) if abs(ms) <= _LATEST_MS else None

    def _from_text(self, text: str, line: int) -> int | None:
        try:
            moment: datetime | None = datetime.fromisoformat(text)
        except ValueError:
            moment = self._dated(text)
        if moment is not None:
            if self.started is None:
                self.started = moment.isoformat(timespec="milliseconds")
            since = moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta()) - _ZERO
            return round(since / timedelta(milliseconds=1))
        in_day = _time_of_day_ms(text)
        if in_day is None or _date_like(text):
            return None
        if self._last_ms is not None and in_day < self._last_ms - _DAY_MS // 2:
            self._days += 1
            self.flags.add(NEXT_DAY, line)
        self._last_ms = in_day
        return self._days * _DAY_MS + in_day

    def _dated(self, text: str) -> datetime | None:
        """A time of day beside a date in one of the forms above; None where one of them is missing."""
        in_day = _time_of_day_ms(text)
        date = self._date(_TIME.sub(" ", text))
        if in_day is None or date is None:
            return None
        try:
            return datetime(*date) + timedelta(milliseconds=in_day)  # noqa: DTZ001
        except (ValueError, OverflowError):
            return None

    def _date(self, text: str) -> tuple[int, int, int] | None:
        if found := _MONTH_FIRST.search(text):
            month = _MONTHS.get(found[1][:3].lower())
            return None if month is None else (int(found[3]), month, int(found[2]))
        if found := _DAY_FIRST.search(text):
            month = _MONTHS.get(found[2][:3].lower())
            return None if month is None else (int(found[3]), month, int(found[1]))
        if found := _NUMBERS.search(text):
            first, second, third = int(found[1]), int(found[2]), int(found[3])
            if len(found[1]) == 4:
                return first, second, third
            year = third + 2000 if len(found[3]) <= 2 else third
            return (year, first, second) if self.month_first else (year, second, first)
        return None

    def _guess(self, reason: str) -> None:
        if reason not in self._said:
            self._said.add(reason)
            self.flags.add(reason)


def clock(cells: Sequence[str], unit: str, flags: Flags) -> Clock:
    """A clock for a column: of 3/4/2026 the day is told by any date with a number over 12."""
    first_over = second_over = False
    numeric = False
    for cell in cells:
        found = _NUMBERS.search(_TIME.sub(" ", cell))
        if found and len(found[1]) <= 2 and number(cell.strip()) is None:
            numeric = True
            first_over |= int(found[1]) > 12
            second_over |= int(found[2]) > 12
    if numeric and not first_over and not second_over:
        flags.add(TAKEN_DAY_FIRST)
    return Clock(flags, UNIT_WORDS.get(unit.lower(), ""), second_over and not first_over)


def _time_of_day_ms(text: str) -> int | None:
    found = _TIME.search(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[5] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = round(int(found[4]) * 1000 / 10 ** len(found[4])) if found[4] else 0
    return ((hour * 60 + minute) * 60 + second) * 1000 + fraction


def _date_like(text: str) -> bool:
    """True where something besides the time of day is there that was no date."""
    return bool(re.search(r"\w", _TIME.sub(" ", text)))
