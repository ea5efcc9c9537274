"""The lines of `ketamon feed --all`: what is written is read back, and nothing else is taken."""

import pytest

from ketamon.feed.beside import Viewers
from ketamon.feed.many import Chairs, Said, Told, decode_told, encode_told
from ketamon.feed.messages import PROTOCOL, Beat, Bye, FeedError, Hello, Snapshot


@pytest.mark.parametrize(
    "told",
    [
        Chairs(()),
        Chairs(("1", "2")),
        Said("1", Hello(PROTOCOL, "s", "1", "LIVE", "observer", 1.0, 1.0)),
        Said("1", Snapshot(60, 1.0, "LIVE", "FK-27")),
        Said("1", Beat(1.0, 1, 1.0, "LIVE")),
        Said("1", Viewers()),
        Said("1", Bye("gone")),
    ],
)
def test_what_is_written_is_read_back(told: Told) -> None:
    line = encode_told(told)
    assert line.count(b"\n") == 1
    assert decode_told(line) == told


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[1]", b'{"chair":"1"}', b'{"chair":"1","message":3}']
)
def test_what_is_no_such_line_is_refused_with_a_sentence(line: bytes) -> None:
    with pytest.raises(FeedError):
        decode_told(line)
