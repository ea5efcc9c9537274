"""Row 0 and the rail: what session this is, and in which mode.

Anything but LIVE fills the row and spells its word down the whole left edge, so that any
photograph, crop or copy of the screen says what it is.
"""

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene
from ketamon.tui.times import age_words, clock

HATCH = "▚▞▚"
PAPER = {"LIVE": "live", "SIMULATED": "sim", "REPLAY": "replay"}
WIDE, MIDDLE = 110, 80


def header(c: Canvas, scene: Scene) -> None:
    """Draws badge, names, phase and clock; what is least needed gives way first."""
    mode = scene.picture.mode or "WAITING"
    paper = PAPER.get(mode, "raised")
    plain = mode == "LIVE" or paper == "raised" or scene.lost
    x = _badge(c, scene, mode, paper)
    right = _changed(c, scene, x, _clock(c, scene, x))
    ink, strong = ("text", "bright") if plain else ("", "")
    middle = _phase(scene, wide=c.width >= MIDDLE)
    space = right - 2 - x
    names = [n for n in (scene.picture.chair, scene.picture.title) if n]
    room = space - (len(middle) + 2 if middle else 0)
    if room < 6 and middle:
        middle, room = "", space
    text = fit(("   " if c.width >= MIDDLE else "  ").join(names), max(0, room))
    c.put(x + 1, 0, text, ink)
    if middle:
        free = x + 1 + len(text) + 2
        centre = (free + right - 2 - len(middle)) // 2
        c.put(max(free, centre), 0, middle, strong, bold=True)


def _badge(c: Canvas, scene: Scene, mode: str, paper: str) -> int:
    """Draws the mode, and the rail where it is not LIVE; returns the column after."""
    if mode == "LIVE" and not scene.lost:
        return c.put(1, 0, f" {mode} ", paper=paper, bold=True) + 1
    if mode in ("SIMULATED", "REPLAY"):
        c.fill(0, 0, c.width, 1, paper)
        letters = mode + HATCH
        for y in range(1, c.height):
            c.put(0, y, letters[(y - 1) % len(letters)], paper=paper, bold=True)
        wide = c.width >= 60
        word = f"{HATCH} {mode} {HATCH[::-1]}" if wide else mode
        x = c.put(1 if wide else 0, 0, word, paper=paper, bold=True) + 1
    else:
        x = 2
    if scene.lost:
        x = c.put(x, 0, "LAST PICTURE", "" if x > 2 else "bright", bold=True) + 1
    elif x == 2:
        x = c.put(x, 0, mode, "bright", bold=True) + 1
    pace = pace_words(scene)
    return c.put(x + 1, 0, pace, bold=True) + 1 if pace else x


def pace_words(scene: Scene) -> str:
    """`×10` or `PAUSED` where a simulated session's time is not the clock's; else nothing."""
    picture = scene.picture
    if picture.mode != "SIMULATED" or scene.lost or picture.speed == 1:
        return ""
    return "PAUSED" if scene.paused else f"×{picture.speed:g}"


def _clock(c: Canvas, scene: Scene, x: int) -> int:
    """The session's clock at the right edge, and whether it runs; returns its first column."""
    picture = scene.picture
    if not picture.mode:
        return c.width - 1
    ink = "bright" if picture.mode == "LIVE" or scene.lost else ""
    text = f"{clock(picture.started, picture.t if scene.lost else scene.now)} {_running(scene)}"
    if scene.replay and c.width >= 60 and not scene.lost:
        text = "recorded " + text
    if len(text) > c.width - 1 - x:
        text = clock(picture.started, scene.now)
    if len(text) > c.width - 1 - x:
        return c.width
    return c.right(c.width - 1, 0, text, ink, bold=True)


def _changed(c: Canvas, scene: Scene, x: int, right: int) -> int:
    """How many limits are not those that the session began with; returns the first column taken."""
    count = len(scene.picture.limits.changed)
    if not count:
        return right
    words = (f"{count} limit{'s' if count > 1 else ''} changed", f"LIMITS {count}≠", f"{count}≠")
    for text in words[0 if c.width >= MIDDLE else 1 :]:
        if right - 2 - len(text) > x:
            plain = scene.picture.mode == "LIVE" or scene.lost
            return c.right(right - 2, 0, text, "bright" if plain else "", bold=True) - 1
    return right


def _running(scene: Scene) -> str:
    """One sign: running and kept, not kept within a beat, standing still, at the end."""
    picture, tape = scene.picture, scene.picture.transport
    if scene.lost:
        return "×"
    if tape is not None:
        return "■" if tape.at_end else "▶" if tape.playing else "‖"
    return "●" if picture.recorded >= scene.due_seq else "○"


def _phase(scene: Scene, *, wide: bool) -> str:
    """The phase and its time; of an infusion how long it has run, of how long it is planned."""
    picture = scene.picture
    if not picture.phase:
        return ""
    word = picture.phase.upper()
    if picture.phase_t is None:
        return word
    infusion_t, minutes = picture.setup.infusion_t, picture.setup.minutes
    if picture.phase == "dosing" and infusion_t is not None and minutes is not None:
        runs = f"{word}  {int(max(0.0, scene.now - infusion_t) // 60)} of {minutes:g} min"
        return runs if wide else f"{word} {runs.split('  ')[1].removesuffix(' min')}"
    return f"{word}  {age_words(scene.now - picture.phase_t)}" if wide else word
