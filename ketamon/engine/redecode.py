"""A session's kept bytes through today's decoders, beside the readings that were shown then.

| in the record | what is done with the decoder |
|---|---|
| a `device` entry that binds the role | a fresh one, of that family's protocol |
| `lost`, or bytes 10 s after `silent` | a fresh one: the device was opened anew |
| `silent` | what is half there is given up |
| `device_info` with a model | for models with quirks of their own, a fresh one of that model |

Readings are compared device by device in their order; of a few that are missing or too many the
next equal one is looked for. What the engine itself leaves out (answers to us, pressures while
nobody measures, what a Bluetooth cuff's memory told before) may be missing from the record.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import msgspec

from ketamon.entries import Entry, encode
from ketamon.ledger.chain import Row
from ketamon.ledger.raw_seconds import packets
from ketamon_drivers.catalog import Family, UnknownFamilyError, family_named, protocol_of
from ketamon_drivers.links.device_link import REOPEN_AFTER_S
from ketamon_drivers.protocols.protocol import Decoder
from ketamon_drivers.readings import CuffPressure, DeviceInfo, Reading, Reply

LOOK_AHEAD = 64  # readings by which one side may run ahead of the other
SAID_BY_LINKS = frozenset({"from_storage", "clock_not_set"})
"""Words that a link puts on what a memory told, or takes off it."""


class Read(NamedTuple):
    """A reading of one device, at a time of the session; for bytes, that of their row."""

    t_ms: int
    body: Reading


class Difference(NamedTuple):
    """Where today's readings are not those of then; either may be none."""

    t_ms: int
    device: str
    then: tuple[bytes, ...]
    now: tuple[bytes, ...]


