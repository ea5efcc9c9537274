"""The one table of keys: footer and help page are drawn from it, key presses looked up in it.

No key needs ctrl, alt or a function key: tablets, tmux and terminals eat them (what elsewhere ends
a program is taken as `q`). `esc` is always back.
Words leave the footer from the right where they don't fit; those with `stays` never do. A key
that `needs` an ability (`ketamon.tui.abilities`) is there only while the viewer has it. An action
is what a key means: it is the same in every table that has the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ketamon.tui.times import round_words


@dataclass(frozen=True, slots=True)
class Window:
    """How much time the trends show, and how far a step and a leap go at that width."""

    label: str
    minutes: int | None
    step_s: int
    leap_s: int


WINDOWS = (
    Window("15 min", 15, 10, 60),
    Window("30 min", 30, 10, 300),
    Window("60 min", 60, 10, 600),
    Window("120 min", 120, 60, 600),
    Window("all", None, 300, 3600),
)
WINDOW_FIRST = 2
SPEEDS = (0.25, 0.5, 1, 2, 4, 10, 20, 60, 120, 300, 600)
CHAIR_FASTEST = 60  # a simulated session goes no faster


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what the terminal calls it, how it is shown, its word, its sentence, its action.

    Word and sentence may name what changes: `{step}`, `{leap}`, `{answer}`, `{cuff}`, `{play}`.
    """

    names: tuple[str, ...]
    shown: str
    word: str
    sentence: str
    action: str
    needs: str = ""
    stays: bool = False
    footer: bool = True


