"""A nurse's board without a terminal: which chair the keys reach, and what a key does there.

| a key | while | does |
|---|---|---|
| 1-4 | no panel is open | picks that chair |
| any that acts on a chair | a chair is picked, and its name stands on the last row that was shown | acts there |
| the same | none is, or `IDLE_S` have passed since the last key | asks which chair, and nothing else |
| any | a panel is open and `IDLE_S` have passed | asks again whose panel it is, and nothing else |

What was shown counts, not what was drawn: a frame that the terminal did not take names nobody. A
new session at a chair is nobody's pick.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ketamon.feed.messages import Beat, FromEngine, Hello, Snapshot
from ketamon.feed.picture import Picture
from ketamon.tui.actions import Actions
from ketamon.tui.canvas import Canvas, Means
from ketamon.tui.desk import Choices, Then
from ketamon.tui.keys import KEYS, WINDOW_FIRST, WINDOWS, find
from ketamon.tui.named import Named
from ketamon.tui.scene import LINK_LOST_S, Scene
from ketamon.tui.screens.board import (
    BOARD_KEYS,
    MOST,
    TOUCH,
    BoardScene,
    draw_board,
    view_rows,
)
from ketamon.tui.screens.board_chair import AtBoard
from ketamon.tui.views import VIEWS
from ketamon.tui.widgets.page import last_start

IDLE_S = 10.0
FORGET_S = 120.0  # how long a panel waits for the nurse who opened it
NOTICE_S = 6.0
OWN = frozenset({"leave", "theme", "help"})
Send = Callable[[str, str, Then | None, dict[str, Any]], None]
Prompt = tuple[str, str]  # chair, and whose session it is


class ChairDesk:
    """One chair as its keys and panels see it."""

    def __init__(self, board: "Board", name: str, digit: int, themes: tuple[str, ...]) -> None:
        self._board, self.name, self.digit = board, name, digit
        self.picture, self.choices = Picture(), Choices(themes[0], themes)
        self.seen: Scene | None = None
        self.seen_seq = 0
        self.ran = 1.0
        self.named = Named()
        self.actions = Actions(self)
        self.gone = ""
        self.heard = board.clock()
        self._due_seq = self._beat_seq = 0
        self._coming: Picture | None = None

    def hear(self, message: FromEngine) -> None:
        """Takes in what its engine says."""
        self.heard, self.gone = self._board.clock(), ""
        if isinstance(message, Hello):  # the old picture stands until the new one is whole
            self._coming = Picture()
            self._coming.apply(message, self.heard)
            return
        if isinstance(message, Snapshot) and self._coming is not None:
            if self.picture.hello is not None and _key(self.picture) != _key(self._coming):
                self.choices.panel, self.choices.view = None, ""
            self.picture, self._coming = self._coming, None
        if isinstance(message, Beat):
            self._due_seq, self._beat_seq = self._beat_seq, self.picture.seq
        self.picture.apply(message, self.heard)

    def scene(self, at: float, *, picked: bool, lit: tuple[bool, bool]) -> Scene:
        """What is to be seen of it at this moment."""
        silent = max(0.0, at - self.heard)
        lost = silent > LINK_LOST_S or self.picture.bye is not None
        now = self.picture.now(min(at, self.heard)) if lost else self.picture.now(at)
        mine = self.choices
        return Scene(
            self.picture, now, silent, WINDOWS[WINDOW_FIRST], lit_high=lit[0], lit_medium=lit[1],
            panel=mine.panel if picked else None, view=mine.view if picked else "",
            scroll=mine.scroll, due_seq=self._due_seq, at=at, picked=picked,
        )  # fmt: skip

    # -- as a desk -------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Says it with the chair's name."""
        self._board.say(f"{self.digit} {self.name}: {text}" if text else "")

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Sends a command to this chair and no other."""
        self._board.send(self.name, name, then, args)

    def redraw(self) -> None:
        """Draws the board at once."""
        self._board.redraw()

    def leave(self) -> None:
        """A chair is not left from a board."""

    def window_index(self) -> int:
        """A board has no trends."""
        return WINDOW_FIRST

    def help_pages(self) -> int:
        """The board's own."""
        return 1

    def page_end(self) -> int:
        """The last row from which the open view can be shown."""
        if not self.choices.view or self.seen is None:
            return 0
        width, height = self._board.size
        page = VIEWS[self.choices.view](self.seen, width - 2)
        return last_start(page, view_rows(height, self._board.scene()))

    def clock(self) -> float:
        """The viewer's own time."""
        return self._board.clock()

    def long_drawn(self) -> tuple[str, ...]:
        """The waiting conditions of this chair that were named for a second, till now."""
        return self.named.long(self._board.clock())


