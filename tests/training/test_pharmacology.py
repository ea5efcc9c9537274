"""ketamon-K1 against its published check values, and against an integration step by step."""

import time
from itertools import pairwise

import pytest

from ketamon.training.chance import stream
from ketamon.training.pharmacology import IM, NASAL, Body, Ketamine

TOLERANCE = 0.02


def infusion(mg_per_kg: float, minutes: float = 40, weight_kg: float = 70) -> Ketamine:
    ketamine = Ketamine(Body.typical(weight_kg))
    ketamine.pump(0, mg_per_kg * weight_kg / minutes)
    ketamine.pump(minutes * 60, 0)
    return ketamine


def injection(mg_per_kg: float) -> Ketamine:
    ketamine = Ketamine(Body.typical(70))
    ketamine.dose(0, mg_per_kg * 70, IM)
    return ketamine


@pytest.mark.parametrize(
    ("minute", "expected"), [(20, 92), (43, 179), (50, 167), (60, 138), (80, 97), (120, 65)]
)
def test_effect_site_of_half_a_mg_per_kg_over_40_minutes(minute: float, expected: float) -> None:
    assert infusion(0.5).effect_ng_per_ml(minute * 60) == pytest.approx(expected, rel=TOLERANCE)


def test_plasma_of_half_a_mg_per_kg_when_the_pump_stops() -> None:
    assert infusion(0.5).plasma_ng_per_ml(2400) == pytest.approx(194, rel=TOLERANCE)


def test_effect_site_of_one_mg_per_kg_over_40_minutes() -> None:
    peak = max(infusion(1.0).effect_ng_per_ml(t) for t in range(2400, 3000, 10))
    assert peak == pytest.approx(358, rel=TOLERANCE)


@pytest.mark.parametrize(("mg_per_kg", "expected"), [(0.5, 177), (1.0, 354), (1.5, 531)])
def test_effect_site_of_an_injection_after_23_minutes(mg_per_kg: float, expected: float) -> None:
    assert injection(mg_per_kg).effect_ng_per_ml(1380) == pytest.approx(expected, rel=TOLERANCE)


def test_plasma_of_an_injection_after_15_minutes() -> None:
    assert injection(0.5).plasma_ng_per_ml(900) == pytest.approx(190, rel=TOLERANCE)


def test_half_the_absorbed_spray_has_the_effect_of_its_potency() -> None:
    ketamine = Ketamine(Body.typical(70))
    ketamine.dose(0, 28, NASAL)
    plain = Ketamine(Body.typical(70))
    plain.dose(0, 28 * 0.48 * 1.75 / 0.93, IM)
    late = 6 * 3600.0  # absorbed long ago: only amount and potency are left
    assert ketamine.effect_ng_per_ml(late) == pytest.approx(plain.effect_ng_per_ml(late), rel=0.1)
    assert ketamine.plasma_ng_per_ml(late) < plain.plasma_ng_per_ml(late)


def integrated(body: Body, *, depot_mg: float, pump: dict[int, float], until_s: int) -> list[float]:
    """Solves the same equations by Runge-Kutta in steps of 1 s; gives the effect site each second."""

    def slope(state: tuple[float, ...], rate: float) -> tuple[float, ...]:
        depot, central, tissue, effect = state
        from_depot = IM.rate_per_min * depot
        between = body.between_l_per_min * (central / body.central_l - tissue / body.tissue_l)
        plasma = central / body.central_l
        return (
            -from_depot,
            rate + from_depot - body.clearance_l_per_min * plasma - between,
            between,
            body.effect_per_min * (1000 * plasma - effect),
        )

    def moved(state: tuple[float, ...], by: tuple[float, ...], step: float) -> tuple[float, ...]:
        return tuple(x + step * dx for x, dx in zip(state, by, strict=True))

    state: tuple[float, ...] = (IM.absorbed * depot_mg, 0.0, 0.0, 0.0)
    rate, step, effect = 0.0, 1 / 60, [0.0]
    for second in range(until_s):
        rate = pump.get(second, rate)
        first = slope(state, rate)
        second_ = slope(moved(state, first, step / 2), rate)
        third = slope(moved(state, second_, step / 2), rate)
        fourth = slope(moved(state, third, step), rate)
        by = tuple(
            (a + 2 * b + 2 * c + d) / 6
            for a, b, c, d in zip(first, second_, third, fourth, strict=True)
        )
        state = moved(state, by, step)
        effect.append(state[3])
    return effect


