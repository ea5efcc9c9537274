"""The vitals: names, words, plausible ranges, where a limit may lie, and when a value is old.

One place for each of these facts; core, feed and screens read them from here.
"""

from dataclasses import dataclass
from typing import Literal

Number = int | float
Direction = Literal["high", "low"]
Priority = Literal["low", "medium", "high"]

PRIORITY_RANK: dict[str, int] = {"low": 1, "medium": 2, "high": 3}


@dataclass(frozen=True, slots=True)
class Vital:
    """One vital sign and what is known of it before any patient is.

    `lowest`/`highest` bound a plausible value (DESIGN 5); `limit_range` bounds an alarm limit
    (DESIGN 6); `episodic` values come one by one (cuff, score) and hold until the next.
    """

    name: str
    label: str
    unit: str
    episodic: bool
    lowest: Number
    highest: Number
    limit_range: tuple[Number, Number]
    directions: tuple[Direction, ...]


VITALS: dict[str, Vital] = {
    vital.name: vital
    for vital in (
        Vital("sys", "SYS", "mmHg", True, 30, 300, (60, 260), ("high", "low")),
        Vital("dia", "DIA", "mmHg", True, 15, 300, (20, 200), ("high", "low")),
        Vital("map", "MAP", "mmHg", True, 15, 300, (20, 230), ("high", "low")),
        Vital("hr", "HR", "/min", False, 20, 300, (25, 240), ("high", "low")),
        Vital("spo2", "SpO2", "%", False, 40, 100, (50, 100), ("low",)),
        Vital("rr", "RR", "/min", False, 1, 80, (1, 80), ("high", "low")),
        Vital("moaas", "MOAA/S", "", True, 0, 5, (1, 5), ("low",)),
    )
}


@dataclass(frozen=True, slots=True)
class Condition:
    """An alarm condition: one vital, one direction."""

    name: str
    vital: str
    direction: Direction

    @property
    def label(self) -> str:
        """What a lane calls it, as in `SYS HIGH`."""
        return f"{VITALS[self.vital].label} {self.direction.upper()}"


CONDITIONS: dict[str, Condition] = {
    f"{vital.name}_{direction}": Condition(f"{vital.name}_{direction}", vital.name, direction)
    for vital in VITALS.values()
    for direction in vital.directions
}
"""The condition table: its order is the order of lines of one moment (DESIGN 7)."""


@dataclass(frozen=True, slots=True)
class TechnicalCondition(Condition):
    """A condition of a device, the record or the host: beside, never instead of, the patient's.

    Levels are in order, mildest first: `raised` says what reaches each, `priorities` what it is
    then, while dosing and else. It is no vital's: `vital` is empty.
    """

    text: str
    raised: tuple[str, ...]
    priorities: tuple[tuple[Priority, Priority], ...]
    ends: str

    @property
    def label(self) -> str:
        """What a lane calls it, as in `BP OVERDUE`."""
        return self.text

    def priority(self, level: int, *, dosing: bool) -> Priority:
        """The priority of a level (0 is the mildest) at this moment."""
        return self.priorities[level][0 if dosing else 1]


def _technical(
    name: str, text: str, ends: str, *levels: tuple[str, Priority, Priority]
) -> TechnicalCondition:
    raised = tuple(words for words, _, _ in levels)
    priorities = tuple((dosing, other) for _, dosing, other in levels)
    return TechnicalCondition(name, "", "high", text, raised, priorities, ends)


