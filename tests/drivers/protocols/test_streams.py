"""Fast streams: what is told when, and the traps that other programs fell into."""

import pytest

from ketamon_drivers.protocols import PROTOCOLS, contec_5byte, contec_v7
from ketamon_drivers.protocols.protocol import same_model
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    DeviceInfo,
    Oximetry,
    Pleth,
    Rejected,
    Reply,
)

CONTEC = {"contec-5byte": contec_5byte.encode, "contec-v7": contec_v7.encode}


@pytest.mark.parametrize("name", CONTEC)
def test_sixty_frames_a_second_give_one_reading_when_nothing_changes(name: str) -> None:
    frame = CONTEC[name](Oximetry(97, 60))
    decoder = PROTOCOLS[name].decoder()
    readings = [r for r in decoder.feed(frame * 181) if isinstance(r, Oximetry)]
    assert readings == [Oximetry(97, 60)] * 4


@pytest.mark.parametrize("name", CONTEC)
def test_a_changed_field_is_told_at_once_and_starts_the_second_anew(name: str) -> None:
    first, second = CONTEC[name](Oximetry(97, 60)), CONTEC[name](Oximetry(97, 61))
    decoder = PROTOCOLS[name].decoder()
    decoder.feed(first * 30)
    assert decoder.feed(second) == [Oximetry(97, 61)]
    assert not any(isinstance(r, Oximetry) for r in decoder.feed(second * 59))
    assert decoder.feed(second) == [Oximetry(97, 61)]


@pytest.mark.parametrize("name", CONTEC)
def test_the_pulse_wave_comes_a_second_at_a_time_and_stops_with_the_finger(name: str) -> None:
    encode = CONTEC[name]
    decoder = PROTOCOLS[name].decoder()
    wave = b"".join(encode(Oximetry(97, 60), wave=n) for n in range(60))
    assert [r for r in decoder.feed(wave) if isinstance(r, Pleth)] == [Pleth(tuple(range(60)), 60)]
    decoder.feed(wave[: len(wave) // 2])
    decoder.feed(encode(Oximetry(status=("sensor_off",))))
    assert not any(isinstance(r, Pleth) for r in decoder.feed(wave[: len(wave) // 2]))


@pytest.mark.parametrize("name", ["contec-5byte", "contec-v7", "nonin-df8"])
@pytest.mark.parametrize("pulse", [127, 128, 129, 200, 254])
def test_a_fast_pulse_keeps_its_top_bit(name: str, pulse: int) -> None:
    spec = PROTOCOLS[name]
    assert spec.decoder().feed(spec.encode(Oximetry(97, pulse))) == [Oximetry(97, pulse)]


def test_contec_5byte_tells_130_from_2_by_the_bit_in_the_third_byte() -> None:
    decoder = PROTOCOLS["contec-5byte"].decoder()
    assert decoder.feed(bytes.fromhex("8410420261")) == [Oximetry(97, 130)]
    assert decoder.feed(bytes.fromhex("8410020261")) == [Oximetry(97, 2)]


@pytest.mark.parametrize("frame", ["9410023c61", "8410123c61", "8410223c61"])
def test_contec_5byte_gives_no_number_while_finger_is_out_or_it_searches(frame: str) -> None:
    (reading,) = PROTOCOLS["contec-5byte"].decoder().feed(bytes.fromhex(frame))
    assert isinstance(reading, Oximetry)
    assert reading.spo2_pct is reading.pulse_rate_per_min is None
    assert reading.status in {("sensor_off",), ("searching",)}


def test_nonin_sensor_fault_takes_held_numbers_away() -> None:
    (reading,) = PROTOCOLS["nonin-df8"].decoder().feed(bytes.fromhex("803c6109"))
    assert reading == Oximetry(status=("low_battery", "sensor_off"))


def test_contec_v7_names_itself_and_answers() -> None:
    decoder = PROTOCOLS["contec-v7"].decoder()
    name = contec_v7.frame(contec_v7.DEVICE_ID, b"CMS50E\x07")
    assert decoder.feed(name) == [DeviceInfo(model="CMS50E")]
    assert decoder.feed(contec_v7.frame(contec_v7.FEEDBACK, b"\x21\x00")) == [
        Reply("start_realtime", True, "done")
    ]
    assert decoder.feed(contec_v7.frame(contec_v7.FEEDBACK, b"\x21\x05")) == [
        Reply("start_realtime", False, "not supported")
    ]
    assert decoder.feed(b"\x0c\x80") == [Reply("stop_realtime", True, "stopped")]
    assert decoder.feed(contec_v7.frame(contec_v7.DISCONNECTING, b"\x01")) == [
        Reply(None, None, "disconnecting: shut down")
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (1, ("cuff_error", "invalid", "low_signal")),
        (2, ("body_movement", "cuff_error", "invalid")),
        (87, ("cuff_error", "cuff_too_loose", "invalid")),
        (0x87, ("cuff_error", "invalid")),  # not 87: the numbers are decimal
        (99, ("cuff_error", "equipment_malfunction", "invalid")),
    ],
)
def test_suntech_error_makes_the_measurement_a_failed_one_without_numbers(
    error: int, words: tuple[str, ...]
) -> None:
    body = bytearray.fromhex("3e1873004a001e01000000000000310755005800000000")
    body[20] = error
    (reading,) = PROTOCOLS["suntech"].decoder().feed(bytes([*body, -sum(body) & 0xFF]))
    assert reading == BloodPressure(status=words)


def test_suntech_rejects_a_bad_checksum_and_reads_what_follows() -> None:
    decoder = PROTOCOLS["suntech"].decoder()
    readings = decoder.feed(bytes.fromhex("3e044b74" + "3e050201ba"))
    assert readings == [Rejected("checksum", "3e044b74"), CuffPressure(258)]
    assert decoder.skipped_bytes == 4


def test_suntech_packet_behind_a_false_start_is_read_once_the_line_is_silent() -> None:
    decoder = PROTOCOLS["suntech"].decoder()
    assert decoder.feed(bytes.fromhex("3e43" + "3e044b73")) == []
    assert decoder.end() == [Reply("K", True, "measurement done")]


def test_gatt_cuff_of_1_2e_8_kilopascal_has_no_pressure_rather_than_zero() -> None:
    (reading,) = PROTOCOLS["gatt-2a35"].decoder().feed(bytes.fromhex("01018000000000"))
    assert reading == BloodPressure(original_unit="kPa")


@pytest.mark.parametrize("given", ["BM85", "Beurer BM 85", "beurer bm-85 "])
def test_quirks_are_told_by_the_model_however_it_is_written(given: str) -> None:
    assert same_model(given, "bm85")
    assert not same_model("BM 58", "bm85")
    assert not same_model(None, "bm85")
