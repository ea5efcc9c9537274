"""The keys, drawn from the one table; words leave from the right; `space`, `q leave` and `? help` never."""

from collections.abc import Iterable

from ketamon.tui.canvas import Canvas
from ketamon.tui.keys import KEYS, LEAVING, Key
from ketamon.tui.keys import shown as keys_shown
from ketamon.tui.scene import Scene

LEFT = 2


def footer(c: Canvas, scene: Scene) -> None:
    """Draws the last row and notes where each key can be touched."""
    y, x = c.height - 1, LEFT
    if scene.leaving:
        x = c.put(x, y, _asking(scene), "bright", bold=True) + 2
        shown = [key for key in LEAVING if key.footer]
    else:
        shown = fitting(scene, c.width - 1 - LEFT)
    put_keys(c, scene, shown, x, y)


def put_keys(c: Canvas, scene: Scene, shown: Iterable[Key], x: int, y: int) -> None:
    """Draws these keys from there on, each a target for a touch."""
    for key in shown:
        word = _word(scene, key)
        half = _first_half(key)
        if half is not None:  # of a pair each half is its own key
            c.touch.append((y, x, len(half.shown), half.names[0]))
        c.touch.append((y, x, len(key.shown) + 1 + len(word), key.names[-1]))
        x = c.put(x, y, key.shown, "bright", bold=True)
        x = c.put(x + 1, y, word, "dim") + 2


def _asking(scene: Scene) -> str:
    """What leaving means: a chair's session goes on unless leaving is its end."""
    if scene.ends:
        return "end the session and leave?"
    goes_on = scene.picture.mode in ("LIVE", "SIMULATED") and scene.picture.bye is None
    return "leave this screen? the session goes on" if goes_on else "leave this screen?"


def fitting(scene: Scene, room: int, keys: tuple[Key, ...] = KEYS) -> list[Key]:
    """The keys that fit, in the order of the table, or of the panel's."""
    panel = scene.panel if not scene.help_page else None
    shown = keys_shown(keys if panel is None else panel.keys, scene.able)
    while shown and sum(_width(scene, k) for k in shown) - 2 > room:
        going = next((k for k in reversed(shown) if not k.stays), None)
        if going is None:
            break
        shown.remove(going)
    return shown


def _first_half(key: Key) -> Key | None:
    """The key that a pair such as `↑↓` names first; it has no place of its own in the footer."""
    if len(key.shown) < 2:
        return None
    first = key.shown.split()[0] if " " in key.shown else key.shown[0]
    return next((k for k in KEYS if k.shown == first and not k.footer), None)


def _width(scene: Scene, key: Key) -> int:
    return len(key.shown) + len(_word(scene, key)) + 3


def _word(scene: Scene, key: Key) -> str:
    return key.word.format(**scene.words)
