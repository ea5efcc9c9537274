"""Sessions of continuous values: delays, runs, margins, loss; the lines worked out by hand.

A device whose cadence is 30 s is stale after 90 s, so that few values make a session.
"""

from tests.oracle.builders import (
    HR,
    SPO2,
    Scenario,
    ack,
    device,
    hr,
    line,
    note,
    ox,
    rr,
)

STRAP = device(0, "strap", cadence=30)
PROBE = device(0, "oximeter", cadence=30)
RAISED = line(15, "hr_high", "raised", "active", "medium", 120, 110)
RR = {"rr": {"high": {"medium": 24, "high": 30}, "low": {"medium": 10}}}

SCENARIOS = [
    # A level is reached exactly when its delay has passed since the first violating value, even
    # with no further value; it ends at an arrival 5 s or more after the first of two inside.
    Scenario(
        "delay_falls_due_between_values",
        [STRAP, hr(0, 120), hr(20, 100), hr(25, 100)],
        HR,
        [RAISED, line(25, "hr_high", "cleared", "normal", "medium", 100, 110)],
    ),
    # A value inside one millisecond before the deadline breaks the run.
    Scenario(
        "delay_run_broken_just_before",
        [STRAP, hr(0, 120), hr(14.999, 110), hr(16, 120), hr(30.999, 110), note(40)],
        HR,
        [],
    ),
    # What is due comes before an input of the same time.
    Scenario(
        "due_before_an_input_of_the_same_time",
        [STRAP, hr(0, 120), hr(15, 100)],
        HR,
        [RAISED],
    ),
    # On the limit isn't beyond it: 110 breaks the run.
    Scenario(
        "value_on_the_limit_breaks_a_delay",
        [STRAP, hr(0, 120), hr(10, 110), hr(12, 111), note(26.999), hr(27, 111)],
        HR,
        [line(27, "hr_high", "raised", "active", "medium", 111, 110)],
    ),
    # 109 is inside but not by the margin of 2: it breaks the run of clear values too.
    Scenario(
        "value_inside_but_not_by_the_margin_breaks_a_clear_run",
        [STRAP, hr(0, 120), hr(20, 108), hr(23, 109), hr(25, 108), hr(29.999, 108), hr(30, 108)],
        HR,
        [RAISED, line(30, "hr_high", "cleared", "normal", "medium", 108, 110)],
    ),
    # A held value never ends anything: one value at 20, the next at 80 ends it.
    Scenario(
        "a_held_value_never_ends_an_alarm",
        [STRAP, hr(0, 120), hr(20, 100), note(70), hr(80, 100)],
        HR,
        [RAISED, line(80, "hr_high", "cleared", "normal", "medium", 100, 110)],
    ),
    # High's delay is shorter here: at 10 it is reached, and medium with it (no line at 15). Clear
    # of high by the margin for 5 s: falls to medium, which the value still violates. It was HIGH
    # and is never answered: latches with the worst value.
    Scenario(
        "high_reaches_the_lower_level_and_falls_to_it",
        [STRAP, hr(0, 135), hr(20, 115), hr(25, 115), hr(40, 100), hr(45, 100)],
        HR,
        [
            line(10, "hr_high", "raised", "active", "high", 135, 130),
            line(25, "hr_high", "deescalated", "active", "medium", 115, 110),
            line(45, "hr_high", "latched", "latched", "high", 135, 130),
        ],
    ),
    # Each level has its own run: medium from 0, high from 20.
    Scenario(
        "medium_then_high",
        [STRAP, hr(0, 115), hr(20, 135), note(31)],
        HR,
        [
            line(15, "hr_high", "raised", "active", "medium", 115, 110),
            line(30, "hr_high", "escalated", "active", "high", 135, 130),
        ],
    ),
    # 129 is inside high's 130 but not by 2: high doesn't end; at 128 it does.
    Scenario(
        "fall_needs_the_margin_of_its_own_level",
        [STRAP, hr(0, 135), hr(20, 129), hr(26, 129), hr(30, 128), hr(35, 128)],
        HR,
        [
            line(10, "hr_high", "raised", "active", "high", 135, 130),
            line(35, "hr_high", "deescalated", "active", "medium", 128, 110),
        ],
    ),
    # 84 % is beyond all three levels: `high_now` is due first, after 5 s, and is HIGH.
    Scenario(
        "very_low_spo2_after_5_s",
        [PROBE, ox(0, 84), note(20)],
        SPO2,
        [line(5, "spo2_low", "raised", "active", "high", 84, 85)],
    ),
    # 94, 90 and 85 stand on their limits: none is beyond its own level.
    Scenario(
        "spo2_on_the_limits",
        [PROBE, ox(0, 94), ox(30, 90), note(45), ox(50, 85), note(61)],
        SPO2,
        [
            line(45, "spo2_low", "raised", "active", "medium", 90, 94),
            line(60, "spo2_low", "escalated", "active", "high", 85, 90),
        ],
    ),
    # A worse value while the delay runs is the worst since the first violation: latched shows 84.
    Scenario(
        "latched_shows_the_worst_since_the_first_violation",
        [PROBE, ox(0, 84), ox(3, 89), ox(20, 96), ox(25, 96)],
        SPO2,
        [
            line(10, "spo2_low", "raised", "active", "high", 89, 90),
            line(25, "spo2_low", "latched", "latched", "high", 84, 90),
        ],
    ),
    # Invalid values stop no delay; the deadline (15) falls in their run, so the level waits for
    # the next valid violating value.
    Scenario(
        "deadline_in_an_invalid_run_waits",
        [STRAP, hr(0, 120), hr(5, None), hr(16, 121)],
        HR,
        [line(16, "hr_high", "raised", "active", "medium", 121, 110)],
    ),
    # As before, but the next valid value is inside: nothing was reached.
    Scenario(
        "deadline_in_an_invalid_run_then_inside",
        [STRAP, hr(0, 120), hr(5, 0), hr(16, 100), note(40)],
        HR,
        [],
    ),
    # The invalid run is over before the deadline: it stopped nothing.
    Scenario(
        "invalid_run_before_the_deadline_stops_nothing",
        [STRAP, hr(0, 120), hr(5, 301), hr(8, 120, contact=False), hr(9, 120), note(16)],
        HR,
        [RAISED],
    ),
    # An invalid reading at the very deadline comes after what is due then.
    Scenario(
        "invalid_reading_at_the_deadline",
        [STRAP, hr(0, 120), hr(15, None)],
        HR,
        [RAISED],
    ),
    # Invalid values between two clear ones break no clear run.
    Scenario(
        "invalid_values_break_no_clear_run",
        [STRAP, hr(0, 120), hr(20, 100), hr(22, None), hr(24, 10), hr(26, 100)],
        HR,
        [RAISED, line(26, "hr_high", "cleared", "normal", "medium", 100, 110)],
    ),
    # `sensor_off` with a number: no value. `from_storage`, `early_estimate`: none for alarms.
    Scenario(
        "statuses_that_carry_no_value",
        [
            PROBE,
            ox(0, 80, status=["sensor_off"]),
            ox(20, 80, status=["from_storage"]),
            ox(40, 80, status=["early_estimate"]),
            ox(60, 80, status=["invalid"]),
            note(80),
        ],
        SPO2,
        [],
    ),
    # 39 % is neither physiology nor recovery, 40 % counts.
    Scenario(
        "implausible_spo2",
        [PROBE, ox(0, 39), note(20), ox(30, 40), ox(33, 39), ox(36, 40)],
        SPO2,
        [line(36, "spo2_low", "raised", "active", "high", 40, 85)],
    ),
    # 1 s where nothing is said: stale at 10 s, to the millisecond. A loss drops a running delay:
    # the run begins anew at 12 and is due at 27, not at 15.
    Scenario(
        "a_loss_drops_running_delays",
        [hr(0, 120), hr(12, 120), hr(20, 120), note(28)],
        HR,
        [line(27, "hr_high", "raised", "active", "medium", 120, 110)],
    ),
    # Lost at 26 (16 + 10): unresolved, priority kept. Back beyond the limit: as it was.
    Scenario(
        "lost_then_resumed",
        [hr(0, 120), hr(8, 120), hr(16, 120), hr(40, 121)],
        HR,
        [
            RAISED,
            line(26, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(40, "hr_high", "resumed", "active", "medium", 121, 110),
        ],
    ),
    # The loss falls due before the reading of the same time, which brings the vital back.
    Scenario(
        "lost_and_back_at_the_same_moment",
        [hr(0, 120), hr(8, 120), hr(16, 120), hr(26, 121)],
        HR,
        [
            RAISED,
            line(26, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(26, "hr_high", "resumed", "active", "medium", 121, 110),
        ],
    ),
    # Back inside by the margin: stays unresolved until two such values 5 s apart end it.
    Scenario(
        "lost_then_inside_ends_unresolved",
        [hr(0, 120), hr(8, 120), hr(16, 120), hr(40, 100), hr(44.999, 100), hr(45, 100)],
        HR,
        [
            RAISED,
            line(26, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(45, "hr_high", "cleared", "normal", "medium", 100, 110),
        ],
    ),
    # Inside but not by the margin (109): resumed.
    Scenario(
        "lost_then_not_inside_by_the_margin",
        [hr(0, 120), hr(8, 120), hr(16, 120), hr(40, 109)],
        HR,
        [
            RAISED,
            line(26, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(40, "hr_high", "resumed", "active", "medium", 109, 110),
        ],
    ),
    # Inside, lost again, inside: the second loss drops the clear run and prints nothing.
    Scenario(
        "a_second_loss_drops_the_clear_run",
        [hr(0, 120), hr(8, 120), hr(16, 120), hr(40, 100), hr(55, 100), hr(59, 100), hr(60, 100)],
        HR,
        [
            RAISED,
            line(26, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(60, "hr_high", "cleared", "normal", "medium", 100, 110),
        ],
    ),
    # HIGH that was never answered latches when it ends, unresolved or not.
    Scenario(
        "high_unresolved_then_ended_latches",
        [hr(0, 140), hr(8, 140), hr(30, 100), hr(35, 100)],
        HR,
        [
            line(10, "hr_high", "raised", "active", "high", 140, 130),
            line(18, "hr_high", "unresolved", "unresolved", "high", 140, 130),
            line(35, "hr_high", "latched", "latched", "high", 140, 130),
        ],
    ),
    # A link that is gone is a loss at once, a silent one changes nothing.
    Scenario(
        "device_entry_says_lost",
        [
            STRAP,
            hr(0, 120),
            device(20, "strap", state="silent"),
            device(30, "strap", state="lost"),
            device(40, "strap", state="streaming"),
            hr(50, 120),
        ],
        HR,
        [
            RAISED,
            line(30, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(50, "hr_high", "resumed", "active", "medium", 120, 110),
        ],
    ),
    # Slower than 60 s is charted: judged like a cuff's reading, at once, ended by one value
    # inside (109 has no margin to keep), never stale, confirmed and flagged.
    Scenario(
        "charted_values_are_judged_one_by_one",
        [
            device(0, "strap", cadence=61),
            hr(0, 120),
            hr(100, 121),
            hr(110, 122),
            hr(4000, 109),
        ],
        HR,
        [
            line(0, "hr_high", "raised", "active", "medium", 120, 110),
            line(100, "hr_high", "confirmed", "active", "medium", 121, 110),
            line(110, "hr_high", "reading_flagged", "active", "medium", 122, 110),
            line(120, "hr_high", "unanswered", "active", "medium", 122, 110),
            line(4000, "hr_high", "cleared", "normal", "medium", 109, 110),
        ],
    ),
    # A minute is not slower than 60 s: continuous, stale after 3 × 60 s.
    Scenario(
        "a_minute_is_continuous",
        [device(0, "strap", cadence=60), hr(0, 120), note(179.999), note(180)],
        HR,
        [
            RAISED,
            line(135, "hr_high", "unanswered", "active", "medium", 120, 110),
            line(180, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
        ],
    ),
    # A device entry without a cadence leaves it as it was: still 90 s.
    Scenario(
        "device_entry_without_cadence_keeps_it",
        [STRAP, hr(0, 120), device(1, "strap", state="streaming"), note(89.999)],
        HR,
        [RAISED],
    ),
    # A delay left out is none; a margin not named is none: 24 is inside a limit of 24.
    Scenario(
        "no_delay_and_no_margin",
        [device(0, "monitor", cadence=30), rr(0, 25), rr(10, 24), rr(15, 24)],
        RR,
        [
            line(0, "rr_high", "raised", "active", "medium", 25, 24),
            line(15, "rr_high", "cleared", "normal", "medium", 24, 24),
        ],
    ),
    # Margins that are given replace the usual ones: hr isn't named, so it has none.
    Scenario(
        "margins_given_without_hr",
        [STRAP, hr(0, 120), hr(20, 110), hr(25, 110)],
        {**HR, "alarm": {"clear_margin": {"spo2": 1}}},
        [RAISED, line(25, "hr_high", "cleared", "normal", "medium", 110, 110)],
    ),
    # With `clear_for_s` 0 two values inside are needed all the same.
    Scenario(
        "two_values_even_without_a_clear_time",
        [STRAP, hr(0, 120), hr(20, 100), hr(21, 100)],
        {**HR, "alarm": {"clear_for_s": 0}},
        [RAISED, line(21, "hr_high", "cleared", "normal", "medium", 100, 110)],
    ),
    # Unanswered counts from the rise, and once: raised at 15, escalated at 30, so 150.
    Scenario(
        "unanswered_runs_from_the_latest_signal",
        [device(0, "strap", cadence=60), hr(0, 115), hr(20, 135), note(170), hr(171, 135), note(340)],
        HR,
        [
            line(15, "hr_high", "raised", "active", "medium", 115, 110),
            line(30, "hr_high", "escalated", "active", "high", 135, 130),
            line(150, "hr_high", "unanswered", "active", "high", 135, 130),
        ],
    ),
    # While unresolved nobody can be unanswered; resumed starts the time anew: 60 + 120.
    Scenario(
        "unanswered_runs_from_resumed",
        [STRAP, hr(0, 120), device(30, "strap", state="lost"), hr(60, 120), hr(140, 120), note(180)],
        HR,
        [
            RAISED,
            line(30, "hr_high", "unresolved", "unresolved", "medium", 120, 110),
            line(60, "hr_high", "resumed", "active", "medium", 120, 110),
            line(180, "hr_high", "unanswered", "active", "medium", 120, 110),
        ],
    ),
    # Low side: 49 for 15 s is medium, 39 is high after 10 s more.
    Scenario(
        "low_heart_rate",
        [STRAP, hr(0, 50), hr(5, 49), hr(30, 39), note(40), ack(41)],
        HR,
        [
            line(20, "hr_low", "raised", "active", "medium", 49, 50),
            line(40, "hr_low", "escalated", "active", "high", 39, 40),
            line(41, "hr_low", "acknowledged", "acknowledged", "high", 39, 40),
        ],
    ),
]  # fmt: skip
