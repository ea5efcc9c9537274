"""Second readers of `.vital` and WFDB, and a writer of `.vital`: plain, small, and not the product's."""

import gzip
import struct
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


def vital_tracks(path: Path) -> dict[str, list[tuple[float, float | str]]]:
    """Numeric and text records by `device/track`, in file order."""
    data = gzip.decompress(path.read_bytes())
    assert data[:4] == b"VITA"
    devices: dict[int, str] = {}
    tracks: dict[int, tuple[str, int, int]] = {}
    found: dict[str, list[tuple[float, float | str]]] = defaultdict(list)
    at = 10 + int.from_bytes(data[8:10], "little")

    def text(where: int) -> tuple[str, int]:
        size = int.from_bytes(data[where : where + 4], "little")
        return data[where + 4 : where + 4 + size].decode(), where + 4 + size

    while at + 5 <= len(data):
        kind, size = data[at], int.from_bytes(data[at + 1 : at + 5], "little")
        at, body, end = at + 5, at + 5, at + 5 + size
        if kind == 9:
            _, after = text(body + 4)
            devices[int.from_bytes(data[body : body + 4], "little")] = text(after)[0]
        elif kind == 0:
            name, after = text(body + 4)
            _, after = text(after)
            device = int.from_bytes(data[after + 33 : after + 37], "little")
            full = f"{devices[device]}/{name}" if device in devices else name
            tracks[struct.unpack_from("<H", data, body)[0]] = full, data[body + 2], data[body + 3]
        elif kind == 1:
            seconds, track = struct.unpack_from("<dH", data, body + 2)
            full, sort, code = tracks[track]
            if sort == 2:
                assert code == 1
                found[full].append((seconds, struct.unpack_from("<f", data, body + 12)[0]))
            elif sort == 5:
                found[full].append((seconds, text(body + 16)[0]))
        at = end
    return found


@dataclass
class Wfdb:
    """Values by signal (None where there is none), and seconds between samples."""

    signals: dict[str, list[float | None]]
    interval_s: float


def wfdb_values(header: Path) -> Wfdb:
    """Reads a record byte by byte."""
    lines = [line.split() for line in header.read_text().splitlines() if not line.startswith("#")]
    width, rate = int(lines[0][1]), float(lines[0][2].split("/")[0])
    data = (header.parent / lines[1][0]).read_bytes()
    signals: dict[str, list[float | None]] = {}
    for i, fields in enumerate(lines[1:]):
        gain, zero = float(fields[2].split("/")[0]), int(fields[4])
        numbers = [
            int.from_bytes(data[at : at + 2], "little", signed=True)
            for at in range(2 * i, len(data), 2 * width)
        ]
        signals[fields[8]] = [None if n == -(2**15) else (n - zero) / gain for n in numbers]
    return Wfdb(signals, 1 / rate)


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack("<BI", kind, len(body)) + body


def string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<I", len(raw)) + raw


def device(number: int, name: str) -> bytes:
    return packet(9, struct.pack("<I", number) + string(name) + string(name))


def track(
    number: int, name: str, unit: str = "", of: int = 1, kind: int = 2, code: int = 1
) -> bytes:
    tail = struct.pack("<ffIfddBI", 0, 200, 0, 0, 1, 0, 0, of)
    return packet(0, struct.pack("<HBB", number, kind, code) + string(name) + string(unit) + tail)


def value(number: int, seconds: float, given: float) -> bytes:
    return packet(1, struct.pack("<HdH", 10, seconds, number) + struct.pack("<f", given))


def words(number: int, seconds: float, given: str) -> bytes:
    return packet(1, struct.pack("<HdH", 10, seconds, number) + bytes(4) + string(given))


def vital(*packets: bytes) -> bytes:
    """A whole file."""
    return gzip.compress(b"VITA" + struct.pack("<IH", 3, 10) + bytes(10) + b"".join(packets))
