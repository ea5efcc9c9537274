"""The one table of keys: footer and help page are drawn from it, key presses looked up in it.

No ctrl, no alt, no function keys: tablets, tmux and terminals eat them. `esc` is always back.
Words leave the footer from the right where they don't fit; those with `stays` never do.
"""

from dataclasses import dataclass

from ketamon.tui.times import age_words


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


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what the terminal calls it, how it is shown, its word, its sentence, its action."""

    names: tuple[str, ...]
    shown: str
    word: str
    sentence: str
    action: str
    replay_only: bool = False
    stays: bool = False
    footer: bool = True


KEYS = (
    Key(("space",), "space", "ack", "acknowledge what you see alarming", "acknowledge", stays=True),
    Key(("p",), "p", "play", "play, pause", "play", replay_only=True),
    Key(("left",), "←", "", "back {step}", "step_back", replay_only=True, footer=False),
    Key(("right",), "←→", "{step}", "back, on by {step}", "step_on", replay_only=True),
    Key(("[",), "[", "", "previous alarm", "alarm_back", replay_only=True, footer=False),
    Key(("]",), "[]", "alarm", "previous, next alarm", "alarm_on", replay_only=True),
    Key((",",), ",", "", "previous event", "event_back", replay_only=True, footer=False),
    Key((".",), ",.", "event", "previous, next event", "event_on", replay_only=True),
    Key(("+", "="), "+", "", "faster", "faster", replay_only=True, footer=False),
    Key(("-", "_"), "+-", "speed", "faster, slower", "slower", replay_only=True),
    Key(("{",), "{", "", "back {leap}", "leap_back", replay_only=True, footer=False),
    Key(("}",), "{}", "{leap}", "back, on by {leap}", "leap_on", replay_only=True),
    Key(("home",), "home", "", "to the start", "start", replay_only=True, footer=False),
    Key(("end",), "home end", "", "to the start, the end", "end", replay_only=True, footer=False),
    Key(("t",), "t", "trend", "how long the trends reach", "window"),
    Key(("h",), "h", "hide", "hide what comes, or show it", "hide", replay_only=True),
    Key(("n",), "n", "night", "dark, night, light, contrast", "theme"),
    Key(("q",), "q", "leave", "leave; asks once more", "leave"),
    Key(("escape",), "esc", "", "back", "back", footer=False),
    Key(("?",), "?", "help", "these keys", "help", stays=True),
)
LEAVING = (
    Key(("y",), "y", "leave", "", "quit", stays=True),
    Key(("escape", "n"), "esc", "stay", "", "back", stays=True),
)
_PAIRED = {"←→", "[]", ",.", "+-", "{}", "home end"}


def find(name: str, keys: tuple[Key, ...] = KEYS) -> Key | None:
    """The key of that name, upper and lower case alike; None if it means nothing."""
    wanted = name.lower() if len(name) == 1 else name
    return next((key for key in keys if wanted in key.names), None)


def help_lines(window: Window, *, replay: bool) -> list[tuple[str, str]]:
    """Key and sentence for the help page; of a pair of keys the one line that names both."""
    singles = {half for pair in _PAIRED for half in (pair.split() if " " in pair else pair)}
    return [
        (
            key.shown,
            key.sentence.format(step=age_words(window.step_s), leap=age_words(window.leap_s)),
        )
        for key in KEYS
        if (replay or not key.replay_only) and key.shown not in singles
    ]
