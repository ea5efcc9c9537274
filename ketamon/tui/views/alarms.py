"""All alarms: what stands, what is paused, what was, and which conditions have no limit.

Colour means now: only what still stands is coloured, what was has its mark.
"""

from statistics import median
from textwrap import wrap

from ketamon.feed.alarm_views import EpisodeView
from ketamon.feed.messages import ConditionView
from ketamon.tui.scene import Scene, against, beyond, label, mark, role, waits
from ketamon.tui.shown import exact
from ketamon.tui.times import age_words, clock, span
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, row
from ketamon.vitals import CONDITIONS, TECHNICAL, condition_label, condition_mark, condition_sign

NAME = 5  # columns: mark, then condition
WIDE = 62  # columns from which who answered stands in the same row
STATES = {
    "active": "not acknowledged", "acknowledged": "acknowledged", "latched": "over, not acknowledged",
    "unresolved": "no data",
}  # fmt: skip


def page(scene: Scene, width: int) -> Page:
    """The page, as wide as it may be."""
    over = sorted(
        (e for e in scene.picture.episodes.values() if not _stands(scene, e)),
        key=lambda e: -e.began_t,
    )
    rows = [*_standing(scene, width), *_paused(scene), *_withheld(scene)]
    rows += [BLANK, _heading("HISTORY", f"{len(over)} over")]
    rows += [part for e in over for part in _episode(scene, e, width)]
    if not over:
        rows.append(row(Piece(NAME, "none so far", "dim")))
    rows += _others(scene, width)
    return Page("ALARMS", _summary(scene), rows=tuple(rows))


def _summary(scene: Scene) -> str:
    """`5 this session; acknowledged after 18 s (median)`."""
    all_of_it = scene.picture.episodes.values()
    told = f"{len(all_of_it)} this session"
    waited = [e.acknowledged_t - e.began_t for e in all_of_it if e.acknowledged_t is not None]
    return f"{told}; acknowledged after {age_words(median(waited))} (median)" if waited else told


def _heading(text: str, aside: str = "") -> Row:
    return row(Piece(0, text, "dim", bold=True), Piece(len(text) + 2, aside, "dim"))


def _stands(scene: Scene, episode: EpisodeView) -> bool:
    found = scene.picture.conditions.get(episode.condition)
    return found is not None and abs(found.since_t - episode.began_t) < 0.001


def _standing(scene: Scene, width: int) -> list[Row]:
    found = [*scene.physiological, *scene.technical]
    if not found:
        return [row(Piece(0, "no alarm stands", "text"))]
    return [part for condition in found for part in _condition(scene, condition, width)]


def _condition(scene: Scene, condition: ConditionView, width: int) -> list[Row]:
    """Mark and name, value against limit, since when; then state and who."""
    name, waiting = role(condition), waits(condition)
    paper = name if waiting else ""
    head = [
        Piece(
            0, f"{mark(condition):<3} ", "" if waiting else f"{name}-ink", bold=True, paper=paper
        ),
        Piece(NAME, label(condition), f"{name}-ink", bold=True),
    ]
    since = f"{clock(scene.picture.started, condition.since_t, seconds=False)}, "
    since += age_words(scene.now - condition.since_t)
    state = f"{condition.priority}, {_state(condition)}"
    limit = against(condition) or condition.reason
    x = width - 2 - 26 if width >= WIDE else width
    at = NAME + 20 if width >= WIDE else NAME + len(label(condition)) + 1
    # a cause that has no room beside the name stands below, whole: its end says what to do
    if at + len(limit) < x - 1:
        head.append(Piece(at, limit, f"{name}-ink", bold=True))
    else:
        state += f"; {limit}"
    if width >= WIDE:
        head.append(Piece(x, since, "text"))
    else:
        state = f"{since}; {state}"
    rest = wrap(state, max(8, width - NAME - 3))
    return [row(*head, names=condition.condition), *(row(Piece(NAME, t, "text")) for t in rest)]


