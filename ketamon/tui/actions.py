"""What each key does: a choice of this viewer's, or a command to the engine.

A key's action is the method of that name. Nothing here draws or waits: the desk does.
"""

from ketamon.feed.messages import Answer
from ketamon.tui.abilities import SIMULATED, why_not
from ketamon.tui.desk import Desk, is_linked, open_panel
from ketamon.tui.keys import CHAIR_FASTEST, KEYS, LEAVING, SPEEDS, WINDOWS, Key, find
from ketamon.tui.panels import (
    answering,
    away,
    chart,
    discharge,
    going,
    heard,
    limits,
    messages,
    review,
    setup,
    skip,
)
from ketamon.tui.panels.panel import LOST, NO_ANSWER, Panel
from ketamon.tui.scene import label, waits
from ketamon.tui.typed import Typed

REPEAT_WITHIN_S = 0.75  # a held key comes again within this; no terminal waits longer for the first
ONCE = frozenset({"acknowledge", "cuff", "stop_cuff", "pause_sound"})
PAGE_ROWS = 8


class Actions:
    """Turns keys into actions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pressed: dict[str, float] = {}  # when a key that must not repeat was last down

    def press(self, name: str) -> None:
        """Does what a key means now."""
        name, choices = "space" if name == " " else name, self._desk.choices
        if choices.leaving:
            asked = find(name, LEAVING)
            choices.leaving = asked is not None and asked.action == "leave"
            if asked is not None and asked.action == "yes":
                self._desk.leave()
            else:
                self._desk.redraw()
        elif choices.panel is not None:
            self._to_panel(name, choices.panel)
        else:
            key = find(name, KEYS)
            if key is not None:
                self._do(key)

    def _to_panel(self, name: str, panel: Panel) -> None:
        """A key of the panel; else a character for it, or what the key means without a panel."""
        key = find(name, panel.keys)
        if key is None and not panel.takes_text:
            key = find(name, KEYS)
            if key is not None:
                self._do(key)
        elif key is not None and key.action == "acknowledge":
            self._do(key)
        elif key is not None and key.action == "leave":
            self.leave()
        elif key is not None and key.action == "back" and not panel.takes_back:
            self.back()
        else:
            panel.act(key.action if key is not None else "", name, self._desk)

    def _repeats(self, key: Key) -> bool:
        """True for a key that is held down: what it does to the patient's alarms it does once."""
        if key.action not in ONCE:
            return False
        now = self._desk.clock()
        before = self._pressed.get(key.action)
        self._pressed[key.action] = now
        return before is not None and now - before < REPEAT_WITHIN_S

    def _do(self, key: Key) -> None:
        scene = self._desk.seen
        if self._repeats(key):
            return
        if not key.needs or (scene is not None and key.needs in scene.able):
            getattr(self, key.action)()
        elif why := why_not(self._desk.picture, key.needs):
            self._desk.say(why)

    @property
    def _linked(self) -> bool:
        """True while commands reach the engine; says so where they don't."""
        if is_linked(self._desk):
            return True
        self._desk.say(LOST)
        return False

    # -- the patient -----------------------------------------------------------------------------

    def acknowledge(self) -> None:
        """Acknowledges what the screen has named for a second, and nothing else; says how many."""
        desk = self._desk
        if not self._linked or desk.seen is None:
            return
        waiting = {c.condition: c for c in desk.seen.standing if waits(c)}
        covered = [waiting[name] for name in desk.long_drawn() if name in waiting]
        left = len(waiting) - len(covered)
        if not waiting:
            desk.say("there was nothing to acknowledge")
        elif not covered:
            desk.say(f"{_alarms(left)} not yet shown for a second: look, then press again")
        for i, condition in enumerate(covered):

            def answered(answer: Answer | None, *, last: bool = i == len(covered) - 1) -> None:
                if answer is None:
                    desk.say(f"acknowledge: {NO_ANSWER}")
                elif not answer.ok:
                    desk.say(answer.reason or "acknowledge: refused")
                elif last:
                    named = ", ".join(label(c) for c in covered)
                    rest = f"; {_alarms(left)} more not shown yet" if left else ""
                    desk.say(f"{desk.seen.words['answer'] if desk.seen else 'ack'}: {named}{rest}")

            desk.send(
                "acknowledge", answered, condition=condition.condition, up_to_seq=desk.seen_seq
            )

    def cuff(self) -> None:
        """Starts the cuff, or tells that a person pressed START on it."""
        cuff = self._desk.picture.cuff
        if cuff is not None and self._linked:
            self._desk.send("cuff", action="start" if cuff.can_start else "started")

    def stop_cuff(self) -> None:
        """Lets the air out."""
        if self._linked:
            self._desk.send("cuff", action="stop")

    def pause_sound(self) -> None:
        """Pauses the chair's sound, or ends the pause."""
        desk = self._desk
        if self._linked:
            runs = desk.seen is not None and desk.seen.pause is not None
            desk.send("pause_audio", seconds=0 if runs else desk.picture.limits.audio_pause_s)

    def test_sound(self) -> None:
        """Has a test played, and asks whether it was heard; of one that was played, only that."""
        if self._linked:
            if self._desk.picture.audio.test != "played":
                self._desk.send("test_sound")
            self._open(heard.Heard())

    def answer(self) -> None:
        """Asks whether somebody from afar takes the worst alarm on."""
        if self._linked and self._desk.seen is not None and self._desk.seen.standing:
            self._open(answering.Answering(self._desk.seen.standing[0].condition))

    def messages(self) -> None:
        """Messages: to read, and to write."""
        self._open(messages.Writing())

    # -- panels and views ------------------------------------------------------------------------

    def _open(self, panel: Panel) -> None:
        self._desk.choices.help_page = 0
        open_panel(self._desk, panel)

    def type(self) -> None:
        """Opens the panel for typed readings."""
        self._open(Typed())

    def limits(self) -> None:
        """Opens the limits, at that of the worst alarm."""
        if self._desk.seen is not None:
            self._open(limits.opened(self._desk.seen))

    def away(self) -> None:
        """Asks what the patient is away for."""
        if self._desk.seen is not None:
            self._open(away.opened(self._desk.seen))

    def review(self) -> None:
        """Shows the stored readings that wait for a person."""
        self._open(review.Review())

    def chart(self) -> None:
        """Opens the chart, at the symptoms."""
        self._open(chart.Charting())

    def go_on(self) -> None:
        """Asks how the session goes on."""
        self._open(going.opened(self._desk.picture.phase))

    def set_up(self) -> None:
        """Opens the set-up."""
        self._open(setup.opened(self._desk.picture))

    def discharge(self) -> None:
        """Shows what is open before the patient leaves."""
        self._open(discharge.Discharge())

    def skip(self) -> None:
        """Asks why the BP that is due is skipped."""
        self._open(skip.Skip())

    def alarms(self) -> None:
        """All alarms."""
        self._view("alarms")

    def events(self) -> None:
        """All events."""
        self._view("events")

    def summary(self) -> None:
        """What somebody who takes over has to know."""
        self._view("summary")

    def devices(self) -> None:
        """Devices, sound, viewers."""
        self._view("devices")

    def _view(self, name: str) -> None:
        """Opens a view from its top; the one that is open already is closed."""
        choices = self._desk.choices
        choices.view = "" if choices.view == name and choices.panel is None else name
        choices.scroll, choices.help_page, choices.panel = 0, 0, None
        self._desk.redraw()

    def previous(self) -> None:
        """A row up."""
        self._scroll(-1)

    def next(self) -> None:
        """A row down."""
        self._scroll(1)

    def page_up(self) -> None:
        """A page up."""
        self._scroll(-PAGE_ROWS)

    def page_down(self) -> None:
        """A page down."""
        self._scroll(PAGE_ROWS)

    def _scroll(self, rows: int) -> None:
        choices = self._desk.choices
        choices.scroll = max(0, min(self._desk.page_end(), choices.scroll + rows))
        self._desk.redraw()

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
        """Closes what lies uppermost: help, a panel, a view."""
        choices = self._desk.choices
        if choices.help_page:
            choices.help_page = 0
        elif choices.panel is not None:
            choices.panel = None
        else:
            choices.view, choices.scroll = "", 0
        self._desk.say("")


def _alarms(count: int) -> str:
    return f"{count} alarm{'s' if count != 1 else ''}"