TECHNICAL: dict[str, TechnicalCondition] = {
    condition.name: condition
    for condition in (
        _technical(
            "oximeter_no_data",
            "SpO2 NO DATA",
            "a valid value",
            ("no valid SpO2 for its stale time, or its device is lost", "medium", "low"),
        ),
        _technical(
            "hr_no_data",
            "HR NO DATA",
            "a valid value",
            ("no valid heart rate for its stale time, or its device is lost", "medium", "low"),
        ),
        _technical(
            "rr_no_data",
            "RR NO DATA",
            "a valid value",
            ("no valid breath rate for its stale time, or its device is lost", "medium", "low"),
        ),
        _technical(
            "device_lost",
            "DEVICE LOST",
            "a valid value of that device; a cuff's link that is back",
            ("a device's link is gone", "medium", "low"),
        ),
        _technical(
            "sensor_off",
            "SENSOR OFF",
            "a valid value",
            ("a sensor says for 5 s that it is off, disconnected or faulty", "medium", "low"),
        ),
        _technical(
            "signal_poor",
            "SIGNAL POOR",
            "10 s of good signal",
            ("30 s of poor or questionable signal", "low", "low"),
        ),
        _technical(
            "rates_disagree",
            "HEART RATES DISAGREE",
            "they agree, or one alone is left",
            ("rates of strap, oximeter and cuff more than 20 apart for 30 s", "low", "low"),
        ),
        _technical(
            "implausible_spo2",
            "SpO2 NOT PLAUSIBLE",
            "a plausible value",
            ("an SpO2 of 1 to 39", "medium", "medium"),
        ),
        _technical(
            "cuff_failed",
            "CUFF FAILED",
            "a reading",
            ("a measurement failed, or no reading within 90 s of START", "low", "low"),
            ("the second in a row", "medium", "medium"),
        ),
        _technical(
            "bp_overdue",
            "BP OVERDUE",
            "a reading, or skipped with a reason",
            ("due + overdue_min.low", "low", "low"),
            ("due + overdue_min.medium", "medium", "medium"),
        ),
        _technical(
            "cuff_inflated",
            "CUFF INFLATED",
            "acknowledged",
            ("the cuff stood inflated over 180 s and was told to let go", "high", "high"),
        ),
        _technical(
            "battery_low",
            "BATTERY LOW",
            "charged",
            ("a battery below 20 %, at no bars, or said to be low", "low", "low"),
            ("below 10 %", "medium", "medium"),
        ),
        _technical(
            "reading_rejected",
            "READINGS REJECTED",
            "60 s without one",
            ("3 malformed readings of a device in 60 s", "low", "low"),
        ),
        _technical(
            "record_failing",
            "RECORD FAILING",
            "all is recorded",
            ("entries wait for more than 2 s to be recorded", "low", "low"),
            ("for more than 10 s", "high", "high"),
        ),
        _technical(
            "no_screen_at_chair",
            "NO SCREEN AT CHAIR",
            "a drawn frame",
            ("no nurse's screen has drawn for 10 s while dosing or recovery", "medium", "medium"),
        ),
        _technical(
            "audio_failing",
            "AUDIO FAILING",
            "sound is given, or acknowledged",
            ("no sound can be given", "low", "low"),
        ),
        _technical(
            "clock_step",
            "CLOCK STEPPED",
            "the clock is right again, or acknowledged",
            ("the wall clock moved by more than 2 s", "low", "low"),
        ),
        _technical(
            "viewer_lost",
            "VIEWER LOST",
            "it answers, or acknowledged",
            ("a viewer that somebody relies on does not answer", "low", "low"),
        ),
        _technical(
            "host_slept",
            "HOST SLEPT",
            "acknowledged",
            ("the machine stood still for more than 10 s", "high", "high"),
        ),
        _technical(
            "patient_not_back",
            "PATIENT NOT BACK",
            "10 s of valid signal, a new away, or said to be back",
            ("away for longer than was said, and no named sensor gives values", "medium", "medium"),
        ),
    )
}
"""The technical conditions; their order is the order of lines of one moment, after CONDITIONS."""


def condition_named(name: str) -> Condition | None:
    """A condition of the patient or of the equipment; None for one of a later version."""
    return CONDITIONS.get(name) or TECHNICAL.get(name)


def condition_label(name: str) -> str:
    """What every screen, line and command calls a condition: `SYS HIGH`, `BP OVERDUE`."""
    known = condition_named(name)
    return known.label if known else name.replace("_", " ").upper()


def condition_sign(name: str) -> str:
    """`>` or `<`: on which side of its limit a condition lies."""
    known = condition_named(name)
    return "<" if known is not None and known.direction == "low" else ">"


def condition_mark(name: str, priority: str) -> str:
    """`***` to `*` for the patient's conditions, `!!!` to `!` for all others."""
    return ("*" if name in CONDITIONS else "!") * PRIORITY_RANK.get(priority, 1)


PRESS_START_MS = 30_000  # so long before a measurement is due, a person is asked to press START
SPO2_UNCERTAIN_PCT = 70  # at and below, accuracy is unspecified: shown with `?`
CHARTED_OVER_MS = 60_000  # a source slower than this is charted: judged as episodic, never stale
DEFAULT_CADENCE_MS = 1_000


def old_after_ms(cadence_ms: int) -> int:
    """Age at which a continuous value is dimmed."""
    return max(4_000, 2 * cadence_ms)


def stale_after_ms(cadence_ms: int) -> int | None:
    """Age at which a continuous value is lost; None for a charted source, which never is."""
    return None if cadence_ms > CHARTED_OVER_MS else max(10_000, 3 * cadence_ms)
