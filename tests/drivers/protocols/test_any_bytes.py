"""What holds for every protocol, whatever bytes come, however they are cut."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.protocols.framed import FramedDecoder
from ketamon_drivers.protocols.protocol import LARGEST_BUFFER_BYTES, Decoder
from ketamon_drivers.readings import STATUS_WORDS, VALUELESS, Oximetry, Reading, Rejected, encode

EXAMPLES = 30
"""Of each protocol in each test; the slow test of mutations draws a million frames more."""

STREAMS = [name for name, spec in PROTOCOLS.items() if spec.framing == "stream"]
FRAMED = [name for name in STREAMS if isinstance(PROTOCOLS[name].decoder(), FramedDecoder)]
PACKETS = [name for name, spec in PROTOCOLS.items() if spec.framing == "packet"]

VECTORS = Path(__file__).parents[2] / "vectors"

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
    "contec-ff12": [
        bytes.fromhex("eb0105555f7f0024"),
        bytes.fromhex("eb01077f7f7f0070"),
        bytes.fromhex("eb00013c4265"),
        bytes.fromhex("eb7f6a"),
        bytes.fromhex("eb0105555f7f0025"),
    ],
    "viatom-pc60": [
        bytes.fromhex("aa550f08016140005100c05b"),
        bytes.fromhex("aa550f07026e5fcc3722ed"),
        bytes.fromhex("aa55f0030303f6"),
        bytes.fromhex("aa550f062101036258fb"),
        bytes.fromhex("aa55f0030303f7"),
    ],
    "jumper": [bytes.fromhex("81386344")],
    "berry-bci": [
        bytes.fromhex("8432430261"),
        bytes.fromhex("ff56312e30"),
        bytes.fromhex("ffaa") + bytes(range(0x80, 0x92)),
    ],
}
for constructed in json.loads((VECTORS / "constructed.json").read_text()):
    SAMPLES.setdefault(constructed["protocol"], []).append(
        bytes.fromhex(constructed["hex"]) if "hex" in constructed else constructed["text"].encode()
    )

SYNC_BIT = {"nonin-df8", "contec-5byte", "contec-ff12", "berry-bci", "nonin-df7", "viatom-pc60"}
"""Protocols whose frames begin with a byte that has bit 7 set, so that garbage has it clear."""
NOT_GARBAGE = {
    "suntech": b"\x3e", "viatom-o2ring": b"\x55", "viatom-bp2": b"\xa5", "nonin-df2": b"\x01",
    "nonin-df13": b"\x00", "ge-dri": b"\x7e", "berry-pm6750": b"\x55",
    "par-nibp": b"\x02\xfd\x0d", "nonin-ascii": b"\r\n", "masimo-ascii": b"\r\n",
    "nellcor-ascii": b"\r\n",
}  # fmt: skip
"""What begins a frame, or ends a line."""


def garbage(name: str, piece: bytes) -> bytes:
    """Takes out of these bytes what could begin a frame of the protocol."""
    if name in SYNC_BIT:
        return bytes(byte & 0x7F for byte in piece)
    if name == "contec-v7":  # its frames begin with a clear bit 7
        return bytes(byte | 0x80 for byte in piece)
    return bytes(byte for byte in piece if byte not in NOT_GARBAGE[name])


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
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_any_split_of_a_stream_gives_the_same_readings(name: str, data: st.DataObject) -> None:
    piece = st.sampled_from(SAMPLES[name]) | st.binary(max_size=6)
    stream = b"".join(data.draw(st.lists(piece, max_size=40)))
    at = data.draw(st.lists(st.integers(0, 4000), max_size=12))
    spec = PROTOCOLS[name]
    assert all_of(spec.decoder(), *cut(stream, at)) == all_of(spec.decoder(), stream)


@pytest.mark.parametrize("name", PROTOCOLS)
@settings(max_examples=EXAMPLES)
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
@settings(max_examples=EXAMPLES)
@given(
    before=st.binary(max_size=40),
    between=st.lists(st.binary(max_size=12), min_size=2, max_size=2),
)
def test_whole_frames_are_found_again_after_garbage(
    name: str, before: bytes, between: list[bytes]
) -> None:
    frame = SAMPLES[name][0]
    wanted = all_of(PROTOCOLS[name].decoder(), frame)[0][0]
    noise = [garbage(name, piece) for piece in (before, *between)]
    end_of_line = b"\n" if name.endswith("-ascii") else b""
    stream = (frame + end_of_line).join(piece + end_of_line for piece in noise)
    readings, skipped = all_of(PROTOCOLS[name].decoder(), stream)
    assert wanted in readings
    assert not any(isinstance(reading, Rejected) for reading in readings)
    assert skipped == sum(map(len, noise))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_buffers_stay_bounded_whatever_never_ends(name: str) -> None:
    starts = [sample[:4] for sample in SAMPLES.get(name, [])]
    for piece in (b"\x00", b"\x3e", b"\x80", b"\xff", b"\x01", b"\x7e\x7d", *starts):
        decoder = PROTOCOLS[name].decoder()
        for _ in range(10):
            decoder.feed(piece * (4096 // len(piece)))
        held = [value for value in vars(decoder).values() if isinstance(value, bytearray)]
        assert sum(map(len, held)) <= LARGEST_BUFFER_BYTES


@pytest.mark.parametrize("name", FRAMED)
def test_long_input_never_makes_a_long_buffer(name: str) -> None:
    decoder = PROTOCOLS[name].decoder()
    assert isinstance(decoder, FramedDecoder)
    longest = 0
    length = decoder.length

    def watched(buffer: bytearray) -> int | None:
        nonlocal longest
        longest = max(longest, len(buffer))
        return length(buffer)

    decoder.length = watched  # type: ignore[method-assign]
    decoder.feed(SAMPLES[name][0][:2] * 50_000)
    assert 0 < longest <= LARGEST_BUFFER_BYTES


@pytest.mark.parametrize("name", PACKETS)
def test_packet_longer_than_a_notification_is_rejected_as_a_whole(name: str) -> None:
    readings, skipped = all_of(PROTOCOLS[name].decoder(), bytes(513))
    assert [type(reading) for reading in readings] == [Rejected]
    assert skipped == 513


@pytest.mark.parametrize("name", PACKETS)
def test_packet_cut_short_of_its_flags_is_rejected_never_guessed(name: str) -> None:
    whole = SAMPLES[name][0] if name in SAMPLES else b"\x1f" + bytes(range(1, 30))
    shortest = next(
        length
        for length in range(1, 31)
        if not isinstance(PROTOCOLS[name].decoder().feed(whole[:length])[0], Rejected)
    )
    for length in range(1, shortest):
        (reading,) = PROTOCOLS[name].decoder().feed(whole[:length])
        assert isinstance(reading, Rejected)
        assert reading.raw == whole[:length].hex()
