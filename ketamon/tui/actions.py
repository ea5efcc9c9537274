"""What each key does: a choice of this viewer's, or a command to the engine.

A key's action is the method of that name. Nothing here draws or waits: the desk does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ketamon.feed.messages import Answer
from ketamon.feed.picture import Picture
from ketamon.tui.abilities import SIMULATED, why_not
from ketamon.tui.keys import CHAIR_FASTEST, KEYS, LEAVING, SPEEDS, TYPING, WINDOWS, Key, find
from ketamon.tui.scene import Scene, waits
from ketamon.tui.typed import Typed, question, summary, values

LOST = "the link is lost: nothing can be sent from here"
NO_ANSWER = "no answer came"
Then = Callable[[Answer | None], None]


@dataclass(slots=True)
class Choices:
    """What one viewer has set up on the own screen; nobody else sees it."""

    theme: str
    themes: tuple[str, ...]
    window: int | None = None
    hide: bool = True
    help_page: int = 0
    leaving: bool = False
    typed: Typed | None = None


class Desk(Protocol):
    """The screen, as far as keys touch it. `seen` and `seen_seq`: what was last drawn."""

    picture: Picture
    choices: Choices
    seen: Scene | None
    seen_seq: int
    ran: float

    def say(self, text: str) -> None:
        """Shows a sentence for some seconds."""
        ...

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Sends a command; `then` gets its answer, else a refusal is said."""
        ...

    def redraw(self) -> None:
        """Draws at once."""
        ...

    def leave(self) -> None:
        """Closes the screen, and ends the session where leaving does."""
        ...

    def window_index(self) -> int:
        """Which of WINDOWS the trends show."""
        ...

    def help_pages(self) -> int:
        """How many pages the help takes on this screen."""
        ...


