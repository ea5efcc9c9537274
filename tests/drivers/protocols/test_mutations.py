"""A million damaged frames of each protocol: nothing raises, no value from a bad checksum.

KETAMON_FUZZ_FRAMES sets how many of each, KETAMON_FUZZ_SEED which.
"""

import os
from random import Random

import pytest

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.protocols.protocol import LARGEST_BUFFER_BYTES
from ketamon_drivers.readings import Rejected
from tests.drivers.protocols.frames_by_hand import WHOLE, holds_a_frame
from tests.drivers.protocols.test_any_bytes import SAMPLES, all_of
from tests.drivers.protocols.test_flipped_bits import checked, values

FRAMES = int(os.environ.get("KETAMON_FUZZ_FRAMES", "1000000"))
SEED = int(os.environ.get("KETAMON_FUZZ_SEED", "20261124"))
LONG_LIVED_EACH = 4
"""So often a damaged frame also goes to a decoder that has seen all before it."""

GATT = {
    "gatt-2a35": "1e8a00580078000000041114293b3c00012700",
    "gatt-2a36": "1e0400000000000000041114293b3c00012700",
    "gatt-2a5e": "0facf3bef5e8070b1d170839204022000066e3",
    "gatt-2a5f": "1c5f005a00200000000057f0",
    "gatt-2a37": "1e5532002100",
}


def frames_of(name: str) -> list[bytes]:
    """Gives the whole frames that are damaged."""
    return SAMPLES.get(name) or [bytes.fromhex(GATT[name])]


def damaged(frame: bytes, random: Random) -> bytes:
    """Gives the frame with one to three things wrong."""
    data = bytearray(frame)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = int(random.random() * len(data)) if data else 0
        kind = int(random.random() * 6)
        if not data or kind == 0:
            data.insert(at, int(random.random() * 256))
        elif kind == 1:
            data[at] = int(random.random() * 256)
        elif kind == 2:
            del data[at]
        elif kind == 3:
            del data[at:]
        else:
            data[at] ^= 1 << int(random.random() * 8)
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROTOCOLS)
def test_damaged_frames_never_raise_nor_give_a_value_from_a_bad_checksum(name: str) -> None:
    random = Random(f"{SEED} {name}")
    spec = PROTOCOLS[name]
    frames = frames_of(name)
    long_lived = spec.decoder()
    is_checked = name in WHOLE
    for number in range(FRAMES):
        data = damaged(frames[number % len(frames)], random)
        decoder = spec.decoder()
        readings = decoder.feed(data)
        readings += decoder.end()
        if is_checked and values(readings):
            assert holds_a_frame(name, data), data.hex()
        if number % LONG_LIVED_EACH == 0:
            long_lived.feed(data)
    held = [value for value in vars(long_lived).values() if isinstance(value, bytearray)]
    assert sum(map(len, held)) <= LARGEST_BUFFER_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in WHOLE if PROTOCOLS[n].framing == "stream"])
def test_a_stream_of_bad_checksums_cut_anyhow_gives_no_value(name: str) -> None:
    random = Random(f"{SEED} stream {name}")
    frames, decoder, before = checked(name), PROTOCOLS[name].decoder(), b""
    reach = LARGEST_BUFFER_BYTES  # a damaged length may join many frames to one
    for number in range(FRAMES // 10):
        frame = bytearray(frames[number % len(frames)])
        frame[int(random.random() * len(frame))] ^= 1 << int(random.random() * 8)
        at = int(random.random() * len(frame))
        for piece in (bytes(frame[:at]), bytes(frame[at:])):
            found = values(decoder.feed(piece))
            # A sum of one byte is right by chance now and then: then the frame by hand is there too.
            assert not found or holds_a_frame(name, before + piece), (before + piece).hex()
            before = (before + piece)[-reach:]


def test_every_protocol_is_damaged_in_both_framings_and_all_with_a_checksum_are_checked() -> None:
    assert {spec.framing for spec in PROTOCOLS.values()} == {"packet", "stream"}
    for name, spec in PROTOCOLS.items():
        for frame in frames_of(name)[:1]:
            readings, _ = all_of(spec.decoder(), frame)
            assert any(not isinstance(reading, Rejected) for reading in readings), name
    assert {f.protocol for f in FAMILIES.values() if f.has_checksum} == set(WHOLE)


def test_damage_is_done_and_differs() -> None:
    random = Random(1)
    frame = bytes(range(20))
    made = {damaged(frame, random) for _ in range(200)}
    assert len(made - {frame}) > 150