@dataclass
class Board:
    """The chairs by digit; `send` takes chair, command, what its answer is for, and arguments.

    `redraw` draws and then calls `shown` with what the terminal took. `time`: a wall clock.
    `shows`: whether the terminal shows what was written, asked when a key comes.
    """

    clock: Callable[[], float]
    send: Send
    themes: tuple[str, ...] = ("dark",)
    redraw: Callable[[], None] = lambda: None
    time: Callable[[], str] = lambda: ""
    lit: Callable[[], tuple[bool, bool]] = lambda: (True, True)
    shows: Callable[[], bool] = lambda: True
    size: tuple[int, int] = (80, 24)
    chairs: list[ChairDesk] = field(default_factory=list)
    theme: str = ""
    left: bool = False
    _picked: int | None = None
    _last_key: float = 0.0
    _prompt: Prompt | None = None
    _leaving: bool = False
    _help: int = 0
    _notice: str = ""
    _notice_until: float = 0.0

    def __post_init__(self) -> None:
        """Begins with the first theme."""
        self.theme = self.theme or self.themes[0]

    def chair(self, name: str) -> ChairDesk | None:
        """The chair of that name; a new one gets the next digit, if there is one."""
        found = next((one for one in self.chairs if one.name == name), None)
        if found is None and len(self.chairs) < MOST:
            found = ChairDesk(self, name, len(self.chairs) + 1, self.themes)
            self.chairs.append(found)
        return found

    # -- whom the keys reach ---------------------------------------------------------------------

    @property
    def picked(self) -> int | None:
        """Index of the picked chair at this moment; None after some seconds without a key."""
        if self._picked is None:
            return None
        chair, idle = self.chairs[self._picked], self.clock() - self._last_key
        if idle >= FORGET_S:
            chair.choices.panel, chair.choices.view = None, ""
        if idle >= IDLE_S and chair.choices.panel is None:
            self._picked, chair.choices.view = None, ""
        return self._picked

    @property
    def asleep(self) -> bool:
        """True where a panel waits and nobody has pressed a key for some seconds."""
        return self.picked is not None and self.clock() - self._last_key >= IDLE_S

    def prompt(self) -> Prompt | None:
        """The name that belongs on the last row now."""
        at = self.picked
        return None if at is None else (self.chairs[at].name, _session(self.chairs[at]))

    def shown(self, scene: BoardScene, named: list[set[str]], *, taken: bool) -> None:
        """A frame was drawn; `taken`: the terminal has it. What it named is what keys reach."""
        chair = scene.chair
        self._prompt = None
        if not taken:
            return
        if chair is not None and not scene.asleep and not scene.leaving:
            self._prompt = (chair.name, _session(self.chairs[chair.digit - 1]))
        for desk, at, names in zip(self.chairs, scene.chairs, named, strict=False):
            desk.seen, desk.seen_seq = at.scene, desk.picture.seq
            desk.named.drew(at.scene.standing, names, self.clock())

    def press(self, name: str) -> None:
        """Does what a key means now."""
        name, said = "space" if name == " " else name, self._notice
        self._notice = ""
        asleep, was = self.asleep, self.picked
        if name.startswith(TOUCH):
            self._touch(int(name.removeprefix(TOUCH)), asleep=asleep)
        elif self._leaving:
            self._answer_leaving(name)
        elif asleep:
            self._last_key = self.clock()
        elif was is not None and self.chairs[was].choices.panel is not None:
            self._to_chair(name, was)
        else:
            self._to_board(name, was)
        if said or not self.left:
            self.redraw()

    def _to_chair(self, name: str, at: int) -> None:
        """A key for the picked chair, if the terminal shows that it is."""
        desk = self.chairs[at]
        key = find(name, BOARD_KEYS)
        if name in ("ctrl+c", "ctrl+q"):
            self._leaving = True
        elif self._prompt != self.prompt() or not self.shows():
            self.say(f"look first: is this {desk.digit} {desk.name}? then press again")
        elif desk.choices.panel is not None or key is not None:
            self._last_key = self.clock()
            desk.actions.press(name)

    def _to_board(self, name: str, at: int | None) -> None:
        """A key while no panel is open: the board's own, a digit, or the picked chair's."""
        key = find(name, KEYS)
        if name.isdigit() and len(name) == 1:
            self._pick(int(name))
        elif key is not None and key.action in OWN:
            self._own(key.action)
        elif name == "escape":
            self._back(at)
        elif key is None or key not in BOARD_KEYS:
            return
        elif at is None:
            self.say(f"which chair? {self._names()}")
        else:
            self._help = 0
            self._to_chair(name, at)

    def _pick(self, digit: int) -> None:
        if not 1 <= digit <= len(self.chairs):
            self.say(f"there is no chair {digit}: {self._names()}")
            return
        if self._picked is not None and self._picked != digit - 1:
            self.chairs[self._picked].choices.view = ""
        self._picked, self._last_key, self._help = digit - 1, self.clock(), 0

    def _touch(self, digit: int, *, asleep: bool) -> None:
        """A touched chair is picked; while another's panel is open that one stays."""
        at = self.picked
        if at is not None and self.chairs[at].choices.panel is not None:
            self._last_key = self.clock() if asleep or at == digit - 1 else self._last_key
        else:
            self._leaving = False
            self._pick(digit)

    def _own(self, action: str) -> None:
        if action == "theme":
            here = self.themes.index(self.theme) if self.theme in self.themes else -1
            self.theme = self.themes[(here + 1) % len(self.themes)]
        self._help = int(action == "help" and not self._help)
        self._leaving = action == "leave"
        self._last_key = self.clock()

    def _back(self, at: int | None) -> None:
        """Closes the help, then a view, then takes the pick back."""
        if self._help:
            self._help = 0
        elif at is not None and self.chairs[at].choices.view:
            self.chairs[at].choices.view = ""
            self._last_key = self.clock()
        else:
            self._picked = None

    def _answer_leaving(self, name: str) -> None:
        self._leaving = name in ("ctrl+c", "ctrl+q")
        self.left = name.lower() == "y"

    def _names(self) -> str:
        return "  ".join(f"{one.digit} {one.name}" for one in self.chairs)

    # -- what is drawn ---------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Shows a sentence above the keys for some seconds."""
        self._notice, self._notice_until = text, self.clock() + NOTICE_S
        self.redraw()

    def scene(self) -> BoardScene:
        """What is to be seen at this moment."""
        at, picked, lit = self.clock(), self.picked, self.lit()
        chairs = tuple(
            AtBoard(one.digit, one.name, one.scene(at, picked=picked == i, lit=lit), one.gone)
            for i, one in enumerate(self.chairs)
        )
        notice = self._notice if at < self._notice_until else ""
        return BoardScene(
            chairs, picked, self.asleep, self.time(), notice, self._help, self._leaving
        )

    def draw(self, means: Means) -> tuple[Canvas, BoardScene, list[set[str]]]:
        """Draws it at its size."""
        scene = self.scene()
        canvas, named = draw_board(*self.size, scene, means)
        return canvas, scene, named


def _session(desk: ChairDesk) -> str:
    """What tells one patient's session at a chair from the next."""
    return f"{_key(desk.picture)} {desk.picture.title or ''}"


def _key(picture: Picture) -> str:
    return picture.hello.session if picture.hello else ""
