"""A capture as a test fixture: the bytes with what they mean, and nothing of whom, what or when.

Serial numbers, dates and times are overwritten or left out; so is everything that no reading came
of, since a monitor may print a name there.
"""

import json
import re
from typing import Any

import msgspec

from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.protocols import ProtocolSpec, contec_v7
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import BloodPressure, DeviceInfo, Oximetry, Reading, Reply, encode

TEXT = re.compile(rb"[\t\r\n\x02\x03\x20-\x7e]*\Z")
MASKS = (
    (re.compile(rb"\d\d:\d\d(:\d\d)?"), rb"00:00:00"),
    (re.compile(rb"\d\d/\d\d/\d\d(\d\d)?"), rb"01/01/01"),
    (re.compile(rb"\d\d-[A-Z]{3}-\d\d(\d\d)?"), rb"01-JAN-01"),
)
"""Times and dates in lines of text, and what stands in their place."""
SERIAL_NUMBER = re.compile(rb"(SN[=:] *)(\w+)")

ORIGIN = "saved by ketamon probe; serial numbers, dates and times are taken out"


class NothingToSaveError(ValueError):
    """Nothing would be left of a capture; the message says why."""


def fixture(family: Family, data: bytes, *, is_virtual: bool) -> dict[str, Any]:
    """Gives the fixture of what was heard of a family; raises NothingToSaveError."""
    spec = protocol_of(family)
    pieces = anonymous(spec, data)
    decoder = spec.decoder()
    readings = [reading for piece in pieces for reading in decoder.feed(piece)]
    if not readings:
        raise NothingToSaveError(
            "nothing in this capture can be kept without what identifies its device"
        )
    return {
        "protocol": spec.name,
        "family": family.name,
        "line": family.where,
        "origin": f"a virtual device; {ORIGIN}" if is_virtual else ORIGIN,
        "hex": [piece.hex() for piece in pieces],
        "decoded": [json.loads(encode(reading)) for reading in readings],
    }


def anonymous(spec: ProtocolSpec, data: bytes) -> list[bytes]:
    """Gives a stream's pieces, one for each time that it says something, without what identifies."""
    if spec.name == "contec-v7":
        data = _realtime_only(data)
    decoder = spec.decoder()
    pieces: list[bytes] = []
    since = bytearray()
    skipped = 0
    for at in range(len(data)):
        since += data[at : at + 1]
        readings = decoder.feed(data[at : at + 1])
        if not readings:
            continue
        is_whole = decoder.skipped_bytes == skipped
        skipped = decoder.skipped_bytes
        piece = _without_identity(spec, bytes(since), readings, is_whole=is_whole)
        since.clear()
        if piece:
            pieces.append(piece)
    return pieces


def _without_identity(
    spec: ProtocolSpec, piece: bytes, readings: list[Reading], *, is_whole: bool
) -> bytes:
    """Gives one piece's bytes as they may be kept, or nothing."""
    if any(isinstance(reading, DeviceInfo | Reply) for reading in readings):
        return b""
    if TEXT.match(piece):
        line = piece.rstrip(b"\r\n").rpartition(b"\n")[2].rpartition(b"\r")[2]
        end = piece[len(piece.rstrip(b"\r\n")) :]
        return _masked(line) + end
    if any(getattr(reading, "device_time", None) is not None for reading in readings):
        return _encoded(spec, [_timeless(reading) for reading in readings])
    if is_whole:
        return piece
    return _encoded(spec, readings)  # what was skipped before it could be anything


def _timeless(reading: Reading) -> Reading:
    if isinstance(reading, BloodPressure | Oximetry):
        return msgspec.structs.replace(reading, device_time=None)
    return reading


def _masked(line: bytes) -> bytes:
    for pattern, instead in MASKS:
        line = pattern.sub(instead, line)
    return SERIAL_NUMBER.sub(lambda found: found[1] + b"0" * len(found[2]), line)


def _encoded(spec: ProtocolSpec, readings: list[Reading]) -> bytes:
    try:
        return b"".join(spec.encode(reading) for reading in readings)
    except EncodeError:
        return b""


def _realtime_only(data: bytes) -> bytes:
    """Leaves out a V7 device's frames with users, identities and times."""
    frames, frame = bytearray(), bytearray()
    for byte in data:
        if not byte & 0x80:
            frame.clear()
        frame.append(byte)
        if frame[0] == contec_v7.REALTIME and len(frame) == contec_v7.LENGTH_BYTES[frame[0]]:
            frames += frame
            frame.clear()
    return bytes(frames)