KEYS = (
    Key(
        ("space",), "space", "{answer}", "acknowledge what you see alarming", "acknowledge",
        "answer", stays=True,
    ),
    Key(("j",), "j", "answer", "tell the chair that you take the worst alarm on, or can't", "answer",
        "forwarded", stays=True),
    Key(("z",), "z", "{message}", "messages: read what was said, or write; who has read it",
        "messages", "talk", stays=True),
    Key(("b",), "b", "{cuff}", "start the cuff, or say that you pressed its START", "cuff", "cuff"),
    Key(("x",), "x", "stop cuff", "stop the cuff while it measures", "stop_cuff", "stop"),
    Key(("v",), "v", "type", "type a reading: SYS/DIA, pulse, SpO2, RR, MOAA/S", "type", "type"),
    Key(("m",), "m", "{sound}", "pause the sound, or end the pause", "pause_sound", "sound"),
    Key(("i",), "i", "set up", "who, weight, dose, arms, limits, checks: set up, read back", "set_up",
        "set_up"),
    Key(("o",), "o", "discharge", "what is open before the patient leaves", "discharge", "discharge"),
    Key(("a",), "a", "alarms", "all alarms: what stands, what was, who answered", "alarms"),
    Key(("l",), "l", "limits", "the limits; of an alarm, a new one with reason", "limits"),
    Key(("w",), "w", "{away}", "the patient is away: toilet, walk, probe change", "away", "away"),
    Key(("c",), "c", "chart", "chart: symptom, dose, score, what was done, position, note", "chart",
        "type"),
    Key(("g",), "g", "go on", "the session goes on: baseline, dosing, recovery", "go_on", "type"),
    Key(("s",), "s", "skip", "skip the BP that is due, with reason", "skip", "skip"),
    Key(("e",), "e", "events", "all that happened", "events"),
    Key(("f",), "f", "summary", "for who takes over: baseline, peaks, doses, alarms, what is open",
        "summary"),
    Key(("d",), "d", "devices", "devices, sound, who watches", "devices"),
    Key(("k",), "k", "stored BP", "say what becomes of stored cuff readings", "review", "review",
        stays=True),
    Key(("u",), "u", "test sound", "play a sound test, then say if it was heard", "test_sound",
        "sound", footer=False),
    Key(("p",), "p", "{play}", "play, pause", "play", "time"),
    Key(("left",), "←", "", "back {step}", "step_back", "tape", footer=False),
    Key(("right",), "←→", "{step}", "back, on by {step}", "step_on", "tape"),
    Key(("[",), "[", "", "previous alarm", "alarm_back", "tape", footer=False),
    Key(("]",), "[]", "alarm", "previous, next alarm", "alarm_on", "tape"),
    Key((",",), ",", "", "previous event", "event_back", "tape", footer=False),
    Key((".",), ",.", "event", "previous, next event", "event_on", "tape"),
    Key(("+", "="), "+", "", "faster", "faster", "time", footer=False),
    Key(("-", "_"), "+-", "speed", "faster, slower", "slower", "time"),
    Key(("{",), "{", "", "back {leap}", "leap_back", "tape", footer=False),
    Key(("}",), "{}", "{leap}", "back, on by {leap}", "leap_on", "tape"),
    Key(("home",), "home", "", "to the start", "start", "tape", footer=False),
    Key(("end",), "home end", "", "to the start, the end", "end", "tape", footer=False),
    Key(("up",), "↑", "", "up in a list", "previous", "page", footer=False),
    Key(("down",), "↑↓", "scroll", "up, down in a list", "next", "page", stays=True),
    Key(("pageup",), "pgup", "", "a page up", "page_up", "page", footer=False),
    Key(("pagedown",), "pgup pgdn", "", "a page up, down", "page_down", "page", footer=False),
    Key(("t",), "t", "trend", "how long the trends reach", "window"),
    Key(("h",), "h", "hide", "hide what comes, or show it", "hide", "tape"),
    Key(("ctrl+c", "ctrl+q", "q"), "q", "leave", "leave; asks once more", "leave", stays=True),
    Key(("n",), "n", "night", "dark, night, light, contrast", "theme"),
    Key(("escape",), "esc", "back", "back", "back", "back", stays=True),
    Key(("?",), "?", "help", "these keys", "help", stays=True),
)  # fmt: skip
TYPING = (
    Key(("space",), "space", "{answer}", "", "acknowledge", "answer", stays=True),
    Key(("enter",), "enter", "send", "", "send", stays=True),
    Key(("tab",), "tab", "next", "", "next_field"),
    Key(("shift+tab",), "", "", "", "previous_field", footer=False),
    Key(("down",), "", "", "", "next", footer=False),
    Key(("up",), "", "", "", "previous", footer=False),
    Key(("backspace", "delete"), "", "", "", "erase", footer=False),
    Key(("escape",), "esc", "back", "", "back", stays=True),
    Key(("ctrl+c", "ctrl+q"), "", "", "", "leave", footer=False),
)
WORDS = (  # while words are typed: every other key, the space bar too, is a character
    Key(("enter",), "enter", "done", "", "send", stays=True),
    Key(("backspace", "delete"), "", "", "", "erase", footer=False),
    Key(("escape",), "esc", "back", "", "back", stays=True),
    Key(("ctrl+c", "ctrl+q"), "", "", "", "leave", footer=False),
)
LEAVING = (
    Key(("y",), "y", "leave", "", "yes", stays=True),
    Key(("escape",), "esc", "stay", "", "back", stays=True),
    Key(("ctrl+c", "ctrl+q"), "", "", "", "leave", footer=False),
)
_PAIRED = {"←→", "↑↓", "[]", ",.", "+-", "{}", "home end", "pgup pgdn"}


def find(name: str, keys: tuple[Key, ...] = KEYS) -> Key | None:
    """The key of that name, upper and lower case alike; None if it means nothing."""
    wanted = name.lower() if len(name) == 1 else name
    return next((key for key in keys if wanted in key.names), None)


def shown(keys: tuple[Key, ...], able: frozenset[str]) -> list[Key]:
    """The keys that a footer names for a viewer with these abilities."""
    return [key for key in keys if key.footer and (not key.needs or key.needs in able)]


def times_of(window: Window) -> Mapping[str, str]:
    """How far a step and a leap go, in words."""
    return {"step": round_words(window.step_s), "leap": round_words(window.leap_s)}


def help_lines(window: Window, able: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """Key and sentence for the help page; of a pair of keys the one line that names both.

    Those of a viewer with these abilities, or all keys.
    """
    singles = {half for pair in _PAIRED for half in (pair.split() if " " in pair else pair)}
    return [
        (key.shown, key.sentence.format(**times_of(window)))
        for key in KEYS
        if (able is None or not key.needs or key.needs in able) and key.shown not in singles
    ]
