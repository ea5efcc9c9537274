"""A limits profile gets through only whole; every refusal names key and reason."""

import copy
import tomllib
from typing import Any

import pytest

from ketamon.core.profile import ProfileError, parse_profile, refusal
from ketamon.profiles import FOLDER, as_toml, load_profile

GOOD: dict[str, Any] = tomllib.loads((FOLDER / "iv_adult.toml").read_text())


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.toml")))
def test_shipped_profiles_are_sound_and_print_themselves(name: str) -> None:
    profile = load_profile(FOLDER / name)
    again = parse_profile(tomllib.loads(as_toml(profile)))
    assert as_toml(again) == as_toml(profile)
    assert {name: again.vitals[name] for name in profile.vitals} == profile.vitals
    assert again.schedule == profile.schedule


def test_everything_is_optional_and_left_out_is_off() -> None:
    profile = parse_profile({})
    assert profile.vitals == {}
    assert (profile.realarm_ms, profile.audio_pause_ms, profile.clear_for_ms) == (
        180_000,
        120_000,
        5_000,
    )
    assert "# high: OFF" in as_toml(profile)
    assert "clear_margin = { hr = 2, spo2 = 1, rr = 0 }" in as_toml(profile)


def test_margin_not_named_is_zero_once_some_are() -> None:
    profile = parse_profile(
        {
            "spo2": {"low": {"medium": 94}},
            "hr": {"high": {"medium": 110}},
            "alarm": {"clear_margin": {"spo2": 2}},
        }
    )
    assert (profile.vitals["spo2"].clear_margin, profile.vitals["hr"].clear_margin) == (2, 0)


REFUSED: list[tuple[str, Any, str]] = [
    ("sys.high.medium", 300, "p.toml: sys.high.medium: 300 is outside 60–260 mmHg"),
    ("hr.low.high", 20, "p.toml: hr.low.high: 20 is outside 25–240 /min"),
    ("spo2.low.medium", 101, "p.toml: spo2.low.medium: 101 is outside 50–100 %"),
    ("sys.high.medium", 185, "p.toml: sys.high: medium 185 lies beyond high 180; swap them"),
    ("sys.low.high", 95, "p.toml: sys.low: medium 90 lies beyond high 95; swap them"),
    ("hr.low", {"medium": 110}, "p.toml: hr: low 110 is not below high 110; they are crossed"),
    ("spo2.high", {"medium": 99}, "p.toml: spo2.high: SpO2 has no high limit; take it out"),
    (
        "sys.delay_s",
        {"medium": 5},
        "p.toml: sys.delay_s: SYS comes one by one and has no delay; take it out",
    ),
    ("sys.hi", {"medium": 160}, "p.toml: sys.hi: unknown key; did you mean high?"),
    ("sis", {}, "p.toml: sis: unknown key; did you mean sys?"),
    ("sys.high.now", 160, "p.toml: sys.high.now: unknown key; known here: medium, high"),
    ("sys.high.medium", "160", "p.toml: sys.high.medium: '160' is not a number"),
    ("sys.high.medium", True, "p.toml: sys.high.medium: True is not a number"),
    ("sys.high.medium", float("nan"), "p.toml: sys.high.medium: nan is outside 60–260 mmHg"),
    ("sys", 160, "p.toml: sys: is not a table; write it as in `ketamon limits check -h`"),
    ("sys.high", 160, "p.toml: sys.high: is not a table; write it as high = { medium = 160 }"),
    ("spo2.low", "94", "p.toml: spo2.low: is not a table; write it as low = { medium = … }"),
    (
        "alarm.clear_margin",
        2,
        "p.toml: alarm.clear_margin: is not a table; write it as clear_margin = { hr = 2 }",
    ),
    (
        "cuff.overdue_min",
        5,
        "p.toml: cuff.overdue_min: is not a table; write it as overdue_min = { low = 2, medium = 5 }",
    ),
    (
        "sys.high.medium",
        10**400,
        "p.toml: sys.high.medium: a number of hundreds of digits is outside 60–260 mmHg",
    ),
    ("sys.high.medium", [[]], "p.toml: sys.high.medium: a list is not a number"),
    (
        "profile.version",
        -(10**400),
        "p.toml: profile.version: a number of hundreds of digits is not a whole number from 1 up",
    ),
    (
        "sys.\x1b[2J",
        1,
        "p.toml: sys.[2J: unknown key; known here: high, low, rise_mmhg, rise_pct, only_above",
    ),
    ("alarm.audio_pause_s", 181, "p.toml: alarm.audio_pause_s: 181 is outside 1–180 s"),
    (
        "alarm.clear_margin.sys",
        2,
        "p.toml: alarm.clear_margin.sys: unknown key; known here: hr, spo2, rr",
    ),
    ("sys.rise_mmhg.medium", 50, "p.toml: sys.rise_mmhg: medium 50 lies beyond high 40; swap them"),
    ("cuff.overdue_min.low", 9, "p.toml: cuff.overdue_min: low lies beyond medium; swap them"),
    (
        "cuff.schedule.dosing",
        {},
        "p.toml: cuff.schedule.dosing: give either interval_min or at_min",
    ),
    (
        "cuff.schedule.dosing",
        {"at_min": [5, 3]},
        "p.toml: cuff.schedule.dosing.at_min: minutes do not rise; put them in order",
    ),
    ("profile.version", 0, "p.toml: profile.version: 0 is not a whole number from 1 up"),
]


