"""The wall's keys: footer, help and presses come from this table."""

from typing import NamedTuple


class WallKey(NamedTuple):
    """One key: what the terminal calls it, how it is shown, its word, its sentence, its action."""

    names: tuple[str, ...]
    shown: str
    word: str
    sentence: str
    action: str


KEYS = (
    WallKey(
        ("enter",), "enter", "open", "open the chosen chair; esc leads back to the wall", "open"
    ),
    WallKey(("up",), "", "", "", "up"),
    WallKey(("down",), "↑↓", "choose", "choose a chair", "down"),
    WallKey(("pageup", "home"), "", "", "", "top"),
    WallKey(("n",), "n", "night", "dark, night, light, contrast", "theme"),
    WallKey(("?",), "?", "help", "these keys, and what stands in a row", "help"),
    WallKey(("q", "ctrl+c", "ctrl+q"), "q", "leave", "leave; asks once more", "leave"),
    WallKey(("escape",), "", "", "", "back"),
)
LEAVING = (
    WallKey(("y",), "y", "leave", "", "yes"),
    WallKey(("escape",), "esc", "stay", "", "back"),
    WallKey(("ctrl+c", "ctrl+q"), "", "", "", "yes"),
)


def find(name: str, keys: tuple[WallKey, ...] = KEYS) -> WallKey | None:
    """The key of that name, upper and lower case alike."""
    wanted = name.lower() if len(name) == 1 else name
    return next((key for key in keys if wanted in key.names), None)
