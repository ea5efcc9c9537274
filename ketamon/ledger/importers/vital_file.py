"""The `.vital` format of VitalDB's recorder: numeric and text tracks out, waves passed over.

One gzip stream: `VITA`, u32 version, u16 header length, header; then packets of u8 type, u32 length.
Little-endian, strings a u32 length and UTF-8.

| type | packet | what counts here |
|---|---|---|
| 9 | device | id, type, name |
| 0 | track | id, type (1 wave, 2 number, 5 text), format, name, unit, …, device id |
| 1 | record | u16 length of what follows up to the value, f64 epoch seconds, track id, value |

Older writers leave the tail of a track packet out; a recorder that was switched off leaves the last
packet, and often the gzip stream, without its end: what came before is kept.
"""

import math
import struct
import zlib
from dataclasses import dataclass, field

from ketamon.vitals import Number
from ketamon_drivers.readings import printable

MAGIC = b"VITA"
GZIP_MAGIC = b"\x1f\x8b"
UNPACKED_LIMIT = 1024 * 1024 * 1024
WAVE, NUMBER, TEXT = 1, 2, 5
DEVICE, TRACK, RECORD, COMMAND = 9, 0, 1, 6
_FORMATS = {1: "<f", 2: "<d", 3: "<b", 4: "<B", 5: "<h", 6: "<H", 7: "<i", 8: "<I"}
_PACKET = struct.Struct("<BI")
_RECORD = struct.Struct("<HdH")
_U32 = struct.Struct("<I")
# What stands between a track's unit and its device id: display range, colour, rate, gain, offset,
# monitor type.
_BEFORE_DEVICE = struct.Struct("<ffIfddB")
_LONGEST_NAME = 200
_WIDEST_OFFSET_MIN = 14 * 60
_LATEST_S = 253_402_300_799.0  # the end of the year 9999
_PLACES = 7  # what a 4-byte float holds


class VitalFileError(ValueError):
    """Bytes that are no `.vital` file; a clause for after the file's name."""


@dataclass(slots=True)
class Track:
    """One track: what it is called, and its records in file order (epoch seconds, value)."""

    name: str
    device: str
    kind: int
    unit: str
    records: list[tuple[float, Number | str]] = field(default_factory=list)
    missing: int = 0

    @property
    def full_name(self) -> str:
        """`Device/NAME`, as VitalDB writes it."""
        return f"{self.device}/{self.name}" if self.device else self.name


@dataclass(slots=True)
class VitalFile:
    """What a file holds; its clock stood `offset_min` ahead of UTC."""

    tracks: list[Track] = field(default_factory=list)
    waves: list[str] = field(default_factory=list)
    cut: str | None = None
    offset_min: int = 0
    unreadable: int = 0


def read_vital(data: bytes) -> VitalFile:
    """Reads a file; raises VitalFileError where it is none."""
    stream = zlib.decompressobj(wbits=31)
    cut = None
    try:
        plain = stream.decompress(data, UNPACKED_LIMIT)
        if stream.unconsumed_tail:
            raise VitalFileError("holds over 1 GiB unpacked; cut it into sessions first")
        if not stream.eof:
            cut = "the file is cut off"
    except zlib.error:
        plain, cut = _up_to_damage(data), "the file is damaged"
    if not plain.startswith(MAGIC) or len(plain) < len(MAGIC) + 6:
        raise VitalFileError("is a gzip file with something else than a .vital recording in it")
    found = VitalFile(cut=cut)
    (length,) = struct.unpack_from("<H", plain, 8)
    if length >= 2 and len(plain) >= 12:
        west = int(struct.unpack_from("<h", plain, 10)[0])
        found.offset_min = -west if abs(west) <= _WIDEST_OFFSET_MIN else 0
    _packets(plain, 10 + length, found)
    return found


def _up_to_damage(data: bytes) -> bytes:
    """What a damaged stream gives before the damage, byte by byte at the end."""
    stream, plain = zlib.decompressobj(wbits=31), bytearray()
    step = 4096
    try:
        for at in range(0, len(data), step):
            plain += stream.decompress(data[at : at + step])
            if len(plain) > UNPACKED_LIMIT:
                break
    except zlib.error:
        pass
    return bytes(plain)


