"""What the tiles share: the label row, limits in words, the bar that waits for an answer."""

from ketamon.feed.messages import ConditionView, VitalView
from ketamon.tui.canvas import Canvas
from ketamon.tui.figures import big
from ketamon.tui.scene import ink, mark, role, sign, stands, waits
from ketamon.tui.shown import Shown, exact, whole
from ketamon.vitals import CONDITIONS, VITALS

BAR = "▌"


def number_ink(shown: Shown, condition: ConditionView | None, own: str, *, light: bool) -> str:
    """A number's ink: grey when it is missing or old, the priority's while its alarm stands."""
    if shown.value is None:
        return "limit"
    if shown.dim:
        return "dim"
    if light and condition is not None and stands(condition):
        return "on-" + role(condition)
    return ink(condition, own)


def label_row(
    c: Canvas, x: int, y: int, width: int, name: str, own: str,
    condition: ConditionView | None, shown: Shown, limits: str = "",
    coming: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Name, then limits (in alarm: mark and broken limit), then source and age at the right.

    Where they don't fit, words get shorter, then limits go, then what is `coming` (longest first);
    the mark and the age never.
    """
    shade = f"{role(condition)}-ink" if condition else own
    if condition is not None:
        c.drawn.add(condition.condition)
    words, edge = broken(condition) if condition else "", x + width - 1
    if x + 1 + len(name) + 2 + len(words) > edge:  # the unit goes before a figure of the alarm
        name = name.partition(" ")[0]
    end = c.put(x + 1, y, name, shade, bold=True) + 2
    ages, room = provenance(shown), edge - end
    fits = [
        (text, age, after)
        for text in ((words,) if words else (limits, ""))
        for after in (*coming, "")
        for age in ages
        if len(text) + (2 if text else 0) + len(age) + (len(after) + 2 if after else 0) <= room
    ]
    text, age, after = fits[0] if fits else (words, ages[-1], "")
    c.put(end, y, text, shade if words else "dim", bold=bool(words))
    start = c.right(edge, y, after, "bright") - 2 if after else edge
    c.right(start, y, age, "text")


def broken(condition: ConditionView) -> str:
    """`** > 160` while it stands, `*** was 86` after."""
    known = CONDITIONS[condition.condition]
    name = f"{VITALS[known.vital].label} " if known.vital in ("dia", "map") else ""
    if stands(condition):
        limit = "" if condition.limit is None else f"{sign(condition)} {exact(condition.limit)}"
        return f"{mark(condition)} {name}{limit}"
    value = condition.worst if condition.worst is not None else condition.value
    return f"{mark(condition)} {name}was {exact(value)}" if value is not None else mark(condition)


def bar(c: Canvas, x: int, y: int, height: int, condition: ConditionView | None) -> None:
    """The bar at a tile's left side: this number waits for an answer."""
    if condition is None or not waits(condition) or condition.priority == "low":
        return
    shade = role(condition) if c.means.marker else role(condition) + "-ink"
    for row in range(y, y + height):
        c.put(x - 1, row, BAR, shade)


def fills(c: Canvas, condition: ConditionView | None) -> bool:
    """HIGH, standing and unanswered, fills its whole tile; at night only figures and bar shine."""
    return (
        c.means.fills
        and condition is not None
        and condition.priority == "high"
        and condition.state == "active"
    )


def flood(c: Canvas, x: int, y: int, width: int, height: int) -> None:
    """Fills a tile that is drawn already."""
    c.tint(x - 1, y, width + 1, height, "high", "on-high")
    for row in range(y, y + height):  # the bar's column: the fill says it already
        c.put(x - 1, row, " ")


def number(
    c: Canvas, x: int, y: int, size: int, text: str, shade: str, condition: ConditionView | None = None,
    *, marker: bool = False,
) -> None:  # fmt: skip
    """A number in big figures; with `marker` on the colour of its priority."""
    rows = big(text, size)
    if marker and condition is not None:
        c.fill(x - 1, y, len(rows[0]) + 2, size, role(condition))
    c.block(x, y, rows, shade)


def marked(c: Canvas, condition: ConditionView | None) -> bool:
    """True where MEDIUM figures stand on their colour, which is too pale for an ink."""
    return (
        c.means.marker
        and condition is not None
        and condition.priority == "medium"
        and condition.state == "active"
    )


def level(view: VitalView | None, side: str, priority: str = "") -> float | None:
    """The first limit met on that side, or of that priority; None if there is none."""
    limits = (view.high if side == "high" else view.low) if view else ()
    values = [v.limit for v in limits if not priority or v.priority == priority]
    if not values:
        return None
    return min(values) if side == "high" else max(values)


def corridor(view: VitalView | None, priority: str = "") -> str:
    """`50 – 110`, `≤ 100`, `≥ 94`, or `OFF`."""
    low, high = level(view, "low", priority), level(view, "high", priority)
    if low is not None and high is not None:
        return f"{exact(low)} – {exact(high)}"
    if high is not None:
        return f"≤ {exact(high)}"
    return f"≥ {exact(low)}" if low is not None else "OFF"


def change(shown: Shown) -> str:
    """Difference to the baseline, with a true minus; empty where there is no baseline."""
    base = shown.view.baseline if shown.view else None
    if shown.value is None or base is None:
        return ""
    return signed(int(whole(shown.value)) - int(whole(base)))


def signed(value: int) -> str:
    """`+34`, `−12`, `0`."""
    return f"{value:+d}".replace("-", "−") if value else "0"


def provenance(shown: Shown) -> tuple[str, ...]:
    """Source and age, longest first: `cuff  12 min ago`, `12 min ago`, `12 min`; typed ones `M`.

    `CUFF` stands with it while the cuff squeezes the probe's arm.
    """
    if shown.state == "none":
        return ("nothing yet", "none")
    typed = shown.source == "person"
    source = "typed" if typed else shown.source
    age = shown.age
    squeezed = shown.view is not None and shown.view.cuff_until_t is not None
    if not age:
        return (f"{source}  CUFF", "CUFF") if squeezed else (source, "M" if typed else "")
    if squeezed:
        return (f"{source}  {age} ago  CUFF", f"{age}  CUFF", age)
    short = f"M {age}" if typed else age
    return (f"{source}  {age} ago".strip(), f"{short} ago", short)
