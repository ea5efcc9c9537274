"""A copy for teaching tells nobody: whatever text stood anywhere, none of it is in the copy."""

import gzip
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon import entries as kinds
from ketamon.engine.playback import timeline
from ketamon.entries import KINDS, By, Entry, decode, make
from ketamon.ledger.exporters.csv_table import write_csv
from ketamon.ledger.exporters.ndjson import write_lines
from ketamon.ledger.exporters.teaching import teaching_copy
from ketamon.ledger.exporters.vital import write_vital
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.recording import read_recording
from ketamon_drivers.readings import BloodPressure, HeartRate, Manual
from tests.conftest import ROOT

CANARY = "Kim Canary 4711-0815"
WHO = By("kim", "nurse", CANARY)
STARTED = "1987-06-05T04:03:02.000+00:00"


def filled(cls: type[msgspec.Struct], text: str) -> msgspec.Struct:
    """A body of the kind with the text wherever one can stand."""
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(cls):
        given: object
        for given in (
            text,
            {"a": text, text: {"c": text}},
            {"a": text, text: text},
            (text,),
            3,
            True,
        ):
            try:
                msgspec.convert({field.encode_name: given}, msgspec.defstruct("One", [
                    (field.name, field.type)], rename={field.name: field.encode_name}))  # fmt: skip
            except msgspec.ValidationError:
                continue
            values[field.encode_name] = given
            break
        else:
            if field.default is not msgspec.NODEFAULT:
                values[field.encode_name] = msgspec.to_builtins(field.default)
    tag = cls.__struct_config__.tag
    return msgspec.convert({"kind": tag, **values}, cls)


def full_session(text: str) -> list[Entry]:
    """One entry of every kind, full of the text, and lines with more than a kind has."""
    found = [
        make(0, 0, kinds.Session(text, text, "LIVE", {"ketamon": "0.1.0", text: text}, STARTED))
    ]
    for name, cls in KINDS.items():
        if name != "session":
            found.append(make(0, 1000, filled(cls, text), text, WHO))
    quoted = msgspec.json.encode(text)
    for more in (
        b'{"t":2,"kind":"blood_pressure","device":"cuff","systolic":120,"diastolic":80,"x":%s}',
        b'{"t":2,"kind":"heart_rate","device":"strap","heart_rate":null,"raw":{"HR":%s,"Q":%s}}',
        b'{"t":2,"kind":"blood_pressure","device":"cuff","status":["invalid"],"raw":{"SYS":%s,"DIA":90},"not_judged":%s}',
        b'{"t":2,"kind":%s}',
        b'{"t":3,"kind":"limits","profile":{"profile":{"name":%s},"sys":{"high":{"medium":160}},"cuff":{"schedule":{"dosing":{"at_min":[5],"from":%s}}}}}',
        b'{"t":4,"kind":"heart_rate","device":"strap","heart_rate":70}',
    ):
        found.append(decode(more.replace(b"%s", quoted)))
    return found


@pytest.mark.parametrize("text", [CANARY, "canary"])
@pytest.mark.parametrize("form", ["ndjson", "csv", "csv-wide", "vital"])
def test_no_text_of_a_session_is_in_its_copy(tmp_path: Path, text: str, form: str) -> None:
    path, losses = tmp_path / "a", Flags()
    copy = teaching_copy(full_session(text), losses)
    if form == "ndjson":
        write_lines(path, copy)
    elif form == "vital":
        write_vital(path, copy, losses)
    else:
        write_csv(path, copy, losses, wide=form == "csv-wide")
    data = path.read_bytes()
    data = gzip.decompress(data) if form == "vital" else data
    forbidden = [CANARY] if text == CANARY else []
    forbidden += ["Kim", "kim", "4711", "1987", "04:03", '"a"']
    assert [word for word in forbidden if word.encode() in data] == []
    if text == "canary":  # a plain word may pass where only our own words stand
        passed = re.findall(rb'"(\w+)":"canary"', data)
        assert set(passed) <= {
            b"family",
            b"event",
            b"action",
            b"what",
            b"command",
            b"reason",
            b"from",
        }


def test_what_stays_out_is_counted() -> None:
    losses = Flags()
    teaching_copy(full_session(CANARY), losses)
    assert {"note left out", "person left out", "handover left out", "rejected left out",
            "other kind left out"} <= losses.counts.keys()  # fmt: skip


def test_times_count_from_zero_and_numbers_stay() -> None:
    entries = [
        make(4, 60_000, kinds.Session(started=STARTED)),
        make(5, 61_000, Manual(systolic_mmhg=120, measured_t=60.5, source="auscultation"), "person", WHO),
        make(6, 61_000, kinds.Note(text=CANARY)),
        make(7, 62_000, kinds.Gap(60.0, CANARY)),
    ]  # fmt: skip
    copy = teaching_copy(entries, Flags())
    assert [(e.seq, e.t_ms) for e in copy] == [(4, 0), (5, 1000), (7, 2000)]
    assert copy[0].body == kinds.Session()
    assert (copy[1].body.measured_t, copy[1].body.source, copy[1].by) == (
        0.5,
        "auscultation",
        By(seat="nurse"),
    )
    assert copy[2].body == kinds.Gap(0.0)


def test_what_a_class_needs_is_in_the_copy() -> None:
    entries = [
        make(0, 0, kinds.Session(mode="SIMULATED")),
        make(0, 1, kinds.Phase("dosing")),
        make(0, 1, kinds.Dose(event="dose.iv_start", value=35, text=CANARY)),
        make(0, 1, kinds.Score(event="scale.moaas", moaas=4)),
        make(0, 1, kinds.Acknowledge("sys_high", 3)),
        make(0, 1, BloodPressure(150, 90, status=("irregular_pulse", "Kim")), "cuff"),
    ]  # fmt: skip
    copy = teaching_copy(entries, Flags())
    assert [e.body for e in copy] == [
        kinds.Session(mode="SIMULATED"),
        kinds.Phase("dosing"),
        kinds.Dose(event="dose.iv_start", value=35),
        kinds.Score(event="scale.moaas", moaas=4),
        kinds.Acknowledge("sys_high", 3),
        BloodPressure(150, 90, status=("irregular_pulse",)),
    ]


@pytest.mark.parametrize(
    "sample", sorted((ROOT / "sample_data").glob("charted_*.csv")), ids=lambda p: p.stem
)
def test_a_copy_alarms_as_its_session_did(sample: Path) -> None:
    original = read_recording(sample).entries
    copy = teaching_copy(original, Flags())
    assert [e.line for e in timeline(copy)] == [e.line for e in timeline(original)]


@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=6), st.text(max_size=20))
def test_any_kinds_with_any_text_are_copied_without_an_error(names: list[str], text: str) -> None:
    entries = [make(0, i, filled(KINDS[name], text), text) for i, name in enumerate(names)]
    for entry in teaching_copy([*entries, make(0, 9, HeartRate(70), "strap")], Flags()):
        assert decode(entry.line).body == entry.body