class Actions:
    """Turns keys into actions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def press(self, name: str) -> None:
        """Does what a key means now."""
        name, choices = "space" if name == " " else name, self._desk.choices
        if choices.leaving:
            asked = find(name, LEAVING)
            choices.leaving = asked is not None and asked.action == "leave"
            if asked is not None and asked.action == "quit":
                self._desk.leave()
            else:
                self._desk.redraw()
        elif choices.typed is not None:
            self._typing(name, choices.typed)
        else:
            key = find(name, KEYS)
            if key is not None:
                self._do(key)

    def _do(self, key: Key) -> None:
        scene = self._desk.seen
        if not key.needs or (scene is not None and key.needs in scene.able):
            getattr(self, key.action)()
        elif why := why_not(self._desk.picture, key.needs):
            self._desk.say(why)

    @property
    def _linked(self) -> bool:
        """True while commands reach the engine; says so where they don't."""
        if self._desk.seen is not None and not self._desk.seen.lost:
            return True
        self._desk.say(LOST)
        return False

    # -- the patient -----------------------------------------------------------------------------

    def acknowledge(self) -> None:
        """Acknowledges what the last drawn screen showed, and nothing that came later."""
        desk = self._desk
        if not self._linked or desk.seen is None:
            return
        if any(waits(c) for c in desk.seen.standing):
            desk.send("acknowledge", up_to_seq=desk.seen_seq)
        else:
            desk.say("there was nothing to acknowledge")

    def cuff(self) -> None:
        """Starts the cuff, or tells that a person pressed START on it."""
        cuff = self._desk.picture.cuff
        if cuff is not None and self._linked:
            self._desk.send("cuff", action="start" if cuff.can_start else "started")

    def stop_cuff(self) -> None:
        """Lets the air out."""
        if self._linked:
            self._desk.send("cuff", action="stop")

    # -- typed readings --------------------------------------------------------------------------

    def type(self) -> None:
        """Opens the panel for typed readings."""
        self._desk.choices.help_page = 0
        self._show(Typed())

    def _typing(self, name: str, typed: Typed) -> None:
        key = find(name, TYPING)
        match key.action if key else "":
            case "acknowledge" if key is not None:
                self._do(key)
            case "back":
                self._show(None)
            case "leave":
                self.leave()
            case _ if typed.sending:
                return
            case "send":
                self._send(typed)
            case "next":
                self._show(typed.moved(1))
            case "previous":
                self._show(typed.moved(-1))
            case "erase":
                self._show(typed.erased())
            case _:
                self._show(typed.with_key(name))

    def _show(self, typed: Typed | None) -> None:
        self._desk.choices.typed = typed
        self._desk.redraw()

    def _send(self, typed: Typed) -> None:
        """Sends what was typed, or says why not; what surprises is asked about once."""
        desk = self._desk
        try:
            given = values(typed)
        except ValueError as error:
            self._show(typed.refused(str(error)))
            return
        scene = desk.seen
        if scene is None or scene.lost:
            self._show(typed.refused(LOST))
            return
        asked = question(given, scene.show("sys").value)
        if asked and not typed.asked:
            self._show(typed.refused(asked, asked=True))
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.ok:
                desk.choices.typed = None
                desk.say(f"typed: {summary(given)}")
            else:
                why = NO_ANSWER if answer is None else answer.reason or "refused"
                self._show(typed.refused(why))

        self._show(replace(typed, sending=True))
        desk.send("manual", answered, **given)

    # -- time ------------------------------------------------------------------------------------

    def play(self) -> None:
        """Stops the session's time, or lets it run."""
        tape = self._desk.picture.transport
        runs = self._desk.picture.speed > 0 if tape is None else tape.playing and not tape.at_end
        self._desk.send("pause" if runs else "play")

    def faster(self) -> None:
        """The next higher speed."""
        self._speed(1)

    def slower(self) -> None:
        """The next lower speed."""
        self._speed(-1)

    def _speed(self, direction: int) -> None:
        desk, tape = self._desk, self._desk.picture.transport
        present = tape.speed if tape else desk.ran
        simulated = desk.picture.mode == SIMULATED
        speeds = [s for s in SPEEDS if not simulated or s <= CHAIR_FASTEST]
        nearest = min(range(len(speeds)), key=lambda i: abs(speeds[i] - present))
        index = nearest + direction
        if 0 <= index < len(speeds):
            desk.send("speed", speed=speeds[index])
        else:
            desk.say(f"{speeds[nearest]:g}× is the {'fastest' if direction > 0 else 'slowest'}")

    # -- the tape --------------------------------------------------------------------------------

    def _seek(self, seconds: float) -> None:
        self._desk.send("seek", by=seconds)

    def step_back(self) -> None:
        """Back by a step."""
        self._seek(-WINDOWS[self._desk.window_index()].step_s)

    def step_on(self) -> None:
        """On by a step."""
        self._seek(WINDOWS[self._desk.window_index()].step_s)

    def leap_back(self) -> None:
        """Back by a leap."""
        self._seek(-WINDOWS[self._desk.window_index()].leap_s)

    def leap_on(self) -> None:
        """On by a leap."""
        self._seek(WINDOWS[self._desk.window_index()].leap_s)

    def start(self) -> None:
        """To the start."""
        self._desk.send("seek", t=0.0)

    def end(self) -> None:
        """To the end."""
        tape = self._desk.picture.transport
        self._desk.send("seek", t=tape.duration_s if tape else 0.0)

    def alarm_back(self) -> None:
        """To the alarm before."""
        self._desk.send("step", what="alarm", direction=-1)

    def alarm_on(self) -> None:
        """To the next alarm."""
        self._desk.send("step", what="alarm", direction=1)

    def event_back(self) -> None:
        """To the event before."""
        self._desk.send("step", what="event", direction=-1)

    def event_on(self) -> None:
        """To the next event."""
        self._desk.send("step", what="event", direction=1)

    # -- this screen -----------------------------------------------------------------------------

    def window(self) -> None:
        """The next width of the trends."""
        index = (self._desk.window_index() + 1) % len(WINDOWS)
        self._desk.choices.window = index
        self._desk.say(f"trends: {WINDOWS[index].label}")

    def hide(self) -> None:
        """Hides what comes, or shows it."""
        self._desk.choices.hide = not self._desk.choices.hide
        self._desk.redraw()

    def theme(self) -> None:
        """The next palette that this terminal can show."""
        choices = self._desk.choices
        at = choices.themes.index(choices.theme) if choices.theme in choices.themes else -1
        choices.theme = choices.themes[(at + 1) % len(choices.themes)]
        self._desk.redraw()

    def help(self) -> None:
        """The next page of help, or none."""
        choices = self._desk.choices
        choices.help_page = (
            0 if choices.help_page >= self._desk.help_pages() else choices.help_page + 1
        )
        self._desk.redraw()

    def leave(self) -> None:
        """Asks whether to leave."""
        self._desk.choices.leaving = True
        self._desk.redraw()

    def back(self) -> None:
        """Closes what lies over the trends."""
        self._desk.choices.help_page = 0
        self._desk.say("")
