"""`ketamon replay SESSION --redecode`: the record against what today's program makes of it."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.entries import Entry

SHOWN_AT_MOST = 50


def print_redecoded(file: Path) -> bool:
    """Prints where readings and alarms differ, and both versions; true where nothing does.

    Raises ClickException for what is no session file, or keeps no bytes.
    """
    from ketamon.engine.redecode import redecode
    from ketamon.ledger.session_file import SessionFileError, read_raw, read_session

    try:
        entries, raw = read_session(file), read_raw(file)
    except SessionFileError as error:
        raise click.ClickException(str(error)) from None
    if not raw:
        raise click.ClickException(
            f"{file}: keeps no bytes of devices; give a session that ran at a chair"
        )
    then, now = _versions(entries)
    found = redecode(entries, raw)
    shown = (
        (f"{_clock(one.t_ms)} {one.device}", pair)
        for one in found.differences
        for pair in zip_longest(one.then, one.now, fillvalue=b"nothing")
    )
    _print_pairs(shown)
    count = sum(max(len(one.then), len(one.now)) for one in found.differences)
    words = f"{count} differ" if count else "all are as they were shown"
    click.echo(f"{found.compared} readings, decoded again by {now}: {words} (recorded by {then})")
    if found.without_bytes:
        click.echo(
            f"{found.without_bytes} of the second before a crash: without bytes, not compared"
        )
    for sentence in found.left_out:
        click.echo(f"not compared: {sentence}")
    alarms = _alarm_differences(entries)
    _print_pairs((_clock(t_ms), pair) for t_ms, pair in alarms)
    lines = sum(entry.kind == "alarm" for entry in entries)
    words = f"{len(alarms)} differ" if alarms else "the same, line by line"
    click.echo(f"{lines} alarm lines, replayed by {now}: {words} (recorded by {then})")
    return not (found.differences or found.left_out or alarms)


def _versions(entries: "Sequence[Entry]") -> tuple[str, str]:
    """Which program recorded the session, and which is this."""
    from importlib.metadata import version

    given: dict[str, str] = next(
        (entry.body.versions for entry in entries if entry.kind == "session"), {}
    )
    named = ", ".join(f"{name} {number}" for name, number in sorted(given.items()))
    return named or "an unknown version", f"ketamon {version('ketamon')}"


def _alarm_differences(entries: "Sequence[Entry]") -> list[tuple[int, tuple[bytes, bytes]]]:
    """Pairs of lines, then and now, where the replayed timeline is not the recorded one."""
    from ketamon.engine.playback import timeline

    old = [entry for entry in entries if entry.kind == "alarm"]
    new = list(timeline(tuple(entries)))
    lines = [entry.line for entry in old], [entry.line for entry in new]
    if lines[0] == lines[1]:
        return []
    found: list[tuple[int, tuple[bytes, bytes]]] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, *lines, autojunk=False).get_opcodes():
        if tag != "equal":
            at = old[i].t_ms if i < i_end else new[j].t_ms
            pairs = zip_longest(lines[0][i:i_end], lines[1][j:j_end], fillvalue=b"nothing")
            found += [(at, pair) for pair in pairs]
    return found


def _print_pairs(pairs: Iterable[tuple[str, tuple[bytes, bytes]]]) -> None:
    rest = iter(pairs)
    for where, (then, now) in islice(rest, SHOWN_AT_MOST):
        click.echo(f"{where}\n  then {then.decode()}\n  now  {now.decode()}")
    left = sum(1 for _ in rest)
    if left:
        click.echo(f"… and {left} more")


def _clock(t_ms: int) -> str:
    seconds = t_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
