"""CSV recordings made by a seed: charting errors, odd cells, units, times that go back."""

from datetime import datetime, timedelta
from random import Random

USUAL = {
    "SYS": (85, 95, 150, 160, 165, 181),
    "DIA": (45, 75, 90, 105),
    "MAP": (55, 90, 125),
    "HR": (45, 80, 110, 111, 131),
    "PULSE": (45, 80, 111, 131),
    "SPO2": (84, 90, 93, 94, 98, 100),
    "RR": (7, 9, 14, 25, 31),
}
ODD = ("0", "error", "1", "39", "301", "11647", "-5", "97.5", "80.04", "1e2")
LIMITS = {
    "LIMIT.SYS_HI": ("160", "150", "140", "300"),
    "LIMIT.SYS_LO": ("90", "100", "150", "10"),
    "LIMIT.HR_HI": ("110", "120", "100", "580"),
    "LIMIT.HR_LO": ("50", "60", "110", "3"),
    "LIMIT.SPO2_LO": ("90", "93", "94", "8"),
    "LIMIT.SPO2_HI": ("100",),
}


def long_form(seed: int) -> str:
    """A recording of rows `time,channel,value,unit,error`."""
    rng = Random(seed)
    channels = rng.sample(sorted(USUAL), rng.randint(2, 7))
    step = rng.choice((1, 5, 20, 60, 61, 300, 1200))
    moment, lines = datetime(2000, 1, 1, 22), ["time,channel,value,unit,error"]  # noqa: DTZ001
    first: datetime | None = None
    for _ in range(rng.randint(5, 40)):
        moment += timedelta(seconds=step * rng.choice((1, 1, 1, 1, 2, 5, 0, -1)))
        first = first or moment
        if moment < first:  # a recording that ends before it begins is refused
            moment += timedelta(seconds=3 * step)
        cells: list[tuple[str, str, str]] = []
        for channel in channels:
            if rng.random() < 0.8:
                cells.append(cell(rng, channel))
        if rng.random() < 0.15:
            for name in rng.sample(sorted(LIMITS), rng.randint(1, 6)):
                cells.append((name, rng.choice(LIMITS[name]), ""))
        if rng.random() < 0.5:
            rng.shuffle(cells)
        for channel, value, unit in cells:
            error = rng.choice(("", "0", "1", "artefact")) if rng.random() < 0.1 else "0"
            lines.append(f"{moment.isoformat()},{channel},{value},{unit},{error}")
            if rng.random() < 0.02:
                lines.append(lines[-1])
    return "\n".join(lines) + "\n"


def cell(rng: Random, channel: str) -> tuple[str, str, str]:
    """Channel, value and unit; one in ten is odd, one pressure in ten in kPa."""
    value = str(rng.choice(USUAL[channel]))
    if rng.random() < 0.1:
        value = rng.choice(ODD)
    unit = {"SPO2": "%", "RR": "/min", "HR": "bpm", "PULSE": "bpm"}.get(channel, "mmHg")
    if unit == "mmHg" and rng.random() < 0.1:
        value, unit = f"{rng.randint(80, 260) / 10}", "kPa"
    return channel, value, unit


def wide_form(seed: int) -> str:
    """A recording of rows `time,HR,PULSE,…`, an empty cell where nothing was measured."""
    rng = Random(seed)
    channels = rng.sample(sorted(USUAL), rng.randint(2, 7))
    step = rng.choice((1, 5, 20, 60, 61, 300))
    moment, lines = datetime(2000, 1, 1, 22), [",".join(["time", *channels])]  # noqa: DTZ001
    first: datetime | None = None
    for _ in range(rng.randint(10, 60)):
        moment += timedelta(seconds=step * rng.choice((1, 1, 1, 1, 1, 2, 5, -1)))
        first = first or moment
        if moment < first:  # a recording that ends before it begins is refused
            moment += timedelta(seconds=3 * step)
        values = [cell(rng, c) if rng.random() < 0.85 else (c, "", "") for c in channels]
        values = [(c, "" if unit == "kPa" else value, unit) for c, value, unit in values]
        lines.append(",".join([moment.isoformat(), *[value for _, value, _ in values]]))
    return "\n".join(lines) + "\n"
