"""A recording played through a fresh core: forwards by time, to any moment, any number of times.

Seek, step and headless replay are one operation: entries fed to a core (DESIGN 2). Every run
numbers its entries anew, outputs included; a recorded acknowledgement's `up_to_seq` is translated
from the recording's own numbers. What a viewer acknowledges is entered at its moment, acts from
there on, is not written into the recording, and is forgotten when the tape goes back before it.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from ketamon.core import alarms
from ketamon.core.profile import Profile
from ketamon.core.state import State
from ketamon.engine.projector import Projector
from ketamon.engine.words import describe
from ketamon.entries import Acknowledge, By, Entry, make
from ketamon.feed.messages import BIN_S, HISTORY_S, Mark, Snapshot, View

BINS_AT_MOST = 720
MARKED = ("phase", "dose", "symptom", "score", "intervention", "position", "note")


class Played(NamedTuple):
    """One entry that was played, and what it changed in the picture."""

    entry: Entry
    view: View | None


@dataclass(slots=True)
class Playback:
    """A recording, a core, and where the tape stands."""

    entries: tuple[Entry, ...]
    profile: Profile | None = None
    state: State = field(init=False)
    projector: Projector = field(init=False)
    position: int = 0  # entries already played
    answers: list[Entry] = field(default_factory=list)  # what viewers acknowledged
    answered: int = 0
    played_ordinals: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rewind()

    @property
    def duration_ms(self) -> int:
        """When the last entry comes."""
        return self.entries[-1].t_ms if self.entries else 0

    def rewind(self) -> None:
        """Back to before the first entry, with a fresh core."""
        self.state = alarms.start(self.profile)
        length_s = self.duration_ms / 1000
        bins = max(1, -(-int(length_s) // (BIN_S * BINS_AT_MOST)))
        self.projector = Projector(self.state, bins * BIN_S, max(HISTORY_S, length_s))
        self.position = self.answered = 0
        self.played_ordinals.clear()

    def play_until(self, t_ms: int) -> Iterator[Played]:
        """Plays everything up to and at `t_ms`, in the order in which the core takes it."""
        while True:
            recorded = self.entries[self.position] if self.position < len(self.entries) else None
            answer = self.answers[self.answered] if self.answered < len(self.answers) else None
            entry = recorded
            if answer is not None and (recorded is None or answer.t_ms < recorded.t_ms):
                entry = answer
            if entry is None or entry.t_ms > t_ms:
                break
            if entry is answer:
                self.answered += 1
            else:
                self.position += 1
            yield from self._take(entry)
        for output in alarms.advance(self.state, min(t_ms, self.duration_ms)):
            yield Played(output, self.projector.changed(output))

    def seek(self, t_ms: int) -> None:
        """Brings the tape to `t_ms`, whatever was played before."""
        if t_ms < self.state.t:
            self.answers = [answer for answer in self.answers if answer.t_ms <= t_ms]
            self.rewind()
        for _ in self.play_until(t_ms):
            pass

    def acknowledge(
        self, t_ms: int, condition: str | None, up_to_seq: int | None, by: By
    ) -> list[Played]:
        """Enters a viewer's acknowledgement at `t_ms`, where the tape stands."""
        entry = make(0, max(t_ms, self.state.t), Acknowledge(condition, up_to_seq), by=by)
        played = list(self.play_until(entry.t_ms))
        self.answers.append(entry)
        self.answered += 1
        return played + list(self._take(entry))

    def snapshot(self, t_ms: int) -> Snapshot:
        """The picture where the tape stands."""
        return self.projector.snapshot(self.state.seq, t_ms / 1000, "REPLAY")

    def _take(self, entry: Entry) -> Iterator[Played]:
        if entry.kind == "alarm":
            return  # a recorded output: the core computes its own
        ordinal = entry.seq
        if entry.kind == "acknowledge" and ordinal:
            entry = self._translated(entry)
        early = alarms.advance(self.state, entry.t_ms)  # what fell due comes, and counts, before it
        late = alarms.step(self.state, msgspec.structs.replace(entry, seq=0))
        number = self.state.seq - len(late)
        if ordinal:
            self.played_ordinals.append((ordinal, number))
        taken = msgspec.structs.replace(entry, seq=number)
        for played in (*early, taken, *late):
            yield Played(played, self.projector.changed(played))

    def _translated(self, entry: Entry) -> Entry:
        """A recorded acknowledgement, its `up_to_seq` in this run's numbers."""
        wanted = entry.body.up_to_seq
        if wanted is None:
            return entry
        index = bisect_left(self.played_ordinals, (wanted + 1,)) - 1
        ordinal, number = self.played_ordinals[index] if index >= 0 else (0, 0)
        return msgspec.structs.replace(
            entry,
            body=Acknowledge(entry.body.condition, number + wanted - ordinal),
        )


def timeline(entries: tuple[Entry, ...], profile: Profile | None = None) -> Iterator[Entry]:
    """Feeds a recording to a fresh core as fast as it goes, and gives the alarm entries."""
    state = alarms.start(profile)
    for entry in entries:
        yield from alarms.step(state, entry)


def marks(entries: tuple[Entry, ...], profile: Profile | None = None) -> tuple[Mark, ...]:
    """What lies on the tape: alarm lines, cuff readings, phases and what was charted."""
    found: list[Mark] = []
    state = alarms.start(profile)
    taken = 0
    for entry in entries:
        for output in alarms.step(state, entry):
            if output.body.change != "reading_flagged":
                what = "alarm" if output.body.change in ("raised", "escalated") else "change"
                found.append(_mark(output, what, output.body.priority))
        if state.pressures_taken != taken:
            taken = state.pressures_taken
            found.append(Mark(entry.t_ms / 1000, "cuff"))
        elif entry.kind in MARKED:
            found.append(_mark(entry, "phase" if entry.kind == "phase" else "event"))
    return tuple(found)


def _mark(entry: Entry, what: str, priority: str = "") -> Mark:
    event = describe(entry)
    return Mark(entry.t_ms / 1000, what, priority, event.text if event else entry.kind)
