"""All that the core remembers of one session."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from ketamon.core.away import AwayFlow
from ketamon.core.baseline import Measured
from ketamon.core.cuff import CuffFlow, StartCuff
from ketamon.core.faults import Faults
from ketamon.core.placement import Placed
from ketamon.core.profile import OFF, Profile
from ketamon.core.rates import Rates
from ketamon.core.rhythm import Rhythm
from ketamon.core.signals import Gear
from ketamon.core.sources import Held, Sources
from ketamon.core.squeeze import Squeeze
from ketamon.core.technical import TechnicalTrack
from ketamon.core.tracks import Line, Track
from ketamon.vitals import Number
from ketamon_drivers.readings import BloodPressure

CONTINUOUS = ("hr", "spo2", "rr")
FAR = 1 << 62
"""A moment that never comes, and a limit that no value is beyond."""


@dataclass(slots=True, eq=False)
class Quiet:
    """The span within which a continuous value can change nothing while its tracks sleep."""

    low: Number = -FAR
    high: Number = FAR
    awake: bool = False


class CuffReading(NamedTuple):
    """A cuff's accepted reading."""

    t: int
    device: str | None
    reading: BloodPressure


@dataclass(slots=True, eq=False)
class State:
    """All that the core remembers. Made by `start`, changed only by `step` and `advance`."""

    t: int = 0
    seq: int = 0
    ended: bool = False
    profile: Profile = OFF
    fixed: bool = False  # limits in the stream don't count: a profile was given instead
    refused: list[tuple[int, str]] = field(default_factory=list)  # limits entries not taken
    baseline: dict[str, Number] = field(default_factory=dict)
    measured: deque[Measured] = field(default_factory=lambda: deque(maxlen=4096))
    episodic: dict[str, Held] = field(default_factory=dict)  # standing sys, dia, map, moaas
    pressures_taken: int = 0  # accepted pressure readings, cuff and typed
    newest_pressure: tuple[int, Number | None, Number | None] | None = None
    cuff_readings: list[CuffReading] = field(default_factory=list)  # those a copy may follow
    cadences: dict[str, int] = field(default_factory=dict)
    sources: dict[str, Sources] = field(default_factory=dict)
    quiet: dict[str, Quiet] = field(default_factory=dict)
    beside_due: int | None = None  # when the next thing beside the patient's conditions happens
    soonest: int = 0  # nothing falls due before this moment
    lines: list[Line] = field(default_factory=list)
    tracks: dict[str, Track] = field(default_factory=dict)
    by_vital: dict[str, list[Track]] = field(default_factory=dict)
    cuff: CuffFlow = field(default_factory=CuffFlow)
    pressures_seen: int = 0  # of those taken, what the cuff's schedule knows
    gear: Gear = field(default_factory=Gear)
    away: AwayFlow = field(default_factory=AwayFlow)
    faults: Faults = field(default_factory=Faults)
    placed: Placed = field(default_factory=Placed)
    squeeze: Squeeze = field(default_factory=Squeeze)
    rhythm: Rhythm = field(default_factory=Rhythm)
    rates: Rates = field(default_factory=Rates)
    technical: dict[str, TechnicalTrack] = field(default_factory=dict)
    reworded: int = 0  # how often a standing technical condition's reason has changed
    effect: StartCuff | None = None  # the newest that nobody has taken yet
