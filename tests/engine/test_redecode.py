"""Kept bytes give the readings that were shown, or it is said where they don't."""

from collections.abc import Iterable, Sequence

import msgspec
import pytest

from ketamon.engine.redecode import redecode
from ketamon.entries import Device, Entry, Gap, make
from ketamon.ledger.chain import Row
from ketamon.ledger.raw_seconds import as_packet, packets
from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.readings import BloodPressure, Oximetry
from tests.engine.chairside import Chairside, at_a_chair


def rows(raw: Iterable[tuple[int, str, bytes]]) -> list[Row]:
    """Bytes of one second and device together, as the ledger has them."""
    found: dict[tuple[int, str], tuple[int, bytes]] = {}
    for t_ms, device, data in raw:
        first, before = found.get((t_ms // 1000, device), (t_ms, b""))
        found[t_ms // 1000, device] = first, before + data
    return [
        Row(number, t_ms, device.encode(), data, b"")
        for number, ((_, device), (t_ms, data)) in enumerate(found.items(), 1)
    ]


@pytest.fixture(scope="module")
def chair() -> Chairside:
    """Twelve minutes at a chair: two measurements, and a plug that was out for a while."""

    async def session(chair: Chairside) -> None:
        chair.bind()
        chair.phase()
        await chair.until(100)
        chair.oximeter.unplug()
        await chair.until(120)
        chair.oximeter.replug()
        await chair.until(200)
        chair.oximeter.stall()
        await chair.until(720)

    return at_a_chair(session)


def changed(entries: Sequence[Entry], kind: str, **fields: object) -> list[Entry]:
    """The record as it would be had the third reading of a kind been another."""
    third = [entry for entry in entries if entry.kind == kind][2]
    body = msgspec.structs.replace(third.body, **fields)
    other = make(third.seq, third.t_ms, body, third.device)
    return [other if entry is third else entry for entry in entries]


def test_the_same_decoders_give_the_same_readings(chair: Chairside) -> None:
    found = redecode(chair.kept.entries, rows(chair.kept.raw))
    assert (found.differences, found.left_out) == ([], [])
    assert found.compared == sum(entry.is_reading for entry in chair.kept.entries) > 200


def test_a_reading_that_is_another_now_is_shown_beside_what_was_shown_then(
    chair: Chairside,
) -> None:
    entries = changed(chair.kept.entries, "oximetry", spo2_pct=71)
    [difference] = redecode(entries, rows(chair.kept.raw)).differences
    [then], [now] = difference.then, difference.now
    assert difference.device == "oximeter"
    assert b'"spo2":71' in then
    assert b'"spo2":97' in now


def test_a_reading_that_is_missing_on_either_side_shifts_no_other(chair: Chairside) -> None:
    raw = rows(chair.kept.raw)
    oximetry = [entry for entry in chair.kept.entries if entry.kind == "oximetry"]
    changes = changed(chair.kept.entries, "oximetry", spo2_pct=71)
    more = [*changes, make(10_000, changes[-1].t_ms, Oximetry(55, 55), "oximeter")]
    found = redecode(more, raw).differences
    assert [(len(one.then), len(one.now)) for one in found] == [(1, 1), (1, 0)]
    less = [entry for entry in chair.kept.entries if entry not in oximetry[5:7]]
    assert sum(len(one.now) for one in redecode(less, raw).differences) == 2


def test_the_second_before_a_crash_whose_bytes_were_not_yet_kept_is_no_difference(
    chair: Chairside,
) -> None:
    whole = rows(chair.kept.raw)
    last = [entry for entry in chair.kept.entries if entry.kind == "oximetry"][20]
    second = last.t_ms // 1000
    raw = [row for row in whole if (row.t_ms // 1000, row.kind) != (second, b"oximeter")]
    gap = make(10_000, last.t_ms, Gap(last.t_ms / 1000, "the engine was started again"))
    assert redecode(chair.kept.entries, raw).differences != []
    found = redecode([*chair.kept.entries, gap], raw)
    assert (found.differences, found.without_bytes) == ([], 1)


def test_a_cuffs_signs_of_life_are_no_difference(chair: Chairside) -> None:
    entries = [entry for entry in chair.kept.entries if entry.kind != "cuff_pressure"]
    assert redecode(entries, rows(chair.kept.raw)).differences == []


def test_ends_of_notifications_survive_the_record_and_count() -> None:
    spec = PROTOCOLS["gatt-2a35"]
    known = next(f for f in FAMILIES.values() if f.protocol == "gatt-2a35")
    readings = [BloodPressure(120, 80, 93), BloodPressure(171, 99, 120)]
    sent = [spec.encode(reading) for reading in readings]
    row = b"".join(as_packet(data) for data in sent)
    assert packets(row) == sent
    [decoded, again] = (spec.decoder().feed(data)[0] for data in sent)
    record = [
        make(1, 0, Device(known.name, "x"), "cuff"),
        make(2, 1000, decoded, "cuff"),
        make(3, 1000, again, "cuff"),
    ]
    assert redecode(record, [Row(1, 1000, b"cuff", row, b"")]).differences == []
    one = redecode(record, [Row(1, 1000, b"cuff", as_packet(b"".join(sent)), b"")])
    assert one.differences != []


def test_a_device_that_nobody_knows_any_more_is_said_and_not_passed_over(chair: Chairside) -> None:
    entries = [
        make(e.seq, e.t_ms, msgspec.structs.replace(e.body, family="gone"), e.device)
        if e.kind == "device" and e.body.family and e.device == "oximeter"
        else e
        for e in chair.kept.entries
    ]
    found = redecode(entries, rows(chair.kept.raw))
    assert found.differences == []
    [sentence] = found.left_out
    assert sentence.startswith("oximeter: ")


@pytest.mark.parametrize("cut", [b"\x00", b"\x00\x05ab", b"\x00\x01a\x00"])
def test_a_row_that_is_no_notifications_is_told_from_one_that_is(cut: bytes) -> None:
    with pytest.raises(ValueError, match="inside a notification"):
        packets(cut)
    assert packets(b"") == []
    assert packets(as_packet(b"") + as_packet(b"ab")) == [b"", b"ab"]
