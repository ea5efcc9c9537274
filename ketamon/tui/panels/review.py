"""Cuff readings from a memory whose clock can't be trusted: a person says what counts."""

from dataclasses import dataclass, replace
from typing import ClassVar

from ketamon.feed.messages import Answer
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.panel import LOST
from ketamon.tui.panels.reasons import BACK, DIGITS, SPACE

VERDICTS = ("accept", "set_aside")
CHOICES = ("count it: measured just now", "set it aside")


@dataclass(frozen=True, slots=True)
class Review:
    """`seq` is the chosen reading's; what waits stands in the picture."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        SPACE, DIGITS,
        Key(("up",), "", "", "", "previous", footer=False),
        Key(("down",), "↑↓", "choose", "", "next"),
        BACK,
    )  # fmt: skip
    takes_text: ClassVar[bool] = False
    takes_back: ClassVar[bool] = False

    seq: int = 0
    said: str = ""

    @property
    def keys(self) -> tuple[Key, ...]:
        """Which reading, and what becomes of it."""
        return self.KEYS

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Chooses another reading, or says what becomes of the chosen one."""
        waits = [reading.seq for reading in desk.picture.quarantine]
        if not waits:
            open_panel(desk, None)
            return
        at = waits.index(self.seq) if self.seq in waits else 0
        if action in ("next", "previous"):
            step = 1 if action == "next" else -1
            open_panel(desk, replace(self, seq=waits[(at + step) % len(waits)], said=""))
        elif action == "choose" and int(name) <= len(VERDICTS):
            self._decide(desk, waits[at], int(name) - 1, last=len(waits) == 1)

    def _decide(self, desk: Desk, seq: int, verdict: int, *, last: bool) -> None:
        if not is_linked(desk):
            open_panel(desk, replace(self, said=LOST))
            return

        def answered(answer: Answer | None) -> None:
            if answer is None or not answer.ok:
                why = "no answer came" if answer is None else answer.reason or "refused"
                open_panel(desk, replace(self, said=why))
            else:
                open_panel(desk, None if last else Review())
                desk.say(("counted", "set aside")[verdict])

        desk.send("review_reading", answered, seq=seq, verdict=VERDICTS[verdict])
