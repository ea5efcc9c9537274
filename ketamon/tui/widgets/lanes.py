"""The alarm lanes: the patient's first, then the devices'. As tall when nothing alarms.

mark, condition, value and limit, how long, state, what to press: each in its own column.
"""

from dataclasses import dataclass
from itertools import product

from ketamon.feed.messages import ConditionView
from ketamon.tui.abilities import seat_shown
from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import (
    Scene,
    against,
    at_priority_since,
    inside,
    label,
    mark,
    role,
    stands,
    waits,
    worst,
)
from ketamon.tui.shown import exact
from ketamon.tui.times import age_words, round_words, span
from ketamon.tui.widgets.audio import audio_is_bad, audio_words
from ketamon.tui.widgets.devices import has_bar, trouble
from ketamon.vitals import CONDITIONS, VITALS

TALL = 36
TOP = 1


@dataclass(frozen=True, slots=True)
class Stops:
    """The columns of a lane."""

    name: int
    figures: int
    since: int
    state: int | None


def stops(width: int) -> Stops:
    """Where a lane's columns begin; under 80 columns the state gives way, the mark says it."""
    if width >= 110:
        return Stops(6, 19, 42, 60)
    return Stops(6, 16, 31, 40 if width >= 80 else None)


def lanes(c: Canvas, scene: Scene) -> int:
    """Draws both lanes; returns the row after them."""
    end = lanes_end(c.height)
    _patient(c, scene, tall=c.height >= TALL)
    _devices(c, scene, end - 1)
    return end


def lanes_end(height: int) -> int:
    """The row after the lanes: they have three rows where the screen is tall, else two."""
    return TOP + (3 if height >= TALL else 2)


def _patient(c: Canvas, scene: Scene, *, tall: bool) -> None:
    found = scene.physiological
    if not found:
        c.put(2, TOP, "no alarms" if scene.picture.seq or scene.picture.mode else "", "dim")
        return
    shown = 2 if tall and len(found) > 1 else 1
    more = f"1 of {len(found)}" if len(found) > shown else ""
    lane(c, scene, TOP, found[0], more)
    if shown == 2:
        lane(c, scene, TOP + 1, found[1], "")
    elif tall:
        _explain(c, scene, found[0])


def lane(c: Canvas, scene: Scene, y: int, condition: ConditionView, more: str) -> None:
    """One lane row: filled while it waits for an answer, text once it has one."""
    at, waiting, technical = stops(c.width), waits(condition), condition.condition not in CONDITIONS
    filled = waiting and not technical and condition.priority != "low"
    name = role(condition)
    c.drawn.add(condition.condition)
    ink = "" if filled else name + "-ink"
    if filled:
        c.fill(1, y, c.width - 2, 1, name)
    _chip(c, scene, y, condition, filled=filled, chip=technical or condition.priority == "low")
    end = c.put(at.name, y, label(condition), ink, bold=True)
    said = _fitting(c, scene, condition, more, end)
    end = c.put(max(at.figures, end + 2), y, said.figures, ink, bold=True)
    if said.worst:
        end = c.put(end + 2, y, said.worst, ink)
    end = c.put(max(at.since, end + 2), y, said.since, ink)
    edge = c.width - 2 - len(said.action)
    if at.state is not None:
        start = max(at.state, end + 2)
        c.put(start, y, fit(said.state, edge - 2 - start), ink)
    if edge > end:
        c.put(edge, y, said.action, "" if filled else "bright" if waiting else "dim", bold=waiting)


@dataclass(frozen=True, slots=True)
class Said:
    """What a lane says after its condition's name."""

    figures: str
    worst: str
    since: str
    state: str
    action: str

    def end(self, at: Stops, end: int) -> int:
        """The column after it all but the action, in a lane whose name ends at `end`."""
        end = max(at.figures, end + 2) + len(self.figures)
        end += len(self.worst) + 2 if self.worst else 0
        end = max(at.since, end + 2) + len(self.since)
        return end if at.state is None else max(at.state, end + 2) + len(self.state)


def _fitting(c: Canvas, scene: Scene, condition: ConditionView, more: str, end: int) -> Said:
    """The fullest words that fit whole: first words get shorter, then the worst value goes."""
    at, figures, extreme = stops(c.width), against(condition), worst(condition)
    actions = _actions(c, scene, condition, more)
    states = _states(condition) if at.state is not None else ("",)
    sinces = _sinces(scene, condition)
    found = [
        Said(figures, also, since, state, action)
        for also, since in product(dict.fromkeys((extreme, "")), sinces)
        for state, action in product(states, actions)
    ]
    return next((s for s in found if s.end(at, end) + 2 <= c.width - 2 - len(s.action)), found[-1])


def _sinces(scene: Scene, condition: ConditionView) -> tuple[str, ...]:
    """How long it has its priority, of how long it stands where that is longer."""
    whole = age_words(scene.now - condition.since_t)
    here = age_words(scene.now - at_priority_since(scene, condition))
    return (here,) if here == whole else (f"{here} of {whole}", here)


