"""What other limits would have told: counted by hand."""

from typing import Any

from ketamon.core.profile import Profile, parse_profile
from ketamon.engine.playback import timeline
from ketamon.engine.whatif import Episode, differences, outcome
from ketamon.entries import Entry
from tests.engine.recordings import PRESSURES, recording

WIDER = parse_profile({"sys": {"high": {"medium": 170, "high": 190}}})
STRICT = parse_profile({"sys": {"high": {"medium": 145, "high": 160}}})


def heart_rates(*values: tuple[float, int]) -> tuple[Entry, ...]:
    return recording(
        *({"t": t, "kind": "heart_rate", "device": "strap", "heart_rate": v} for t, v in values)
    )


def hr(medium: int, delay_s: int, high: int | None = None) -> Profile:
    levels = {"medium": medium} if high is None else {"medium": medium, "high": high}
    return parse_profile({"hr": {"high": levels, "delay_s": {"medium": delay_s}}})


def told(episode: Episode) -> tuple[Any, ...]:
    return (
        episode.condition,
        episode.raised_ms,
        episode.ended_ms,
        episode.priority,
        episode.worst,
        episode.limit,
    )


def test_episode_lasts_from_raised_to_its_end_and_has_the_worst_priority_and_value() -> None:
    # 172 at 60 s is MEDIUM, 185 at 120 s HIGH, 150 at 180 s ends it.
    own = outcome(PRESSURES)
    assert [told(e) for e in own.episodes] == [("sys_high", 60_000, 180_000, "high", 185, 180)]
    wider = outcome(PRESSURES, WIDER)
    assert [told(e) for e in wider.episodes] == [("sys_high", 60_000, 180_000, "medium", 185, 170)]


def test_minutes_beyond_count_each_value_until_the_next_one() -> None:
    own = outcome(PRESSURES)
    assert own.beyond_ms == {"sys_high": 120_000}  # 172 and 185: from 60 s to 180 s
    assert own.beyond_high_ms == {"sys_high": 60_000}  # 185: from 120 s
    strict = outcome(PRESSURES, STRICT)
    assert strict.beyond_ms == {"sys_high": 390_000}  # 150 and 149 too: from 10 s to the end at 400
    assert strict.beyond_high_ms == {"sys_high": 120_000}


def test_minutes_beyond_end_with_the_loss_of_a_value() -> None:
    # The last value is of 8 s and is lost 10 s later; nothing is known of 18 s to 100 s.
    entries = (*heart_rates((0, 120), (8, 120)), *recording({"t": 100, "kind": "note"}))
    assert outcome(entries, hr(110, 15)).beyond_ms == {"hr_high": 18_000}


def test_alarms_an_hour_are_episodes_over_the_recordings_length() -> None:
    found = outcome(PRESSURES)
    assert found.duration_ms == 400_000
    assert (found.count("high"), found.count("medium")) == (1, 0)
    assert found.per_hour(1) == 9  # one in 400 s
    assert outcome(recording({"t": 0, "kind": "note"})).per_hour(0) is None


def test_recording_is_as_long_as_until_its_end() -> None:
    entries = recording({"t": 90, "kind": "end"}, {"t": 500, "kind": "note"})
    assert outcome(entries).duration_ms == 90_000


def test_alarm_that_ended_by_itself_within_ten_seconds_is_short() -> None:
    # Raised at 0 without a delay; inside from 2 s on, so ended at 7 s.
    quick = heart_rates((0, 120), (2, 100), (7, 100))
    assert outcome(quick, hr(110, 0)).short == 1
    slow = heart_rates((0, 120), (6, 100), (11, 100))
    assert outcome(slow, hr(110, 0)).short == 0
    still = heart_rates((0, 120), (2, 120))
    assert outcome(still, hr(110, 0)).short == 0


def test_alarm_that_somebody_answered_or_limits_took_away_did_not_end_by_itself() -> None:
    answered = sorted(
        (*heart_rates((0, 120), (2, 100), (7, 100)), *recording({"t": 1, "kind": "acknowledge"})),
        key=lambda entry: entry.t_ms,
    )
    assert outcome(answered, hr(110, 0)).short == 0
    taken = recording(
        {"t": 0, "kind": "limits", "profile": {"sys": {"high": {"medium": 160}}}},
        {"t": 1, "kind": "blood_pressure", "device": "cuff", "systolic": 170, "diastolic": 80},
        {"t": 5, "kind": "limits", "profile": {}},
    )
    found = outcome(taken)
    assert [told(e)[:3] for e in found.episodes] == [("sys_high", 1_000, 5_000)]
    assert found.short == 0


