"""The keys, drawn from the one table; words leave from the right, `space` and `? help` never."""

from ketamon.tui.canvas import Canvas
from ketamon.tui.keys import KEYS, LEAVING, Key
from ketamon.tui.scene import Scene
from ketamon.tui.times import age_words

LEFT = 2


def footer(c: Canvas, scene: Scene) -> None:
    """Draws the last row and notes where each key can be touched."""
    y, x = c.height - 1, LEFT
    if scene.leaving:
        x = c.put(x, y, "leave this screen?", "bright", bold=True) + 2
        shown = list(LEAVING)
    else:
        shown = fitting(scene, c.width - 1 - LEFT)
    for key in shown:
        word = _word(scene, key)
        c.touch.append((y, x, len(key.shown) + 1 + len(word), key.names[-1]))
        x = c.put(x, y, key.shown, "bright", bold=True)
        x = c.put(x + 1, y, word, "dim") + 2


def fitting(scene: Scene, room: int) -> list[Key]:
    """The keys that fit, in the order of the table."""
    shown = [k for k in KEYS if k.footer and (scene.replay or not k.replay_only)]
    while shown and sum(_width(scene, k) for k in shown) - 2 > room:
        going = next((k for k in reversed(shown) if not k.stays), None)
        if going is None:
            break
        shown.remove(going)
    return shown


def _width(scene: Scene, key: Key) -> int:
    return len(key.shown) + len(_word(scene, key)) + 3


def _word(scene: Scene, key: Key) -> str:
    return key.word.format(step=age_words(scene.window.step_s), leap=age_words(scene.window.leap_s))