def test_sums_of_exponentials_are_what_integration_step_by_step_gives() -> None:
    body = Body.drawn(82, female=True, rng=stream(5, "test"))
    body = Body(
        *(getattr(body, name) for name in Body.__slots__[:5])
    )  # the depot as the route says
    ketamine = Ketamine(body)
    ketamine.dose(0, 20, IM)
    for at_s, rate in {300: 1.0, 900: 0.0, 1200: 2.5, 1500: 0.0}.items():
        ketamine.pump(at_s, rate)
    expected = integrated(
        body, depot_mg=20, pump={300: 1.0, 900: 0.0, 1200: 2.5, 1500: 0.0}, until_s=3000
    )
    for second in range(0, 3001, 50):
        assert ketamine.effect_ng_per_ml(second) == pytest.approx(expected[second], rel=1e-5)


def test_equal_rates_of_depot_and_effect_site_are_no_trouble() -> None:
    body = Body(107, 145, 1.317, 2.28, effect_per_min=IM.rate_per_min)
    near = Body(107, 145, 1.317, 2.28, effect_per_min=IM.rate_per_min * 1.0001)
    values = []
    for each in (body, near):
        ketamine = Ketamine(each)
        ketamine.dose(0, 35, IM)
        values.append(ketamine.effect_ng_per_ml(900))
    assert values[0] == pytest.approx(values[1], rel=1e-3)


def test_nothing_stands_before_it_was_given_and_all_of_it_goes() -> None:
    ketamine = infusion(0.5)
    assert ketamine.effect_ng_per_ml(-1) == 0
    assert ketamine.plasma_ng_per_ml(0) == 0
    late = [ketamine.effect_ng_per_ml(3600 * hour) for hour in range(1, 30)]
    assert all(later < earlier for earlier, later in pairwise(late))
    assert late[-1] < 1


def test_heavier_people_with_more_milligrams_have_lower_clearance_a_kilogram() -> None:
    heavy = infusion(0.5, weight_kg=140).plasma_ng_per_ml(2400)
    assert heavy > infusion(0.5, weight_kg=70).plasma_ng_per_ml(2400)
    assert Body.typical(140).clearance_l_per_min == pytest.approx(1.317 * 2**0.75)
    assert Body.typical(140).between_l_per_min == pytest.approx(2.28 * 2**0.75)


def test_women_clear_it_faster() -> None:
    woman, man = (Body.drawn(70, female=female, rng=stream(1, "x")) for female in (True, False))
    assert woman.clearance_l_per_min == pytest.approx(1.15 * man.clearance_l_per_min)


def test_a_concentration_is_never_below_nothing() -> None:
    for seed in range(5):
        rng = stream(seed, "x")
        ketamine = Ketamine(Body.drawn(70, female=False, rng=rng))
        for minute in range(5):
            ketamine.pump(minute * 600, rng.uniform(0, 2) if minute < 4 else 0)
        assert min(ketamine.effect_ng_per_ml(hour * 3600) for hour in range(0, 4000, 37)) >= 0


def test_a_pump_that_is_stopped_early_forgets_what_was_planned() -> None:
    early = infusion(0.5, minutes=40)
    early.pump(600, 0)
    planned = infusion(0.5 * 10 / 40, minutes=10)
    assert early.effect_ng_per_ml(4000) == pytest.approx(planned.effect_ng_per_ml(4000))


def test_a_pump_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        infusion(0.5).pump(5000, -1)


def test_one_hour_in_steps_of_a_second_costs_under_30_ms() -> None:
    ketamine = infusion(0.5)

    def hour() -> float:
        begun = time.perf_counter()
        for second in range(3600):
            ketamine.effect_ng_per_ml(second)
        return time.perf_counter() - begun

    assert min(hour() for _ in range(5)) < 0.030
