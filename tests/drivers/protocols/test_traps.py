"""The traps that other programs fell into, one a test, for the protocols that have them."""

from datetime import datetime, timedelta

import pytest

from ketamon_drivers.protocols import (
    PROTOCOLS,
    berry_bci,
    berry_pm6750,
    ge_dri,
    nonin_df2,
    par_nibp,
    viatom_bp2,
)
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import (
    BloodPressure,
    CuffPressure,
    DeviceInfo,
    Oximetry,
    Pleth,
    Reading,
    Rejected,
    Reply,
)
from tests.drivers.protocols.test_any_bytes import SAMPLES, all_of


def told(name: str, *pieces: bytes) -> list[Reading]:
    """Gives all that a fresh decoder makes of these pieces."""
    return all_of(PROTOCOLS[name].decoder(), *pieces)[0]


def oximetry(readings: list[Reading]) -> list[Oximetry]:
    """Keeps the oximeter's readings."""
    return [reading for reading in readings if isinstance(reading, Oximetry)]


def pressures(readings: list[Reading]) -> list[BloodPressure]:
    """Keeps the cuff's results."""
    return [reading for reading in readings if isinstance(reading, BloodPressure)]


@pytest.mark.parametrize(
    "name",
    [
        "berry-bci", "berry-pm6750", "contec-ff12", "jumper", "nonin-ble", "nonin-df13", "nonin-df2",
        "nonin-df7", "viatom-o2ring", "viatom-pc60",
    ],
)  # fmt: skip
@pytest.mark.parametrize("pulse", [126, 127, 128, 129, 130, 200, 250])
def test_fast_pulse_keeps_its_top_bit(name: str, pulse: int) -> None:
    spec = PROTOCOLS[name]
    (reading,) = oximetry(spec.decoder().feed(spec.encode(Oximetry(97, pulse))))
    assert reading.pulse_rate_per_min == pulse


@pytest.mark.parametrize(
    "name", ["nonin-ble", "nonin-df2", "nonin-df7", "nonin-df13", "viatom-o2ring", "viatom-pc60"]
)
def test_pulse_over_255_keeps_its_high_byte(name: str) -> None:
    spec = PROTOCOLS[name]
    (reading,) = oximetry(spec.decoder().feed(spec.encode(Oximetry(97, 300))))
    assert reading.pulse_rate_per_min == 300


def test_saturation_over_100_is_no_saturation() -> None:
    for spo2 in range(101, 128):
        body = bytes([0xEB, 0x01, 0x05, 72, spo2, 0x7F, 0x00])
        frame = body + bytes([sum(body) & 0x7F])
        assert told("contec-ff12", frame) == [Oximetry(None, 72)]
        assert told("jumper", bytes([0x81, 72, spo2, 0])) == [Oximetry(None, 72)]


@pytest.mark.parametrize("name", ["berry-pm6750", "viatom-bp2", "viatom-o2ring", "viatom-pc60"])
def test_whole_frame_inside_a_false_one_is_read(name: str) -> None:
    frame = SAMPLES[name][0]
    wanted = told(name, frame)
    # the head of a longer frame, whose length reaches over the next one
    false = {"berry-pm6750": 3, "viatom-pc60": 4}.get(name, 7)
    head = bytearray(frame[:false])
    head[{"berry-pm6750": 2, "viatom-pc60": 3}.get(name, 5)] += 8
    readings = told(name, bytes(head) + frame + bytes(40))
    assert [r for r in readings if not isinstance(r, Rejected)] == wanted


# -- Contec, BerryMed, Jumper ---------------------------------------------------------------------


def test_ff12_pulse_bit_7_is_bit_1_of_byte_2_and_byte_2_need_not_be_05() -> None:
    for flags, pulse in ((0x04, 18), (0x05, 18), (0x00, 18), (0x06, 146), (0x07, 146)):
        body = bytes([0xEB, 0x01, flags, 18, 95, 0x7F, 0x00])
        frame = body + bytes([sum(body) & 0x7F])
        assert told("contec-ff12", frame) == [Oximetry(95, pulse)]


