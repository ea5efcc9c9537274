"""Sessions of acknowledgements worked out by hand."""

from tests.oracle.builders import (
    DIA,
    HR,
    SYS,
    Scenario,
    ack,
    bp,
    device,
    hr,
    line,
    note,
)

MINUTE = device(0, "strap", cadence=60)
RAISED = line(15, "hr_high", "raised", "active", "medium", 120, 110)

SCENARIOS = [
    # Still violated 180 s after the acknowledgement: speaks again, at the millisecond, by the
    # value that is held. Acknowledged again: 600 s. Unanswered counts from the re-alarm.
    Scenario(
        "realarm_and_realarm_again",
        [
            MINUTE,
            *[hr(t, 120) for t in range(0, 241, 60)],
            ack(250),
            *[hr(t, 120) for t in range(300, 1441, 60)],
            ack(1445),
        ],
        {**HR, "alarm": {"escalate_s": 235}},
        [
            RAISED,
            line(250, "hr_high", "unanswered", "active", "medium", 120, 110),
            line(250, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
            line(430, "hr_high", "realarmed", "active", "medium", 120, 110),
            line(665, "hr_high", "unanswered", "active", "medium", 120, 110),
            line(1445, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
        ],
    ),
    # The second acknowledgement waits 600 s: acknowledged at 210, so 810 and not 390.
    Scenario(
        "second_acknowledgement_waits_longer",
        [MINUTE, hr(0, 120), ack(20), *[hr(t, 120) for t in range(60, 201, 60)], ack(210)]
        + [hr(t, 120) for t in range(240, 841, 60)],
        HR,
        [
            RAISED,
            line(20, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
            line(200, "hr_high", "realarmed", "active", "medium", 120, 110),
            line(210, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
            line(810, "hr_high", "realarmed", "active", "medium", 120, 110),
        ],
    ),
    # Not violated when the time is up (110 stands on the limit): at the first later violation.
    Scenario(
        "realarm_waits_for_a_violation",
        [MINUTE, hr(0, 120), ack(20), hr(60, 120), hr(120, 120), hr(180, 110), hr(240, 111)],
        HR,
        [
            RAISED,
            line(20, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
            line(240, "hr_high", "realarmed", "active", "medium", 111, 110),
        ],
    ),
    # No timed re-alarm while unresolved, but the time spent so counts: at the resumption, after
    # `resumed`, the re-alarm is overdue.
    Scenario(
        "realarm_after_resumption",
        [MINUTE, hr(0, 120), ack(20), device(30, "strap", state="lost"), hr(220, 120)],
        HR,
        [
            RAISED,
            line(20, "hr_high", "acknowledged", "acknowledged", "medium", 120, 110),
            line(30, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(220, "hr_high", "resumed", "acknowledged", "medium", 120, 110),
            line(220, "hr_high", "realarmed", "active", "medium", 120, 110),
        ],
    ),
    # Acknowledging an unresolved one is remembered: it comes back acknowledged. A second
    # acknowledgement does nothing.
    Scenario(
        "acknowledged_while_unresolved",
        [MINUTE, hr(0, 120), device(30, "strap", state="lost"), ack(40), ack(50), hr(60, 120)],
        HR,
        [
            RAISED,
            line(30, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(40, "hr_high", "acknowledged", "unresolved", "medium", 120, 110),
            line(60, "hr_high", "resumed", "acknowledged", "medium", 120, 110),
        ],
    ),
    # Acknowledging what is acknowledged, or normal, does nothing.
    Scenario(
        "acknowledged_twice",
        [ack(0), bp(1, 165, 80), ack(10), ack(20)],
        SYS,
        [
            line(1, "sys_high", "raised", "active", "medium", 165, 160),
            line(10, "sys_high", "acknowledged", "acknowledged", "medium", 165, 160),
        ],
    ),
    # One named condition is acknowledged, the other goes on to be unanswered.
    Scenario(
        "one_condition_acknowledged",
        [bp(0, 165, 105), ack(10, "dia_high"), note(120)],
        {**SYS, **DIA},
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(0, "dia_high", "raised", "active", "medium", 105, 100),
            line(10, "dia_high", "acknowledged", "acknowledged", "medium", 105, 100),
            line(120, "sys_high", "unanswered", "active", "medium", 165, 160),
        ],
    ),
    # Every entry and every line takes a seq: reading 1, raised 2, reading 3, escalated 4. Drawn up
    # to 2 or 3, the rise isn't covered; up to 4 it is.
    Scenario(
        "acknowledgement_covers_nothing_later",
        [bp(0, 165, 80), bp(30, 185, 80), ack(40, up_to=2), ack(45, up_to=3), ack(50, up_to=4)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(30, "sys_high", "escalated", "active", "high", 185, 180),
            line(50, "sys_high", "acknowledged", "acknowledged", "high", 185, 180),
        ],
    ),
    # Raised, cleared and raised again: an acknowledgement of the first isn't one of the second.
    Scenario(
        "acknowledgement_of_an_earlier_episode",
        [bp(0, 165, 80), bp(30, 150, 80), bp(60, 165, 80), ack(70, up_to=5)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(30, "sys_high", "cleared", "normal", "medium", 150, 160),
            line(60, "sys_high", "raised", "active", "medium", 165, 160),
        ],
    ),
    # From a seat that isn't at the chair it is `seen`: nothing changes there, 120 s run on.
    Scenario(
        "seen_by_the_physician",
        [bp(0, 165, 80), ack(10, seat="physician"), note(120)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(10, "sys_high", "seen", "active", "medium", 165, 160),
            line(120, "sys_high", "unanswered", "active", "medium", 165, 160),
        ],
    ),
    # HIGH, acknowledged, fallen, announced again, ended unanswered: it was HIGH since the last
    # acknowledgement, so it latches. The fall ends neither the acknowledgement nor the waiting.
    Scenario(
        "high_since_the_last_acknowledgement_latches",
        [MINUTE, hr(0, 140), ack(20), hr(60, 120), hr(66, 120), hr(120, 120), hr(180, 120), hr(210, 100), hr(220, 100)],
        HR,
        [
            line(10, "hr_high", "raised", "active", "high", 140, 130),
            line(20, "hr_high", "acknowledged", "acknowledged", "high", 140, 130),
            line(66, "hr_high", "deescalated", "acknowledged", "medium", 120, 110),
            line(200, "hr_high", "realarmed", "active", "medium", 120, 110),
            line(220, "hr_high", "latched", "latched", "high", 140, 130),
        ],
    ),
    # "a new violation raises it again (`raised`) and it latches again": said of a latched
    # condition, whatever the priority of the new violation. Nobody has acknowledged the 185.
    Scenario(
        "latched_raised_again_latches_again",
        [bp(0, 185, 80), bp(30, 150, 80), bp(60, 165, 80), bp(90, 150, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(30, "sys_high", "latched", "latched", "high", 185, 180),
            line(60, "sys_high", "raised", "active", "medium", 165, 160),
            line(90, "sys_high", "latched", "latched", "high", 185, 180),
        ],
    ),
]  # fmt: skip
