"""A recording's tape: position, phases, alarms, cuffs and events on one line of time.

What comes is hatched until `h` shows it, so that a trainee can say what he would do now.
"""

from ketamon.feed.messages import Mark, Transport
from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene
from ketamon.tui.times import span
from ketamon.tui.widgets.events import events
from ketamon.vitals import PRIORITY_RANK

NAMES = 13  # columns of the names at the left where there is room for rows
LEFT = 2
HIDDEN = "what comes is hidden; h shows it"
LEAST_LINE = 8  # columns under which a line of time says nothing
EVENT_WIDTH = 44
EVENT_FROM = 40  # columns from which there is room for an event beside the line


def speed_words(tape: Transport) -> str:
    """`▶ 4×`, `‖ paused`, `■ at the end`."""
    if tape.at_end:
        return "■ at end"
    if not tape.playing:
        return f"‖ {tape.speed:g}×"
    return f"▶ {tape.speed:g}×"


def transport(c: Canvas, scene: Scene, y: int, rows: int, *, shared: bool = False) -> None:
    """Draws the tape in one, two or four rows, from the rail to the right edge.

    `shared`: its one row is that of notices and of the newest event too. The line of time gets
    shorter for them, speed and position never.
    """
    tape = scene.picture.transport
    if tape is None:
        return
    x, end = LEFT + (NAMES if rows >= 4 else 10), c.width - 2
    times = f"{span(scene.now)} / {span(tape.duration_s)}"
    c.put(LEFT, y, speed_words(tape), "bright", bold=True)
    if end - len(times) - 2 - x < LEAST_LINE:
        c.right(end, y, times, "bright", bold=True)
        return
    room = end - len(times) - 2 - x
    c.right(end, y, times, "bright", bold=True)
    if shared:
        room -= _beside(c, scene, x + room, y, room)
        if room < LEAST_LINE:
            return
    line = Line(tape, x, room, scene)
    line.position(c, y)
    if rows == 1:
        line.over(c, y)
    elif rows < 4:
        line.alarms(c, y + 1)
        line.hatch(c, y + 1, 1)
    else:
        for row, name in enumerate(("phase", "alarms", "cuff, events"), start=1):
            c.put(LEFT, y + row, name, "dim")
        line.phases(c, y + 1)
        line.alarms(c, y + 2)
        line.readings(c, y + 3)
        line.hatch(c, y + 1, 3)


def _beside(c: Canvas, scene: Scene, end: int, y: int, room: int) -> int:
    """Draws the notice, else the newest event, before `end`; returns the columns that it takes.

    An event's place is as wide whatever it says, so that the line stands still.
    """
    width = min(EVENT_WIDTH, room * 2 // 3) if room >= EVENT_FROM else 0
    width = max(width, min(room, len(scene.notice)))
    events(c, scene, end - width, y, width, 1)
    return width + 2 if width else 0


class Line:
    """One line of time over the whole recording."""

    def __init__(self, tape: Transport, x: int, width: int, scene: Scene) -> None:
        self.tape, self.x, self.width, self.scene = tape, x, width, scene
        self.now = self.column(scene.now)
        self.marks = [m for m in tape.marks if not scene.hide or m.t <= scene.now]

    def column(self, t: float) -> int:
        """Where a moment lies."""
        share = t / self.tape.duration_s if self.tape.duration_s > 0 else 1.0
        return self.x + min(self.width - 1, max(0, int(share * self.width)))

    def position(self, c: Canvas, y: int) -> None:
        """What was played, where we are, what is left."""
        c.put(self.x, y, "━" * (self.now - self.x), "bar")
        c.put(self.now, y, "●", "bright", bold=True)
        c.put(self.now + 1, y, "─" * (self.x + self.width - self.now - 1), "limit")

    def over(self, c: Canvas, y: int) -> None:
        """Alarm marks on the line itself, where there is one row only: the worst of a column."""
        for x in self._worst():
            if x != self.now:
                c.put(x, y, "*", "bright", bold=True)

    def phases(self, c: Canvas, y: int) -> None:
        """Where each phase begins, with its name where it fits."""
        found = [m for m in self.marks if m.what == "phase"]
        starts = [self.column(m.t) for m in found]
        for i, (m, x) in enumerate(zip(found, starts, strict=True)):
            if i + 1 < len(starts) and starts[i + 1] == x:
                continue
            after = starts[i + 1] if i + 1 < len(starts) else self.x + self.width
            c.put(x, y, fit("╷" + m.text, after - x), "text")

    def alarms(self, c: Canvas, y: int) -> None:
        """Marks of raised alarms, the worst of those that would touch."""
        free = self.x
        for x, m in sorted(self._worst().items()):
            text = "*" * PRIORITY_RANK.get(m.priority, 1)
            start = max(self.x, min(x - len(text) // 2, self.x + self.width - len(text)))
            if start >= free:
                free = c.put(start, y, text, "text", bold=True) + 1

    def readings(self, c: Canvas, y: int) -> None:
        """Cuff readings and what was charted."""
        for what, glyph, shade in (("cuff", "╵", "text"), ("event", "◆", "score")):
            for m in self.marks:
                if m.what == what:
                    c.put(self.column(m.t), y, glyph, shade)

    def hatch(self, c: Canvas, y: int, rows: int) -> None:
        """What comes, hidden."""
        start = self.now + 2
        room = self.x + self.width - start
        if not self.scene.hide or room <= 0:
            return
        for row in range(y, y + rows):
            c.put(start, row, "░" * room, "faint")
        if room >= len(HIDDEN) + 6 and rows >= 3:
            c.put(start + (room - len(HIDDEN)) // 2 - 1, y + 1, f" {HIDDEN} ", "dim")

    def _worst(self) -> dict[int, Mark]:
        found: dict[int, Mark] = {}
        for m in self.marks:
            if m.what != "alarm":
                continue
            x = self.column(m.t)
            rank = PRIORITY_RANK.get(m.priority, 0)
            if x not in found or rank > PRIORITY_RANK.get(found[x].priority, 0):
                found[x] = m
        return found
