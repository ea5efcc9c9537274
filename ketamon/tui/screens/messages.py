"""How the messages look: what was said, newest last, by whom it was read, and what is being typed."""

from textwrap import wrap

from ketamon.feed.beside import MessageView
from ketamon.tui.abilities import unread
from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.panels.answering import CHOICES, Answering
from ketamon.tui.panels.messages import Writing
from ketamon.tui.scene import Scene
from ketamon.tui.times import clock
from ketamon.tui.widgets.page import Page, Piece, Row, row
from ketamon.vitals import condition_label

CURSOR = "▏"


def messages(scene: Scene, panel: Writing, width: int, height: int) -> Page:
    """The last messages that fit over the line that is typed."""
    room = max(8, width - 3)
    typed = [row(Piece(0, line, "bright", bold=True)) for line in wrap(f"> {panel.text}", room)]
    last = typed[-1].pieces[0].text if typed else ">"
    typed = [*typed[:-1], row(Piece(0, last + CURSOR, "bright", bold=True))]
    hint = "type, then enter"
    if unread(scene.picture) is not None:
        hint = "enter: read it; or type an answer, then enter"
    said = "sending" if panel.sending else panel.said or hint
    told = [line for one in scene.picture.messages for line in _message(scene, one, room)]
    foot = [*typed, *(row(Piece(0, line, "text")) for line in wrap(said, room))]
    left = max(0, height - 2 - len(foot))
    return Page("MESSAGES", rows=(*(told[-left:] if left else ()), *foot))


def answering(scene: Scene, panel: Answering, _width: int, _height: int) -> Page:
    """Which alarm, who has answered already, and the two answers."""
    rows = [row(Piece(0, condition_label(panel.condition), "bright", bold=True))]
    takes = [viewer.who for viewer in scene.picture.viewers if viewer.takes]
    if takes:
        rows.append(row(Piece(0, f"taken by {', '.join(takes)}")))
    for digit, (_, words) in enumerate(CHOICES, 1):
        pieces = Piece(0, f"{digit}  ", "bright", bold=True), Piece(3, words)
        rows.append(Row(pieces, keys=((0, 3 + len(words), str(digit)),)))
    return Page("ANSWER THE ALARM", rows=tuple(rows))


def written(c: Canvas, panel: Writing, x: int, y: int, room: int) -> None:
    """On one row: what was refused, else the end of what is typed."""
    text = "sending" if panel.sending else panel.said
    shown = text or f"> {panel.text[-(max(1, room - 4)) :]}{CURSOR}"
    c.put(x, y, fit(shown, room), "bright", bold=True)


def answered(c: Canvas, panel: Answering, x: int, y: int, room: int) -> None:
    """On one row: the two answers."""
    choices = "  ".join(f"{digit} {words}" for digit, (_, words) in enumerate(CHOICES, 1))
    c.put(x, y, fit(f"{choices}: {condition_label(panel.condition)}", room), "bright", bold=True)


def _message(scene: Scene, one: MessageView, room: int) -> list[Row]:
    at = clock(scene.picture.started, one.t, seconds=False)
    receipt = "not read yet"
    if one.read_by:
        when = clock(scene.picture.started, one.read_t or one.t, seconds=False)
        receipt = f"read by {one.read_by}, {when}"
    ink = "text" if one.read_by else "bright"
    lines = wrap(f"{at}  {one.who}: {one.text}", room)
    return [*(row(Piece(0, line, ink)) for line in lines), row(Piece(2, receipt, "dim"))]
