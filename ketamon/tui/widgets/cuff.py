"""The cuff in words: when the next reading is due, what is being measured, what a person must press.

Minutes while it is far, seconds in the last one: only then does something tick.
"""

import math

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene
from ketamon.tui.times import age_words, span

SERIAL = 8  # characters of an identity that are shown whole; of a longer one the last four
MINUTES_FROM_S = 60
PRESS = "PRESS START ON CUFF"


def next_words(scene: Scene) -> tuple[str, ...]:
    """What the tile's label row says of the next reading, longest first; nothing while one runs.

    `next 4 min`, `next 0:42`, `due now`, `overdue 3 min`; `failed` where the last one was.
    """
    cuff = scene.picture.cuff
    if cuff is None or cuff.state == "measuring":
        return ()
    due = _due(scene, cuff.due_t)
    return (*(f"failed, {words}" for words in due), "failed") if cuff.failed else due


def _due(scene: Scene, due_t: float | None) -> tuple[str, ...]:
    if due_t is None:
        return ()
    left = math.ceil(due_t - scene.now)
    if left > 0:
        words = age_words(left) if left >= MINUTES_FROM_S else span(left)
        return f"next {words}", f"in {words}"
    late = scene.now - due_t
    if late < MINUTES_FROM_S:
        return ("due now",)
    return f"overdue {age_words(late)}", f"late {age_words(late)}"


def act_row(c: Canvas, scene: Scene, x: int, y: int, end: int) -> bool:
    """Draws what the cuff does or waits for, before `end`; False while it rests.

    What a person must do stands on a bar of its own.
    """
    words, aside, asks = act(scene)
    if not words:
        return False
    if asks:
        c.fill(x - 1, y, min(end, x + len(words) + len(aside) + 3) - x + 1, 1, "focus")
    at = c.put(x, y, fit(words, end - x), "" if asks else "bright", bold=True) + 2
    if at + len(aside) <= end:
        c.put(at, y, aside, "" if asks else "text")
    return True


def act(scene: Scene) -> tuple[str, str, bool]:
    """What the cuff does at this moment, an aside, and whether a person must do it."""
    cuff = scene.picture.cuff
    if cuff is None:
        return "", "", False
    if cuff.state == "measuring":
        pressure = "" if cuff.pressure_mmhg is None else f"cuff at {cuff.pressure_mmhg:.0f} mmHg"
        return f"measuring {span(scene.now - cuff.since_t)}", pressure, False
    if cuff.state == "press_start" and not scene.replay:
        return f"{PRESS} {serial(scene)}".strip(), "then b" if "cuff" in scene.able else "", True
    return "", "", False


def serial(scene: Scene) -> str:
    """How a person tells this cuff from the others: a short identity, or its last four."""
    device = scene.picture.devices.get("cuff")
    letters = "".join(ch for ch in device.identity if ch.isalnum()) if device else ""
    return letters if len(letters) <= SERIAL else letters[-4:]