def test_ff12_pulse_of_127_is_a_pulse_and_255_is_none() -> None:
    assert told("contec-ff12", bytes.fromhex("eb01057f5f7f004e")) == [Oximetry(95, 127)]
    assert told("contec-ff12", bytes.fromhex("eb01077f5f7f0050")) == [Oximetry(95, None)]


@pytest.mark.parametrize("wave", ["eb00013c42" + "6a", "eb00013c28"])
def test_ff12_wave_of_five_or_six_bytes_hides_no_reading_behind_it(wave: str) -> None:
    reading = bytes.fromhex("eb0105555f7f0024")
    readings, skipped = all_of(PROTOCOLS["contec-ff12"].decoder(), bytes.fromhex(wave) + reading)
    assert readings == [Oximetry(95, 85)]
    assert skipped == 0


def test_berry_version_answer_is_no_saturation_of_48() -> None:
    assert told("berry-bci", bytes.fromhex("ff56312e30")) == [DeviceInfo(firmware="V1.0")]
    assert told("berry-bci", bytes.fromhex("fe56312e31")) == [
        Reply("ask_hardware_version", True, "V1.1")
    ]


def test_berry_packet_of_the_other_protocol_gives_no_reading() -> None:
    # pulse 130 in it begins what looks like a frame: 82 82, then four bytes under 80
    other = bytes.fromhex("ffaa010862618282" + "46000000000a0a320000" + "5064")
    frame = berry_bci.encode(Oximetry(97, 60))
    assert told("berry-bci", other) == []
    for at in range(len(other)):
        assert told("berry-bci", frame + other[:at], other[at:] + frame) == [Oximetry(97, 60)]


def test_berry_hundred_frames_a_second_give_one_reading_when_nothing_changes() -> None:
    frame = berry_bci.encode(Oximetry(97, 60), wave=7)
    readings = told("berry-bci", frame * 301)
    assert oximetry(readings) == [Oximetry(97, 60)] * 4
    assert [r for r in readings if isinstance(r, Pleth)] == [Pleth((7,) * 100, 100)] * 3
    first, second = frame * 30, berry_bci.encode(Oximetry(96, 60))
    assert oximetry(told("berry-bci", first, second)) == [Oximetry(97, 60), Oximetry(96, 60)]


@pytest.mark.parametrize("flags", [0xA0, 0x90, 0x80])
def test_berry_gives_no_number_while_a_bit_says_that_there_is_none(flags: int) -> None:
    bar = 0x10 if flags == 0x80 else 0
    (reading,) = told("berry-bci", bytes([flags, 50, bar, 60, 97]))
    assert isinstance(reading, Oximetry)
    assert reading.spo2_pct is reading.pulse_rate_per_min is None
    assert reading.status


def test_jumper_is_told_from_a_yonker_cuff_by_its_length_not_by_81() -> None:
    cuff = bytes.fromhex("818367510000190b18131200000000")
    assert [type(reading) for reading in told("jumper", cuff)] == [Rejected]
    assert told("jumper", bytes.fromhex("80112233")) == []


# -- Nonin ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nonin-df2", "nonin-df7"])
def test_nonin_halves_are_seven_bits_so_130_is_not_258(name: str) -> None:
    spec = PROTOCOLS[name]
    packet = spec.encode(Oximetry(97, 130))
    assert (packet[3], packet[8]) == (1, 2)  # frames 1 and 2 carry 130 as 1 and 2
    (reading,) = spec.decoder().feed(packet)
    assert isinstance(reading, Oximetry)
    assert reading.pulse_rate_per_min == 130


def test_nonin_df13_pulse_is_a_true_nine_bit_number_not_two_halves() -> None:
    packet = PROTOCOLS["nonin-df13"].encode(Oximetry(97, 260))
    assert packet[16:18] == b"\x01\x04"
    assert told("nonin-df13", packet) == [Oximetry(97, 260)]
    packet = PROTOCOLS["nonin-df13"].encode(Oximetry(97, 130))
    assert packet[16:18] == b"\x00\x82"
    assert told("nonin-df13", packet) == [Oximetry(97, 130)]


