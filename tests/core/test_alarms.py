"""The rules of DESIGN 7, one a test."""

import pytest

from tests.core.session import Core


def test_cuff_reading_beyond_medium_raises_at_once() -> None:
    core = Core()
    assert core.cuff(10, 172) == ["10.000 sys_high raised active medium 172>160"]


def test_value_equal_to_the_limit_is_no_violation() -> None:
    core = Core()
    assert core.cuff(10, 160) == []


def test_second_consecutive_cuff_reading_confirms_and_the_third_is_flagged() -> None:
    core = Core()
    core.cuff(0, 172)
    assert core.cuff(60, 174) == ["60.000 sys_high confirmed active medium 174>160"]
    assert core.cuff(90, 169) == ["90.000 sys_high reading_flagged active medium 169>160"]


def test_confirmation_needs_unchanged_priority() -> None:
    core = Core()
    core.cuff(0, 172)
    assert core.cuff(60, 185) == ["60.000 sys_high escalated active high 185>180"]
    assert core.cuff(90, 186) == ["90.000 sys_high confirmed active high 186>180"]


def test_one_valid_reading_inside_ends_a_cuff_condition() -> None:
    core = Core()
    core.cuff(0, 172)
    assert core.cuff(60, 150) == ["60.000 sys_high cleared normal medium 150>160"]


def test_failed_measurement_leaves_the_condition_standing() -> None:
    core = Core()
    core.cuff(0, 172)
    assert core.cuff(60, 11647, None) == []
    assert core.cuff(70, 90, 95) == []
    assert core.cuff(80, None, None) == []
    assert core.cuff(90, 150, status=["from_storage"]) == []
    assert core.state.tracks["sys_high"].state == "active"


def test_equal_cuff_readings_within_15_s_are_one() -> None:
    core = Core()
    core.cuff(0, 172, device_time="2026-01-01T10:00:00")
    assert core.cuff(15, 172, device_time="2026-01-01T10:00:00") == []
    assert core.cuff(15.001, 172, device_time="2026-01-01T10:00:00") == [
        "15.001 sys_high confirmed active medium 172>160"
    ]


def test_level_is_reached_at_the_exact_millisecond_of_its_delay() -> None:
    core = Core()
    core.strap(0.5, 80)
    core.strap(1.25, 115)
    core.strap(9, 116)
    assert core.wait(16.249) == []
    assert core.wait(16.25) == ["16.250 hr_high raised active medium 116>110"]


def test_delay_starts_anew_after_a_value_inside() -> None:
    core = Core()
    for t, value in ((0, 115), (8, 105), (9, 115), (18, 115)):
        assert core.strap(t, value) == []
    assert core.strap(25, 115) == ["24.000 hr_high raised active medium 115>110"]


def test_delay_that_ends_among_invalid_readings_waits_for_the_next_violating_value() -> None:
    core = Core()
    core.strap(0, 115)
    core.strap(8, 115)
    core.strap(14, None)
    assert core.wait(16) == []
    assert core.strap(16.5, 117) == ["16.500 hr_high raised active medium 117>110"]


def test_loss_drops_a_running_delay() -> None:
    core = Core()
    core.strap(0, 115)
    core.strap(4, 115)
    assert core.wait(14) == []  # lost 10 s after the last value, before the 15 s are over
    assert core.strap(16, 115) == []


def test_worse_level_has_its_own_shorter_delay() -> None:
    core = Core()
    core.spo2(0, 98)
    core.spo2(1, 84)
    assert core.wait(6) == ["6.000 spo2_low raised active high 84<85"]


def test_continuous_condition_ends_only_on_two_values_inside_by_the_margin_over_five_seconds() -> (
    None
):
    core = Core()
    for t in range(0, 20, 5):
        core.strap(t, 115)
    assert core.strap(20, 109) == []  # inside, but not by the margin of 2
    assert core.strap(21, 108) == []
    assert core.strap(25.999, 108) == []
    assert core.strap(26, 108) == ["26.000 hr_high cleared normal medium 108>110"]


def test_one_late_value_inside_never_ends_a_condition() -> None:
    core = Core()
    for t in range(0, 20, 5):
        core.strap(t, 115)
    assert core.strap(24, 100) == []
    assert core.wait(33) == []


def test_priority_falls_when_the_worse_level_alone_has_ended() -> None:
    core = Core()
    for t in range(0, 15, 5):
        core.strap(t, 135)
    core.strap(15, 120)
    assert core.strap(20, 120) == ["20.000 hr_high deescalated active medium 120>110"]


def test_high_that_fell_to_medium_still_latches() -> None:
    core = Core()
    core.cuff(0, 185)
    core.cuff(60, 170)
    assert core.cuff(100, 150) == ["100.000 sys_high latched latched high 185>180"]