@pytest.mark.parametrize(
    ("key", "value", "sentence"), REFUSED, ids=[f"{k}={v}"[:60] for k, v, _ in REFUSED]
)
def test_unknown_crossed_and_impossible_limits_are_refused_with_key_and_reason(
    key: str, value: object, sentence: str
) -> None:
    raw = copy.deepcopy(GOOD)
    *path, last = key.split(".")
    table = raw
    for name in path:
        table = table.setdefault(name, {})
    table[last] = value
    with pytest.raises(ProfileError) as refusal:
        parse_profile(raw, "p.toml")
    assert str(refusal.value) == sentence


def test_a_refusal_names_key_and_reason_and_a_sound_profile_has_none() -> None:
    assert refusal({"hr": {"high": {"medium": 9}}}) == "hr.high.medium: 9 is outside 25–240 /min"
    assert refusal(GOOD) is None
    assert refusal({}) is None


def test_what_is_left_out_has_the_values_of_the_design() -> None:
    found = parse_profile({})
    assert (found.audio_pause_ms, found.escalate_ms, found.clear_for_ms) == (
        120_000,
        120_000,
        5_000,
    )
    assert (found.realarm_ms, found.realarm_again_ms) == (180_000, 600_000)
    assert (found.overdue_low_ms, found.overdue_medium_ms) == (120_000, 300_000)
    assert found.reannounce_mmhg == 15
    assert parse_profile({"hr": {}, "spo2": {}}).vitals["hr"].clear_margin == 2
    assert parse_profile({"hr": {}, "spo2": {}}).vitals["spo2"].clear_margin == 1


@pytest.mark.parametrize(
    ("table", "key", "lowest", "highest"),
    [
        ("hr", ("delay_s", "medium"), 0, 600),
        ("hr", ("rise_pct", "medium"), 1, 200),
        ("sys", ("rise_mmhg", "medium"), 1, 200),
        ("sys", ("only_above",), 60, 260),
        ("hr", ("high", "medium"), 25, 240),
        ("spo2", ("low", "medium"), 50, 100),
        ("alarm", ("audio_pause_s",), 1, 180),
        ("alarm", ("realarm_s",), 10, 3600),
        ("alarm", ("realarm_again_s",), 10, 7200),
        ("alarm", ("escalate_s",), 10, 3600),
        ("alarm", ("clear_for_s",), 0, 120),
        ("alarm", ("reannounce_mmhg",), 1, 100),
        ("alarm", ("clear_margin", "hr"), 0, 20),
        ("cuff", ("overdue_min", "medium"), 2, 120),
    ],
)
def test_numbers_reach_to_their_bounds_and_no_further(
    table: str, key: tuple[str, ...], lowest: float, highest: float
) -> None:
    def refused(value: float) -> bool:
        given: object = value
        for name in reversed(key):
            given = {name: given}
        return refusal({table: given}) is not None

    assert [refused(v) for v in (lowest, highest)] == [False, False]
    assert [refused(v) for v in (lowest - 0.5, highest + 0.5)] == [True, True]


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"hr": {"rise_pct": {"medium": 300}}}, "hr.rise_pct.medium: 300 is outside 1–200 %"),
        ({"sys": {"rise_mmhg": {"high": 300}}}, "sys.rise_mmhg.high: 300 is outside 1–200 mmHg"),
    ],
)
def test_bounds_are_told_with_their_unit(profile: dict[str, object], words: str) -> None:
    assert refusal(profile) == words


@pytest.mark.parametrize(
    ("first", "sound"),
    [
        ({"minutes": 1, "interval_min": 1}, True),
        ({"minutes": 240, "interval_min": 240}, True),
        ({"minutes": 0, "interval_min": 1}, False),
        ({"minutes": 10, "interval_min": 0}, False),
        ({"minutes": 241, "interval_min": 5}, False),
    ],
)
def test_dense_beginning_of_a_schedule_has_bounds(first: dict[str, int], sound: bool) -> None:
    given = {"cuff": {"schedule": {"dosing": {"interval_min": 10, "first": first}}}}
    assert (refusal(given) is None) == sound