def test_nonin_ble_takes_saturation_from_byte_7_and_pulse_high_byte_first() -> None:
    packet = bytes([10, 0x14, 98, 65, 0, 0, 42, 91, 0x00, 72])
    (reading,) = told("nonin-ble", packet)
    assert isinstance(reading, Oximetry)
    assert (reading.spo2_pct, reading.pulse_rate_per_min) == (91, 72)


@pytest.mark.parametrize(("name", "place"), [("nonin-df2", 1), ("nonin-df7", 0)])
def test_nonin_values_held_after_the_finger_has_left_are_not_told(name: str, place: int) -> None:
    spec = PROTOCOLS[name]
    packet, off = spec.encode(Oximetry(97, 60)), bytearray()
    for at in range(0, len(packet), 5):
        frame = bytearray(packet[at : at + 5])
        frame[place] |= 0x08
        frame[4] = sum(frame[:4]) & 0xFF
        off += frame
    decoder = spec.decoder()
    assert len(decoder.feed(packet)) == 1
    # blank from the first frame on, and no old value when the bit falls within a packet
    assert decoder.feed(bytes(off[:5])) == [Oximetry(status=("sensor_off",))]
    assert decoder.feed(bytes(off[5:60]) + packet[60:]) == []
    (back,) = decoder.feed(packet)
    assert isinstance(back, Oximetry)
    assert back.spo2_pct == 97


@pytest.mark.parametrize("name", ["nonin-df2", "nonin-df7"])
def test_nonin_75_frames_a_second_give_one_reading_when_nothing_changes(name: str) -> None:
    spec = PROTOCOLS[name]
    same, other = spec.encode(Oximetry(97, 60)), spec.encode(Oximetry(96, 60))
    # the first is complete at frame 25; from there on each 75 frames
    assert len(oximetry(told(name, same * 10))) == 1 + 225 // 75
    changed = oximetry(told(name, same * 2 + other))
    assert [reading.spo2_pct for reading in changed] == [97, 96]


@pytest.mark.parametrize("name", ["nonin-df2", "nonin-df7"])
@pytest.mark.parametrize("lost", range(1, 25))
def test_nonin_packet_that_lost_a_frame_gives_nothing_nor_what_was_before(
    name: str, lost: int
) -> None:
    spec = PROTOCOLS[name]
    packet = spec.encode(Oximetry(88, 131))
    holed = packet[: 5 * lost] + packet[5 * lost + 5 :]
    before = spec.encode(Oximetry(97, 60))
    readings = oximetry(told(name, before + holed * 20))
    assert [reading.spo2_pct for reading in readings] == [97]


def test_nonin_df2_sync_is_the_sum_not_a_byte_of_01() -> None:
    packet = nonin_df2.encode(Oximetry(97, 129), wave=1)  # wave 01, pulse 01 01: 01 everywhere
    for cut in range(1, 125):
        readings = oximetry(told("nonin-df2", packet[cut:] + packet * 2))
        assert {reading.pulse_rate_per_min for reading in readings} == {129}


@pytest.mark.parametrize(
    ("name", "frame"), [("nonin-df2", "01880a0093"), ("nonin-df7", "880a000092")]
)
def test_nonin_frame_alone_in_noise_is_no_finger_that_has_left(name: str, frame: str) -> None:
    assert told(name, bytes.fromhex(frame)) == []
    assert told(name, bytes.fromhex(frame + "7f" + frame)) == []
    assert told(name, bytes.fromhex(frame * 2)) == [Oximetry(status=("sensor_off",))]


def test_nonin_line_that_was_cut_is_no_pulse_of_12() -> None:
    assert told("nonin-ascii", b"SPO2=097 HR=120") == [Oximetry(97, 120)]
    for cut in range(6, 15):
        (reading,) = told("nonin-ascii", b"SPO2=097 HR=120"[:cut])
        assert isinstance(reading, Rejected)


# -- Viatom ---------------------------------------------------------------------------------------


