"""Charting in one or two keys: a group, a digit, and a value where the event has one.

A symptom is charted at once, mild; its digit again makes it moderate, severe, none: what was said
before is struck, not forgotten. `<` sets the time back, `del` strikes what was charted last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.charting import GROUPS, SEVERITIES, ChartEvent, value_words
from ketamon.feed.messages import Answer, EventLine
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import WORDS, Key
from ketamon.tui.panels.panel import LOST, NO_ANSWER
from ketamon.tui.panels.reasons import BACK, DIGITS, SPACE

NAMES = tuple(GROUPS)
A_PAGE = 9
MILD = 1
LONGEST = 60
BACK_STEPS_MIN = (0, 1, 2, 5, 10, 15, 30)
WHY_LATE = "charted afterwards"


def standing(events: Sequence[EventLine]) -> list[EventLine]:
    """What was charted and not struck, oldest first."""
    struck = {line.strikes for line in events}
    return [line for line in events if line.charted and line.seq not in struck]


@dataclass(frozen=True)
class Charting:
    """`event`: the one whose value is being typed; `last`: what was charted last, and its seq."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        SPACE, DIGITS,
        Key(("left",), "", "", "", "step_back", footer=False),
        Key(("right",), "←→", "group", "", "step_on"),
        Key(("up",), "", "", "", "previous", footer=False),
        Key(("down",), "↑↓", "more", "", "next"),
        Key(("<",), "<", "earlier", "", "earlier"),
        Key(("backspace", "delete"), "del", "strike last", "", "erase"),
        BACK,
    )  # fmt: skip

    group: int = 0
    page: int = 0
    event: ChartEvent | None = None
    text: str = ""
    back: int = 0
    said: str = ""
    last: ChartEvent | None = None
    last_seq: int = 0
    last_value: float | str | None = None
    sending: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its keys; while a value is typed only those that end that."""
        return WORDS if self.event is not None else self.KEYS

    @property
    def takes_text(self) -> bool:
        """While a value is typed."""
        return self.event is not None

    @property
    def takes_back(self) -> bool:
        """While a value is typed `esc` ends only that."""
        return self.event is not None

    @property
    def ago_min(self) -> int:
        """How many minutes ago it was."""
        return BACK_STEPS_MIN[self.back]

    @property
    def shown(self) -> tuple[ChartEvent, ...]:
        """The events that have a digit now."""
        events = GROUPS[NAMES[self.group]]
        return events[self.page * A_PAGE : (self.page + 1) * A_PAGE]

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Does what a key means here."""
        if self.sending:
            return
        if self.event is not None:
            self._write(self.event, action, name, desk)
            return
        match action:
            case "choose":
                if int(name) <= len(self.shown):
                    self._chosen(self.shown[int(name) - 1], desk)
            case "next" | "previous":
                pages = -(-len(GROUPS[NAMES[self.group]]) // A_PAGE)
                page = (self.page + (1 if action == "next" else -1)) % pages
                open_panel(desk, replace(self, page=page, said=""))
            case "step_on" | "step_back":
                group = (self.group + (1 if action == "step_on" else -1)) % len(NAMES)
                open_panel(desk, replace(self, group=group, page=0, said=""))
            case "earlier":
                open_panel(desk, replace(self, back=(self.back + 1) % len(BACK_STEPS_MIN)))
            case "erase":
                self._strike(desk)

    def _chosen(self, event: ChartEvent, desk: Desk) -> None:
        if event.takes == "severity":
            again = event == self.last and isinstance(self.last_value, int)
            value = (int(self.last_value or 0) + 1) % len(SEVERITIES) if again else MILD
            self._send(desk, event, value, "", strikes=self.last_seq if again else 0)
        elif event.takes == "nothing":
            self._send(desk, event, None, "")
        else:
            open_panel(desk, replace(self, event=event, text="", said=""))

    def _write(self, event: ChartEvent, action: str, name: str, desk: Desk) -> None:
        """Takes the value's characters; `enter` charts it."""
        match action:
            case "back":
                open_panel(desk, replace(self, event=None, text="", said=""))
            case "erase":
                open_panel(desk, replace(self, text=self.text[:-1], said=""))
            case "send":
                self._typed(event, desk)
            case _:
                char = " " if name == "space" else name
                if len(char) == 1 and char.isprintable() and len(self.text) < LONGEST:
                    open_panel(desk, replace(self, text=self.text + char, said=""))

    def _typed(self, event: ChartEvent, desk: Desk) -> None:
        words = self.text.strip()
        if event.takes == "text":
            self._send(desk, event, None, words)
            return
        number, _, more = words.partition(" ")
        try:
            value = float(number.replace(",", "."))
        except ValueError:
            unit = event.unit and f" of {event.unit}"
            open_panel(desk, replace(self, said=f"{event.words}: type a number{unit} first"))
            return
        self._send(desk, event, int(value) if value == int(value) else value, more.strip())

    def _send(
        self, desk: Desk, event: ChartEvent, value: float | None, words: str, strikes: int = 0
    ) -> None:
        """Charts it; what it takes the place of is struck once it is there."""
        if not is_linked(desk):
            open_panel(desk, replace(self, said=LOST))
            return

        def answered(answer: Answer | None) -> None:
            if answer is None or not answer.ok:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                open_panel(desk, replace(self, said=why))
                return
            if strikes:
                desk.send("strike", seq=strikes, reason="charted again")
            told = f"{event.words} {value_words(event, value) or words}".rstrip()
            open_panel(desk, replace(
                self, event=None, text="", back=0, said=told, last=event,
                last_seq=answer.seq or 0, last_value=value,
            ))  # fmt: skip

        open_panel(desk, replace(self, sending=True))
        args: dict[str, Any] = {"event": event.id, "value": value, "text": words or None}
        if self.ago_min:
            args |= {"ago_min": self.ago_min, "reason": WHY_LATE}
        desk.send("chart", answered, **args)

    def _strike(self, desk: Desk) -> None:
        """Strikes what was charted last, by this screen or another."""
        left = standing(desk.picture.events)
        seq = self.last_seq or (left[-1].seq if left else 0)
        if not seq:
            open_panel(desk, replace(self, said="nothing was charted yet"))
            return

        def answered(answer: Answer | None) -> None:
            fine = answer is not None and answer.ok
            said = "struck; it stays in the record" if fine else (
                NO_ANSWER if answer is None else answer.reason or "refused")  # fmt: skip
            open_panel(desk, replace(self, said=said, last=None, last_seq=0))

        desk.send("strike", answered, seq=seq, reason="charted by mistake")
