"""All that happened, newest first: when, what, who."""

from textwrap import wrap

from ketamon.feed.messages import EventLine
from ketamon.tui.scene import Scene
from ketamon.tui.times import clock
from ketamon.tui.widgets.page import Page, Piece, Row, row
from ketamon.vitals import PRIORITY_RANK

TEXT = 10  # column of the text, after the clock
WHO = 14


def page(scene: Scene, width: int) -> Page:
    """The page; a long text takes more rows."""
    found = list(reversed(scene.picture.events))
    rows = [part for event in found for part in _event(scene, event, width)]
    return Page("EVENTS", f"{len(found)}, newest first", rows=tuple(rows))


def _event(scene: Scene, event: EventLine, width: int) -> list[Row]:
    aside = event.who and width >= TEXT + WHO + 20
    room = max(8, width - TEXT - 4 - (WHO if aside else 0))
    text = event.text if aside or not event.who else f"{event.text} ({event.who})"
    lines = wrap(text, room) or [""]
    worse = PRIORITY_RANK.get(event.priority, 0) >= PRIORITY_RANK["medium"]
    ink = "bright" if worse else "text"
    first = [Piece(0, clock(scene.picture.started, event.t), "dim")]
    if aside:
        first.append(Piece(width - WHO - 1, event.who[: WHO - 2], "dim"))
    rows = [row(*first, Piece(TEXT, lines[0], ink))]
    return rows + [row(Piece(TEXT, line, ink)) for line in lines[1:]]
