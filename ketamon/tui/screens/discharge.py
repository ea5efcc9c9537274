"""How the discharge looks: what the readings say at the left, what a person ticks at the right."""

from textwrap import wrap

from ketamon.charting import BY_HAND
from ketamon.feed.flow_views import CriterionView
from ketamon.tui.panels.discharge import NAME, SURE, WHY, Discharge
from ketamon.tui.scene import Scene
from ketamon.tui.times import span
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, row

CURSOR = "▏"
WORDS_AT = 5
LEAST = 8
RIGHT = 26  # columns of what is ticked
FACTS_FROM = 74


def discharge(scene: Scene, panel: Discharge, width: int, height: int) -> Page:
    """The page."""
    if panel.at != "":
        return _asked(scene, panel, width)
    view = scene.picture.discharge
    if not view.criteria:
        why = "the session is not in recovery: g goes on with it"
        return Page("DISCHARGE", rows=(row(Piece(0, why)),))
    right = max(WORDS_AT + 10, width - 2 - RIGHT)
    count = max(len(view.criteria), len(BY_HAND))
    rows = [_pair(scene, i, right, width) for i in range(count)]
    left = sum(not one.met_at(scene.now) for one in view.criteria)
    left += sum(one.id not in view.done for one in BY_HAND)
    aside = f"{left} of {len(view.criteria) + len(BY_HAND)} open"
    said = wrap("sending" if panel.sending else panel.said, max(LEAST, width - 3))
    spare = height - 1 - len(rows)
    if spare < 3:
        foot = [row(Piece(0, line, "bright", bold=True)) for line in said[-height + 3 :]]
        return Page("DISCHARGE", aside, rows=(*rows[: height - 1 - len(foot)], *foot))
    head = row(Piece(0, "from the readings", "dim"), Piece(right, "by hand", "dim"))
    usual = "it opens when none is; 0: with reason and name"
    told = said or ["enter, then y, ends the session" if not left else usual]
    foot = [row(Piece(0, line, "bright" if said else "text", bold=bool(said))) for line in told]
    facts = [] if width >= FACTS_FROM else _facts(scene, width)
    facts = facts[: max(0, spare - 1 - len(foot))]
    gap = [BLANK] if spare - 1 > len(facts) + len(foot) else []
    more = [BLANK] if facts and spare - 2 > len(facts) + len(foot) else []
    return Page("DISCHARGE", aside, rows=(head, *rows, *gap, *facts, *more, *foot))


def _pair(scene: Scene, i: int, right: int, width: int) -> Row:
    """A criterion, and beside it what is ticked with the digit."""
    view, pieces = scene.picture.discharge, []
    keys: tuple[tuple[int, int, str], ...] = ()
    if i < len(view.criteria):
        one = view.criteria[i]
        met = one.met_at(scene.now)
        words = one.words[: right - WORDS_AT - 1]
        pieces = [_mark(0, met), Piece(WORDS_AT, words, "text" if met else "bright", bold=not met)]
        fact = fact_words(scene, one)
        room = right - 2 - WORDS_AT - len(words) - 1
        if width >= FACTS_FROM and fact and room >= 4:
            fact = fact if len(fact) <= room else fact[: room - 1] + "…"
            pieces.append(Piece(right - 2 - len(fact), fact, "dim"))
    if i < len(BY_HAND):
        event = BY_HAND[i]
        done = event.id in view.done
        pieces += [
            Piece(right, str(i + 1), "bright", bold=True), _mark(right + 2, done),
            Piece(right + 7, event.words[: RIGHT - 7], "text"),
        ]  # fmt: skip
        keys = ((right, RIGHT, str(i + 1)),)
    return Row(tuple(pieces), keys=keys)


def _mark(x: int, met: bool) -> Piece:
    return Piece(x, "✓" if met else "open", "bright" if met else "text", bold=met)


def fact_words(scene: Scene, one: CriterionView) -> str:
    """The fact that answers a criterion; of a time how long it has been."""
    ended_t = scene.picture.discharge.ended_t
    if one.due_t is not None and ended_t is not None:
        return span(scene.now - ended_t)
    return one.fact


def _facts(scene: Scene, width: int) -> list[Row]:
    """On a narrow page the facts of what is open, in rows of their own."""
    found = [one for one in scene.picture.discharge.criteria if not one.met_at(scene.now)]
    told = [f"{one.words}: {fact}" for one in found if (fact := fact_words(scene, one))]
    return [
        row(Piece(0, line, "dim")) for text in told for line in wrap(text, max(LEAST, width - 3))
    ]


def _asked(_scene: Scene, panel: Discharge, width: int) -> Page:
    """What an override asks for, and the last question."""
    said = "sending" if panel.sending else panel.said
    told = [("reason", panel.text + CURSOR if panel.at == WHY else panel.why)]
    told.append(("name", panel.text + CURSOR if panel.at == NAME else panel.name))
    rows = []
    if panel.at in (WHY, NAME) or panel.why:
        for name, value in told:
            typed = value.endswith(CURSOR)
            shown = value[-max(LEAST, width - 12) :]
            rows.append(row(
                Piece(0, name, "bright" if typed else "dim", bold=typed),
                Piece(9, shown, "on-focus" if typed else "bright", bold=True,
                      paper="focus" if typed else ""),
            ))  # fmt: skip
        rows.append(BLANK)
    if panel.at == SURE:
        rows.append(
            row(Piece(0, "y: the patient leaves and the session ends", "bright", bold=True))
        )
    rows += [row(Piece(0, line, "bright", bold=True)) for line in wrap(said, max(LEAST, width - 3))]
    title = "DISCHARGE WITH OPEN ITEMS" if panel.at in (WHY, NAME) or panel.why else "DISCHARGE"
    return Page(title, rows=tuple(rows))
