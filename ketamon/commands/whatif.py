"""`ketamon whatif SESSION --limits A --limits B`: what other limits would have told."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from ketamon.core.profile import Profile
    from ketamon.engine.whatif import Difference, Episode, Outcome
    from ketamon.entries import Entry

LETTERS = "ABCDEFGH"
OWN = "the session's own limits"
LISTED_AT_MOST = 40


class Column(NamedTuple):
    """One set of limits beside the others: its letter, whose it is, what it told."""

    letter: str
    file: str
    name: str
    outcome: "Outcome"


@click.command()
@click.argument("session", type=str)
@click.option(
    "--limits",
    "limits_files",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A limits profile (TOML); give it again for another. One alone stands beside the session's own.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object, with every difference in it."
)
def whatif(session: str, limits_files: tuple[Path, ...], as_json: bool) -> None:
    """Says what other limits would have told of SESSION: a file that import reads, or a session's name.

    An alarm is one condition of the patient from when it was raised to its end; its priority is the
    worst that it reached. Alarms of devices do not depend on limits and are left out. People answered
    the alarms that they had: under other limits an answer counts for what stood then.

    \b
    ketamon whatif recording.csv --limits iv.toml --limits wider.toml
    """
    from ketamon.core.profile import ProfileError
    from ketamon.engine.whatif import outcome
    from ketamon.ledger.importers.recording import RecordingError, read_recording
    from ketamon.ledger.places import DataFolderError, find_session
    from ketamon.profiles import load_profile

    if len(limits_files) > len(LETTERS):
        raise click.UsageError(f"--limits: {len(LETTERS)} profiles at most stand beside each other")
    try:
        profiles = [load_profile(file) for file in limits_files]
        file = find_session(session)
        recording = read_recording(file)
    except (ProfileError, DataFolderError, RecordingError) as error:
        raise click.ClickException(str(error)) from None
    entries: Sequence[Entry] = recording.entries
    found: list[tuple[str, str, Profile | None]] = []
    if len(profiles) == 1:
        found.append(("", OWN, None))
    given = zip(limits_files, profiles, strict=True)
    found += [(str(path), f"{p.name}, version {p.version}", p) for path, p in given]
    columns = [
        Column(letter, path, name, outcome(entries, profile))
        for letter, (path, name, profile) in zip(LETTERS, found, strict=False)
    ]
    if as_json:
        click.echo(json.dumps(as_object(str(file), columns)))
        return
    for line in as_text(str(file), columns):
        click.echo(line)
    if len(profiles) == 1 and not recording.has_limits:
        click.echo(f"no limits in the recording: {LETTERS[0]} flags nothing", err=True)
    for flag in recording.flags:
        click.echo(flag, err=True)


# -- as text --------------------------------------------------------------------------------------


def as_text(file: str, columns: Sequence[Column]) -> list[str]:
    """The tables that a person reads."""
    from ketamon.engine.whatif import differences

    lines = [f"{file}, {clock(columns[0].outcome.duration_ms)} long"]
    for column in columns:
        lines.append(f"{column.letter}  {f'{column.file}: ' if column.file else ''}{column.name}")
    rows = [("", *(column.letter for column in columns)), *_rows(columns)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines.append("")
    for name, *cells in rows:
        right = "".join(f"{cell:>{w + 3}}" for cell, w in zip(cells, widths[1:], strict=True))
        lines.append(f"{name:<{widths[0]}}{right}".rstrip())
    different = differences([column.outcome for column in columns])
    lines.append("")
    if not different:
        lines.append("each told the same alarms at the same priority")
    for one in different[:LISTED_AT_MOST]:
        lines.append(difference_words(one, columns))
    if len(different) > LISTED_AT_MOST:
        lines.append(f"and {len(different) - LISTED_AT_MOST} more: --json gives all of them")
    return lines


def _rows(columns: Sequence[Column]) -> list[tuple[str, ...]]:
    """Name and a cell for each column."""
    from ketamon.engine.whatif import PRIORITIES
    from ketamon.vitals import CONDITIONS

    outcomes = [column.outcome for column in columns]
    rows = [("alarms", *(str(len(o.episodes)) for o in outcomes))]
    rows.append(("alarms an hour", *(_rate(o, len(o.episodes)) for o in outcomes)))
    for priority in PRIORITIES:
        rows.append((f"  {priority.upper()}", *(_rate(o, o.count(priority)) for o in outcomes)))
    rows.append(("ended by themselves within 10 s", *map(_short, outcomes)))
    rows.append(("acknowledged", *(str(len(o.answer_times_ms)) for o in outcomes)))
    rows.append(("  after (median)", *(_after(o.median_answer_ms) for o in outcomes)))
    longest = (max(o.answer_times_ms, default=None) for o in outcomes)
    rows.append(("  after (longest)", *map(_after, longest)))
    if any(o.beyond_ms for o in outcomes):
        rows.append(("minutes beyond a limit", *("" for _ in outcomes)))
    for name, condition in CONDITIONS.items():
        if any(name in o.beyond_ms for o in outcomes):
            rows.append((f"  {condition.label}", *(_minutes(o.beyond_ms, name) for o in outcomes)))
            if any(name in o.beyond_high_ms for o in outcomes):
                cells = (_minutes(o.beyond_high_ms, name) for o in outcomes)
                rows.append(("    of these beyond the limit for HIGH", *cells))
    return rows


def difference_words(one: "Difference", columns: Sequence[Column]) -> str:
    """`0:12:34–0:15:00  SYS HIGH 172 > 160, medium: in A, none in B`."""
    from ketamon.vitals import CONDITIONS

    episode, condition = one.episode, CONDITIONS[one.episode.condition]
    end = "end" if episode.ended_ms is None else clock(episode.ended_ms)
    sign = ">" if condition.direction == "high" else "<"
    had = ", ".join(
        f"{'none' if priority is None else f'only {priority.upper()}'} in {columns[at].letter}"
        for at, priority in one.had.items()
    )
    return (
        f"{clock(episode.raised_ms)}–{end}  {condition.label} {_figure(episode.worst)} {sign} "
        f"{_figure(episode.limit)}, {episode.priority.upper()} in {columns[one.place].letter}, {had}"
    )


def clock(t_ms: int) -> str:
    """Milliseconds as h:mm:ss."""
    seconds = t_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _rate(outcome: "Outcome", count: int) -> str:
    rate = outcome.per_hour(count)
    return "–" if rate is None else f"{rate:.1f}"


def _short(outcome: "Outcome") -> str:
    total = len(outcome.episodes)
    return f"{outcome.short} of {total}, {100 * outcome.short / total:.0f} %" if total else "–"


def _after(ms: float | None) -> str:
    return "–" if ms is None else clock(round(ms))


def _minutes(spans: dict[str, int], condition: str) -> str:
    return f"{spans.get(condition, 0) / 60_000:.1f}"


def _figure(value: int | float | None) -> str:
    return "–" if value is None else f"{value:g}"


# -- as JSON --------------------------------------------------------------------------------------


def as_object(file: str, columns: Sequence[Column]) -> dict[str, Any]:
    """The same for a program: times in seconds, spans in minutes, nothing rounded or left out."""
    from ketamon.engine.whatif import differences

    different = differences([column.outcome for column in columns])
    return {
        "session": file,
        "duration_s": columns[0].outcome.duration_ms / 1000,
        "limits": [_told(column) for column in columns],
        "differences": [
            {
                "in": columns[one.place].letter,
                **_episode(one.episode),
                "others": {columns[at].letter: priority for at, priority in one.had.items()},
            }
            for one in different
        ],
    }


def _told(column: Column) -> dict[str, Any]:
    from ketamon.engine.whatif import PRIORITIES

    o = column.outcome
    total = len(o.episodes)
    median_ms = o.median_answer_ms
    return {
        "letter": column.letter,
        "file": column.file or None,
        "name": column.name,
        "alarms": total,
        "alarms_per_hour": {
            "all": o.per_hour(total),
            **{priority: o.per_hour(o.count(priority)) for priority in PRIORITIES},
        },
        "ended_by_themselves_within_10_s": o.short,
        "share_ended_by_themselves": o.short / total if total else None,
        "acknowledged": len(o.answer_times_ms),
        "acknowledged_after_s": {
            "median": None if median_ms is None else median_ms / 1000,
            "longest": max(o.answer_times_ms, default=0) / 1000 if o.answer_times_ms else None,
        },
        "minutes_beyond_limit": {name: ms / 60_000 for name, ms in o.beyond_ms.items()},
        "minutes_beyond_high_limit": {name: ms / 60_000 for name, ms in o.beyond_high_ms.items()},
        "episodes": [_episode(episode) for episode in o.episodes],
    }


def _episode(episode: "Episode") -> dict[str, Any]:
    def seconds(ms: int | None) -> float | None:
        return None if ms is None else ms / 1000

    return {
        "condition": episode.condition,
        "raised": seconds(episode.raised_ms),
        "ended": seconds(episode.ended_ms),
        "priority": episode.priority,
        "worst": episode.worst,
        "limit": episode.limit,
        "basis": episode.basis,
        "acknowledged": seconds(episode.acknowledged_ms),
    }
