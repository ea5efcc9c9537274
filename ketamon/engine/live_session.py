"""A running session: whatever it is told becomes an entry, once, in one order.

| step | why in this place |
|---|---|
| what fell due before it | comes, and counts, before an input of the same millisecond |
| the entry gets `seq` and `t` | whole milliseconds, never decreasing, before the core sees it |
| the core | alarms are decided before anything is stored |
| the ledger | takes it at once and never makes anybody wait |
| the viewers | see it with what it changed |

Time is the event loop's. On the real loop that is the boot clock, so a session that goes on after a
crash goes on at the moment where it would be.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from ketamon.core import alarms
from ketamon.core.cuff import StartCuff
from ketamon.core.state import State
from ketamon.engine.playback import Played
from ketamon.engine.projector import Projector
from ketamon.entries import Body, By, Entry, make
from ketamon.feed.messages import Snapshot

Publish = Callable[[Iterable[Played]], None]


class Keeps(Protocol):
    """Where entries are kept; neither blocks nor raises."""

    @property
    def recorded(self) -> int:
        """The highest seq that is kept, whatever happens."""

    def append(self, entry: Entry) -> None:
        """Takes the next entry."""

    def append_raw(self, t_ms: int, device: str, data: bytes) -> None:
        """Takes bytes as a device sent them."""


@dataclass(slots=True)
class LiveSession:
    """One session at one chair. `t0` is the loop's time at which session time is 0."""

    mode: str
    keeps: Keeps
    t0: float = 0.0
    state: State = field(default_factory=alarms.start)
    projector: Projector = field(init=False)
    publish: Publish = field(default=lambda _played: None)
    effect: Callable[[StartCuff], None] = field(default=lambda _effect: None)
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self.projector = Projector(self.state)

    def now_ms(self) -> int:
        """Session time, in whole milliseconds that never decrease."""
        passed = round((asyncio.get_running_loop().time() - self.t0) * 1000)
        return max(passed, self.state.t)

    def take(self, body: Body, device: str | None = None, by: By | None = None) -> Entry:
        """Enters one thing now; gives its entry."""
        t_ms = self.now_ms()
        played = self._fallen_due(t_ms)
        entry = make(self.state.seq + 1, t_ms, body, device, by)
        late = alarms.step(self.state, entry)
        played += [Played(one, self.projector.changed(one)) for one in (entry, *late)]
        self._hand_out(played)
        return entry

    def take_raw(self, device: str, data: bytes) -> None:
        """Keeps bytes as they came."""
        self.keeps.append_raw(self.now_ms(), device, data)

    def evaluate(self) -> None:
        """Lets what is due by now happen."""
        self._hand_out(self._fallen_due(self.now_ms()))

    def restore(self, entries: Iterable[Entry]) -> None:
        """Feeds a recorded session to the fresh core: what was known before is known again.

        Recorded alarm lines are outputs: the core gives its own, which are not kept twice. Those
        whose cause was kept, and they not any more, are kept now.
        """
        lost: list[Entry] = []
        for entry in entries:
            lines = alarms.step(self.state, entry)
            lost = [line for line in (*lost, *lines) if line.seq > entry.seq]
            given = [] if entry.kind == "alarm" else [entry]
            for one in sorted((*lines, *given), key=lambda known: known.seq):
                self.projector.changed(one)
            self.state.seq = max(self.state.seq, entry.seq)
        for line in lost:
            self.keeps.append(line)
        alarms.take_effects(self.state)  # nothing that was asked then is asked again

    def snapshot(self) -> Snapshot:
        """The whole picture now."""
        return self.projector.snapshot(self.state.seq, self.now_ms() / 1000, self.mode)

    def stop(self) -> None:
        """Nothing falls due any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fallen_due(self, t_ms: int) -> list[Played]:
        return [
            Played(one, self.projector.changed(one)) for one in alarms.advance(self.state, t_ms)
        ]

    def _hand_out(self, played: list[Played]) -> None:
        for one in played:
            self.keeps.append(one.entry)
        if played:
            self.publish(played)
        for effect in alarms.take_effects(self.state):
            self.effect(effect)
        self._wait()

    def _wait(self) -> None:
        """Sets the one timer to the next moment at which something falls due."""
        self.stop()
        due = alarms.due(self.state)
        if due is not None:
            at = self.t0 + due / 1000
            self._timer = asyncio.get_running_loop().call_at(at, self._due, due)

    def _due(self, due_ms: int) -> None:
        # The timer may ring a fraction of a millisecond early: the moment is then what it was set to.
        self._timer = None
        self._hand_out(self._fallen_due(max(self.now_ms(), due_ms)))