def _chip(
    c: Canvas, scene: Scene, y: int, condition: ConditionView, *, filled: bool, chip: bool
) -> None:
    """The mark: the part that flashes, between its fill and plain text."""
    name, text = role(condition), f" {mark(condition):<3} "
    if chip and scene.lit(condition):
        c.put(1, y, text[:4], paper=name, bold=True)
    elif chip:
        c.put(1, y, text[:4], name + "-ink", "ground", bold=True)
    elif filled and not scene.lit(condition):
        c.put(1, y, text, name + "-ink", "ground", bold=True)
    else:
        c.put(1, y, text, "" if filled else name + "-ink", bold=True)


def _actions(c: Canvas, scene: Scene, condition: ConditionView, more: str) -> tuple[str, ...]:
    """What to press, longest first; how many alarms there are stands before it."""
    if not waits(condition) or scene.lost or "answer" not in scene.able:
        return (more,)
    word = scene.words["answer"]
    if scene.panel is not None and scene.panel.takes_text and scene.panel.takes_back:
        return (more,)  # words are typed: the space bar is a character
    presses: tuple[str, ...] = ("SPACE",)
    if c.width >= 80:
        presses = ("SPACE seen",) if word == "seen" else ("SPACE acknowledge", "SPACE ack")
    return tuple(f"{more}  {press}" if more else press for press in presses)


def _states(condition: ConditionView) -> tuple[str, ...]:
    """The state in words, with who answered or has seen it; longest first."""
    who = f", {condition.by}" if condition.by else ""
    seen = f"; seen by {', '.join(condition.seen)}" if condition.seen else ""
    flag = ", seen" if condition.seen else ""
    match condition.state:
        case "acknowledged":
            words, short = "acknowledged", "ack'd"
        case "unresolved" if condition.acknowledged_t is not None:
            words, short = "unresolved: no data, acknowledged", "no data, ack'd"
        case "unresolved":
            words, short, who = "unresolved: no data", "no data", ""
        case "latched":
            words, short, who = "over, not acknowledged", "over, not ack'd", ""
        case _:
            words = "UNANSWERED" if condition.unanswered else "not acknowledged"
            short, who = "UNANSWERED" if condition.unanswered else "not ack'd", ""
    return tuple(
        dict.fromkeys(
            said + more
            for more in (who + seen, who + flag, flag, who, "")
            for said in (words, short)
            if who in more or said is short
        )
    )


def _explain(c: Canvas, scene: Scene, condition: ConditionView) -> None:
    """The second row where only one alarm stands: why it is one, in a sentence."""
    if waits(condition) and condition.priority != "low":
        c.fill(1, TOP + 1, c.width - 2, 1, role(condition))
        ink = ""
    else:
        ink = role(condition) + "-ink"
    c.put(stops(c.width).name, TOP + 1, fit(explanation(scene, condition), c.width - 9), ink)


def explanation(scene: Scene, condition: ConditionView) -> str:
    """What is beyond what, and what it was before: numbers only, no advice."""
    known = CONDITIONS[condition.condition]
    view, unit = scene.picture.vitals.get(known.vital), VITALS[known.vital].unit
    parts: list[str] = []
    if condition.limit is not None and inside(condition):
        parts.append(f"inside {exact(condition.limit)} {unit} again, not yet for long enough")
    elif condition.limit is not None:
        side = "below" if known.direction == "low" else "above"
        side = side if stands(condition) else f"was {side}"
        origin = "a limit set by the baseline" if condition.basis == "baseline" else "the limit"
        parts.append(f"{side} {exact(condition.limit)} {unit}, {origin}".replace("  ", " "))
    if view and view.baseline and view.value is not None and view.state == "valid":
        rise = view.value - view.baseline
        share = f" ({rise / view.baseline:+.0%})" if VITALS[known.vital].episodic else ""
        parts.append(
            f"{rise:+.0f}{share.replace('%', ' %')} against baseline {exact(view.baseline)}"
        )
    if condition.confirmed:
        parts.append("confirmed by a second reading")
    return "; ".join(parts).replace("-", "−")


