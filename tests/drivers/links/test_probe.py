"""Listening without a word: what is claimed, on what evidence, and what is saved of it."""

import asyncio
import json
from collections.abc import Callable
from random import Random

import pytest

from ketamon_drivers.catalog import FAMILIES, Family, SerialLine, protocol_of
from ketamon_drivers.links.capture import NothingToSaveError, anonymous, fixture
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.links.pipe_port import PipeEnd, pipe
from ketamon_drivers.links.port import Port, PortError
from ketamon_drivers.links.ports import place_for
from ketamon_drivers.links.probe import LISTEN_S, LONGEST_S, USUAL_LINES, Tried, lines_of, probe
from ketamon_drivers.protocols import PROTOCOLS, contec_v7, suntech
from ketamon_drivers.readings import BloodPressure, CuffPressure, Oximetry
from ketamon_drivers.virtual.media import PipeMedium
from ketamon_drivers.virtual.streaming_oximeter import VirtualStreamingOximeter
from tests.drivers.virtual.test_streaming_oximeter import NOON, STREAMING

ALL = list(FAMILIES.values())
CONTEC, NONIN = FAMILIES["contec-5byte"], FAMILIES["nonin-df8"]


def hear(
    port: Port, act: Callable[[], object] = lambda: None, lines: tuple[SerialLine, ...] = (SerialLine(),)
) -> tuple[list[Tried], float]:  # fmt: skip
    """Probes a port; gives what was heard and how long it took."""

    async def scene() -> tuple[list[Tried], float]:
        act()
        return await probe(lambda _line: port, ALL, lines), asyncio.get_running_loop().time()

    return run(scene(), VirtualLoop())


def says(frames: list[tuple[float, bytes]]) -> tuple[Port, Callable[[], None], PipeEnd]:
    """A device that says these things at these times."""
    port, end = pipe()

    def act() -> None:
        for t, data in frames:
            asyncio.get_running_loop().call_later(t, end.write, data)

    return port, act, end


def heard(frames: list[tuple[float, bytes]]) -> Tried:
    port, act, _ = says(frames)
    return hear(port, act)[0][-1]


@pytest.mark.parametrize("name", STREAMING)
def test_every_streaming_family_is_named_and_not_a_byte_is_written(name: str) -> None:
    family = FAMILIES[name]
    written: list[bytes] = []
    assert family.line is not None
    device = VirtualStreamingOximeter(family, lambda: Oximetry(97, 72))
    medium = PipeMedium(device, baud=family.line.baud)
    medium.heard = written.append  # type: ignore[method-assign]
    medium._end.received = written.append

    def act() -> None:  # some speak once they were started, as by the maker's own program
        device.received(b"".join(family.start))

    (tried,), took = hear(medium, act)
    assert [verdict.family.name for verdict in tried.sure] == [name]
    assert LISTEN_S <= took <= LONGEST_S
    assert written == []
    evidence = tried.sure[0].evidence
    assert evidence.startswith(f"{tried.sure[0].frames} valid frames in ")
    assert ("checksum" in evidence) == family.has_checksum


def test_a_wire_that_refuses_to_be_written_to_is_probed_all_the_same() -> None:
    port, act, _ = says([(n / 60, b"\x84\x10\x02\x3c\x61") for n in range(600)])

    class Listening:
        """A port whose wire fails the test if anything is written."""

        address, identity, is_virtual = port.address, port.identity, True

        async def open(self) -> object:
            wire = await port.open()
            wire.write = lambda _data: 1 / 0  # type: ignore[method-assign, assignment, return-value]
            return wire

    (tried,), _took = hear(Listening(), act)  # type: ignore[arg-type]
    assert tried.sure[0].family.name == "contec-5byte"


FRAME_5, FRAME_4 = b"\x84\x10\x02\x3c\x61", b"\x80\x3c\x61\x00"


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([(n / 30, FRAME_5) for n in range(300)], "not 60 frames a second"),
        ([(n / 60, FRAME_5 + b"\x01") for n in range(600)], "bytes are outside of frames"),
        ([(0.1, FRAME_5 * 10)], "only 10 frames, 20 make a claim"),
    ],
)
def test_five_byte_frames_without_their_rhythm_are_no_contec(
    frames: list[tuple[float, bytes]], why: str
) -> None:
    tried = heard(frames)
    assert tried.sure == []
    (verdict,) = [v for v in tried.verdicts if v.family is CONTEC]
    assert why in verdict.why_not


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([(n / 10, FRAME_4) for n in range(200)], "not 1 frames a second"),
        ([(n * 2.0, FRAME_4) for n in range(6)], "not 1 frames a second"),
        ([(0.5, FRAME_4), (1.5, FRAME_4)], "only 2 frames, 3 make a claim"),
    ],
)
def test_four_byte_frames_without_their_rhythm_are_no_nonin(
    frames: list[tuple[float, bytes]], why: str
) -> None:
    tried = heard(frames)
    assert tried.sure == []
    (verdict,) = [v for v in tried.verdicts if v.family is NONIN]
    assert why in verdict.why_not


def test_silence_takes_four_seconds_a_setting_and_all_are_tried() -> None:
    port, _ = pipe()
    lines = tuple(lines_of(ALL))
    tried, took = hear(port, lines=lines)
    assert [each.line for each in tried] == [*lines]
    assert took == LISTEN_S * len(lines)
    assert not any(each.came_bytes for each in tried)


def test_the_usual_settings_come_first_and_every_familys_own_is_among_them() -> None:
    lines = lines_of(ALL)
    assert tuple(lines[:4]) == USUAL_LINES
    assert len(set(lines)) == len(lines)
    for family in ALL:
        if family.line is not None and family.frames_per_s is not None:
            assert str(family.line) in {str(line) for line in lines}