def test_acknowledged_high_does_not_latch() -> None:
    core = Core()
    core.cuff(0, 185)
    assert core.acknowledge(5) == ["5.000 sys_high acknowledged acknowledged high 185>180"]
    assert core.cuff(60, 150) == ["60.000 sys_high cleared normal high 150>180"]


def test_medium_does_not_latch() -> None:
    core = Core()
    core.cuff(0, 170)
    assert core.cuff(60, 150) == ["60.000 sys_high cleared normal medium 150>160"]


def test_acknowledging_releases_a_latched_condition() -> None:
    core = Core()
    core.cuff(0, 185)
    core.cuff(60, 150)
    assert core.acknowledge(61) == ["61.000 sys_high acknowledged normal high 185>180"]


def test_new_violation_raises_a_latched_condition_again() -> None:
    core = Core()
    core.cuff(0, 185)
    core.cuff(60, 150)
    assert core.cuff(90, 165) == ["90.000 sys_high raised active medium 165>160"]


def test_rise_in_priority_makes_an_acknowledged_condition_active() -> None:
    core = Core()
    core.cuff(0, 165)
    core.acknowledge(5)
    assert core.cuff(60, 185) == ["60.000 sys_high escalated active high 185>180"]


def test_acknowledgement_covers_nothing_later_than_was_drawn() -> None:
    core = Core()
    core.cuff(0, 165)
    drawn = core.out[-1].seq
    core.cuff(60, 185)
    assert core.acknowledge(61, up_to_seq=drawn) == []
    assert core.acknowledge(62, up_to_seq=core.out[-1].seq) == [
        "62.000 sys_high acknowledged acknowledged high 185>180"
    ]


def test_acknowledging_from_afar_changes_nothing_at_the_chair() -> None:
    core = Core()
    core.cuff(0, 185)
    far = {"seat": "physician", "person": "P1"}
    assert core.acknowledge(5, by=far) == ["5.000 sys_high seen active high 185>180"]
    assert core.acknowledge(6, by=far) == []
    assert core.cuff(60, 150) == ["60.000 sys_high latched latched high 185>180"]


def test_unanswered_comes_once_after_the_escalation_time() -> None:
    core = Core()
    core.cuff(0, 165)
    assert core.wait(119.999) == []
    assert core.wait(1000) == ["120.000 sys_high unanswered active medium 165>160"]


def test_acknowledged_continuous_condition_comes_again_after_the_realarm_time() -> None:
    core = Core()
    for t in range(0, 20, 5):
        core.strap(t, 115)
    core.acknowledge(20)
    lines = [line for t in range(20, 900, 5) for line in core.strap(t, 115)]
    assert lines[0] == "200.000 hr_high realarmed active medium 115>110"
    core.acknowledge(900)
    later = [line for t in range(900, 1600, 5) for line in core.strap(t, 115)]
    assert later[0] == "1500.000 hr_high realarmed active medium 115>110"


def test_realarm_waits_for_a_value_beyond_the_limit() -> None:
    core = Core()
    for t in range(0, 20, 5):
        core.strap(t, 115)
    core.acknowledge(20)
    for t in range(25, 195, 5):
        core.strap(t, 115)
    core.strap(195, 109)  # inside but not by the margin: the alarm stays on
    assert core.strap(200, 109) == []
    assert core.strap(203, 112) == ["203.000 hr_high realarmed active medium 112>110"]


def test_acknowledged_cuff_condition_comes_again_only_when_15_mmhg_worse() -> None:
    core = Core()
    core.cuff(0, 162)
    core.acknowledge(5)
    assert core.cuff(300, 176) == ["300.000 sys_high confirmed acknowledged medium 176>160"]
    assert core.cuff(600, 177) == ["600.000 sys_high realarmed active medium 177>160"]


def test_data_loss_is_never_recovery() -> None:
    core = Core()
    for t in range(0, 16):
        core.spo2(t, 88)
    lines = core.wait(30)
    assert lines == ["25.000 spo2_low unresolved unresolved high 88<90"]
    assert core.spo2(40, 98) == []
    assert core.state.tracks["spo2_low"].state == "unresolved"
    assert core.spo2(45, 98) == ["45.000 spo2_low latched latched high 88<90"]


def test_unresolved_condition_resumes_in_the_state_it_had() -> None:
    core = Core()
    for t in range(0, 16):
        core.spo2(t, 88)
    core.acknowledge(16)
    core.wait(30)
    assert core.spo2(40, 94) == ["40.000 spo2_low resumed acknowledged high 94<90"]


def test_acknowledging_an_unresolved_condition_is_remembered() -> None:
    core = Core()
    for t in range(0, 16):
        core.spo2(t, 88)
    core.wait(30)
    assert core.acknowledge(31) == ["31.000 spo2_low acknowledged unresolved high 88<90"]
    assert core.acknowledge(32) == []
    assert core.spo2(40, 88)[0] == "40.000 spo2_low resumed acknowledged high 88<90"


