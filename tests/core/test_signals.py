"""What devices say of their signal, battery and bytes, as conditions with exact moments."""

import pytest

from tests.core.chair import Chair

OFF = "sensor_off"


def only(lines: list[str], condition: str) -> list[str]:
    """The lines of one condition, without its name."""
    return [line.replace(f" {condition}", "") for line in lines if condition in line]


def seconds(chair: Chair, times: range, value: float | None = 97, *words: str) -> list[str]:
    """A reading each second with these words."""
    return [line for t in times for line in chair.spo2(t, value, status=sorted(words))]


# -- sensor_off ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [OFF, "sensor_disconnected", "sensor_fault"])
def test_sensor_is_off_after_five_seconds_until_a_valid_value(word: str) -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    assert seconds(chair, range(1, 6), None, word) == []
    assert only(chair.wait(6), OFF) == [
        f"6.000 raised active low: oximeter: {word.replace('_', ' ')}"
    ]
    assert only(chair.spo2(7, None), OFF) == []
    assert only(chair.spo2(8, 97), OFF) == ["8.000 cleared normal low"]


def test_five_seconds_count_from_the_first_word_even_if_nothing_follows() -> None:
    chair = Chair({})
    chair.spo2(1, None, status=[OFF])
    assert chair.wait(5.999) == []
    assert chair.wait(6) == ["6.000 sensor_off raised active low: oximeter: sensor off"]


@pytest.mark.parametrize("value", [97, None])
def test_reading_without_the_word_breaks_the_five_seconds(value: float | None) -> None:
    chair = Chair({})
    chair.spo2(0, None, status=[OFF])
    chair.spo2(4, value)
    chair.spo2(5, None, status=[OFF])
    assert only(chair.wait(9.999), OFF) == []
    assert len(only(chair.wait(10), OFF)) == 1


def test_zero_and_a_strap_without_contact_mean_that_it_is_off() -> None:
    chair = Chair({})
    chair.spo2(0, 0)
    chair.strap(1, 80, contact=False)
    assert chair.wait(6) == [
        "5.000 sensor_off raised active low: oximeter: sensor off",
        "6.000 sensor_off realarmed active low: oximeter: sensor off; strap: no skin contact",
    ]


def test_one_signal_of_a_monitor_may_be_off_and_another_not() -> None:
    chair = Chair({})
    chair.tell(0, "heart_rate", "monitor", heart_rate=80)
    for t in range(1, 9):
        chair.tell(t, "oximetry", "monitor", spo2=None, status=[OFF])
        chair.tell(t + 0.5, "heart_rate", "monitor", heart_rate=80)
    track = chair.state.technical[OFF]
    assert (track.level, track.reason) == (0, "monitor SpO2: sensor off")


def test_loss_of_the_device_breaks_the_five_seconds_and_ends_nothing() -> None:
    chair = Chair({})
    chair.spo2(0, None, status=[OFF])
    chair.tell(3, "device", "oximeter", state="lost")
    assert only(chair.wait(20), OFF) == []
    chair.spo2(21, None, status=[OFF])
    assert len(only(chair.wait(26), OFF)) == 1
    assert only(chair.tell(27, "device", "oximeter", state="lost"), OFF) == []


def test_stored_readings_and_charted_sources_say_nothing_of_a_sensor() -> None:
    chair = Chair({})
    chair.tell(0, "device", "oximeter", cadence_s=1200)
    chair.spo2(0, None, status=[OFF])
    chair.tell(1, "oximetry", "monitor", spo2=None, status=["from_storage", OFF])
    assert chair.wait(100) == []


# -- signal_poor --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["low_signal", "low_perfusion", "questionable", "motion", "interference"]
)
def test_signal_is_poor_after_thirty_seconds_and_good_after_ten(word: str) -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    assert seconds(chair, range(1, 31), 97, word) == []
    assert chair.wait(31) == [
        f"31.000 signal_poor raised active low: oximeter: {word.replace('_', ' ')}"
    ]
    assert seconds(chair, range(32, 42)) == []
    assert chair.spo2(42, 97) == ["42.000 signal_poor cleared normal low"]


def test_good_reading_breaks_thirty_seconds_and_a_poor_one_breaks_ten() -> None:
    chair = Chair({})
    seconds(chair, range(29), 97, "motion")
    seconds(chair, range(29, 30))
    assert seconds(chair, range(30, 60), 97, "motion") == []
    assert len(seconds(chair, range(60, 61), 97, "motion")) == 1
    assert seconds(chair, range(61, 70)) == []
    assert seconds(chair, range(70, 71), 97, "motion") == []
    assert seconds(chair, range(71, 81)) == []
    assert len(seconds(chair, range(81, 82))) == 1


