"""Sessions of single readings: cuff, typed values and scores; the lines worked out by hand."""

from tests.oracle.builders import (
    DIA,
    SYS,
    Scenario,
    ack,
    bp,
    end,
    line,
    lock,
    moaas,
    note,
    typed,
)

HIGH = {"sys": {"high": {"medium": 160, "high": 180}}}
RISE = {
    "sys": {
        "high": {"medium": 160, "high": 180},
        "rise_mmhg": {"medium": 30, "high": 40},
        "only_above": 140,
    }
}
PCT = {"sys": {"high": {"medium": 160}, "rise_pct": {"medium": 20}}}
MAP = {"map": {"high": {"medium": 120}}}
MOAAS = {"moaas": {"low": {"medium": 4, "high": 2}}}

SCENARIOS = [
    # Only a value strictly beyond the limit violates it.
    Scenario(
        "cuff_at_the_limit_is_inside",
        [bp(0, 160, 80), bp(60, 161, 80)],
        SYS,
        [line(60, "sys_high", "raised", "active", "medium", 161, 160)],
    ),
    # A single reading beyond the high level is HIGH with no delay.
    Scenario(
        "cuff_beyond_high_is_high_at_once",
        [bp(0, 181, 80), note(119)],
        SYS,
        [line(0, "sys_high", "raised", "active", "high", 181, 180)],
    ),
    # The low side is mirrored: 90 stands on the limit, 79 is below the high level's 80.
    Scenario(
        "cuff_low_side",
        [bp(0, 90, 60), bp(60, 79, 50)],
        SYS,
        [line(60, "sys_low", "raised", "active", "high", 79, 80)],
    ),
    # Lines of one input come in the order of the condition table: sys before dia.
    Scenario(
        "one_reading_two_conditions_in_table_order",
        [bp(0, 165, 105)],
        {**DIA, **SYS},
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(0, "dia_high", "raised", "active", "medium", 105, 100),
        ],
    ),
    # The second violating reading in a row confirms, once an episode; later ones are flagged;
    # active for 120 s with no answer is told once.
    Scenario(
        "cuff_confirmed_once_then_flagged",
        [bp(0, 165, 80), bp(300, 166, 80), bp(600, 167, 80), bp(900, 168, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(120, "sys_high", "unanswered", "active", "medium", 165, 160),
            line(300, "sys_high", "confirmed", "active", "medium", 166, 160),
            line(600, "sys_high", "reading_flagged", "active", "medium", 167, 160),
            line(900, "sys_high", "reading_flagged", "active", "medium", 168, 160),
        ],
    ),
    # One valid reading inside ends a cuff's condition; medium doesn't latch.
    Scenario(
        "cuff_one_reading_inside_ends",
        [bp(0, 165, 80), bp(60, 160, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(60, "sys_high", "cleared", "normal", "medium", 160, 160),
        ],
    ),
    # HIGH that ends unacknowledged latches, with the worst value; acknowledging makes it normal.
    Scenario(
        "cuff_high_latches_and_is_acknowledged_away",
        [bp(0, 185, 80), bp(30, 190, 80), bp(60, 150, 80), ack(70), ack(80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(30, "sys_high", "confirmed", "active", "high", 190, 180),
            line(60, "sys_high", "latched", "latched", "high", 190, 180),
            line(70, "sys_high", "acknowledged", "normal", "high", 190, 180),
        ],
    ),
    # HIGH that was acknowledged and ends does not latch.
    Scenario(
        "cuff_high_acknowledged_clears",
        [bp(0, 185, 80), ack(10), bp(60, 150, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(10, "sys_high", "acknowledged", "acknowledged", "high", 185, 180),
            line(60, "sys_high", "cleared", "normal", "high", 150, 180),
        ],
    ),
    # A rise in priority is told and makes an acknowledged condition active again.
    Scenario(
        "cuff_rise_after_acknowledgement",
        [bp(0, 165, 80), ack(10), bp(60, 185, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(10, "sys_high", "acknowledged", "acknowledged", "medium", 165, 160),
            line(60, "sys_high", "escalated", "active", "high", 185, 180),
        ],
    ),
    # Once HIGH and never answered: latches, whatever the priority at its end.
    Scenario(
        "cuff_fall_then_end_latches",
        [bp(0, 185, 80), bp(30, 165, 80), bp(60, 150, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(30, "sys_high", "deescalated", "active", "medium", 165, 160),
            line(60, "sys_high", "latched", "latched", "high", 185, 180),
        ],
    ),
    # Fallen to medium, then acknowledged: not HIGH since the last acknowledgement... but it
    # ends acknowledged anyway, so it clears.
    Scenario(
        "cuff_fall_acknowledge_end_clears",
        [bp(0, 185, 80), bp(30, 165, 80), ack(40), bp(60, 150, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(30, "sys_high", "deescalated", "active", "medium", 165, 160),
            line(40, "sys_high", "acknowledged", "acknowledged", "medium", 165, 160),
            line(60, "sys_high", "cleared", "normal", "medium", 150, 160),
        ],
    ),
    # HIGH, fallen, acknowledged at medium, announced again at medium (15 worse), ended
    # unanswered: never HIGH since the acknowledgement, so no latch.
    Scenario(
        "cuff_not_high_since_acknowledged_does_not_latch",
        [bp(0, 185, 80), bp(30, 162, 80), ack(40), bp(60, 177, 80), bp(90, 150, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 185, 180),
            line(30, "sys_high", "deescalated", "active", "medium", 162, 160),
            line(40, "sys_high", "acknowledged", "acknowledged", "medium", 162, 160),
            line(60, "sys_high", "confirmed", "acknowledged", "medium", 177, 160),
            line(60, "sys_high", "realarmed", "active", "medium", 177, 160),
            line(90, "sys_high", "cleared", "normal", "medium", 150, 160),
        ],
    ),
    # An acknowledged cuff condition speaks again only when 15 mmHg or more worse than the value
    # that stood at the acknowledgement; 14 isn't enough. 180 is still medium (not beyond 180).
    Scenario(
        "cuff_announced_again_when_15_worse",
        [bp(0, 165, 80), ack(10), bp(60, 179, 80), bp(120, 180, 80), note(240)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(10, "sys_high", "acknowledged", "acknowledged", "medium", 165, 160),
            line(60, "sys_high", "confirmed", "acknowledged", "medium", 179, 160),
            line(120, "sys_high", "realarmed", "active", "medium", 180, 160),
            line(240, "sys_high", "unanswered", "active", "medium", 180, 160),
        ],
    ),
    # What counts is the value standing when acknowledged (172), not the raising one (165).
    Scenario(
        "cuff_worse_is_against_the_acknowledged_value",
        [bp(0, 165, 80), bp(60, 172, 80), ack(70), bp(120, 180, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(60, "sys_high", "confirmed", "active", "medium", 172, 160),
            line(70, "sys_high", "acknowledged", "acknowledged", "medium", 172, 160),
            line(120, "sys_high", "reading_flagged", "acknowledged", "medium", 180, 160),
        ],
    ),
    # No time brings an acknowledged cuff condition back: realarm_s is for continuous ones.
    Scenario(
        "cuff_has_no_timed_realarm",
        [bp(0, 165, 80), ack(10), note(2000)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(10, "sys_high", "acknowledged", "acknowledged", "medium", 165, 160),
        ],
    ),
    # A rise is no second reading at unchanged priority; the one after it is.
    Scenario(
        "cuff_confirms_at_unchanged_priority_only",
        [bp(0, 165, 80), bp(30, 185, 80), bp(60, 186, 80), bp(90, 187, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(30, "sys_high", "escalated", "active", "high", 185, 180),
            line(60, "sys_high", "confirmed", "active", "high", 186, 180),
            line(90, "sys_high", "reading_flagged", "active", "high", 187, 180),
        ],
    ),
    # A failed measurement leaves the last reading standing: the next one still confirms.
    Scenario(
        "cuff_failed_measurement_leaves_all_standing",
        [bp(0, 165, 80), bp(60, None, None, status=["cuff_error"]), bp(100, 166, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(100, "sys_high", "confirmed", "active", "medium", 166, 160),
        ],
    ),
    # One impossible number makes the whole measurement a failed one.
    Scenario(
        "cuff_impossible_numbers_fail_as_a_whole",
        [bp(0, 170, 170), bp(30, 301, 80), bp(60, 29, 20), bp(80, 170, 14), bp(100, 170, 80, mean=310)],
        {**SYS, **DIA},
        [],
    ),
    # At the edge of what is plausible a value counts: 300 over 15, 30 over 15.
    Scenario(
        "cuff_plausible_edges_count",
        [bp(0, 300, 15), bp(60, 30, 15)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "high", 300, 180),
            line(60, "sys_high", "latched", "latched", "high", 300, 180),
            line(60, "sys_low", "raised", "active", "high", 30, 80),
        ],
    ),
    # Either pressure alone is judged alone, and leaves the other one standing.
    Scenario(
        "cuff_either_alone",
        [bp(0, 165, 105), bp(60, None, 95), bp(90, 150, None)],
        {**SYS, **DIA},
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(0, "dia_high", "raised", "active", "medium", 105, 100),
            line(60, "dia_high", "cleared", "normal", "medium", 95, 100),
            line(90, "sys_high", "cleared", "normal", "medium", 150, 160),
        ],
    ),
    # A mean that wasn't given leaves map as it stood.
    Scenario(
        "null_mean_leaves_map_standing",
        [bp(0, 150, 110, mean=125), bp(60, 120, 80), bp(90, 118, 79, mean=118)],
        MAP,
        [
            line(0, "map_high", "raised", "active", "medium", 125, 120),
            line(90, "map_high", "cleared", "normal", "medium", 118, 120),
        ],
    ),
    # Equal in device and all fields within 15 s: one reading. 15.001 s later: a second one.
    Scenario(
        "cuff_repeats_within_15_s_are_one",
        [bp(0, 165, 80), bp(5, 165, 80), bp(15, 165, 80), bp(15.001, 165, 80)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(15.001, "sys_high", "confirmed", "active", "medium", 165, 160),
        ],
    ),
    # Another pulse makes it another measurement, even at once.
    Scenario(
        "cuff_repeat_with_another_pulse_is_another_reading",
        [bp(0, 165, 80, pulse_rate=70), bp(5, 165, 80, pulse_rate=71)],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(5, "sys_high", "confirmed", "active", "medium", 165, 160),
        ],
    ),
    # What comes from the cuff's memory carries no values for alarms.
    Scenario(
        "cuff_from_storage_is_not_judged",
        [bp(0, 190, 80, status=["from_storage"]), bp(60, 165, 80), bp(90, 120, 70, status=["from_storage"])],
        SYS,
        [line(60, "sys_high", "raised", "active", "medium", 165, 160)],
    ),
    # Typed with the same numbers, measured within 15 s of the newest reading: a copy. Measured
    # 15.001 s after it: a reading that confirms.
    Scenario(
        "typed_copy_is_not_judged",
        [
            bp(0, 165, 80),
            typed(40, 15, systolic=165, diastolic=80),
            typed(50, 15.001, systolic=165, diastolic=80),
        ],
        SYS,
        [
            line(0, "sys_high", "raised", "active", "medium", 165, 160),
            line(50, "sys_high", "confirmed", "active", "medium", 165, 160),
        ],
    ),
    # Typed pressures are judged in the order of entry, whenever they were measured.
    Scenario(
        "typed_pressures_in_order_of_entry",
        [bp(100, 150, 80), typed(130, 20, systolic=170, diastolic=80)],
        SYS,
        [line(130, "sys_high", "raised", "active", "medium", 170, 160)],
    ),
    # MOAA/S 4 stands on the limit, 3 is medium, 1 is high; a score of 6 is none.
    Scenario(
        "sedation_score",
        [moaas(0, 4), moaas(10, 3), moaas(20, 6), typed(30, moaas=1), moaas(40, 5)],
        MOAAS,
        [
            line(10, "moaas_low", "raised", "active", "medium", 3, 4),
            line(30, "moaas_low", "escalated", "active", "high", 1, 2),
            line(40, "moaas_low", "latched", "latched", "high", 1, 2),
        ],
    ),
    # Nothing is judged after the end, and nothing falls due after it.
    Scenario(
        "nothing_after_the_end",
        [bp(0, 165, 80), end(50), bp(60, 190, 80), note(500)],
        SYS,
        [line(0, "sys_high", "raised", "active", "medium", 165, 160)],
    ),
    # Median of 120 and 124 is 122; + 30 lies below 160: the rise limit counts, strictly.
    Scenario(
        "baseline_rise_limit",
        [bp(0, 120, 80), bp(60, 124, 80), lock(90), bp(120, 152, 80), bp(180, 153, 80)],
        RISE,
        [line(180, "sys_high", "raised", "active", "medium", 153, 152, "baseline")],
    ),
    # Base 100: + 30 and + 40 lie at or below only_above and stand at 140, both levels there.
    Scenario(
        "rise_limit_below_only_above_stands_at_it",
        [bp(0, 100, 60), bp(60, 100, 61), lock(90), bp(120, 140, 80), bp(180, 141, 80)],
        RISE,
        [line(180, "sys_high", "raised", "active", "high", 141, 140, "baseline")],
    ),
    # 121 × 1.2 is 145.2 exactly: 145 is inside, 146 beyond.
    Scenario(
        "rise_in_percent_is_exact",
        [bp(0, 121, 80), bp(60, 121, 81), lock(90), bp(120, 145, 80), bp(180, 146, 80)],
        PCT,
        [line(180, "sys_high", "raised", "active", "medium", 146, 145.2, "baseline")],
    ),
    # 130 + 30 ties with 160: the basis is absolute. The high level stands at 170 by baseline.
    Scenario(
        "tie_counts_as_absolute",
        [bp(0, 130, 80), bp(60, 130, 81), lock(90), bp(120, 161, 80), bp(180, 171, 80)],
        RISE,
        [
            line(120, "sys_high", "raised", "active", "medium", 161, 160),
            line(180, "sys_high", "escalated", "active", "high", 171, 170, "baseline"),
        ],
    ),
    # One reading makes no baseline; with none before it, rise limits don't count.
    Scenario(
        "baseline_needs_two_readings",
        [bp(0, 110, 80), lock(30), bp(60, 155, 80)],
        RISE,
        [],
    ),
    # Only the last 30 minutes count: at 1900 the reading of 0 is too old, so the old baseline
    # (110, + 30 = 140) stays, and 141 is beyond it.
    Scenario(
        "baseline_keeps_the_old_one",
        [bp(0, 110, 80), bp(10, 110, 81), lock(20), bp(1900, 130, 80), lock(1910), bp(2000, 141, 80)],
        RISE,
        [line(2000, "sys_high", "raised", "active", "medium", 141, 140, "baseline")],
    ),
    # Locking judges what stands at once (155 > 120 + 30); the next reading confirms, because
    # the one before it lies beyond the limits now in force.
    Scenario(
        "baseline_locked_judges_the_standing_value",
        [bp(0, 110, 80), bp(60, 120, 80), bp(120, 155, 80), lock(150), bp(200, 156, 80)],
        RISE,
        [
            line(150, "sys_high", "raised", "active", "medium", 155, 150, "baseline"),
            line(200, "sys_high", "confirmed", "active", "medium", 156, 150, "baseline"),
        ],
    ),
    # A copy and a failed measurement are no readings: nothing to lock.
    Scenario(
        "copies_make_no_baseline",
        [bp(0, 110, 80), typed(10, 5, systolic=110, diastolic=80), bp(20, 400, 80), lock(30), bp(60, 155, 80)],
        RISE,
        [],
    ),
    # "Two cuff readings equal in device and all fields within 15 s are one": nothing is said of
    # what lies between them (here a failed measurement).
    Scenario(
        "repeated_after_another_measurement",
        [bp(0, 165, 80), bp(4, None, None, status=["cuff_error"]), bp(8, 165, 80)],
        SYS,
        [line(0, "sys_high", "raised", "active", "medium", 165, 160)],
    ),
]  # fmt: skip
