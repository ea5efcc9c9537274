"""Messages: what was said to the chair or from it, and by whom it was read; own words, and `enter`.

Opened over a message that waits here, `enter` says that it was read; typed words are an answer.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from ketamon.feed.messages import Answer
from ketamon.tui.abilities import unread
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import WORDS, Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Writing:
    """What was typed so far; `said` is a refusal; `sending`: it is on its way."""

    takes_text: ClassVar[bool] = True
    takes_back: ClassVar[bool] = False

    text: str = ""
    said: str = ""
    sending: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """Those that end what is typed; all others are characters."""
        return WORDS

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Types, sends, or says that the waiting message was read."""
        if self.sending:
            return
        if action == "send":
            self._send(desk)
            return
        char = " " if name == "space" else name
        text = self.text
        if action == "erase":
            text = text[:-1]
        elif not action and len(char) == 1 and char.isprintable() and len(text) < LONGEST:
            text += char
        open_panel(desk, replace(self, text=text, said=""))

    def _send(self, desk: Desk) -> None:
        """Sends what was typed; opened over a message that waits, that one is read by it."""
        text, waiting = self.text.strip(), unread(desk.picture)
        if not is_linked(desk):
            open_panel(desk, replace(self, said=LOST))
            return
        if waiting is not None:
            desk.send("read_message", seq=waiting.seq)
        if not text:
            open_panel(desk, None)
            if waiting is not None:
                desk.say(f"read: {waiting.text}")
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.ok:
                open_panel(desk, None)
                desk.say(f"sent: {text}")
            else:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                open_panel(desk, replace(self, said=why, sending=False))

        open_panel(desk, replace(self, sending=True))
        desk.send("message", answered, text=text)
