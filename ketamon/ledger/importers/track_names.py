"""What other programs call the vitals: tracks, signals and columns, by name.

Names are compared in small letters without what stands between them: `NIBP_SYS`, `NBP (Sys)` and
`nbpSys` are one. Where several names of one vital are in a file, the first of the list counts: two
heart rates at once would be two patients.
"""

import re
from collections.abc import Iterable

NAMES: dict[str, tuple[str, ...]] = {
    "SYS": (
        "nibpsbp", "nibpsys", "nibps", "nbpsys", "nbps", "noninvasivesystolic", "sbp", "sys",
        "systolic", "systolicbp", "systolicbloodpressure", "bpsys",
    ),
    "DIA": (
        "nibpdbp", "nibpdia", "nibpdias", "nibpd", "nbpdias", "nbpdia", "nbpd",
        "noninvasivediastolic", "dbp", "dia", "diastolic", "diastolicbp", "diastolicbloodpressure",
        "bpdia",
    ),
    "MAP": (
        "nibpmbp", "nibpmean", "nibpmap", "nibpm", "nbpmean", "nbpm", "noninvasivemean", "mbp",
        "map", "meanbp",
    ),
    "CUFF_PULSE": ("nibphr", "nibppr", "nibppulse", "nbppulse", "cuffpulse"),
    "SPO2": (
        "plethspo2", "plethsato2", "spo2", "sao2", "sato2", "o2sat", "oxygenlevel",
        "oxygensaturation", "bloodoxygen",
    ),
    "PULSE": ("plethhr", "plethpr", "pulse", "pulserate", "spo2pr", "spo2pulse", "pr", "prbpm"),
    "PI": ("plethperfrel", "perf", "perfusionindex", "plethpi"),
    "HR": ("hr", "heartrate", "ecghr"),
    "RR": ("rr", "resp", "resprate", "respiratoryrate", "respiration", "rrco2", "ventrr"),
    "TYPED.SYS": ("typedsys",), "TYPED.DIA": ("typeddia",), "TYPED.PULSE": ("typedpulse",),
    "TYPED.SPO2": ("typedspo2",), "TYPED.RR": ("typedrr",), "TYPED.MOAAS": ("typedmoaas",),
    "TYPED.MEASURED_T": ("typedmeasuredt",),
}  # fmt: skip
"""Channel, and its names, the better source first."""

_CHANNEL_OF = {name: (channel, rank) for channel, names in NAMES.items()
               for rank, name in enumerate(names)}  # fmt: skip

UNITS = {
    "": "", "mmhg": "mmHg", "kpa": "kPa", "%": "%", "percent": "%", "/min": "/min", "bpm": "/min",
    "1/min": "/min", "pm": "/min", "rpm": "/min", "brpm": "/min", "bpm/min": "/min", "min-1": "/min",
    "beats/min": "/min", "breaths/min": "/min",
}  # fmt: skip
"""Ways to write a unit, in small letters, and ours."""

EXPECTED_UNIT = {
    "SYS": "mmHg", "DIA": "mmHg", "MAP": "mmHg", "CUFF_PULSE": "/min", "SPO2": "%",
    "PULSE": "/min", "PI": "%", "HR": "/min", "RR": "/min", "TYPED.SYS": "mmHg",
    "TYPED.DIA": "mmHg", "TYPED.PULSE": "/min", "TYPED.SPO2": "%", "TYPED.RR": "/min",
}  # fmt: skip


def plain(name: str) -> str:
    """A name in small letters, only letters and digits; what is in brackets at the end is a unit."""
    return re.sub(r"[^a-z0-9]", "", split_unit(name)[0].lower())


def split_unit(name: str) -> tuple[str, str]:
    """Parts `SpO2(%)` into SpO2 and %; brackets that hold no unit stay part of the name."""
    found = re.fullmatch(r"(.*?)\s*[\[(]\s*([^\[\]()]*?)\s*[\])]\s*", name.strip())
    if found and found[1] and found[2].lower() in _BRACKETED:
        return found[1], found[2]
    return name.strip(), ""


_BRACKETED = {*UNITS, "s", "sec", "seconds", "ms", "min", "minutes", "h", "hours"}


def channel_of(name: str) -> tuple[str, int] | None:
    """The channel that a name stands for and how good a source it is (0 the best), or None."""
    return _CHANNEL_OF.get(plain(name))


def own_unit(unit: str) -> str:
    """The unit as we write it; one that isn't known stays as it is."""
    return UNITS.get(unit.strip().lower(), unit.strip())


def chosen(names: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Takes one source a channel, of pairs of key and name.

    Gives the channel by key, and of the keys that were passed over, which key was better.
    """
    best: dict[str, tuple[int, str]] = {}
    every: dict[str, str] = {}
    for key, name in names:
        known = channel_of(name)
        if known is None:
            continue
        channel, rank = known
        every[key] = channel
        if channel not in best or rank < best[channel][0]:
            best[channel] = rank, key
    taken = {key: channel for channel, (_, key) in best.items()}
    passed = {key: best[channel][1] for key, channel in every.items() if key not in taken}
    return taken, passed
