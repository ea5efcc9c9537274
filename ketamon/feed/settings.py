"""Single limits of a profile by name: `sys.high.medium` and what people call it."""

from ketamon.vitals import VITALS, Number

SIDE_WORDS = {"high": "high", "low": "low", "rise_mmhg": "rise", "rise_pct": "rise %"}
"""A side of a profile in words; a rise is counted from the locked baseline, in mmHg or %."""
LEVEL_WORDS = {"medium": "medium", "high": "high", "high_now": "high at once"}


def setting_words(key: str) -> str:
    """`SYS high, medium`, for `sys.high.medium`."""
    vital, side, level = (*key.split("."), "", "")[:3]
    known = VITALS.get(vital)
    name = f"{known.label if known else vital} {SIDE_WORDS.get(side, side)}"
    return f"{name}, {LEVEL_WORDS.get(level, level)}"


def setting_figure(value: Number | None) -> str:
    """A limit as it is read; `OFF` where there is none."""
    return "OFF" if value is None else f"{value:g}"