def test_bp2_can_be_sent_only_what_is_on_the_list() -> None:
    sent = {0x00, 0x08, 0x30, 0xE1, 0xEC}
    for opcode in range(256):
        if opcode in sent:
            packet = viatom_bp2.request(opcode, 5)
            assert packet[:2] == bytes([0xA5, opcode])
        else:
            with pytest.raises(EncodeError):
                viatom_bp2.request(opcode)
    assert not sent & {0x04, 0x09, 0x0A, 0x13, 0x24, 0x25, 0x39, 0xE2, 0xE3, 0xF2, 0xF3, 0xF4}


def test_bp2_clock_is_set_by_year_month_day_and_time() -> None:
    packet = viatom_bp2.set_time("2026-03-07T23:06:55")
    assert packet[7:14] == bytes.fromhex("ea0703071706" + "37")


def test_bp2_result_shown_again_and_again_is_one_result() -> None:
    measuring = viatom_bp2.encode(CuffPressure(150))
    result = viatom_bp2.encode(BloodPressure(262, 171, 201, "mmHg", 72))
    readings = told("viatom-bp2", measuring * 3 + result * 30 + measuring + result * 30)
    assert pressures(readings) == [BloodPressure(262, 171, 201, "mmHg", 72)] * 2


def test_o2ring_reply_without_a_finger_or_still_searching_has_no_zeros() -> None:
    encode = PROTOCOLS["viatom-o2ring"].encode
    off, searching = (encode(Oximetry(status=(word,))) for word in ("sensor_off", "searching"))
    readings = oximetry(told("viatom-o2ring", off + searching))
    assert readings == [Oximetry(status=("sensor_off",)), Oximetry(status=("searching",))]


def test_pc60_frame_over_two_notifications_is_one_frame() -> None:
    frame = bytes.fromhex("aa550f08016140005100c05b")
    for at in range(1, len(frame)):
        assert told("viatom-pc60", frame[:at], frame[at:])[0] == Oximetry(97, 64, 8.1)


def test_systolic_over_255_keeps_its_high_byte() -> None:
    for name in ("viatom-bp2", "par-nibp", "ge-dri", "suntech"):
        spec = PROTOCOLS[name]
        (reading,) = pressures(spec.decoder().feed(spec.encode(BloodPressure(262, 171, 201))))
        assert reading.systolic_mmhg == 262


# -- Masimo, Nellcor ------------------------------------------------------------------------------

MASIMO = "11/24/26 14:05:09"


@pytest.mark.parametrize(
    "fields",
    [
        "SPO2=097% BPM=072 PI=02.28% EXC=000000",
        "SPO2=097 BPM=072 PI=02.28 EXC=0000000 EXC1=00000000",
        "EXC=000800 PI=02.28 BPM=072% SN=1 SPO2=097",
        "SpO2=097% bpm=072% PI=02.28% NEW=--- EXC=000",
    ],
)
def test_masimo_line_is_read_by_key_in_any_order_with_or_without_percent(fields: str) -> None:
    reading = told("masimo-ascii", f"{MASIMO} {fields}\r\n".encode())[0]
    assert reading == Oximetry(97, 72, 2.28, "2026-11-24T14:05:09")


@pytest.mark.parametrize(
    ("bits", "words", "counts"),
    [
        ("000001", ("sensor_disconnected",), False),
        ("000002", ("sensor_fault",), False),
        ("000004", ("low_perfusion",), True),
        ("000008", ("searching",), False),
        ("000010", ("interference",), True),
        ("000020", ("sensor_off",), False),
        ("000040", ("interference",), True),
        ("000080", ("sensor_fault",), False),
        ("000400", ("low_signal",), True),
        ("000800", (), True),
        ("C14:a,b", ("interference", "low_perfusion", "low_signal"), True),
    ],
)
def test_masimo_exception_bits_are_words_and_take_values_that_do_not_count(
    bits: str, words: tuple[str, ...], counts: bool
) -> None:
    line = f"{MASIMO} SPO2=097% BPM=072 PI=02.28% EXC={bits}\r\n".encode()
    (reading,) = told("masimo-ascii", line)
    assert isinstance(reading, Oximetry)
    assert reading.status == words
    values = (reading.spo2_pct, reading.pulse_rate_per_min, reading.perfusion_index_pct)
    assert values == ((97, 72, 2.28) if counts else (None, None, None))


