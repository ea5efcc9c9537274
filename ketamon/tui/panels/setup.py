"""Setting up in nine lines while the numbers run: who, weight, dose, arms, limits, checks; then read back.

A digit changes its line. Of a session in which nobody is identified yet the first lines follow
each other by themselves; what is typed is ended by `enter`, which on the lines reads all of it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.charting import CHECKS, ROUTES
from ketamon.feed.messages import Answer
from ketamon.feed.picture import Picture
from ketamon.tui.desk import Desk, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels import limits
from ketamon.tui.panels.forms import LIST, Form
from ketamon.tui.panels.reasons import BACK, SPACE, YES

WHO, WEIGHT, DOSE, CHECKLIST, READ = "who", "weight", "dose", "checks", "read"
TYPED = (WHO, WEIGHT, DOSE)
"""What is typed, in the order in which it follows."""
ARMS = {"5": "cuff_arm", "6": "probe_arm", "7": "line_arm"}
OTHER = {"left": "right", "right": "left"}
ENTER = Key(("enter",), "enter", "read back", "", "send", stays=True)
LINES = Key(tuple("123456789"), "1-9", "change a line", "", "choose")
TICKS = Key(tuple("123456789"), "1-8", "tick", "", "choose")
LEAST_MG_KG, MOST_MG_KG = 0.01, 20


@dataclass(frozen=True)
class Setup(Form):
    """The page; `at` is the line that is typed, the checklist, or what is read back."""

    TABLES: ClassVar[Mapping[str, tuple[Key, ...]]] = {
        LIST: (SPACE, ENTER, LINES, BACK),
        CHECKLIST: (SPACE, TICKS, BACK),
        READ: (SPACE, YES, BACK),
    }
    TYPED: ClassVar[frozenset[str]] = frozenset(TYPED)

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Does what a key means here."""
        if self.sending:
            return
        if self.at in TYPED:
            self._write(action, name, desk)
        elif action == "back":
            open_panel(desk, replace(self, at=LIST, said=""))
        elif action == "send":
            open_panel(desk, replace(self, at=READ, said=""))
        elif action == "yes" and self.at == READ:
            self._read(desk)
        elif action == "choose" and self.at == CHECKLIST:
            self._tick(int(name), desk)
        elif action == "choose" and self.at == LIST:
            self._line(name, desk)

    def _line(self, digit: str, desk: Desk) -> None:
        """Changes a line."""
        if digit in ("1", "2", "3"):
            open_panel(desk, self._typing(TYPED[int(digit) - 1], desk.picture))
        elif digit == "4":
            open_panel(desk, self.saying("the schedule stands in the limits profile"))
        elif digit in ARMS:
            self._place(ARMS[digit], desk)
        elif digit == "8" and desk.seen is not None:
            open_panel(desk, limits.opened(desk.seen))
        elif digit == "9":
            open_panel(desk, replace(self, at=CHECKLIST, said=""))

    def _typing(self, line: str, picture: Picture) -> "Setup":
        """The line open for typing; the pseudonym that this session was opened with stands in it."""
        known = picture.title or "" if line == WHO and not picture.setup.patient else ""
        return replace(self, at=line, text=known, said="")

    def _write(self, action: str, name: str, desk: Desk) -> None:
        if action == "back":
            open_panel(desk, replace(self, at=LIST, text="", said=""))
        elif action == "send":
            try:
                args = entered(self.at, self.text, desk.picture)
            except ValueError as error:
                open_panel(desk, self.saying(str(error)))
                return
            self.ask(desk, "chart", lambda _answer: self._follow(desk), **args)
        else:
            written = self.written(action, name)
            if written is not None:
                open_panel(desk, written)

    def _follow(self, desk: Desk) -> None:
        """Opens the next line that is typed and not yet known; else the lines."""
        done = desk.picture.setup.done
        ids = {WHO: "patient.identified", WEIGHT: "patient.weight", DOSE: "patient.plan"}
        following = [one for one in TYPED[TYPED.index(self.at) + 1 :] if ids[one] not in done]
        if following:
            open_panel(desk, self._typing(following[0], desk.picture).saying(""))
        else:
            open_panel(desk, self.saying("", at=LIST, text=""))

    def _place(self, part: str, desk: Desk) -> None:
        """The other arm; of a patient of whom nothing is told, the cuff left and the rest right."""
        placed = desk.picture.placement
        now = getattr(placed, part) if placed is not None else None
        args = {part: OTHER.get(now or "", "right" if placed is not None else "left")}
        said = ""
        if placed is None and part == "cuff_arm":
            args |= {"probe_arm": "right", "line_arm": "right"}
            said = "cuff left, probe right, line right: 5, 6, 7 change one; it is read back aloud"
        self.ask(desk, "placement", lambda _answer: open_panel(desk, self.saying(said)), **args)

    def _tick(self, digit: int, desk: Desk) -> None:
        """Ticks a check, or strikes its tick."""
        if digit <= len(CHECKS):
            self.tick(desk, CHECKS[digit - 1].id, desk.picture.setup.done)

    def _read(self, desk: Desk) -> None:
        """Records that all was read back; a session in its set-up goes on with the baseline."""
        goes_on = desk.picture.phase in (None, "setup")

        def begun(_answer: Answer) -> None:
            desk.choices.panel = None
            desk.say("read back; baseline begins" if goes_on else "read back")

        def read(answer: Answer) -> None:
            if goes_on:
                self.ask(desk, "phase", begun, phase="baseline")
            else:
                begun(answer)

        self.ask(desk, "chart", read, event="check.read_back", text=read_words(desk.picture))


