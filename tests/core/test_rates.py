"""Heart rates of strap, oximeter and cuff that are far apart for long: a technical line with all."""

import pytest

from tests.core.chair import Chair


def both(chair: Chair, t: float, strap: float | None, oximeter: float | None) -> list[str]:
    """A rate of each; the lines about rates that came."""
    found = chair.strap(t, strap)
    found += chair.tell(t, "oximetry", "oximeter", spo2=97, pulse_rate=oximeter)
    return of_rates(found)


def of_rates(lines: list[str]) -> list[str]:
    """Those of this condition."""
    return [line for line in lines if "rates_disagree" in line]


def test_raised_after_30_s_of_more_than_20_with_both_rates() -> None:
    chair = Chair({})
    found = [line for t in range(30) for line in both(chair, t, 118, 82)]
    assert found == []
    assert of_rates(chair.wait(29.999)) == []
    assert of_rates(chair.wait(30)) == [
        "30.000 rates_disagree raised active low: strap 118, oximeter 82"
    ]


@pytest.mark.parametrize(("strap", "oximeter"), [(100, 80), (80, 100), (100.5, 81)])
def test_rates_up_to_20_apart_agree(strap: float, oximeter: float) -> None:
    chair = Chair({})
    assert [line for t in range(60) for line in both(chair, t, strap, oximeter)] == []


def test_cleared_at_the_first_reading_that_agrees() -> None:
    chair = Chair({})
    for t in range(40):
        both(chair, t, 118, 82)
    assert of_rates(chair.strap(40, 102)) == ["40.000 rates_disagree cleared normal low"]


def test_one_agreement_starts_the_30_s_anew() -> None:
    chair = Chair({})
    for t in range(29):
        both(chair, t, 118, 82)
    both(chair, 29, 90, 82)
    found = [line for t in range(30, 61) for line in both(chair, t, 118, 82)]
    assert found == ["60.000 rates_disagree raised active low: strap 118, oximeter 82"]


def test_cleared_when_one_alone_is_left_at_its_stale_time() -> None:
    chair = Chair({})
    for t in range(40):
        both(chair, t, 118, 82)
    found = []
    for t in range(40, 60):
        found += of_rates(chair.strap(t, 118))
    assert found == ["49.000 rates_disagree cleared normal low"]


def test_cuffs_pulse_counts_for_a_minute() -> None:
    chair = Chair({})
    chair.strap(0, 80)
    chair.cuff(0.5, 120, pulse_rate=120)
    found = []
    for t in range(1, 70):
        found += of_rates(chair.strap(t, 80))
    assert found == [
        "30.500 rates_disagree raised active low: strap 80, cuff 120",
        "60.500 rates_disagree cleared normal low",
    ]


def test_copy_of_a_cuffs_reading_does_not_count_anew() -> None:
    chair = Chair({})
    chair.strap(0, 80)
    for t in (1, 11):
        chair.cuff(t, 120, pulse_rate=120)
    for t in range(2, 62):
        chair.strap(t, 80)
    assert chair.state.technical["rates_disagree"].state == "normal"


def test_cuff_without_a_pulse_ends_the_comparison() -> None:
    chair = Chair({})
    for t in range(40):
        chair.strap(t, 80)
        if t == 2:
            chair.cuff(t, 120, pulse_rate=120)
    assert chair.state.technical["rates_disagree"].state == "active"
    assert of_rates(chair.cuff(40, 121)) == ["40.000 rates_disagree cleared normal low"]


def test_invalid_rate_is_not_compared() -> None:
    chair = Chair({})
    for t in range(20):
        both(chair, t, 118, 82)
    both(chair, 20, None, 82)
    found = [line for t in range(21, 52) for line in both(chair, t, 118, 82)]
    assert found == ["51.000 rates_disagree raised active low: strap 118, oximeter 82"]


def test_charted_rate_is_not_compared() -> None:
    chair = Chair({})
    chair.tell(0, "device", "strap", cadence_s=61)
    assert [line for t in range(60) for line in both(chair, t, 118, 82)] == []


def test_oximeter_whose_arm_is_squeezed_is_not_compared() -> None:
    chair = Chair({})
    chair.tell(0, "placement", cuff_arm="left", probe_arm="left")
    for t in range(20):
        both(chair, t, 118, 82)
    chair.did(20, "start")
    found = [line for t in range(20, 115) for line in both(chair, t, 118, 82)]
    assert found == ["110.000 rates_disagree raised active low: strap 118, oximeter 82"]


def test_two_rates_of_one_monitor_are_compared() -> None:
    chair = Chair({})
    found = []
    for t in range(32):
        chair.tell(t, "heart_rate", "monitor", heart_rate=118)
        found += chair.tell(t, "oximetry", "monitor", spo2=97, pulse_rate=82)
    assert of_rates(found) == []
    assert chair.state.technical["rates_disagree"].reason == "monitor 118, monitor pulse 82"
