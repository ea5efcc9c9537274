"""Sessions with several sources of one vital, worked out by hand."""

from tests.oracle.builders import (
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
RR = {"rr": {"low": {"medium": 10, "high": 8}}}

SCENARIOS = [
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
    # "A reading confirms when the standing value before it is beyond the limits now in force
    # too": nothing is said of the source (a cuff's pulse, then a charted hr).
    Scenario(
        "confirmed_by_another_source",
        [device(0, "strap", cadence=300), bp(0, 120, 80, pulse_rate=115), hr(60, 116)],
        HR,
        [
            line(0, "hr_high", "raised", "active", "medium", 115, 110),
            line(60, "hr_high", "confirmed", "active", "medium", 116, 110),
        ],
    ),
    # "A loss acts once, when it happens; ... only a valid reading brings the vital back": the
    # oximeter's pulse is lost at 10, while the strap gives hr. A cadence told at 18 doesn't bring
    # it back: when the strap is lost at 28, no source is left.
    Scenario(
        "cadence_of_a_lost_source",
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
        "nothing_rises_while_unresolved",
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
        QUICK,
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
        "a_charted_value_at_a_switch",
        [
            STRAP,
            device(0, "oximeter", cadence=300),
            ox(1, 98, 80),
            hr(2, 140),
            device(30, "strap", state="lost"),
            note(35),
        ],
        QUICK,
        [line(2, "hr_high", "raised", "active", "high", 140, 130)],
    ),
    # "never": nor does it when limits change, whichever side of them it then lies on. The next
    # charted value is judged.
    Scenario(
        "a_charted_value_at_a_switch_under_other_limits",
        [
            set_limits(0, QUICK), STRAP, device(0, "oximeter", cadence=300), ox(1, 98, 105), hr(2, 120),
            device(30, "strap", state="lost"), set_limits(35, {"hr": {"high": {"medium": 100, "high": 104}}}),
            set_limits(40, {"hr": {"high": {"medium": 150, "high": 160}}}), set_limits(45, QUICK), ox(60, 98, 105),
        ],
        None,
        [
            line(2, "hr_high", "raised", "active", "medium", 120, 110),
            line(60, "hr_high", "cleared", "normal", "medium", 105, 110),
        ],
    ),
]  # fmt: skip