def _packets(plain: bytes, at: int, found: VitalFile) -> None:
    devices: dict[int, str] = {}
    by_id: dict[int, tuple[Track, struct.Struct | None] | None] = {}
    by_name: dict[tuple[str, int], Track] = {}
    unpack_packet, unpack_record = _PACKET.unpack_from, _RECORD.unpack_from
    end = len(plain)
    while at + _PACKET.size <= end:
        kind, length = unpack_packet(plain, at)
        at += _PACKET.size
        after = at + length
        if after > end:
            found.cut = found.cut or "the file is cut off"
            return
        if kind == RECORD:
            if length < _RECORD.size:
                found.unreadable += 1
            else:
                head, seconds, track_id = unpack_record(plain, at)
                try:
                    known = by_id[track_id]
                except KeyError:
                    found.unreadable += 1
                else:
                    if known is not None:
                        _record(plain, at + 2 + head, after, seconds, known, found)
        elif kind == TRACK:
            try:
                _track(plain, at, after, devices, by_id, by_name, found)
            except (struct.error, IndexError):
                found.unreadable += 1
        elif kind == DEVICE and length >= 4:
            (device_id,) = _U32.unpack_from(plain, at)
            kind_name, next_at = _string(plain, at + 4, after)
            name, _ = _string(plain, next_at, after)
            devices[device_id] = name or kind_name
        at = after
    if at < end:
        found.cut = found.cut or "the file is cut off"


def _string(plain: bytes, at: int, end: int) -> tuple[str, int]:
    """A string, empty where the packet has ended, and where the next field begins."""
    if at + 4 > end:
        return "", end
    (length,) = _U32.unpack_from(plain, at)
    after = min(at + 4 + length, end)
    return printable(plain[at + 4 : after].decode("utf-8", "replace")), after


def _track(
    plain: bytes,
    at: int,
    end: int,
    devices: dict[int, str],
    by_id: dict[int, tuple[Track, struct.Struct | None] | None],
    by_name: dict[tuple[str, int], Track],
    found: VitalFile,
) -> None:
    if end - at < 4:
        raise struct.error
    track_id, kind, code = struct.unpack_from("<HBB", plain, at)
    name, at = _string(plain, at + 4, end)
    unit, at = _string(plain, at, end)
    device = ""
    if at + _BEFORE_DEVICE.size + 4 <= end:
        (device_id,) = _U32.unpack_from(plain, at + _BEFORE_DEVICE.size)
        device = devices.get(device_id, "") if device_id else ""
    track = Track(name[:_LONGEST_NAME], device[:_LONGEST_NAME], kind, unit[:_LONGEST_NAME])
    if kind == WAVE:
        by_id[track_id] = None
        if track.full_name not in found.waves:
            found.waves.append(track.full_name)
    elif kind == TEXT or (kind == NUMBER and code in _FORMATS):
        kept = by_name.setdefault((track.full_name, kind), track)
        if kept is track:
            found.tracks.append(track)
        by_id[track_id] = kept, struct.Struct(_FORMATS[code]) if kind == NUMBER else None
    else:
        by_id[track_id] = None
        found.unreadable += 1


def _record(
    plain: bytes,
    at: int,
    end: int,
    seconds: float,
    known: tuple[Track, struct.Struct | None],
    found: VitalFile,
) -> None:
    track, layout = known
    if not 0 <= seconds <= _LATEST_S:  # NaN with it
        found.unreadable += 1
    elif layout is None:
        text, _ = _string(plain, at + 4, end)  # four bytes of no meaning come first
        if text:
            track.records.append((seconds, text))
        else:
            track.missing += 1
    elif at + layout.size > end:
        found.unreadable += 1
    else:
        (value,) = layout.unpack_from(plain, at)
        if isinstance(value, float):
            if not math.isfinite(value):
                track.missing += 1
                return
            if layout.size == 4:
                value = float(f"{value:.{_PLACES}g}")
            value = int(value) if value.is_integer() and abs(value) < 1e15 else value
        track.records.append((seconds, value))
