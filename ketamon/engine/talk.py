"""What people say to one another over a session: a message and that it was read, a review, who came.

A message from afar is read at the chair, one from the chair by a physician; the newest replaces no
older one until that was read. Who watches from another account, or as a physician, is entered when
it comes and when it has been gone for `GONE_S` (seconds of real time, counted by the chair's pulse).
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from ketamon.engine.live_session import LiveSession
from ketamon.engine.seats import PHYSICIAN, SOUND, account, is_at_chair
from ketamon.entries import By, Entry, Message, Person
from ketamon.feed.beside import Messages, MessageView
from ketamon_drivers.readings import printable

KEPT = 10
LONGEST = 120
GONE_S = 30
WATCHING, LEFT, REVIEWED = "watching", "left", "reviewed"


class Visitor(Protocol):
    """What is asked of a connection; `key`: the ssh key that let it in, where one did."""

    account: str
    seat: str
    key: str


@dataclass(slots=True)
class Talk:
    """The messages of one session; `tell` hands them to all who watch."""

    session: LiveSession
    tell: Callable[[Messages], None] = lambda _messages: None
    said: "OrderedDict[int, MessageView]" = field(default_factory=OrderedDict)

    def restore(self, entries: Iterable[Entry]) -> None:
        """Knows again what was said, in the session that goes on."""
        for entry in entries:
            if isinstance(entry.body, Message):
                self._note(entry)
        if self.said:
            self._tell()

    def write(self, text: str, by: By) -> str | None:
        """Enters a message; gives why it can't be, or None."""
        if not text:
            return "message: say something"
        if len(text) > LONGEST:
            return f"message: at most {LONGEST} characters"
        self._note(self.session.take(Message(text), by=by))
        self._tell()
        return None

    def read(self, seq: object, by: By) -> str | None:
        """Enters that a message was read at the other end; gives why that can't be, or None."""
        known = self.said.get(seq) if isinstance(seq, int) else None
        if known is None:
            return "read_message: say the seq of a message"
        if known.from_chair == is_at_chair(by.seat or "", self.session.mode):
            return "a message is read at its other end"
        if known.read_by:
            return None
        self._note(self.session.take(Message(known.text, known.seq), by=by))
        self._tell()
        return None

    def review(self, by: By) -> None:
        """Enters that somebody has looked through the session so far."""
        self.session.take(Person(by.person or by.account, by.seat, REVIEWED), by=by)

    def _note(self, entry: Entry) -> None:
        body: Message = entry.body
        t, who = entry.t_ms / 1000, _who(entry.by)
        if body.read is None:
            seat = (entry.by.seat if entry.by else None) or ""
            from_chair = is_at_chair(seat, self.session.mode)
            self.said[entry.seq] = MessageView(entry.seq, t, who, printable(body.text), from_chair)
        elif body.read in self.said:
            self.said[body.read] = replace(self.said[body.read], read_by=who, read_t=t)
        while len(self.said) > KEPT:
            read = (seq for seq, one in self.said.items() if one.read_by)
            self.said.pop(next(read, next(iter(self.said))))

    def _tell(self) -> None:
        self.tell(Messages(tuple(self.said.values())))


@dataclass(slots=True)
class Comings:
    """Who has come to watch, and who has left again: entered once each."""

    session: LiveSession
    here: dict[tuple[str, str, str], int] = field(default_factory=dict)  # seconds since last seen

    def restore(self, entries: Iterable[Entry]) -> None:
        """Knows again who watched, in the session that goes on."""
        for entry in entries:
            if not isinstance(entry.body, Person):
                continue
            body = entry.body
            who = (body.person or "", body.seat or "", body.key or "")
            if body.state == WATCHING:
                self.here[who] = 0
            elif body.state == LEFT:
                self.here.pop(who, None)

    def came(self, visitor: Visitor) -> None:
        """Somebody has attached, or is still there."""
        if not _is_told(visitor):
            return
        who = (visitor.account, visitor.seat, visitor.key)
        if who not in self.here:
            self._enter(who, WATCHING)
        self.here[who] = 0

    def look(self, watching: Iterable[Visitor]) -> None:
        """A second has passed."""
        for who in self.here:
            self.here[who] += 1
        for visitor in watching:
            self.came(visitor)
        for who in [who for who, absent_s in self.here.items() if absent_s > GONE_S]:
            del self.here[who]
            self._enter(who, LEFT)

    def _enter(self, who: tuple[str, str, str], state: str) -> None:
        name, seat, key = who
        self.session.take(Person(name, seat, state, key=key or None), by=By(name, seat))


def _is_told(visitor: Visitor) -> bool:
    """A physician, and every account but the chair's own."""
    if visitor.seat == SOUND:
        return False
    return visitor.seat == PHYSICIAN or visitor.account != account(os.getuid())


def _who(by: By | None) -> str:
    return printable((by.person or by.account or by.seat or "") if by else "")