def test_values_without_a_word_between_poor_ones_stop_nothing() -> None:
    chair = Chair({})
    seconds(chair, range(15), 97, "motion")
    seconds(chair, range(15, 31), None)
    assert only(chair.spo2(31, 97, status=["motion"]), "signal_poor") == [
        "31.000 raised active low: oximeter: motion"
    ]


def test_silence_is_no_poor_signal_and_no_good_one() -> None:
    chair = Chair({})
    seconds(chair, range(21), 97, "motion")  # the newest is lost at 30
    assert only(chair.wait(100), "signal_poor") == []
    seconds(chair, range(100, 131), 97, "motion")
    assert chair.state.technical["signal_poor"].level == 0
    chair.spo2(131, 97)
    chair.wait(150)
    assert only(chair.spo2(151, 97), "signal_poor") == []
    assert len(only(seconds(chair, range(152, 162)), "signal_poor")) == 1


def test_sensor_that_is_off_has_no_poor_signal() -> None:
    chair = Chair({})
    seconds(chair, range(29), 97, "motion")
    seconds(chair, range(29, 60), None, "motion", OFF)
    assert only(chair.out, "signal_poor") == []
    assert chair.state.technical["signal_poor"].level is None


# -- implausible_spo2 ---------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "is_told"), [(1, True), (39, True), (40, False), (0, False)])
def test_spo2_below_40_is_told_at_once(value: float, is_told: bool) -> None:
    chair = Chair({})
    found = only(chair.spo2(3, value), "implausible_spo2")
    assert found == ([f"3.000 raised active medium: oximeter: SpO2 {value} %"] if is_told else [])


def test_only_a_plausible_value_ends_it() -> None:
    chair = Chair({})
    chair.spo2(0, 20)
    chair.tell(1, "oximetry", "oximeter", spo2=None, pulse_rate=80)
    chair.spo2(2, 127)
    chair.tell(3, "device", "oximeter", state="lost")
    assert only(chair.wait(30), "implausible_spo2") == []
    assert only(chair.spo2(31, 86), "implausible_spo2") == ["31.000 cleared normal medium"]


def test_implausible_value_is_no_value() -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    lines = seconds(chair, range(1, 11), 20)
    assert only(lines, "oximeter_no_data") == [
        "10.000 raised active low: oximeter sends no valid value"
    ]


# -- battery_low --------------------------------------------------------------------------------


def test_battery_is_low_under_20_medium_under_10_until_charged() -> None:
    chair = Chair({})
    assert chair.tell(1, "device_info", "cuff", battery_percent=20) == []
    assert chair.tell(2, "device_info", "cuff", battery_percent=19) == [
        "2.000 battery_low raised active low: cuff: battery 19 %"
    ]
    assert chair.tell(3, "device_info", "cuff", firmware="1") == []
    assert chair.tell(4, "device_info", "cuff", battery_percent=9) == [
        "4.000 battery_low escalated active medium: cuff: battery 9 %"
    ]
    assert chair.tell(5, "device_info", "cuff", battery_percent=10) == [
        "5.000 battery_low deescalated active low: cuff: battery 10 %"
    ]
    assert chair.tell(6, "device_info", "cuff", battery_percent=80) == [
        "6.000 battery_low cleared normal low"
    ]


def test_word_in_a_reading_means_low_until_a_reading_without_it() -> None:
    chair = Chair({})
    assert chair.spo2(0, 97, status=["low_battery"]) == [
        "0.000 battery_low raised active low: oximeter: says that its battery is low"
    ]
    assert chair.spo2(1, 97, status=["low_battery"]) == []
    assert chair.spo2(2, 97) == ["2.000 battery_low cleared normal low"]
    assert chair.cuff(3, None, None, status=["low_battery"]) == [
        "3.000 battery_low raised active low: cuff: says that its battery is low"
    ]


def test_no_bars_are_low_and_another_device_in_the_role_starts_anew() -> None:
    chair = Chair({})
    chair.tell(0, "device", "oximeter", identity="A")
    assert chair.tell(1, "device_info", "oximeter", battery_level=0) == [
        "1.000 battery_low raised active low: oximeter: battery 0 bars"
    ]
    assert chair.tell(2, "device", "oximeter", identity="A") == []
    assert chair.tell(3, "device", "oximeter", identity="B") == [
        "3.000 battery_low cleared normal low"
    ]