def test_a_bluetooth_family_has_no_port_and_that_is_told_in_a_sentence() -> None:
    with pytest.raises(PortError, match="is no Bluetooth device, and and-cuff is one: give blue"):
        place_for("AA:BB:CC:DD:EE:FF", FAMILIES["and-cuff"])
    with pytest.raises(PortError, match="is a Bluetooth device, and this one is on a serial line"):
        place_for("bluetooth:AA:BB:CC:DD:EE:FF", FAMILIES["nonin-df8"])


def test_a_device_that_goes_while_it_is_heard_is_told() -> None:
    port, end = pipe()
    with pytest.raises(PortError, match="unplugged: plug it in again"):
        hear(port, lambda: asyncio.get_running_loop().call_later(1, end.unplug))


def test_more_bad_checksums_than_good_ones_are_another_protocol() -> None:
    good = suntech.encode(BloodPressure(142, 88, 106, "mmHg", 77))
    bad = suntech.encode(CuffPressure(120))[:-1] + b"\0"
    assert [v.family.name for v in heard([(n / 4, good) for n in range(1, 5)]).sure] == ["suntech"]
    assert heard([(n / 4, bad * 2 + good) for n in range(1, 5)]).sure == []


@pytest.mark.parametrize("seed", range(12))
def test_noise_is_nobody_whatever_its_speed_and_bytes(seed: int) -> None:
    rng = Random(seed)
    every_s, size = rng.choice([(1.0, 4), (1 / 60, 5), (1 / 60, 9), (1 / 75, 5), (2.0, 60)])
    letters = rng.choice([range(256), range(128), range(128, 256), b"SPO2=HR0123456789 -\r\n"])
    tried = heard([
        (n * every_s, bytes(rng.choices(letters, k=size))) for n in range(int(10 / every_s))
    ])  # fmt: skip
    assert tried.sure == []


def test_a_flood_is_not_kept_beyond_its_bound() -> None:
    tried = heard([(n / 100, bytes(1000)) for n in range(400)])
    assert tried.came_bytes > 300_000
    assert len(tried.captured) == 65536


# -- what is saved ----------------------------------------------------------------------------


def saved(family: Family, data: bytes) -> dict[str, object]:
    made = fixture(family, data, is_virtual=True)
    assert json.loads(json.dumps(made)) == made
    return made


@pytest.mark.parametrize("name", STREAMING)
def test_a_saved_capture_decodes_to_what_stands_beside_it(name: str) -> None:
    family = FAMILIES[name]
    spec = protocol_of(family)
    frames = b"".join(
        spec.encode(Oximetry(spo2, 72, device_time=NOON))
        for spo2 in (97, 96, 95)
        for _ in range(70)
    )
    made = saved(family, b"\x55" + frames)
    decoder = PROTOCOLS[str(made["protocol"])].decoder()
    readings = decoder.feed(bytes.fromhex("".join(made["hex"])))  # type: ignore[arg-type]
    assert [r.spo2_pct for r in readings if isinstance(r, Oximetry)]
    assert len(readings) == len(made["decoded"])  # type: ignore[arg-type]
    assert decoder.skipped_bytes == 0


def test_identities_users_and_times_of_a_v7_oximeter_are_left_out() -> None:
    frame = contec_v7.encode(Oximetry(97, 72))
    user = contec_v7.frame(0x05, b"J. DOE ")
    stream = b"".join((
        frame * 30, contec_v7.frame(contec_v7.DEVICE_ID, b"SN12345"), user, frame * 40,
        contec_v7.frame(0x07, b"\x14\x1a\x0b\x18\x00\x00"), frame * 60,
    ))  # fmt: skip
    made = saved(FAMILIES["contec-v7"], stream)
    kept = bytes.fromhex("".join(made["hex"]))  # type: ignore[arg-type]
    assert set(kept[::9]) == {contec_v7.REALTIME}
    assert len(kept) % 9 == 0
    assert user not in kept


def test_serial_numbers_dates_and_names_in_text_are_overwritten_or_left_out() -> None:
    line = (
        b"02/28/26 13:14:15 SN=0000093112 SPO2=097% BPM=072 PI=02.10%% DESAT=-- PIDELTA=+-- "
        b"ALARM=0000 EXC=000800\r\n"
    ).replace(b"%%", b"%")
    made = saved(FAMILIES["masimo-ascii"], b"PATIENT: J. DOE\r\n" + line * 3)
    kept = bytes.fromhex("".join(made["hex"]))  # type: ignore[arg-type]
    for private in (b"DOE", b"93112", b"13:14", b"02/28"):
        assert private not in kept
    readings = made["decoded"]
    assert isinstance(readings, list)
    assert {reading["spo2"] for reading in readings if reading["kind"] == "oximetry"} == {97}
    assert all(set(reading.get("serial_number", "0")) == {"0"} for reading in readings)
    assert b"2026" not in json.dumps(made).encode()


def test_the_time_in_a_spot_check_is_taken_out() -> None:
    spec = PROTOCOLS["nonin-df13"]
    packet = spec.encode(Oximetry(97, 72, device_time=NOON))
    made = saved(FAMILIES["nonin-df13"], packet * 2)
    assert made["hex"] == [spec.encode(Oximetry(97, 72)).hex()] * 2


def test_nothing_left_is_told_and_not_saved() -> None:
    with pytest.raises(NothingToSaveError, match="identifies its device"):
        fixture(FAMILIES["contec-v7"], contec_v7.frame(4, b"SN12345") * 3, is_virtual=False)


def test_what_was_half_there_at_the_beginning_is_cut_off() -> None:
    pieces = anonymous(PROTOCOLS["nonin-df8"], b"\x61\x00" + FRAME_4 * 2)
    assert pieces == [FRAME_4, FRAME_4]