def test_masimo_zeros_of_the_trend_are_missing_and_its_lines_are_from_storage() -> None:
    line = b"09/21/08 09:56:14 SpO2=000 PR=000 PI=00.00 EXC=800:SET\r\n"
    (reading,) = told("masimo-ascii", line)
    assert reading == Oximetry(device_time="2008-09-21T09:56:14", status=("from_storage",))


def test_masimo_line_that_was_cut_gives_no_value() -> None:
    line = f"{MASIMO} SN=0000093112 SPO2=098% BPM=123 PI=00.55 ALARM=0000 EXC=000001".encode()
    start = line.index(b"SPO2=") + 5
    for cut in range(start, len(line)):
        for readings in (
            told("masimo-ascii", line[:cut]),
            told("masimo-ascii", line[:cut] + b"\n"),
        ):
            for reading in oximetry(readings):
                whole = line[:cut].endswith((b"EXC=000", b"EXC=0000", b"EXC=00000"))
                assert whole, (cut, reading)


def test_nellcor_star_dashes_and_codes() -> None:
    row = b"24-NOV-26 14:05:09    88*   ---    12  SL PH BU\r\n"
    (reading,) = told("nellcor-ascii", row)
    assert reading == Oximetry(88, None, None, "2026-11-24T14:05:09")
    (reading,) = told("nellcor-ascii", row.replace(b"SL PH", b"LP"))
    assert reading == Oximetry(device_time="2026-11-24T14:05:09", status=("invalid", "low_signal"))


def test_nellcor_months_are_english_whatever_the_locale_and_years_have_a_century() -> None:
    encode = PROTOCOLS["nellcor-ascii"].encode
    for day in range(0, 36500, 397):
        when = (datetime(1970, 1, 1) + timedelta(days=day)).isoformat()  # noqa: DTZ001
        (reading,) = told("nellcor-ascii", encode(Oximetry(97, 60, device_time=when)))
        assert isinstance(reading, Oximetry)
        assert reading.device_time == when


def test_nellcor_heading_names_the_monitor_once_and_is_no_row() -> None:
    headings = (
        b"N-595   VERSION 1.0.0 CRC:1234 SpO2 Limit: 85-100% PR Limit: 40-170BPM\r\n"
        b"TIME %SPO2 BPM PA Status\r\n"
    )
    assert told("nellcor-ascii", headings * 3) == [DeviceInfo(model="N-595", firmware="1.0.0")]


# -- GE -------------------------------------------------------------------------------------------

CUFF = (120, 80, 93, 78)
RESULT = BloodPressure(120, 80, 93, "mmHg", 78)


def test_ge_cuff_value_repeated_in_every_record_is_told_once() -> None:
    record = ge_dri.record(cuff=CUFF, spo2=(97, 60))
    readings = told("ge-dri", record * 20)
    assert pressures(readings) == [RESULT]
    assert len(oximetry(readings)) == 20


def test_ge_cuff_value_older_than_a_minute_is_never_told() -> None:
    old = ge_dri.record(cuff=CUFF, cuff_label=ge_dri.OLD)
    assert pressures(told("ge-dri", old * 3)) == []
    fresh = ge_dri.record(cuff=CUFF)
    assert pressures(told("ge-dri", fresh + old * 6)) == [RESULT]
    other = ge_dri.record(cuff=(160, 90, 113, 78), cuff_label=ge_dri.OLD)
    assert pressures(told("ge-dri", fresh + other)) == [RESULT]


def test_ge_same_numbers_after_a_measurement_are_a_new_reading() -> None:
    fresh = ge_dri.record(cuff=CUFF)
    old = ge_dri.record(cuff=CUFF, cuff_label=ge_dri.OLD)
    measuring = ge_dri.record(cuff=CUFF, cuff_label=ge_dri.MEASURING)
    assert pressures(told("ge-dri", fresh + measuring * 3 + fresh * 3)) == [RESULT] * 2
    assert pressures(told("ge-dri", fresh + old * 5 + fresh * 3)) == [RESULT] * 2
    # stopped: what is shown again is from before
    assert pressures(told("ge-dri", fresh + old * 5 + measuring + old * 5)) == [RESULT]


