"""The feed's codec: what goes in comes out, unknown fields are ignored, the rest is refused."""

import msgspec
import pytest

from ketamon.feed import messages as m

EXAMPLES: list[m.FromEngine | m.FromViewer] = [
    m.Hello(1, "s", "e", "REPLAY", "nurse", 1.5, 4.0),
    m.Snapshot(3, 1.5, "LIVE", vitals=(m.VitalView("hr", 80, 1.0, "strap", "valid", 4.0, 10.0),)),
    m.EntryMessage(
        4, msgspec.Raw(b'{"t":1.000,"kind":"x"}'), m.View(bins=(m.Bin("hr", 0.0, 1, 2),))
    ),
    m.Beat(2.0, 4, 1.0, "LIVE"),
    m.Pong(7),
    m.Answer(8, False, "no"),
    m.Bye("end"),
    m.Attach(since=5),
    m.Ping(9),
    m.Command(10, "seek", {"t": 5}),
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_message_survives_the_wire(message: m.FromEngine | m.FromViewer) -> None:
    decode = m.decode_from_viewer if isinstance(message, m.FromViewer) else m.decode_from_engine
    line = m.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert m.encode(decode(line)) == line


def test_unknown_fields_are_ignored() -> None:
    line = b'{"type":"pong","id":1,"colour":"blue"}'
    assert m.decode_from_engine(line) == m.Pong(1)


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b'{"type":"dance"}', b'{"type":"pong"}', b"\xff"]
)
def test_anything_else_is_a_feed_error(line: bytes) -> None:
    with pytest.raises(m.FeedError):
        m.decode_from_engine(line)


def test_entry_is_passed_on_byte_by_byte() -> None:
    entry = b'{"t":1.000,"kind":"from_the_future",  "x":[1,2]}'
    message = m.decode_from_engine(m.encode(m.EntryMessage(1, msgspec.Raw(entry))))
    assert isinstance(message, m.EntryMessage)
    assert bytes(message.entry) == entry
