"""Made recordings for the engine's tests."""

import json
from typing import Any

from ketamon.entries import Entry, decode


def recording(*lines: dict[str, Any], ordinals: bool = False) -> tuple[Entry, ...]:
    """Turns dicts into a recording's entries; numbered as an export is if `ordinals`."""
    return tuple(
        decode(json.dumps(line).encode(), number if ordinals else 0)
        for number, line in enumerate(lines, 1)
    )


PRESSURES = recording(
    {
        "t": 0,
        "kind": "session",
        "title": "made",
        "mode": "REPLAY",
        "started": "2000-01-01T15:00:00",
    },
    {"t": 0, "kind": "limits", "profile": {"sys": {"high": {"medium": 160, "high": 180}}}},
    {"t": 10, "kind": "blood_pressure", "device": "cuff", "systolic": 150, "diastolic": 80},
    {"t": 60, "kind": "blood_pressure", "device": "cuff", "systolic": 172, "diastolic": 96},
    {"t": 120, "kind": "blood_pressure", "device": "cuff", "systolic": 185, "diastolic": 99},
    {"t": 130, "kind": "phase", "phase": "dosing"},
    {"t": 180, "kind": "blood_pressure", "device": "cuff", "systolic": 150, "diastolic": 80},
    {"t": 400, "kind": "blood_pressure", "device": "cuff", "systolic": 149, "diastolic": 80},
)


def seconds_of_oximetry(n: int, dip: range = range(0)) -> tuple[Entry, ...]:
    """`n` seconds at 1 Hz, with a fall to 84 in `dip`."""
    limits = {
        "spo2": {"low": {"medium": 94, "high": 90}, "delay_s": {"medium": 15, "high": 10}},
        "hr": {"high": {"medium": 110}, "delay_s": {"medium": 15}},
    }
    return recording(
        {"t": 0, "kind": "limits", "profile": limits},
        *(
            {
                "t": t,
                "kind": "oximetry",
                "device": "oximeter",
                "spo2": 84 if t in dip else 97,
                "pulse_rate": 70 + t % 3,
            }
            for t in range(n)
        ),
    )
