"""Who watches a chair, and whether the chair's own screen draws (DESIGN 7.7, 10).

A viewer counts by what its terminal has been given to show, not by its socket being open: a screen
that draws says so each second. All times here are seconds of real time, counted by the chair's pulse.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from ketamon.core.faults import DRAWN_FOR
from ketamon.engine.live_session import LiveSession
from ketamon.engine.seats import is_at_chair
from ketamon.entries import By, Entry, Fault, Person
from ketamon.feed.beside import FRESH_S, Viewers, ViewerView

LOST_S = 10
TAKES, CANNOT = "takes", "cannot"


class Watching(Protocol):
    """What is asked of a connection. `undrawn_s` is None for one that never said it had drawn."""

    account: str
    seat: str
    undrawn_s: int | None
    trip_s: float | None


@dataclass(slots=True)
class Presence:
    """Looked at each second of real time; enters a `fault` when a screen is lost, or back."""

    session: LiveSession
    tell: Callable[[Viewers], None] = lambda _viewers: None
    undrawn_s: int = 0  # since any screen at the chair has drawn
    is_screen_lost: bool = False
    takes: set[str] = field(default_factory=set)  # accounts that took responsibility
    lost: set[str] = field(default_factory=set)
    told: Viewers = field(default_factory=Viewers)
    _unseen: dict[str, int] = field(default_factory=dict)  # seconds since who takes has drawn

    def restore(self, entries: Iterable[Entry]) -> None:
        """Knows again who took responsibility, and what was lost, in the session that goes on."""
        for entry in entries:
            if isinstance(entry.body, Person) and entry.by is not None:
                self._answered(entry.body.state, entry.by.account or "")
            elif isinstance(entry.body, Fault) and entry.body.what == "screen":
                self.is_screen_lost = entry.body.detail == "lost"
            elif isinstance(entry.body, Fault) and entry.body.what == "viewer":
                change = self.lost.add if entry.body.detail == "lost" else self.lost.discard
                change(entry.body.who or "")

    def answer(self, state: str, condition: str | None, by: By) -> None:
        """Somebody who is not at the chair says that they take an alarm on, or can't."""
        who = by.account or ""
        self.session.take(Person(by.person or who, by.seat, state, condition), by=by)
        if is_at_chair(by.seat or "", self.session.mode):
            return
        self._answered(state, who)
        if who in self.lost and who not in self.takes:
            self._back(who)

    def look(self, viewers: Iterable[Watching]) -> None:
        """A second has passed."""
        drawing = [viewer for viewer in viewers if viewer.undrawn_s is not None]
        self._screen(drawing)
        freshest: dict[tuple[str, str], Watching] = {}
        for viewer in drawing:
            known = freshest.get((viewer.seat, viewer.account))
            if known is None or _undrawn(viewer) < _undrawn(known):
                freshest[viewer.seat, viewer.account] = viewer
        self._responsible(freshest.values())
        seen = Viewers(tuple(self._view(freshest[key]) for key in sorted(freshest)))
        if _essence(seen) != _essence(self.told):
            self.told = seen
            self.tell(seen)

    def _answered(self, state: str | None, who: str) -> None:
        if state == TAKES:
            self.takes.add(who)
            self._unseen[who] = 0
        elif state == CANNOT:
            self.takes.discard(who)

    def _screen(self, viewers: Iterable[Watching]) -> None:
        """Tells that no screen at the chair draws, in the phases in which one must."""
        mode = self.session.mode
        ours = [_undrawn(viewer) for viewer in viewers if is_at_chair(viewer.seat, mode)]
        self.undrawn_s = min(self.undrawn_s + 1, *ours, self.undrawn_s + 1)
        if self.undrawn_s < LOST_S and self.is_screen_lost:
            self.is_screen_lost = False
            self.session.take(Fault("screen", "back"))
        elif self.undrawn_s >= LOST_S and not self.is_screen_lost:
            if self.session.projector.phase not in DRAWN_FOR:
                return
            self.is_screen_lost = True
            reason = f"no nurse's screen has drawn for {LOST_S} s"
            self.session.take(Fault("screen", "lost", reason))

    def _responsible(self, viewers: Iterable[Watching]) -> None:
        """Tells that somebody who took responsibility sees nothing any more."""
        mode = self.session.mode
        seen = {v.account: _undrawn(v) for v in viewers if not is_at_chair(v.seat, mode)}
        for who in sorted(self.takes):
            unseen = min(self._unseen.get(who, 0) + 1, seen.get(who, LOST_S))
            self._unseen[who] = unseen
            if unseen >= LOST_S and who not in self.lost:
                self.lost.add(who)
                reason = f"took responsibility, and has drawn nothing for {LOST_S} s"
                self.session.take(Fault("viewer", "lost", reason, who=who))
            elif unseen < LOST_S and who in self.lost:
                self._back(who)

    def _back(self, who: str) -> None:
        self.lost.discard(who)
        self.session.take(Fault("viewer", "back", who=who))

    def _view(self, viewer: Watching) -> ViewerView:
        trip = None if viewer.trip_s is None else round(viewer.trip_s, 1)
        takes = viewer.account in self.takes and not is_at_chair(viewer.seat, self.session.mode)
        return ViewerView(viewer.account, viewer.seat, float(_undrawn(viewer)), trip, takes)


def _undrawn(viewer: Watching) -> int:
    return viewer.undrawn_s or 0


def _essence(viewers: Viewers) -> list[tuple[str, str, bool, float | None, bool]]:
    """What is told when it changes: while a viewer is silent, its readers count on by themselves."""
    return [(v.who, v.seat, v.silent_s >= FRESH_S, v.trip_s, v.takes) for v in viewers.viewers]
