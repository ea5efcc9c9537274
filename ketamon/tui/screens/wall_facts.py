"""What the wall's row says of one chair: each column's text and ink, and its alarm in words."""

from collections.abc import Callable
from typing import NamedTuple

from ketamon.feed.board import HERE, ChairSeen
from ketamon.feed.messages import ConditionView
from ketamon.tui.scene import Scene, against, at_priority_since, ink, label, role, waits
from ketamon.tui.screens.wall_words import UNHEARD, data_words, dose_words, phase_words
from ketamon.tui.shown import MISSING, whole
from ketamon.tui.times import age_words


class Line(NamedTuple):
    """One chair, ready to be drawn."""

    seen: ChairSeen
    scene: Scene
    state: str
    worst: ConditionView | None


def fact(line: Line, name: str) -> tuple[str, str]:
    """One column's text, and its ink."""
    scene = line.scene
    if name == "chair":
        return name_of(line.seen), "bright"
    if not line.seen.is_known or name == "mark":
        return "", "dim"
    if name == "bp":
        sys, dia = scene.show("sys"), scene.show("dia")
        text = (
            MISSING if sys.value is None and dia.value is None else f"{sys.figures}/{dia.figures}"
        )
        return text, _vital_ink(line, "sys", "nibp") if scene.of("sys") else _vital_ink(line, "dia", "nibp")  # fmt: skip
    if name in ("hr", "spo2"):
        if line.state in UNHEARD:
            return MISSING, "limit"
        shown = scene.show(name)
        return shown.figures + shown.mark, _vital_ink(line, name, name)
    return FACTS[name](line), "score" if name == "score" else "text"


def _vital_ink(line: Line, vital: str, own: str) -> str:
    shown = line.scene.show(vital)
    if shown.value is None:
        return "limit"
    return "dim" if shown.dim else ink(line.scene.of(vital), own)


def name_of(seen: ChairSeen) -> str:
    return seen.chair if seen.host == HERE else f"{seen.chair}@{seen.host}"


def since_of(line: Line) -> str:
    if line.worst is None or line.state == "ended":
        return ""
    return age_words(line.scene.now - at_priority_since(line.scene, line.worst))


def _age(line: Line) -> str:
    age = line.scene.show("sys").age_s
    return "" if age is None else age_words(age)


def _delta(line: Line) -> str:
    shown = line.scene.show("sys")
    if shown.value is None or shown.view is None or shown.view.baseline is None:
        return ""
    change = shown.value - shown.view.baseline
    return f"{'+' if change >= 0 else '−'}{whole(abs(change))}"


def _score(scene: Scene) -> str:
    shown = scene.show("moaas")
    return "" if shown.value is None else shown.figures


def words_of(line: Line) -> str:
    """The worst alarm in words."""
    if line.state == "ended":
        return "the session has ended"
    if not line.seen.is_known:
        return "nothing heard yet"
    if line.worst is None:
        return ""
    then = "then " if line.state in UNHEARD else ""
    return f"{then}{label(line.worst)} {against(line.worst)}".rstrip()


def shade_of(line: Line) -> str:
    if line.worst is None or line.state != "heard":
        return "dim"
    return role(line.worst) + "-ink" if waits(line.worst) else "text"


FACTS: dict[str, Callable[[Line], str]] = {
    "since": since_of,
    "age": _age,
    "delta": _delta,
    "score": lambda line: _score(line.scene),
    "phase": lambda line: phase_words(line.scene),
    "dose": lambda line: dose_words(line.scene),
    "data": lambda line: data_words(line.scene),
}
"""What a column of facts says of a chair."""
