"""Other programs' recordings as entries: what their readers share beyond the rows of channels.

Samples come in order of time; what can't come along is counted by the reader, never dropped
silently.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from heapq import merge
from itertools import groupby

from ketamon.entries import Entry, Note, Session, make
from ketamon.ledger.importers.channels import CHANNELS, Rows, Sample
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.track_names import EXPECTED_UNIT, own_unit
from ketamon.ledger.progress import READING, told
from ketamon.vitals import Number

REPEAT_MS = 15_000
"""Monitors send their last cuff reading again each second or two; equal values no further apart than
this are one measurement (as in DESIGN 7.8)."""
MODE_TEXT = "ketamon: "
"""What our own exports say in a text track before the session's mode."""
MODES = {f"{MODE_TEXT}{mode}" for mode in ("LIVE", "SIMULATED", "REPLAY")}
UNDATED_S = 4_102_444_800.0
"""2100-01-01 UTC: where the `vitaldb` package, and our own export, puts a session without a date."""
BACKWARDS = "time that goes back: set to the time before it"


def entries_of(
    family: str,
    samples: Sequence[Sample],
    flags: Flags,
    started: str | None = None,
    texts: Sequence[tuple[int, str]] = (),
) -> tuple[Entry, ...]:
    """Gives a recording's entries; `texts` are notes with their times, in order."""
    simulated = any(text == f"{MODE_TEXT}SIMULATED" for _, text in texts)
    start = min((first[0] for first in texts[:1]), default=None)
    if samples and (start is None or samples[0].time_ms < start):
        start = samples[0].time_ms
    if start is None:
        return ()
    rows = Rows(family, flags)
    opening = Sample(0, start, "", None)  # holds the start where a text comes first
    head, *rest = rows.build((opening, *once(told(samples, len(samples), READING), flags)), started)
    if simulated:
        head = make(0, 0, Session(mode="SIMULATED", started=started))
    notes = [make(0, t_ms - start, Note(text=text)) for t_ms, text in texts if text not in MODES]
    return (head, *merge(rest, notes, key=lambda entry: entry.t_ms))


def once(samples: Iterable[Sample], flags: Flags) -> Iterator[Sample]:
    """Leaves out cuff values that only say again what the newest measurement gave."""
    last: dict[str, Number | str | None] = {}
    last_ms = 0
    for time_ms, group in groupby(samples, key=lambda sample: sample.time_ms):
        together = list(group)
        cuff = {
            s.channel: s.value if s.raw is None else s.raw
            for s in together
            if s.channel in CHANNELS
            and CHANNELS[s.channel].device == "cuff"
            and (s.value is not None or s.raw is not None)
        }
        again = bool(cuff) and cuff == last and 0 <= time_ms - last_ms <= REPEAT_MS
        if cuff:
            last, last_ms = cuff, time_ms
        if again:
            flags.add("cuff reading told again: one measurement", together[0].line)
        for sample in together:
            if not (again and sample.channel in cuff):
                yield sample


def in_order(times_ms: Iterable[int], flags: Flags) -> Iterator[int]:
    """One track's times; one that goes back is set to the newest and counted."""
    newest: int | None = None
    for time_ms in times_ms:
        if newest is not None and time_ms < newest:
            flags.add(BACKWARDS)
        newest = time_ms if newest is None else max(newest, time_ms)
        yield newest


def unit_for(channel: str, given: str, flags: Flags) -> str:
    """The unit of a channel's values; one that was not given is guessed, and that is counted."""
    unit = own_unit(given)
    expected = EXPECTED_UNIT.get(channel, "")
    if not unit and expected:
        flags.add(f"{channel} without a unit: taken as {expected}")
    return unit


def count(flags: Flags, reason: str, how_many: int) -> None:
    """Counts a reason so many times; none at all is no reason."""
    if how_many:
        flags.counts[reason] = flags.counts.get(reason, 0) + how_many
        flags.first_lines.setdefault(reason, None)


def wall_clock(seconds: float, offset_min: int = 0) -> str | None:
    """Epoch seconds as the session's `started`; None for a recording without a date."""
    zone = timezone(timedelta(minutes=offset_min))
    if seconds <= 0 or seconds >= UNDATED_S:
        return None
    return datetime.fromtimestamp(round(seconds, 3), zone).isoformat(timespec="milliseconds")