def test_ge_escapes_are_undone_in_the_record_and_in_its_checksum() -> None:
    seen = {"record": 0, "checksum": 0}
    for pulse in range(20, 300):
        for spo2 in (90, 96.38, 97):
            record = ge_dri.record(spo2=(spo2, pulse))
            inside = record[1:-1]
            seen["record"] += 0x7D in inside[:-2]
            seen["checksum"] += inside[-2] == 0x7D
            assert 0x7E not in inside
            assert told("ge-dri", record) == [Oximetry(spo2, pulse)]
    assert min(seen.values()) > 0


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_ge_other_classes_of_subrecords_are_not_read_as_the_basic_one(kind: int) -> None:
    record = bytearray(_plain(ge_dri.record(spo2=(97, 60))))
    record[40 + ge_dri.CLASS + 1] = kind
    (reading,) = told("ge-dri", ge_dri.framed(bytes(record)))
    assert isinstance(reading, Reply)


def test_ge_missing_numbers_are_none() -> None:
    for raw in (-32001, -32762, -32763, -32764, -32766, -32767):
        record = bytearray(_plain(ge_dri.record(spo2=(97, 60), cuff=CUFF)))
        at = 40 + ge_dri.SPO2 + 6
        record[at : at + 2] = raw.to_bytes(2, "little", signed=True)
        cuff = 40 + ge_dri.CUFF + 6
        record[cuff : cuff + 2] = raw.to_bytes(2, "little", signed=True)
        readings = told("ge-dri", ge_dri.framed(bytes(record)))
        assert oximetry(readings) == [Oximetry(None, 60)]
        assert pressures(readings) == [BloodPressure(None, 80, 93, "mmHg", 78)]


def _plain(framed: bytes) -> bytes:
    """Gives a framed record back, without its checksum."""
    return framed[1:-1].replace(b"\x7d\x5e", b"\x7e").replace(b"\x7d\x5d", b"\x7d")[:-1]


# -- boards and modules ---------------------------------------------------------------------------


def test_board_and_module_repeat_their_result_which_is_told_once() -> None:
    for name, encode in (("berry-pm6750", berry_pm6750.encode), ("par-nibp", par_nibp.encode)):
        result = BloodPressure(120, 80, 93)
        measured = encode(CuffPressure(100)) + encode(result) * 10
        assert pressures(told(name, measured)) == [result]
        assert pressures(told(name, measured * 2)) == [result] * 2
        memory = BloodPressure(120, 80, 93, status=("from_storage",))
        assert pressures(told(name, encode(result) * 10)) == [memory]
        other = BloodPressure(130, 80, 93)
        assert pressures(told(name, encode(result) * 3 + encode(other) * 3)) == [memory, other]


def test_par_checksum_is_of_the_text_and_in_capitals() -> None:
    text = b"S1;A0;C00;M00;P101065076;R060;T    ;;"
    good = b"%02X" % (sum(text) % 256)
    assert pressures(told("par-nibp", b"\x02" + text + good + b"\x03"))
    for wrong in (b"00", good.lower() if good.lower() != good else b"zz", good[::-1]):
        if wrong != good:
            (reading,) = told("par-nibp", b"\x02" + text + wrong + b"\x03")
            assert isinstance(reading, Rejected)


@pytest.mark.parametrize("name", ["nonin-ascii", "masimo-ascii", "nellcor-ascii"])
def test_endless_line_is_skipped_and_the_next_one_is_read(name: str) -> None:
    spec = PROTOCOLS[name]
    reading = Oximetry(97, 60, device_time=None if name == "nonin-ascii" else "2026-11-24T14:05:09")
    line = spec.encode(reading)
    readings, skipped = all_of(spec.decoder(), b"x" * 9000 + b"\n" + line)
    assert readings[0] == reading
    assert skipped == 9000
