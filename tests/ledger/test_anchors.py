"""Heads noted outside the file find what was cut off or made anew inside it."""

from pathlib import Path

import pytest

from ketamon.entries import Entry
from ketamon.ledger.anchors import ANCHORS_NAME, Anchor, anchors_of, append_anchor, disagreement
from ketamon.ledger.session_file import verify_session
from tests.ledger.session_files import ENTRIES, made

AT = "2026-01-01T10:00:00Z"


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A session of which the head was noted at 0, 5 and all entries."""
    path = made(tmp_path / "s.ketamon")
    heads = verify_session(path).heads
    for count in (0, 5, len(ENTRIES)):
        append_anchor(tmp_path / ANCHORS_NAME, Anchor(AT, count, heads[count][:16], path.name))
    return path


def found(path: Path) -> str:
    """What the noted heads say against the file."""
    clause = disagreement(path, verify_session(path))
    assert clause is not None
    return clause


def test_session_as_it_was_written_agrees(session: Path) -> None:
    assert [anchor.entries for anchor in anchors_of(session)] == [0, 5, len(ENTRIES)]
    assert disagreement(session, verify_session(session)) is None
    assert session.with_name(ANCHORS_NAME).stat().st_mode & 0o777 == 0o600


def test_cut_tail_is_found(session: Path) -> None:
    session.unlink()
    made(session, ENTRIES[:6])
    assert found(session) == (
        f"6 entries hold, but at {AT} there were {len(ENTRIES)}: its end was cut off"
    )


def test_session_made_anew_is_found(session: Path) -> None:
    session.unlink()
    other = Entry(3, 10_000, "note", None, line=b'{"t":10.000,"kind":"note","text":"x"}')
    made(session, (*ENTRIES[:2], other, *ENTRIES[3:]))
    assert found(session) == (
        f"{len(ENTRIES)} entries hold, but the first 5 are not those of {AT}: they were made anew"
    )


def test_other_sessions_broken_lines_and_a_missing_log_say_nothing(session: Path) -> None:
    log = session.with_name(ANCHORS_NAME)
    text = log.read_text()
    log.write_bytes(
        b"\xff\xfe\nno anchor\n"
        + f"{AT} 99 0123 s.ketamon\n{AT} 99 {'0' * 16} t.ketamon\n".encode()
        + text.encode()
        + f"{AT} 99 {'0' * 16} s.keta".encode()
    )
    assert len(list(anchors_of(session))) == 3
    assert disagreement(session, verify_session(session)) is None
    log.unlink()
    assert disagreement(session, verify_session(session)) is None


@pytest.mark.parametrize("name", ["of the night.ketamon", "\udcff.ketamon", "é.ketamon"])
def test_name_of_any_letters_is_found_again(tmp_path: Path, name: str) -> None:
    anchor = Anchor(AT, 1, "0" * 16, name)
    append_anchor(tmp_path / ANCHORS_NAME, anchor)
    assert list(anchors_of(tmp_path / name)) == [anchor]


@pytest.mark.parametrize(
    "anchor",
    [
        Anchor("10 o'clock", 1, "0" * 16, "s.ketamon"),
        Anchor(AT, 1, "0" * 16, "a\nb.ketamon"),
        Anchor(AT, 1, "short", "s.ketamon"),
    ],
)
def test_line_that_could_not_be_read_back_is_not_written(tmp_path: Path, anchor: Anchor) -> None:
    with pytest.raises(ValueError, match="is no anchor"):
        append_anchor(tmp_path / ANCHORS_NAME, anchor)
    assert list(tmp_path.iterdir()) == []
