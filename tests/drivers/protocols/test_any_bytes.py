"""What holds for every protocol, whatever bytes come, however they are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.protocols.protocol import LARGEST_BUFFER_BYTES, Decoder
from ketamon_drivers.readings import STATUS_WORDS, VALUELESS, Oximetry, Reading, Rejected, encode

STREAMS = [name for name, spec in PROTOCOLS.items() if spec.framing == "stream"]
PACKETS = [name for name, spec in PROTOCOLS.items() if spec.framing == "packet"]

SAMPLES = {
    "nonin-df8": [
        bytes.fromhex("803c6100"),
        bytes.fromhex("837f7f08"),
        bytes.fromhex("b1026101"),
    ],
    "contec-5byte": [bytes.fromhex("8410023c61"), bytes.fromhex("8410420261"), b"\x94\0\0\0\0"],
    "contec-v7": [
        bytes.fromhex("01e0849392bce3ffff"),
        bytes.fromhex("01ff90c090ffffffff"),
        bytes.fromhex("04ffc3cdd3b5b0c5a0"),
        bytes.fromhex("0c80"),
        bytes.fromhex("0b80a180"),
        bytes.fromhex("0d8083"),
        bytes.fromhex("0e8081"),
    ],
    "suntech": [
        bytes.fromhex("3e1873004a001e01000000000000310755005800000000e9"),
        bytes.fromhex("3e044b73"),
        bytes.fromhex("3e050201ba"),
        bytes.fromhex("3e044b74"),
    ],
}


def all_of(decoder: Decoder, *pieces: bytes) -> tuple[list[Reading], int]:
    """Feeds the pieces and gives the readings with the count of bytes that made none."""
    readings: list[Reading] = []
    for piece in pieces:
        readings += decoder.feed(piece)
    readings += decoder.end()
    return readings, decoder.skipped_bytes


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """Cuts the bytes at these places, in any order."""
    places = [0, *sorted(place % (len(data) + 1) for place in at), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


@pytest.mark.parametrize("name", STREAMS)
@given(data=st.data())
def test_any_split_of_a_stream_gives_the_same_readings(name: str, data: st.DataObject) -> None:
    piece = st.sampled_from(SAMPLES[name]) | st.binary(max_size=6)
    stream = b"".join(data.draw(st.lists(piece, max_size=40)))
    at = data.draw(st.lists(st.integers(0, 4000), max_size=12))
    spec = PROTOCOLS[name]
    assert all_of(spec.decoder(), *cut(stream, at)) == all_of(spec.decoder(), stream)


@pytest.mark.parametrize("name", PROTOCOLS)
@given(data=st.binary(max_size=600), model=st.none() | st.text(max_size=6) | st.just("BM85"))
def test_no_bytes_raise_and_every_reading_is_well_formed(
    name: str, data: bytes, model: str | None
) -> None:
    readings, skipped = all_of(PROTOCOLS[name].decoder(model), data)
    assert 0 <= skipped <= len(data)
    for reading in readings:
        assert encode(reading).startswith(b'{"kind":')
        status = getattr(reading, "status", ())
        assert list(status) == sorted(set(status))
        assert STATUS_WORDS.issuperset(status)
        if isinstance(reading, Oximetry) and not VALUELESS.isdisjoint(status):
            assert reading.spo2_pct is reading.pulse_rate_per_min is None
        assert 0 not in (getattr(reading, "spo2_pct", 1), getattr(reading, "systolic_mmhg", 1))


@pytest.mark.parametrize("name", STREAMS)
@given(
    before=st.binary(max_size=40),
    between=st.lists(st.binary(max_size=12), min_size=2, max_size=2),
)
def test_whole_frames_are_found_again_after_garbage(
    name: str, before: bytes, between: list[bytes]
) -> None:
    frame = SAMPLES[name][0]
    (wanted,), _ = all_of(PROTOCOLS[name].decoder(), frame)
    garbage = [bytes(b & 0x7F for b in piece if b & 0x7F != 0x3E) for piece in (before, *between)]
    if name == "contec-v7":  # its frames begin with a clear bit 7, so garbage has it set
        garbage = [bytes(b | 0x80 for b in piece) for piece in garbage]
    stream = garbage[0] + frame + garbage[1] + frame + garbage[2]
    readings, skipped = all_of(PROTOCOLS[name].decoder(), stream)
    assert wanted in readings
    assert not any(isinstance(reading, Rejected) for reading in readings)
    assert skipped == sum(map(len, garbage))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_buffers_stay_bounded_whatever_never_ends(name: str) -> None:
    for byte in (b"\x00", b"\x3e", b"\x80", b"\xff", b"\x01"):
        decoder = PROTOCOLS[name].decoder()
        for _ in range(40):
            decoder.feed(byte * 4096)
        held = [value for value in vars(decoder).values() if isinstance(value, bytearray)]
        assert sum(map(len, held)) <= LARGEST_BUFFER_BYTES


@pytest.mark.parametrize("name", PACKETS)
def test_packet_longer_than_a_notification_is_rejected_as_a_whole(name: str) -> None:
    readings, skipped = all_of(PROTOCOLS[name].decoder(), bytes(513))
    assert [type(reading) for reading in readings] == [Rejected]
    assert skipped == 513


@pytest.mark.parametrize("name", PACKETS)
def test_packet_cut_short_of_its_flags_is_rejected_never_guessed(name: str) -> None:
    whole = b"\x1f" + bytes(range(1, 30))
    shortest = next(
        length
        for length in range(1, 31)
        if not isinstance(PROTOCOLS[name].decoder().feed(whole[:length])[0], Rejected)
    )
    for length in range(1, shortest):
        (reading,) = PROTOCOLS[name].decoder().feed(whole[:length])
        assert isinstance(reading, Rejected)
        assert reading.raw == whole[:length].hex()