def cuff(t: float, systolic: int) -> dict[str, Any]:
    return {
        "t": t, "kind": "blood_pressure", "device": "cuff", "systolic": systolic, "diastolic": 80
    }  # fmt: skip


def test_time_to_acknowledge_runs_from_raised_to_the_first_answer_at_the_chair() -> None:
    found = outcome(
        recording(
            cuff(10, 170),
            {"t": 20, "kind": "acknowledge", "by": {"seat": "physician"}},
            {"t": 40, "kind": "acknowledge", "by": {"seat": "nurse"}},
            cuff(50, 185),
            {"t": 55, "kind": "acknowledge"},
            cuff(60, 150),
            cuff(100, 185),
            cuff(120, 150),
            {"t": 150, "kind": "acknowledge"},
            cuff(200, 170),
        ),
        parse_profile({"sys": {"high": {"medium": 160, "high": 180}}}),
    )
    assert found.answer_times_ms == [30_000, 50_000]  # the second is latched, and answered then
    assert found.median_answer_ms == 40_000
    assert len(found.episodes) == 3


def test_answer_covers_what_the_drawn_entry_caused_under_these_limits_and_nothing_later() -> None:
    # As recorded: reading 1, raised 2, reading 3, and an answer to what was drawn up to 2.
    lines = (
        cuff(10, 170),
        {"t": 10, "kind": "alarm", "condition": "sys_high", "change": "raised", "state": "active",
         "priority": "medium", "value": 170, "limit": 160, "basis": "absolute"},
        cuff(20, 185),
        {"t": 21, "kind": "acknowledge", "up_to_seq": 2},
    )  # fmt: skip
    entries = recording(*lines, ordinals=True)
    both = parse_profile({"sys": {"high": {"medium": 160}}, "dia": {"high": {"medium": 70}}})
    assert outcome(entries, both).answer_times_ms == [11_000, 11_000]
    late = parse_profile({"sys": {"high": {"medium": 180}}})  # raised by the reading not yet drawn
    assert outcome(entries, late).answer_times_ms == []


def test_raised_again_after_a_latch_is_another_alarm_with_its_own_worst_value() -> None:
    found = outcome(
        recording(cuff(0, 190), cuff(60, 150), cuff(120, 165), cuff(180, 150)),
        parse_profile({"sys": {"high": {"medium": 160, "high": 180}}}),
    )
    assert [told(e) for e in found.episodes] == [
        ("sys_high", 0, 60_000, "high", 190, 180),
        ("sys_high", 120_000, 180_000, "medium", 165, 160),
    ]


def test_differences_name_what_another_missed_or_had_milder() -> None:
    entries = recording(cuff(0, 165), cuff(60, 150), cuff(120, 185), cuff(180, 150))
    narrow = parse_profile({"sys": {"high": {"medium": 160, "high": 180}}})
    found = differences([outcome(entries, narrow), outcome(entries, WIDER)])
    assert [(d.place, d.episode.raised_ms, d.had) for d in found] == [
        (0, 0, {1: None}),
        (0, 120_000, {1: "medium"}),
    ]


def test_alarms_that_stood_beside_each_other_for_a_moment_are_the_same_alarm() -> None:
    entries = heart_rates(*((t, 120) for t in range(31)), (31, 100), (36, 100))
    quick, slow, never = (outcome(entries, hr(110, delay)) for delay in (5, 30, 60))
    assert differences([quick, slow]) == []
    assert [d.had for d in differences([quick, slow, never])] == [{2: None}, {2: None}]


def test_same_limits_tell_what_the_session_itself_was_told() -> None:
    raised = [e.t_ms for e in timeline(PRESSURES) if e.body.change == "raised"]
    assert [e.raised_ms for e in outcome(PRESSURES).episodes] == raised
    own = parse_profile({"sys": {"high": {"medium": 160, "high": 180}}})
    assert differences([outcome(PRESSURES), outcome(PRESSURES, own)]) == []
