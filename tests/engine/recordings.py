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

CHAIR = recording(
    {"t": 0, "kind": "session", "title": "made", "mode": "REPLAY"},
    {
        "t": 0,
        "kind": "limits",
        "profile": {
            "sys": {"high": {"medium": 160}},
            "cuff": {"schedule": {"baseline": {"interval_min": 2}, "dosing": {"interval_min": 1}}},
        },
    },
    {"t": 1, "kind": "device", "device": "cuff", "family": "suntech", "identity": "usb-A1"},
    {"t": 1, "kind": "device", "device": "cuff", "can_start": True},
    {"t": 1, "kind": "device", "device": "oximeter", "family": "nonin-df8"},
    {"t": 2, "kind": "device", "device": "cuff", "state": "streaming"},
    {"t": 3, "kind": "oximetry", "device": "oximeter", "spo2": 98},
    {"t": 5, "kind": "phase", "phase": "baseline"},
    {"t": 5, "kind": "cuff", "device": "cuff", "action": "start", "reason": "scheduled"},
    {"t": 8, "kind": "cuff_pressure", "device": "cuff", "pressure": 90},
    {"t": 12, "kind": "cuff_pressure", "device": "cuff", "pressure": 160},
    {"t": 30, "kind": "blood_pressure", "device": "cuff", "systolic": 150, "diastolic": 80},
    {"t": 60, "kind": "device", "device": "oximeter", "state": "silent", "reason": "speaks df2"},
    {"t": 90, "kind": "device", "device": "cuff", "can_start": False},
    {"t": 100, "kind": "cuff", "device": "cuff", "action": "started"},
    {"t": 200, "kind": "fault", "what": "record", "detail": "failing"},
    {"t": 230, "kind": "device", "device": "cuff", "state": "lost", "reason": "unplugged"},
    {"t": 260, "kind": "phase", "phase": "dosing"},
    {"t": 270, "kind": "cuff", "device": "cuff", "action": "inflated", "reason": "over 180 s"},
    {"t": 300, "kind": "manual", "systolic": 140, "diastolic": 80},
    {"t": 310, "kind": "fault", "what": "record", "detail": "back"},
    {"t": 320, "kind": "oximetry", "device": "oximeter", "spo2": 97},
    {"t": 400, "kind": "note", "text": "x"},
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