@dataclass(slots=True)
class Redecoded:
    """What came of a session's bytes; `left_out` are sentences on devices that can't be judged.

    `without_bytes` counts readings of the last second before a crash, whose bytes were not yet kept.
    """

    compared: int = 0
    without_bytes: int = 0
    differences: list[Difference] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def redecode(entries: Sequence[Entry], raw: Iterable[Row]) -> Redecoded:
    """Decodes all kept bytes anew and compares them with the readings of the record."""
    found = Redecoded()
    rows: dict[str, list[Row]] = {}
    for row in raw:
        rows.setdefault(row.kind.decode(), []).append(row)
    crashes = [e.body.since_t for e in entries if e.kind == "gap" and e.body.since_t is not None]
    crashed_s = {int(t) - back for t in crashes for back in (0, 1)}  # one may be on its way
    for device, theirs in rows.items():
        told = [entry for entry in entries if entry.device == device]
        try:
            family = _family(told)
        except UnknownFamilyError as error:
            found.left_out.append(f"{device}: {error}")
            continue
        if family is None:
            found.left_out.append(f"{device}: the record doesn't say what device it was")
            continue
        kept_from: dict[int, int] = {}  # second: when its first kept byte came
        for row in theirs:
            kept_from.setdefault(row.t_ms // 1000, row.t_ms)
        shown = [Read(e.t_ms, e.body) for e in told if e.is_reading and _counts(e.body, family)]
        then = [
            read
            for read in shown
            if (second := read.t_ms // 1000) not in crashed_s
            or read.t_ms >= kept_from.get(second, read.t_ms + 1)
        ]
        found.without_bytes += len(shown) - len(then)
        told_s = {one.t_ms // 1000 for one in then if isinstance(one.body, CuffPressure)}
        now = [
            read
            for read in _decoded(told, theirs, family)
            if _counts(read.body, family) and not _is_idle(read, family, told_s)
        ]
        found.compared += len(then)
        found.differences += _differences(device, family, then, now)
    found.differences.sort(key=itemgetter(0))
    return found


def _family(told: Iterable[Entry]) -> Family | None:
    names = [entry.body.family for entry in told if entry.kind == "device" and entry.body.family]
    return family_named(names[0]) if names else None


def _counts(body: Reading, family: Family) -> bool:
    """False for what is no reading of the patient, or did not come from the bytes that are kept."""
    return not isinstance(body, Reply) and not (
        family.bluetooth is not None and isinstance(body, DeviceInfo)
    )


def _is_idle(read: Read, family: Family, told_s: set[int]) -> bool:
    """True for a pressure that a cuff gives as a sign of life, while nobody measures."""
    second = read.t_ms // 1000
    is_told = not told_s.isdisjoint(range(second - 1, second + 2))
    return family.can_start and isinstance(read.body, CuffPressure) and not is_told


def _decoded(told: Iterable[Entry], rows: Iterable[Row], family: Family) -> Iterator[Read]:
    """Gives what today's decoders make of a device's rows, in order."""
    model: str | None = None
    decoder: Decoder = protocol_of(family).decoder(model)
    is_packets = protocol_of(family).framing == "packet"
    silent_ms: int | None = None
    changes = iter([e for e in told if e.kind in ("device", "device_info")])
    change = next(changes, None)
    t_ms = 0
    for row in rows:
        t_ms = row.t_ms
        while change is not None and change.t_ms < t_ms:
            if change.kind == "device_info":
                if change.body.model not in (None, model):
                    model = change.body.model
                    if protocol_of(family).quirky_models:
                        decoder = protocol_of(family).decoder(model)
            elif change.body.family is not None or change.body.state == "lost":
                yield from (Read(change.t_ms, body) for body in decoder.end())
                family = family_named(change.body.family or family.name)
                decoder, silent_ms = protocol_of(family).decoder(model), None
                is_packets = protocol_of(family).framing == "packet"
            elif change.body.state == "silent":
                yield from (Read(change.t_ms, body) for body in decoder.end())
                silent_ms = change.t_ms
            change = next(changes, None)
        if silent_ms is not None and t_ms >= silent_ms + REOPEN_AFTER_S * 1000:
            decoder = protocol_of(family).decoder(model)
        silent_ms = None
        for piece in _pieces(row.body, is_packets=is_packets):
            yield from (Read(t_ms, body) for body in decoder.feed(piece))
    yield from (Read(t_ms, body) for body in decoder.end())


def _pieces(data: bytes, *, is_packets: bool) -> list[bytes]:
    """A row as the decoder takes it; one of packets from before their ends were kept, whole."""
    if not is_packets:
        return [data]
    try:
        return packets(data)
    except ValueError:
        return [data]


def _differences(
    device: str, family: Family, then: Sequence[Read], now: Sequence[Read]
) -> Iterator[Difference]:
    """Walks both side by side; where they differ, to the nearest reading that both have."""
    old, new = [_known(one.body) for one in then], [_known(one.body) for one in now]
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and old[i] == new[j]:
            i, j = i + 1, j + 1
            continue
        skip_old, skip_new = _next_equal(old[i : i + LOOK_AHEAD], new[j : j + LOOK_AHEAD])
        gone = tuple(_line(one) for one in then[i : i + skip_old])
        extra = tuple(_line(one) for one in now[j : j + skip_new] if not _may_miss(one, family))
        if gone or extra:
            at = then[i].t_ms if gone else now[j].t_ms
            yield Difference(at, device, gone, extra)
        i, j = i + skip_old, j + skip_new


def _next_equal(old: Sequence[Reading], new: Sequence[Reading]) -> tuple[int, int]:
    """How many to pass over on each side, together the fewest; all where nothing equal follows."""
    if old and new and old[1:3] == new[1:3]:
        return (
            1,
            1,
        )  # one is another: among equal ones that is nearer than one too many and one less
    for together in range(1, len(old) + len(new)):
        for skip in range(max(0, together - len(new) + 1), min(together, len(old) - 1) + 1):
            if old[skip] == new[together - skip]:
                return skip, together - skip
    return len(old), len(new)


def _known(body: Reading) -> Reading:
    """A reading without what a link says of it: that it came from a memory, or waits for a person."""
    status = getattr(body, "status", ())
    if SAID_BY_LINKS.isdisjoint(status):
        return body
    return msgspec.structs.replace(body, status=tuple(s for s in status if s not in SAID_BY_LINKS))


def _may_miss(read: Read, family: Family) -> bool:
    """True for what the engine keeps from the record though a device said it."""
    kind = type(read.body).__struct_config__.tag
    if kind == "cuff_pressure":
        return family.can_start
    return family.bluetooth is not None and kind in ("blood_pressure", "oximetry")


def _line(read: Read) -> bytes:
    return encode(read.t_ms, read.body)
