"""Builds short sessions for the core, and reads its lines back, so that a test shows its rule."""

import json
from typing import Any

from ketamon.core import alarms
from ketamon.core.profile import parse_profile
from ketamon.entries import Entry, decode
from ketamon.vitals import CONDITIONS

LIMITS: dict[str, Any] = {
    "sys": {"high": {"medium": 160, "high": 180}, "low": {"medium": 90, "high": 80}},
    "hr": {"high": {"medium": 110, "high": 130}, "delay_s": {"medium": 15, "high": 10}},
    "spo2": {
        "low": {"medium": 94, "high": 90, "high_now": 85},
        "delay_s": {"medium": 15, "high": 10, "high_now": 5},
    },
    "moaas": {"low": {"medium": 4, "high": 2}},
}


class Core:
    """A core with limits in force, fed one reading at a time."""

    def __init__(self, limits: dict[str, Any] | None = None) -> None:
        self.state = alarms.start(parse_profile(LIMITS if limits is None else limits))
        self.out: list[Entry] = []

    def tell(self, t: float, kind: str, device: str | None = None, **body: Any) -> list[str]:
        """Hands one entry over and gives the patient's lines that came, in short."""
        line = {"t": t, "kind": kind, **({"device": device} if device else {}), **body}
        out = alarms.step(self.state, decode(json.dumps(line).encode()))
        self.out += out
        return of_patient(out)

    def cuff(
        self, t: float, systolic: float | None, diastolic: float | None = 70, **more: Any
    ) -> list[str]:
        """A cuff reading."""
        return self.tell(
            t, "blood_pressure", "cuff", systolic=systolic, diastolic=diastolic, **more
        )

    def spo2(self, t: float, value: float | None, **more: Any) -> list[str]:
        """A saturation from the oximeter, without a pulse."""
        return self.tell(t, "oximetry", "oximeter", spo2=value, **more)

    def strap(self, t: float, value: float | None, **more: Any) -> list[str]:
        """A heart rate from the strap."""
        return self.tell(t, "heart_rate", "strap", heart_rate=value, **more)

    def acknowledge(self, t: float, **body: Any) -> list[str]:
        """Somebody answers; at the chair unless `by` says otherwise."""
        return self.tell(t, "acknowledge", **body)

    def wait(self, t: float) -> list[str]:
        """Time passes."""
        out = alarms.advance(self.state, round(t * 1000))
        self.out += out
        return of_patient(out)


def of_patient(lines: list[Entry]) -> list[str]:
    """The lines of the patient's conditions, in short."""
    return [short(entry) for entry in lines if entry.body.condition in CONDITIONS]


def short(entry: Entry) -> str:
    """One alarm line in short: `25.000 spo2_low raised active high 84<85`."""
    a = entry.body
    sign = ">" if a.condition.endswith("high") else "<"
    reason = "" if not isinstance(a.reason, str) else f" ({a.reason})"
    basis = " baseline" if a.basis == "baseline" else ""
    return (
        f"{entry.t_ms / 1000:.3f} {a.condition} {a.change} {a.state} {a.priority} "
        f"{'-' if a.value is None else format(a.value, 'g')}{sign}"
        f"{'-' if a.limit is None else format(a.limit, 'g')}{basis}{reason}"
    )