def test_device_reported_lost_makes_its_conditions_unresolved_at_once() -> None:
    core = Core()
    for t in range(0, 16):
        core.spo2(t, 88)
    assert core.tell(16, "device", "oximeter", state="silent") == []
    assert core.tell(17, "device", "oximeter", state="lost") == [
        "17.000 spo2_low unresolved unresolved high 88<90"
    ]


def test_hr_falls_back_to_the_oximeter_and_keeps_its_delay_if_both_violate() -> None:
    core = Core()
    for t in (0, 5, 10):
        core.tell(t, "oximetry", "oximeter", spo2=98, pulse_rate=118)
    core.strap(0, 80)
    core.strap(1, 115)
    core.tell(11, "device", "strap", state="lost")
    assert core.wait(16) == ["16.000 hr_high raised active medium 118>110"]


def test_cuff_pulse_is_judged_once_while_no_device_gives_hr_and_never_keeps_it() -> None:
    core = Core()
    assert core.cuff(0, 120, pulse_rate=120) == ["0.000 hr_high raised active medium 120>110"]
    assert core.cuff(60, 121, pulse_rate=100) == ["60.000 hr_high cleared normal medium 100>110"]
    core.strap(70, 80)
    assert core.cuff(75, 122, pulse_rate=125) == []


def test_value_measured_before_the_loss_never_ends_a_condition() -> None:
    core = Core()
    for t in range(0, 20, 5):
        core.strap(t, 115)
    assert core.wait(30) == ["25.000 hr_high unresolved unresolved medium 115>110"]
    assert core.tell(40, "manual", "person", pulse_rate=80, measured_t=20.0) == []
    assert core.tell(41, "manual", "person", pulse_rate=80, measured_t=40.5) == [
        "41.000 hr_high cleared normal medium 80>110"
    ]


def test_charted_source_is_judged_at_once_and_never_stale() -> None:
    core = Core()
    core.tell(0, "device", "strap", cadence_s=900)
    assert core.strap(0, 115) == ["0.000 hr_high raised active medium 115>110"]
    assert core.wait(3600) == ["120.000 hr_high unanswered active medium 115>110"]
    assert core.strap(3600, 105) == ["3600.000 hr_high cleared normal medium 105>110"]


def test_slow_cadence_moves_the_loss_not_the_delay() -> None:
    core = Core()
    core.tell(0, "device", "oximeter", cadence_s=60)
    core.spo2(0, 88)
    assert core.wait(179.999) == [
        "10.000 spo2_low raised active high 88<90",
        "130.000 spo2_low unanswered active high 88<90",
    ]
    assert core.wait(180) == ["180.000 spo2_low unresolved unresolved high 88<90"]


def test_removed_limit_ends_its_condition_with_the_reason() -> None:
    core = Core({})
    core.state.fixed = False
    core.tell(0, "limits", profile={"sys": {"high": {"medium": 160}}})
    core.cuff(1, 185)
    assert core.tell(2, "limits", profile={}) == [
        "2.000 sys_high cleared normal medium 185>160 (limits)"
    ]


def test_new_limits_judge_what_stands_but_confirm_nothing() -> None:
    core = Core({})
    core.state.fixed = False
    core.cuff(1, 170)
    core.tell(2, "limits", profile={"sys": {"high": {"medium": 180}}})
    assert core.tell(3, "limits", profile={"sys": {"high": {"medium": 160}}}) == [
        "3.000 sys_high raised active medium 170>160"
    ]
    assert core.tell(4, "limits", profile={"sys": {"high": {"medium": 165}}}) == []
    assert core.cuff(30, 171) == ["30.000 sys_high confirmed active medium 171>165"]


def test_refused_limits_leave_the_old_ones_in_force() -> None:
    core = Core({})
    core.state.fixed = False
    core.tell(0, "limits", profile={"sys": {"high": {"medium": 160}}})
    core.tell(1, "limits", profile={"sys": {"high": {"medium": 16}}})
    assert len(core.state.refused) == 1
    assert core.cuff(2, 170) == ["2.000 sys_high raised active medium 170>160"]


def test_rise_over_the_locked_baseline_sets_the_limit() -> None:
    limits = {"sys": {"high": {"medium": 160}, "rise_mmhg": {"medium": 30}, "only_above": 140}}
    core = Core(limits)
    core.cuff(0, 118)
    core.cuff(60, 121)
    assert core.cuff(70, 152) == []
    core.cuff(71, 119)
    assert core.tell(80, "baseline") == []
    assert core.state.baseline["sys"] == 120
    assert core.cuff(90, 151) == ["90.000 sys_high raised active medium 151>150 baseline"]


