"""Sessions with limits that change, worked out by hand."""

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
    set_limits,
)

STRAP = device(0, "strap", cadence=30)
RAISED = line(15, "hr_high", "raised", "active", "medium", 120, 110)
QUICK = {"hr": {"high": {"medium": 110, "high": 130}}}
SYS_150 = {"sys": {"high": {"medium": 150, "high": 180}}}
SYS_170 = {"sys": {"high": {"medium": 170, "high": 190}}}
HIGH_ONLY = {"sys": {"high": {"high": 180}}}
MEDIUM_ONLY = {"sys": {"high": {"medium": 160}}}

SCENARIOS = [
    # No limits, no alarms; the first profile judges what stands at once; the next reading
    # confirms, the one before it being beyond the limits now in force.
    Scenario(
        "first_limits_judge_what_stands",
        [bp(0, 165, 80), set_limits(30, SYS), bp(60, 166, 80)],
        None,
        [
            line(30, "sys_high", "raised", "active", "medium", 165, 160),
            line(60, "sys_high", "confirmed", "active", "medium", 166, 160),
        ],
    ),
    # Limits that are given from outside replace all limits of the session.
    Scenario(
        "limits_from_outside_replace_all",
        [set_limits(0, SYS_150), bp(10, 155, 80), set_limits(20, SYS_150), bp(30, 165, 80)],
        SYS,
        [line(30, "sys_high", "raised", "active", "medium", 165, 160)],
    ),
    # Tightened: 185 is HIGH now, where 190 was needed: it rises at the change.
    Scenario(
        "tightened_limits_raise_a_standing_pressure",
        [set_limits(0, SYS_170), bp(10, 185, 80), set_limits(20, SYS)],
        None,
        [
            line(10, "sys_high", "raised", "active", "medium", 185, 170),
            line(20, "sys_high", "escalated", "active", "high", 185, 180),
        ],
    ),
    # HIGH's limit goes away: that level ends at once, medium stands.
    Scenario(
        "a_removed_level_ends_at_once",
        [set_limits(0, SYS), bp(10, 185, 80), set_limits(20, MEDIUM_ONLY)],
        None,
        [
            line(10, "sys_high", "raised", "active", "high", 185, 180),
            line(20, "sys_high", "deescalated", "active", "medium", 185, 160),
        ],
    ),
    # All its limits go: cleared because of the limits, not latched though it was HIGH.
    Scenario(
        "removed_limits_clear",
        [set_limits(0, SYS), bp(10, 185, 80), set_limits(20, DIA)],
        None,
        [
            line(10, "sys_high", "raised", "active", "high", 185, 180),
            line(20, "sys_high", "cleared", "normal", "high", 185, 180, reason="limits"),
        ],
    ),
    # ... also while it is unresolved.
    Scenario(
        "removed_limits_clear_the_unresolved",
        [set_limits(0, HR), STRAP, hr(0, 120), device(30, "strap", state="lost"), set_limits(40, SYS)],
        None,
        [
            RAISED,
            line(30, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(40, "hr_high", "cleared", "normal", "medium", 120, 110, reason="limits"),
        ],
    ),
    # A latched condition stays latched when its limits go.
    Scenario(
        "latched_stays_when_limits_go",
        [set_limits(0, SYS), bp(10, 185, 80), bp(60, 150, 80), set_limits(70, DIA), ack(80)],
        None,
        [
            line(10, "sys_high", "raised", "active", "high", 185, 180),
            line(60, "sys_high", "latched", "latched", "high", 185, 180),
            line(80, "sys_high", "acknowledged", "normal", "high", 185, 180),
        ],
    ),
    # Nothing changes for this vital: no line, and the delay runs on.
    Scenario(
        "limits_of_others_change_nothing",
        [set_limits(0, HR), STRAP, hr(0, 120), set_limits(10, {**HR, **SYS}), note(16)],
        None,
        [RAISED],
    ),
    # A delay begins anew at the change of its limit: 10 + 15.
    Scenario(
        "a_changed_limit_starts_its_run_anew",
        [
            set_limits(0, HR), STRAP, hr(0, 120),
            set_limits(10, {"hr": {**HR["hr"], "high": {"medium": 112, "high": 130}}}), note(26),
        ],
        None,
        [line(25, "hr_high", "raised", "active", "medium", 120, 112)],
    ),
    # The run of the level whose limit didn't change goes on: medium at 15.
    Scenario(
        "an_unchanged_level_keeps_its_run",
        [
            set_limits(0, HR), STRAP, hr(0, 120),
            set_limits(10, {"hr": {**HR["hr"], "high": {"medium": 110, "high": 140}}}), note(26),
        ],
        None,
        [RAISED],
    ),
    # A reached level stays reached though the value is inside now; it ends by two new values.
    Scenario(
        "a_reached_level_stays_until_it_ends",
        [
            set_limits(0, HR), STRAP, hr(0, 120),
            set_limits(20, {"hr": {**HR["hr"], "high": {"medium": 125, "high": 130}}}),
            hr(30, 120), hr(36, 120),
        ],
        None,
        [RAISED, line(36, "hr_high", "cleared", "normal", "medium", 120, 125)],
    ),
    # No delay: a standing value that violates is raised at the change.
    Scenario(
        "limits_without_delay_raise_at_the_change",
        [STRAP, hr(0, 120), set_limits(20, QUICK)],
        None,
        [line(20, "hr_high", "raised", "active", "medium", 120, 110)],
    ),
    # Only a high level: 165 isn't beyond it.
    Scenario(
        "a_level_left_out_has_no_limit",
        [bp(0, 165, 80), bp(60, 181, 80)],
        HIGH_ONLY,
        [line(60, "sys_high", "raised", "active", "high", 181, 180)],
    ),
    # "a standing episodic value is judged as if it came now": then `limit` is the limit of now,
    # as it is when a reading ends the condition; 165 against 160 is no end.
    Scenario(
        "ended_by_limits_carries_the_new_one",
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
        "resumed_by_limits",
        [
            set_limits(0, HR),
            STRAP,
            hr(0, 120),
            device(20, "strap", state="lost"),
            hr(30, 100),
            set_limits(32, {"hr": {**HR["hr"], "high": {"medium": 80, "high": 90}}}),
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
        "resumed_beyond_a_level_not_reached",
        [
            set_limits(0, {"hr": {"high": {"high": 110}}}),
            STRAP,
            hr(0, 120),
            device(20, "strap", state="lost"),
            set_limits(30, {"hr": {**HR["hr"], "high": {"medium": 100, "high": 110}}}),
            hr(40, 105),
        ],
        None,
        [
            line(0, "hr_high", "raised", "active", "high", 120, 110),
            line(20, "hr_high", "unresolved", "unresolved", "high", 120, 110),
            line(40, "hr_high", "resumed", "active", "high", 105, 110),
        ],
    ),
]  # fmt: skip