def _devices(c: Canvas, scene: Scene, y: int) -> None:
    found, edge = scene.technical, c.width - 2
    needed = (
        stops(c.width).name + len(label(found[0])) if found else 2 + len(_quiet_words(c, scene))
    )
    for aside in _asides(scene, c.width, quiet=not found):
        if needed + 2 + len(aside) <= edge:
            bad = audio_is_bad(scene)
            ink = "dim" if scene.replay else "bright" if bad else "text"
            edge = c.right(edge, y, aside, ink, bold=bad) - 2
            break
    if not found:
        ink = "bright" if absent(scene) else "text" if away_words(scene) else "dim"
        c.put(2, y, fit(_quiet_words(c, scene), edge - 2), ink)
        return
    first = found[0]
    c.drawn.add(first.condition)
    _chip(c, scene, y, first, filled=False, chip=True)
    at, ink = stops(c.width), role(first) + "-ink"
    since, why = age_words(scene.now - first.since_t), reason(scene, first)
    rest = f"and {len(found) - 1} more" if len(found) > 1 else ""
    actions = ("",) if scene.replay else _actions(c, scene, first, "")
    # the cause needs its room more than the long word for the key
    before = max(at.figures, at.name + len(label(first)) + 2) + len(since) + 2
    before += len(rest) + 2 if rest else 0
    action = next((a for a in actions if before + len(why) + 2 <= edge - len(a)), actions[-1])
    if action and edge - len(action) - 2 > at.name + len(label(first)):
        edge = c.right(edge, y, action, "bright", bold=True) - 2
    end = c.put(at.name, y, fit(label(first), edge - at.name), ink, bold=True)
    end = _piece(c, max(at.figures, end + 2), y, edge, since, ink)
    end = _piece(c, end + 2, y, edge, rest, ink)
    if not waits(first):
        end = _piece(c, end + 2, y, edge, _states(first)[0], ink)
    gone = away_words(scene)
    gone = gone if end + 2 + len(gone) <= edge else gone.partition(" left")[0]
    end = _piece(c, end + 2, y, edge, gone, "text")
    if why and edge - end - 2 >= LEAST_REASON:
        c.put(end + 2, y, fit(why, edge - end - 2), "text")


LEAST_REASON = 12  # columns under which a reason would say nothing


def _piece(c: Canvas, x: int, y: int, edge: int, text: str, ink: str) -> int:
    """Writes a part of a lane if it fits whole; returns the column after what stands there."""
    return c.put(x, y, text, ink) if text and x + len(text) <= edge else x - 2


def _asides(scene: Scene, width: int, *, quiet: bool) -> tuple[str, ...]:
    """What stands at the right of the devices' lane, longest first: a recording, or whose seat."""
    if scene.replay:
        return ("a recording, not a patient",) * (width >= 80) + ("a recording",)
    seat, sound = seat_shown(scene.picture), audio_words(scene)
    if not seat:
        return (sound,) if sound else ()
    only = (f"{seat}, information only",) if seat != "trainer" and quiet else ()
    told = (*only, seat)
    return (*(f"{words}   {sound}" for words in told if sound), *told)


def _quiet_words(c: Canvas, scene: Scene) -> str:
    """What the devices' lane says without an alarm; devices may have a row of their own."""
    bar = has_bar(c.width, c.height, tape=scene.picture.transport is not None)
    barred = (away_words(scene), absent(scene), withheld(scene))
    parts = barred if bar else (quiet_words(scene),)
    return "   ".join(part for part in parts if part) or "no technical alarms"


def reason(scene: Scene, condition: ConditionView) -> str:
    """Why a technical condition stands, and which other devices don't stream."""
    told, cuff = condition.reason, scene.picture.cuff
    if not told and condition.condition == "cuff_failed" and cuff is not None:
        told = cuff.failed
    return "; ".join(part for part in (told, trouble(scene, told)) if part)


def quiet_words(scene: Scene) -> str:
    """What the devices' lane says without an alarm: who is away, what is missing."""
    parts = (away_words(scene), absent(scene), withheld(scene), trouble(scene))
    return "   ".join(p for p in parts if p)


def withheld(scene: Scene) -> str:
    """What is kept back for a while: an alarm held while a cuff squeezes, suspended rise limits."""
    views = scene.picture.vitals.values()
    held = [VITALS[v.vital].label for v in views if v.held]
    suspended = [v for v in views if v.suspended]
    parts = [f"{', '.join(held)} low HELD: cuff on this arm"] if held else []
    if suspended:
        parts.append(f"rise limits SUSPENDED: {suspended[0].suspended}")
    if scene.picture.quarantine:
        count = len(scene.picture.quarantine)
        parts.append(f"{count} stored reading{'s' if count > 1 else ''} to review")
    return "   ".join(parts)


def away_words(scene: Scene) -> str:
    """`AWAY  6 min left of 10 min  oximeter`: counts seconds in the last minute only."""
    away = scene.away
    if away is None:
        return ""
    left, whole = away.until_t - scene.now, round_words(away.until_t - away.since_t)
    counts = f"{age_words(left)} left" if left >= 60 else f"{span(left)} left"
    return f"AWAY  {counts} of {whole}  {', '.join(away.sensors)}"


def absent(scene: Scene) -> str:
    """What has no value now, in words: said here even if no condition does."""
    if not scene.picture.mode:
        return ""
    names = ("sys", "hr", "spo2")
    shown = {name: scene.show(name) for name in names}
    if all(s.state == "none" for s in shown.values()):
        return "nothing received yet"
    sensors = scene.away.sensors if scene.away else ()
    parts = [
        f"{VITALS[name].label} {s.age}"
        for name, s in shown.items()
        if s.state == "lost" and not (s.view and s.view.source in sensors)
    ]
    return "no data: " + ", ".join(parts) if parts else ""
