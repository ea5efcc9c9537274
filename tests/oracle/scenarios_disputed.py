"""Sessions on which the product and this reading of the design differ, each with its sentence.

The names are those that the oracle notes while it works: random sessions that need one of these
sentences are compared with nothing until it is settled.
"""

from tests.oracle.builders import (
    HR,
    SYS,
    Entry,
    Scenario,
    ack,
    bp,
    device,
    hr,
    line,
    note,
    ox,
    set_limits,
)

STRAP = device(0, "strap", cadence=30)
RAISED = line(15, "hr_high", "raised", "active", "medium", 120, 110)
SYS_170 = {"sys": {"high": {"medium": 170, "high": 190}}}


def _hr(**high: float) -> Entry:
    """The limits of hr with other high ones."""
    return {"hr": {**HR["hr"], "high": high}}


DISPUTED = [
    # "a new violation raises it again (`raised`) and it latches again": said of a latched
    # condition, whatever the priority of the new violation. Nobody has acknowledged the 185.
    Scenario(
        "latched, raised again",
        [bp(0, 185, 80), bp(30, 150, 80), bp(60, 165, 80), bp(90, 150, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(30, "sys_high", "latched", "latched", "high", 185, 180),
            line(60, "sys_high", "raised", "active", "medium", 165, 160),
            line(90, "sys_high", "latched", "latched", "high", 185, 180),
        ],
    ),
    # "a standing episodic value is judged as if it came now": then `limit` is the limit of now,
    # as it is when a reading ends the condition; 165 against 160 is no end.
    Scenario(
        "ended by limits",
        [set_limits(0, SYS), bp(10, 165, 80), set_limits(20, SYS_170)],
        None,
        [
            line(10, "sys_high", "raised", "active", "medium", 165, 160),
            line(20, "sys_high", "cleared", "normal", "medium", 165, 170),
        ],
    ),
    # "standing values are judged at once" and "a rise in priority makes it active again
    # (`escalated`)": 100 has stood inside since 30; beyond the limits of 32 it is back, and high
    # after its 10 s. A rise needs its own line: only that breaks an audio pause.
    Scenario(
        "resumed by limits",
        [
            set_limits(0, HR),
            STRAP,
            hr(0, 120),
            device(20, "strap", state="lost"),
            hr(30, 100),
            set_limits(32, _hr(medium=80, high=90)),
            hr(60, 100),
        ],
        None,
        [
            RAISED,
            line(20, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(32, "hr_high", "resumed", "active", "medium", 100, 80),
            line(42, "hr_high", "escalated", "active", "high", 100, 90),
        ],
    ),
    # "at the first valid value that is not inside by the margin it is `resumed`": 105 is beyond
    # the condition's medium limit, though only high is reached.
    Scenario(
        "resumed beyond a level not reached",
        [
            set_limits(0, {"hr": {"high": {"high": 110}}}),
            STRAP,
            hr(0, 120),
            device(20, "strap", state="lost"),
            set_limits(30, _hr(medium=100, high=110)),
            hr(40, 105),
        ],
        None,
        [
            line(0, "hr_high", "raised", "active", "high", 120, 110),
            line(20, "hr_high", "unresolved", "unresolved", "high", 120, 110),
            line(40, "hr_high", "resumed", "active", "high", 105, 110),
        ],
    ),
    # "A reading confirms when the standing value before it is beyond the limits now in force
    # too": nothing is said of the source (a cuff's pulse, then a charted hr).
    Scenario(
        "confirmed by another source",
        [device(0, "strap", cadence=300), bp(0, 120, 80, pulse_rate=115), hr(60, 116)],
        HR,
        [
            line(0, "hr_high", "raised", "active", "medium", 115, 110),
            line(60, "hr_high", "confirmed", "active", "medium", 116, 110),
        ],
    ),
    # "Two cuff readings equal in device and all fields within 15 s are one": nothing is said of
    # what lies between them (here a failed measurement).
    Scenario(
        "repeated after another measurement",
        [bp(0, 165, 80), bp(4, None, None, status=["cuff_error"]), bp(8, 165, 80)],
        SYS,
        [line(0, "sys_high", "raised", "active", "medium", 165, 160)],
    ),
    # "A loss acts once, when it happens; ... only a valid reading brings the vital back": the
    # oximeter's pulse is lost at 10, while the strap gives hr. A cadence told at 18 doesn't bring
    # it back: when the strap is lost at 28, no source is left.
    Scenario(
        "cadence of a lost source",
        [
            ox(0, 98, 80),
            hr(2, 120),
            hr(10, 120),
            hr(18, 120),
            device(18, "oximeter", cadence=30),
            note(40),
        ],
        HR,
        [
            line(17, "hr_high", "raised", "active", "medium", 120, 110),
            line(28, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
        ],
    ),
    # "a rise in priority makes it active again (`escalated`)": the strap is back inside and lost
    # again, so the oximeter's 140 stands from 30 on; it is no arrival and resumes nothing. At 40
    # the condition is back, acknowledged as it was, and then it rises with a line of its own.
    Scenario(
        "a rise while unresolved",
        [
            STRAP,
            device(0, "oximeter", cadence=30),
            hr(0, 120),
            ack(5),
            device(10, "strap", state="lost"),
            hr(20, 100),
            ox(21, 98, 140),
            device(30, "strap", state="lost"),
            ox(40, 98, 140),
        ],
        {"hr": {"high": {"medium": 110, "high": 130}}},
        [
            line(0, "hr_high", "raised", "active", "medium", 120, 110),
            line(5, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
            line(10, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(40, "hr_high", "resumed", "acknowledged", "medium", 140, 110),
            line(40, "hr_high", "escalated", "active", "high", 140, 130),
        ],
    ),
    # "its newest value then counts as a standing one ... and is no arrival", "a value measured
    # before a source was lost never ends ... anything": the charted 80 of 1 doesn't end what the
    # strap raised at 2.
    Scenario(
        "a charted value at a switch",
        [
            STRAP,
            device(0, "oximeter", cadence=300),
            ox(1, 98, 80),
            hr(2, 140),
            device(30, "strap", state="lost"),
            note(35),
        ],
        {"hr": {"high": {"medium": 110, "high": 130}}},
        [line(2, "hr_high", "raised", "active", "high", 140, 130)],
    ),
]