def _state(condition: ConditionView) -> str:
    words = STATES.get(condition.state, condition.state)
    if condition.state == "active" and condition.unanswered:
        words = "UNANSWERED"
    if condition.state == "unresolved" and condition.acknowledged_t is not None:
        words = "no data, acknowledged"
    if condition.by and "not" not in words:
        words += f" by {condition.by}"
    if condition.confirmed:
        words += ", confirmed"
    return words + (f"; seen by {', '.join(condition.seen)}" if condition.seen else "")


def _paused(scene: Scene) -> list[Row]:
    """Pauses and absences, with the time that is left."""
    rows = []
    if (pause := scene.pause) is not None:
        by = f" by {pause.who}" if pause.who else ""
        rows.append(_quiet("AUDIO PAUSED", f"{span(pause.until_t - scene.now)} left{by}"))
    if (away := scene.away) is not None:
        left = f"{span(away.until_t - scene.now)} left, {', '.join(away.sensors)}"
        rows.append(_quiet("AWAY", left))
    return rows


def _quiet(name: str, words: str) -> Row:
    return row(Piece(NAME, name, "bright", bold=True), Piece(NAME + len(name) + 2, words, "text"))


def _withheld(scene: Scene) -> list[Row]:
    """What is kept back for a while: alarms held while a cuff squeezes, limits suspended."""
    rows = []
    for view in scene.picture.vitals.values():
        name = condition_label(f"{view.vital}_low").rpartition(" ")[0]
        if view.held:
            rows.append(_quiet(f"{name} HELD", f"{view.held}: the cuff squeezes this arm"))
        if view.suspended:
            rows.append(_quiet(f"{name} RISE LIMITS SUSPENDED", view.suspended))
    return rows


def _episode(scene: Scene, episode: EpisodeView, width: int) -> list[Row]:
    """One that is over: worst value, began, how long, answered after how long by whom."""
    ended = episode.ended_t if episode.ended_t is not None else scene.now
    began = clock(scene.picture.started, episode.began_t, seconds=False)
    lasted = age_words(ended - episode.began_t)
    worst = episode.reason
    if episode.value is not None:
        worst = exact(episode.value)
        if episode.limit is not None and beyond(episode.condition, episode.value, episode.limit):
            worst += f" {condition_sign(episode.condition)} {exact(episode.limit)}"
    answer = "never acknowledged"
    if episode.acknowledged_t is not None:
        after = age_words(episode.acknowledged_t - episode.began_t)
        answer = f"ack {after}" + (f", {episode.by}" if episode.by else "")
    head = [
        Piece(0, condition_mark(episode.condition, episode.priority)),
        Piece(NAME, condition_label(episode.condition)),
    ]
    if width >= WIDE:
        x = NAME + 19
        fits = len(worst) <= 11
        told = wrap("" if fits else worst, width - NAME - 3)
        return [row(*head, Piece(x, worst if fits else ""), Piece(x + 12, began, "dim"),
                    Piece(x + 18, lasted, "dim"), Piece(x + 26, answer, "dim")),
                *(row(Piece(NAME, line, "dim")) for line in told)]  # fmt: skip
    head.append(Piece(NAME + len(condition_label(episode.condition)) + 1, worst))
    return [row(*head), row(Piece(NAME, f"{began}, {lasted}, {answer}", "dim"))]


def _others(scene: Scene, width: int) -> list[Row]:
    """Every condition that does not stand: without a limit, and without an alarm."""
    off: list[str] = []
    quiet: list[str] = []
    for name, condition in CONDITIONS.items():
        if name in scene.picture.conditions:
            continue
        view = scene.picture.vitals.get(condition.vital)
        limits = (view.high if condition.direction == "high" else view.low) if view else ()
        (quiet if limits else off).append(condition.label)
    quiet += [c.label for name, c in TECHNICAL.items() if name not in scene.picture.conditions]
    rows = [BLANK]
    for title, names in (("OFF", off), ("NO ALARM", quiet)):
        if not names:
            continue
        rows.append(_heading(title))
        rows += [row(Piece(NAME, line, "text" if title == "OFF" else "dim"))
                 for line in wrap(", ".join(names), max(8, width - NAME - 3))]  # fmt: skip
    return rows
