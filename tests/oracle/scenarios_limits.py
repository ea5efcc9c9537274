"""Sessions with limits that change, and with several sources of one vital, worked out by hand."""

from tests.oracle.builders import (
    DIA,
    HR,
    SPO2,
    SYS,
    Scenario,
    ack,
    bp,
    device,
    hr,
    line,
    note,
    ox,
    rr,
    set_limits,
    typed,
)

STRAP = device(0, "strap", cadence=30)
PROBE = device(0, "oximeter", cadence=30)
RAISED = line(15, "hr_high", "raised", "active", "medium", 120, 110)
QUICK = {"hr": {"high": {"medium": 110, "high": 130}}}
SYS_150 = {"sys": {"high": {"medium": 150, "high": 180}}}
SYS_170 = {"sys": {"high": {"medium": 170, "high": 190}}}
HIGH_ONLY = {"sys": {"high": {"high": 180}}}
MEDIUM_ONLY = {"sys": {"high": {"medium": 160}}}
RR = {"rr": {"low": {"medium": 10, "high": 8}}}

LIMITS = [
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
]  # fmt: skip

SOURCES = [
    # The strap is lost at 90; the oximeter's newest value stands in: no loss of hr, and it
    # violates too, so the delay of a run that began at 80 goes on: 95.
    Scenario(
        "switch_keeps_a_delay_if_both_violate",
        [STRAP, PROBE, hr(0, 100), hr(80, 120), ox(85, 97, 121), device(90, "strap", state="lost"), note(96)],
        HR,
        [line(95, "hr_high", "raised", "active", "medium", 121, 110)],
    ),
    # The oximeter's value doesn't violate: the run is broken.
    Scenario(
        "switch_breaks_a_delay_if_the_other_does_not_violate",
        [STRAP, PROBE, hr(80, 120), ox(85, 97, 100), device(90, "strap", state="lost"), note(100)],
        HR,
        [],
    ),
    # While the strap gives hr, the oximeter's pulse isn't judged.
    Scenario(
        "strap_goes_before_oximeter",
        [STRAP, PROBE, hr(0, 80), ox(1, 97, 140), note(40)],
        HR,
        [],
    ),
    # The value at the switch is no arrival: inside, it begins the clear run (at 30) but the
    # next value of the oximeter, 5 s on, ends the alarm.
    Scenario(
        "the_value_at_a_switch_starts_a_clear_run",
        [STRAP, PROBE, hr(0, 120), ox(20, 97, 100), device(30, "strap", state="lost"), ox(34, 97, 100), ox(35, 97, 100)],
        HR,
        [RAISED, line(35, "hr_high", "cleared", "normal", "medium", 100, 110)],
    ),
    # The strap's invalid run is its own: at the switch (20) the delay, run out at 15 in that
    # run, has passed, and both values violate.
    Scenario(
        "an_invalid_run_belongs_to_its_source",
        [STRAP, PROBE, hr(0, 120), ox(5, 97, 121), hr(10, None), device(20, "strap", state="lost"), note(21)],
        HR,
        [line(20, "hr_high", "raised", "active", "medium", 121, 110)],
    ),
    # hr is lost only when the oximeter is stale too: 85 + 90.
    Scenario(
        "hr_is_lost_when_no_source_is_left",
        [STRAP, PROBE, hr(0, 120), ox(85, 97, 121), note(180)],
        HR,
        [
            RAISED,
            line(135, "hr_high", "unanswered", "active", "medium", 121, 110),
            line(175, "hr_high", "unresolved", "unresolved", "medium", 121, 110),
        ],
    ),
    # No device gives hr: a cuff's pulse is judged, at once, after the pressures.
    Scenario(
        "cuff_pulse_without_another_source",
        [bp(0, 165, 80, pulse_rate=131), bp(60, 150, 80, pulse_rate=112), bp(90, 151, 80, pulse_rate=109)],
        {**SYS, **HR},
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(0, "hr_high", "raised", "active", "high", 131, 130),
            line(60, "sys_high", "cleared", "normal", "medium", 150, 160),
            line(60, "hr_high", "deescalated", "active", "medium", 112, 110),
            line(90, "hr_high", "latched", "latched", "high", 131, 130),
        ],
    ),
    # While the strap gives hr, a cuff's or a typed pulse isn't judged.
    Scenario(
        "cuff_pulse_beside_a_strap",
        [STRAP, hr(0, 80), bp(10, 120, 80, pulse_rate=140), typed(20, pulse_rate=140)],
        HR,
        [],
    ),
    # Typed values count by when they were measured: before the loss (90) never, after it yes.
    Scenario(
        "typed_pulse_measured_before_the_loss",
        [
            STRAP, hr(0, 120), typed(100, 80, pulse_rate=100), typed(110, 80, pulse_rate=140),
            typed(120, 95, pulse_rate=140),
        ],
        HR,
        [
            RAISED,
            line(90, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(120, "hr_high", "resumed", "active", "medium", 140, 110),
            line(120, "hr_high", "escalated", "active", "high", 140, 130),
        ],
    ),
    # One typed value inside, measured after the loss, ends an unresolved condition.
    Scenario(
        "typed_pulse_ends_the_unresolved",
        [STRAP, hr(0, 120), typed(100, 95, pulse_rate=100)],
        HR,
        [
            RAISED,
            line(90, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(100, "hr_high", "cleared", "normal", "medium", 100, 110),
        ],
    ),
    # A typed breathing rate where no device gives one: each is judged by itself.
    Scenario(
        "typed_breathing_rate",
        [typed(0, rr=9), typed(60, rr=9), typed(90, rr=7), typed(100, rr=10)],
        RR,
        [
            line(0, "rr_low", "raised", "active", "medium", 9, 10),
            line(60, "rr_low", "confirmed", "active", "medium", 9, 10),
            line(90, "rr_low", "escalated", "active", "high", 7, 8),
            line(100, "rr_low", "latched", "latched", "high", 7, 8),
        ],
    ),
    # A device gives rr: what is typed isn't judged.
    Scenario(
        "typed_breathing_rate_beside_a_device",
        [device(0, "monitor", cadence=30), rr(0, 14), typed(10, rr=6)],
        RR,
        [],
    ),
    # What is due at one moment comes in the order of the condition table: hr before spo2.
    Scenario(
        "due_at_one_moment_in_table_order",
        [STRAP, PROBE, ox(0, 92), hr(0, 120), note(15)],
        {**SPO2, **HR},
        [RAISED, line(15, "spo2_low", "raised", "active", "medium", 92, 94)],
    ),
]  # fmt: skip

SCENARIOS = [*LIMITS, *SOURCES]