def opened(picture: Picture) -> Setup:
    """The page; where nobody is identified yet, with that line open."""
    page = Setup()
    return page if picture.setup.patient else page._typing(WHO, picture)


def entered(line: str, text: str, picture: Picture) -> dict[str, Any]:
    """The arguments of `chart` for a typed line; ValueError with a sentence where it can't be."""
    words = text.strip()
    if not words:
        raise ValueError("nothing is typed yet: type it, or esc")
    if line == WHO:
        return {"event": "patient.identified", "text": words}
    if line == WEIGHT:
        return {"event": "patient.weight", "value": _number(words.removesuffix("kg"), "kg")}
    mg, route, minutes = planned(words, picture.setup.weight_kg, picture.profile or "")
    told = f"{route} {minutes:g} min" if minutes is not None else route
    return {"event": "patient.plan", "value": mg, "text": told}


def planned(words: str, weight_kg: float | None, profile: str) -> tuple[float, str, float | None]:
    """mg, route and minutes of `36 iv 40` or `0.5/kg im`; the profile's name tells a route left out."""
    parts = words.lower().replace("mg/kg", "/kg").replace("mg", " ").split()
    routes = [part for part in parts if part in ROUTES]
    figures = [part for part in parts if part not in ROUTES and part not in ("min", "/kg")]
    per_kg = any(part.endswith("/kg") for part in parts)
    if not figures or len(figures) > 2 or len(routes) > 1:
        raise ValueError("type the dose so: 36 iv 40, or 0.5/kg iv 40")
    mg = _number(figures[0].removesuffix("/kg"), "mg")
    if per_kg and weight_kg is None:
        raise ValueError("a dose by weight needs the weight first: esc, then 2")
    if per_kg and weight_kg is not None:
        mg = round(mg * weight_kg, 2)
    if weight_kg and not LEAST_MG_KG <= mg / weight_kg <= MOST_MG_KG:
        raise ValueError(f"{mg:g} mg are {mg / weight_kg:.2f} mg/kg: type it again")
    known = [part for part in profile.lower().replace(",", " ").split() if part in ROUTES]
    route = routes[0] if routes else known[0] if known else ""
    if not route:
        raise ValueError(f"say the route too: {', '.join(ROUTES)}")
    minutes = _number(figures[1].removesuffix("min"), "min") if len(figures) == 2 else None
    return (int(mg) if mg == int(mg) else mg), route, minutes


def _number(text: str, unit: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{text.strip() or 'nothing'}: type a number of {unit}") from None
    if not 0 < value < 10_000:
        raise ValueError(f"{text.strip()} {unit} can't be: type it again")
    return int(value) if value == int(value) else value


def read_words(picture: Picture) -> str:
    """What is read back, in one line for the record."""
    setup, placed, of = picture.setup, picture.placement, picture.limits
    told = [
        setup.patient,
        f"{setup.weight_kg:g} kg" if setup.weight_kg else "",
        plan_words(picture),
    ]
    if placed is not None:
        told += [
            f"{what} {arm}"
            for what, arm in (("cuff", placed.cuff_arm), ("probe", placed.probe_arm),
                              ("line", placed.line_arm)) if arm
        ]  # fmt: skip
    told.append(f"limits {of.name} v{of.version}" if of.name else "no limits")
    return ", ".join(part for part in told if part)


def plan_words(picture: Picture) -> str:
    """`36 mg iv, 40 min`; empty where nothing is planned."""
    setup = picture.setup
    if setup.dose_mg is None:
        return ""
    minutes = "" if setup.minutes is None else f", {setup.minutes:g} min"
    return f"{setup.dose_mg:g} mg {setup.route}".rstrip() + minutes