def test_second_battery_asks_anew() -> None:
    chair = Chair({})
    chair.tell(0, "device_info", "cuff", battery_percent=5)
    chair.acknowledge(1)
    found = chair.tell(2, "device_info", "strap", battery_percent=15)
    assert found == [
        "2.000 battery_low realarmed active medium: cuff: battery 5 %; strap: battery 15 %"
    ]


# -- reading_rejected ---------------------------------------------------------------------------


def reject(chair: Chair, t: float, device: str = "oximeter") -> list[str]:
    """Malformed bytes."""
    return chair.tell(t, "rejected", device, reason="bad checksum", raw="00")


def test_third_within_60_s_raises_it_and_60_s_without_end_it() -> None:
    chair = Chair({})
    reject(chair, 0)
    reject(chair, 30)
    assert reject(chair, 59.999) == [
        "59.999 reading_rejected raised active low: oximeter: bad checksum"
    ]
    assert reject(chair, 70) == []
    assert chair.acknowledge(71) == ["71.000 reading_rejected acknowledged acknowledged low"]
    assert chair.wait(129.999) == []
    assert chair.wait(130) == ["130.000 reading_rejected cleared normal low"]
    reject(chair, 131)
    assert reject(chair, 132) == []


def test_third_of_more_than_60_s_or_of_another_device_is_none() -> None:
    chair = Chair({})
    reject(chair, 0)
    reject(chair, 30)
    assert reject(chair, 60) == []
    assert reject(chair, 61, "cuff") == []


def test_poor_readings_before_silence_or_a_sensor_that_was_off_do_not_count() -> None:
    chair = Chair({})
    seconds(chair, range(15), 97, "motion")
    seconds(chair, range(25, 40), 97, "motion")
    chair.spo2(40, None, status=["motion", OFF])
    seconds(chair, range(41, 71), 97, "motion")
    assert only(chair.wait(70.999), "signal_poor") == []
    assert len(only(chair.spo2(71, 97, status=["motion"]), "signal_poor")) == 1


def test_loss_of_the_device_breaks_thirty_seconds_too() -> None:
    chair = Chair({})
    seconds(chair, range(15), 97, "motion")
    chair.tell(15, "device", "oximeter", state="lost")
    assert only(seconds(chair, range(16, 46), 97, "motion"), "signal_poor") == []
    assert len(only(chair.spo2(46, 97, status=["motion"]), "signal_poor")) == 1


def test_source_that_turns_out_to_be_charted_is_not_off() -> None:
    chair = Chair({})
    chair.spo2(0, None, status=[OFF])
    chair.tell(2, "device", "oximeter", cadence_s=1200)
    assert chair.wait(100) == []


def test_one_bar_is_not_low() -> None:
    assert Chair({}).tell(1, "device_info", "oximeter", battery_level=1) == []


def test_strap_without_contact_says_nothing_of_its_battery() -> None:
    chair = Chair({})
    chair.tell(0, "heart_rate", "strap", heart_rate=None, contact=False)
    assert chair.state.technical["battery_low"].state == "normal"


def test_another_devices_charge_is_forgotten_once_and_its_own_kept() -> None:
    chair = Chair({})
    chair.tell(0, "device", "oximeter", identity="A")
    chair.tell(1, "device_info", "oximeter", battery_percent=15)
    assert chair.state.technical["battery_low"].state == "active"
    chair.tell(2, "device", "oximeter", identity="B")
    assert chair.state.technical["battery_low"].state == "normal"
    chair.tell(3, "device_info", "oximeter", battery_percent=15)
    chair.tell(4, "device", "oximeter", identity="B", state="streaming")
    assert chair.state.technical["battery_low"].state == "active"


def test_rejected_readings_end_a_minute_after_the_newest() -> None:
    chair = Chair({})
    for t in (0, 10, 50):
        chair.tell(t, "rejected", "oximeter", reason="bad checksum", raw="00")
    chair.tell(80, "device", "oximeter", state="streaming")  # what asks in between changes nothing
    assert chair.wait(109.999) == []
    assert [line.split()[:3] for line in chair.wait(110)] == [
        ["110.000", "reading_rejected", "cleared"]
    ]
