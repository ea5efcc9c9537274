"""Before the patient leaves: what the readings say, what a person ticks, and the end of the session.

`enter` ends it when nothing is open; with something open it takes a reason and a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from ketamon.charting import BY_HAND
from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.forms import LIST, Form
from ketamon.tui.panels.reasons import BACK, SPACE, YES

WHY, NAME, SURE = "why", "name", "sure"
ENTER = Key(("enter",), "enter", "discharge", "", "send", stays=True)
TICKS = Key(tuple("123456789"), "1-7", "tick", "", "choose")
OVERRIDE = Key(("0",), "0", "override", "", "own_words", stays=True)


@dataclass(frozen=True)
class Discharge(Form):
    """The page; `why` and `name`: of an override."""

    TABLES: ClassVar[Mapping[str, tuple[Key, ...]]] = {
        LIST: (SPACE, ENTER, TICKS, OVERRIDE, BACK),
        SURE: (SPACE, YES, BACK),
    }
    TYPED: ClassVar[frozenset[str]] = frozenset((WHY, NAME))

    why: str = ""
    name: str = ""

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Does what a key means here."""
        if self.sending:
            return
        if action == "back":
            open_panel(desk, Discharge())
        elif self.at in self.TYPED:
            self._write(action, name, desk)
        elif action == "yes" and self.at == SURE:
            self._end(desk)
        elif action == "choose" and self.at == LIST:
            self._tick(int(name), desk)
        elif action == "own_words" and self.at == LIST:
            open_panel(desk, replace(self, at=WHY, text="", said=""))
        elif action == "send" and self.at == LIST:
            left = open_words(desk)
            said = f"{len(left)} open: {', '.join(left)}; 0 overrides" if left else ""
            open_panel(desk, self.saying(said, at=LIST if left else SURE))

    def _write(self, action: str, name: str, desk: Desk) -> None:
        words = self.text.strip()
        if action != "send":
            written = self.written(action, name)
            if written is not None:
                open_panel(desk, written)
        elif not words:
            open_panel(desk, self.saying("type it, or esc"))
        elif self.at == WHY:
            open_panel(desk, replace(self, at=NAME, why=words, text="", said=""))
        else:
            open_panel(desk, replace(self, at=SURE, name=words, text="", said=""))

    def _tick(self, digit: int, desk: Desk) -> None:
        """Ticks one, or strikes its tick."""
        if digit <= len(BY_HAND):
            self.tick(desk, BY_HAND[digit - 1].id, desk.picture.discharge.done)

    def _end(self, desk: Desk) -> None:
        def ended(_answer: Answer) -> None:
            desk.choices.panel = None
            desk.say("discharged: the session ends")

        more = {"override": self.why, "person": self.name} if self.why else {}
        replace(self, at=LIST).ask(desk, "end", ended, discharge=True, reason="discharged", **more)


def open_words(desk: Desk) -> list[str]:
    """What is open now, in words."""
    view = desk.picture.discharge
    now = desk.seen.now if desk.seen is not None else desk.picture.t
    found = [one.words for one in view.criteria if not one.met_at(now)]
    return found + [one.words for one in BY_HAND if one.id not in view.done]
