"""What goes wrong beside patient and devices, as the engine told it by `fault` entries (DESIGN 7.7).

What was acknowledged is dealt with where the table of conditions says so; the rest ends when it is
told to be back. The words are those of `ketamon.entries.Fault`.
"""

from dataclasses import dataclass, field

from ketamon.core.technical import NOTHING, Stands, of_each
from ketamon.entries import Fault

RECORD_LONG_AFTER_MS = 8_000  # told as failing at 2 s, it has failed for long at 10 s
CLOCK_STEP_S = 2  # beyond this, either way
SLEPT_S = 10  # beyond this
DRAWN_FOR = ("dosing", "recovery")  # phases in which a nurse's screen must draw


@dataclass(slots=True, eq=False)
class Record:
    """Whether entries reach the disk, as the engine told it; `long`: it said so for long."""

    failing_ms: int | None = None
    long: bool = False
    reason: str = ""

    def told(self, t: int, body: Fault) -> None:
        """Takes what the engine says of it."""
        if body.detail == "back":
            self.failing_ms, self.long, self.reason = None, False, ""
        elif body.detail in ("failing", "failing_long"):
            self.failing_ms = t if self.failing_ms is None else self.failing_ms
            self.reason = body.reason or self.reason
            self.long = self.long or body.detail == "failing_long"

    def due(self, level: int | None) -> int | None:
        """When it has failed for long, if that is not yet told."""
        if self.failing_ms is None or level != 0:
            return None
        return self.failing_ms + RECORD_LONG_AFTER_MS

    def stands(self, t: int) -> Stands:
        """Where `record_failing` stands at `t`."""
        if self.failing_ms is None:
            return NOTHING
        return Stands(int(self.long or t >= self.failing_ms + RECORD_LONG_AFTER_MS), self.reason)


@dataclass(slots=True, eq=False)
class Faults:
    """What has been told and is neither back nor acknowledged."""

    record: Record = field(default_factory=Record)
    audio: str = ""  # why no sound is given
    viewers: dict[str, str] = field(default_factory=dict)  # who: what was said of it
    screen: str = ""  # what was said of the chair's screen while none draws
    steps: dict[str, str] = field(default_factory=dict)  # when the clock stepped: by how much
    sleeps: dict[str, str] = field(default_factory=dict)  # when the host woke up: after how long

    def told(self, t: int, body: Fault) -> None:
        """Takes a `fault` entry; what it doesn't know changes nothing."""
        reason, seconds = body.reason or "", body.seconds
        match body.what, body.detail:
            case "record", _:
                self.record.told(t, body)
            case "audio", "failing":
                self.audio = reason or "no sound is given"
            case "audio", "back":
                self.audio = ""
            case "viewer", "lost":
                self.viewers[body.who or "viewer"] = reason or "does not answer"
            case "viewer", "back":
                self.viewers.pop(body.who or "viewer", None)
            case "screen", "lost":
                self.screen = reason or "no nurse's screen has drawn for 10 s"
            case "screen", "back":
                self.screen = ""
            case "clock", "stepped" if seconds is None or abs(seconds) > CLOCK_STEP_S:
                by = "" if seconds is None else f" by {seconds:+g} s"
                self.steps[str(t)] = reason or f"the wall clock stepped{by}"
            case "clock", "back":
                self.steps.clear()
            case "host", "slept" if seconds is None or seconds > SLEPT_S:
                long = "" if seconds is None else f" for {seconds:g} s"
                self.sleeps[str(t)] = reason or f"this machine slept{long}"

    def answered(self, condition: str) -> None:
        """One of `ENDED_BY_ANSWER` was acknowledged: it is over until it is told again."""
        match condition:
            case "audio_failing":
                self.audio = ""
            case "viewer_lost":
                self.viewers.clear()
            case "clock_step":
                self.steps.clear()
            case "host_slept":
                self.sleeps.clear()

    def screen_missing(self, phase: str | None) -> Stands:
        """Where `no_screen_at_chair` stands in this phase."""
        return Stands(0, self.screen) if self.screen and phase in DRAWN_FOR else NOTHING

    def silent(self) -> Stands:
        """Where `audio_failing` stands."""
        return Stands(0, self.audio) if self.audio else NOTHING

    def viewers_lost(self) -> Stands:
        """Where `viewer_lost` stands."""
        return of_each(self.viewers)


ENDED_BY_ANSWER = ("audio_failing", "clock_step", "viewer_lost", "host_slept")
"""Technical conditions that an acknowledgement ends."""


def events(told: dict[str, str]) -> Stands:
    """Stands for things that happened, each for itself; the newest is told."""
    return Stands(0, list(told.values())[-1], tuple(told)) if told else NOTHING