def test_rise_limit_below_only_above_stands_there() -> None:
    core = Core({"sys": {"rise_pct": {"medium": 20}, "only_above": 140}})
    core.cuff(0, 100)
    core.cuff(60, 100.5)
    core.tell(61, "baseline")
    assert core.cuff(90, 139) == []
    assert core.cuff(120, 141) == ["120.000 sys_high raised active medium 141>140 baseline"]


def test_baseline_needs_two_readings() -> None:
    core = Core({"sys": {"rise_mmhg": {"medium": 30}}})
    core.cuff(0, 120)
    core.tell(1, "baseline")
    assert core.state.baseline == {}


def test_typed_copy_of_the_cuff_reading_is_not_judged() -> None:
    core = Core()
    core.cuff(0, 172, 96)
    assert core.tell(20, "manual", "person", systolic=172, diastolic=96, measured_t=10.0) == []
    assert core.tell(30, "manual", "person", systolic=172, diastolic=96, measured_t=30.0) == [
        "30.000 sys_high confirmed active medium 172>160"
    ]


def test_score_of_zero_is_a_real_score() -> None:
    core = Core()
    assert core.tell(0, "score", event="scale.moaas", value=0) == [
        "0.000 moaas_low raised active high 0<2"
    ]


def test_spo2_below_40_is_neither_physiology_nor_recovery() -> None:
    core = Core()
    for t in range(0, 16):
        core.spo2(t, 88)
    for t in range(16, 60):
        core.spo2(t, 20)
    assert core.state.tracks["spo2_low"].state == "unresolved"


def test_stored_early_and_contactless_values_carry_nothing() -> None:
    core = Core()
    for t in range(0, 40):
        assert core.spo2(t, 80, status=["from_storage"]) == []
        assert core.spo2(t, 80, status=["early_estimate"]) == []
        assert core.strap(t, 150, contact=False) == []


def test_nothing_is_judged_after_the_end() -> None:
    core = Core()
    core.cuff(0, 172)
    core.tell(1, "end")
    assert core.wait(1000) == []
    assert core.cuff(1001, 190) == []
    assert core.state.tracks["sys_high"].state == "active"


def test_lines_of_one_input_come_in_the_order_of_the_condition_table() -> None:
    core = Core(
        {
            "sys": {"high": {"medium": 160}},
            "dia": {"high": {"medium": 100}},
            "map": {"high": {"medium": 120}},
        }
    )
    lines = core.cuff(0, 180, 110, mean=130)
    assert [line.split()[1] for line in lines] == ["sys_high", "dia_high", "map_high"]


def test_realarm_comes_with_the_violating_value_that_arrives_at_its_very_moment() -> None:
    core = Core()
    for t in range(21):
        core.strap(t, 115)
    core.acknowledge(20)
    for t in range(21, 200):
        core.strap(t, 109)  # inside, not by the margin: it neither ends nor violates
    assert core.strap(200, 112) == ["200.000 hr_high realarmed active medium 112>110"]


def test_charted_value_that_is_much_worse_does_not_come_again() -> None:
    core = Core()
    core.tell(0, "device", "strap", cadence_s=900)
    core.strap(0, 115)
    core.acknowledge(1)
    core.strap(900, 116)
    assert core.strap(1800, 131) == ["1800.000 hr_high escalated active high 131>130"]
    core.acknowledge(1801)
    assert core.strap(2700, 160) == ["2700.000 hr_high reading_flagged acknowledged high 160>130"]
    assert core.strap(3600, 190) == ["3600.000 hr_high reading_flagged acknowledged high 190>130"]


def test_condition_knows_the_number_of_its_newest_line() -> None:
    core = Core()
    core.cuff(1, 165)
    core.spo2(2, 97)
    core.cuff(60, 166)
    assert core.state.tracks["sys_high"].seq == core.out[-1].seq == core.state.seq


def test_shorter_cadence_loses_at_once_what_is_too_old_for_it() -> None:
    core = Core()
    core.tell(0, "device", "strap", cadence_s=60)
    core.strap(0, 120)
    assert core.wait(49) == ["15.000 hr_high raised active medium 120>110"]
    assert core.tell(50, "device", "strap", cadence_s=1) == [
        "50.000 hr_high unresolved unresolved medium 120>110"
    ]


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ({"account": "chair", "seat": "nurse", "person": "Kim"}, "Kim"),
        ({"account": "chair", "seat": "nurse"}, "chair"),
        ({"seat": "nurse"}, "nurse"),
    ],
)
def test_who_acknowledged_is_the_person_else_the_account(by: dict[str, str], who: str) -> None:
    core = Core()
    core.cuff(0, 165)
    core.acknowledge(1, by=by)
    assert core.state.tracks["sys_high"].by == who
