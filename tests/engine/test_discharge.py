"""Discharge: each criterion as a fact of the record, at its bounds."""

from typing import Any

import pytest

from ketamon.engine.discharge import Record, criteria
from ketamon.feed.messages import Bin, CuffBar
from tests.engine.chairside import Chairside, at_a_chair

NOW = 3700.0
BASE = {"sys": 140, "dia": 80}


def steady(vital: str, low: float, high: float, *, without: float | None = None) -> tuple[Bin, ...]:
    """Ten minutes of a vital, but for the two and a half that begin so many seconds ago."""
    times = [NOW - 600 + 10 * i for i in range(60)]
    return tuple(
        Bin(vital, t, low, high)
        for t in times
        if without is None or not NOW - without <= t < NOW - without + 150
    )


FINE: dict[str, Any] = {
    "ended_t": 100.0, "baseline": BASE,
    "bars": (CuffBar(200, 168, 96), CuffBar(3000, 112, 64)),
    "bins": (*steady("spo2", 94, 99), *steady("hr", 50, 110)),
    "scores": ((200, 5), (3000, 5)), "symptoms": (("nausea mild", 1),),
}  # fmt: skip


def open_of(now: float = NOW, **changes: Any) -> list[tuple[str, str]]:
    """Key and fact of what is open."""
    return [
        (one.key, one.fact)
        for one in criteria(Record(**{**FINE, **changes}), now)
        if not one.met_at(now)
    ]


def test_everything_at_its_bound_is_met() -> None:
    assert open_of() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ended_t": None}, ("time", "dosing has not ended")),
        ({"route": "nasal"}, ("time", "")),
        ({"baseline": {}}, ("near", "no baseline locked")),
        ({"bars": FINE["bars"][:1]}, ("near", "168/96")),
        ({"bars": (CuffBar(90, 140, 80), CuffBar(3000, 140, 80))}, ("near", "140/80")),
        ({"bars": (CuffBar(200, 169, 80), CuffBar(3000, 140, 80))}, ("near", "169/80 140/80")),
        ({"bars": (CuffBar(200, 140, 80), CuffBar(3000, 140, 63))}, ("near", "140/80 140/63")),
        ({"bars": (CuffBar(200, 140, 80), CuffBar(3000, 140, None))}, ("near", "140/80 140/–")),
        ({"bins": steady("hr", 60, 80)}, ("spo2", "no values")),
        ({"bins": (*steady("spo2", 93, 99), *steady("hr", 60, 80))}, ("spo2", "93 – 99")),
        ({"bins": (*steady("spo2", 97, 99, without=300), *steady("hr", 60, 80))},
         ("spo2", "97 – 99, with gaps")),
        ({"bins": (*steady("spo2", 97, 99), *steady("hr", 49, 80))}, ("hr", "49 – 80")),
        ({"bins": (*steady("spo2", 97, 99), *steady("hr", 60, 111))}, ("hr", "60 – 111")),
        ({"scores": ((3000, 5),)}, ("moaas", "5")),
        ({"scores": ((50, 5), (3000, 5))}, ("moaas", "5")),
        ({"scores": ((200, 5), (3000, 4))}, ("moaas", "5, 4")),
        ({"symptoms": (("nausea moderate", 2),)}, ("symptoms", "nausea moderate")),
        ({"alarms": ("SYS HIGH",)}, ("alarms", "SYS HIGH")),
    ],
)  # fmt: skip
def test_what_is_beyond_its_bound_is_open_and_says_the_fact(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected in open_of(**changes)


def test_time_alone_meets_the_first_at_its_moment() -> None:
    assert ("time", "") in open_of(NOW - 1)
    assert "time" not in [key for key, _ in open_of(NOW)]
    assert "time" not in [key for key, _ in open_of(100 + 7200, route="nasal")]


def test_a_new_dose_begins_the_time_anew_and_a_struck_symptom_counts_no_more() -> None:
    async def act(chair: Chairside) -> None:
        chair.phase("recovery")
        chair.session.t0 -= 600
        chair.ask("chart", event="dose.im", value=20)
        seq = chair.ask("chart", event="symptom.nausea", value=3).seq
        view = chair.session.snapshot().discharge
        assert view is not None
        assert view.ended_t == pytest.approx(600, abs=1)
        assert [one.fact for one in view.criteria if one.key == "symptoms"] == ["nausea severe"]
        chair.ask("strike", seq=seq, reason="the other patient")
        view = chair.session.snapshot().discharge
        assert view is not None
        assert [one.met for one in view.criteria if one.key == "symptoms"] == [True]

    at_a_chair(act)


def test_dose_set_back_in_time_counts_from_when_it_was() -> None:
    async def act(chair: Chairside) -> None:
        chair.session.t0 -= 1200
        chair.ask("chart", event="dose.iv_complete", ago_min=15, reason="charted afterwards")
        assert chair.session.projector.flow.ended_t == pytest.approx(300, abs=1)

    at_a_chair(act)
