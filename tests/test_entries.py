"""An entry is one line: written once, read back whole, refused with the field's name."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon import entries
from ketamon.entries import Alarm, By, EntryError, Note, decode, make
from ketamon_drivers.readings import BloodPressure


def test_line_begins_with_time_in_three_decimals_and_kind() -> None:
    alarm = Alarm("sys_high", "raised", "active", "medium", 172, 160, "absolute")
    assert make(1, 75_000, alarm).line == (
        b'{"t":75.000,"kind":"alarm","condition":"sys_high","change":"raised","state":"active",'
        b'"priority":"medium","value":172,"limit":160,"basis":"absolute"}'
    )


def test_entry_survives_its_line() -> None:
    entry = make(4, 1_234_567, BloodPressure(172, 96), "cuff", By(seat="nurse"))
    assert decode(entry.line, 4) == entry


def test_unknown_kind_is_kept_verbatim() -> None:
    line = b'{"t":1,"kind":"from_the_future","x":{"y":1}}'
    entry = decode(line)
    assert (entry.kind, entry.line) == ("from_the_future", line)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"hello", "not JSON; an entry is one JSON object a line, as `ketamon export` writes it"),
        (b'{"t":1}', "object missing required field `kind`; an entry is one JSON object with `t` and `kind`"),
        (b'{"t":"x","kind":"note"}', "`t`: expected `float`, got `str`"),
        (b'{"t":1,"kind":"blood_pressure","systolic":"a"}', "`systolic`: expected `int | float | null`, got `str`"),
        (b'{"t":1e300,"kind":"x"}', "`t` is 1e+300 s; give seconds since the session began"),
    ],
)  # fmt: skip
def test_what_is_no_entry_is_refused_with_the_field(line: bytes, sentence: str) -> None:
    with pytest.raises(EntryError) as refusal:
        decode(line)
    assert str(refusal.value) == sentence


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with suppress(EntryError):
        assert decode(data).line == data


@given(st.integers(-(10**9), 10**12))
def test_milliseconds_are_written_exactly(t_ms: int) -> None:
    assert round(float(entries.seconds(t_ms)) * 1000) == t_ms
    assert entries.seconds(t_ms)[-4:-3] == b"."


@given(st.text(max_size=50))
def test_any_text_stays_on_one_line(text: str) -> None:
    line = make(1, 0, Note(text=text)).line
    assert b"\n" not in line
    assert decode(line).body.text == text


def test_every_kind_says_what_it_is() -> None:
    for kind, cls in entries.KINDS.items():
        assert cls.__doc__, kind
