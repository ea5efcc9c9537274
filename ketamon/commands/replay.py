"""`ketamon replay FILE`: a recording on the screen, or its alarms as lines."""

import math
import sys
from pathlib import Path

import click

SPEEDS = click.FloatRange(0.25, 600)


def _number(_ctx: click.Context, _param: click.Parameter, speed: float | None) -> float | None:
    """Refuses `nan`, which is neither below nor above the range."""
    if speed is not None and math.isnan(speed):
        raise click.BadParameter(f"nan is not in the range {SPEEDS.min}<=x<={SPEEDS.max}.")
    return speed


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--speed", type=SPEEDS, callback=_number,
              help="How fast it plays: 0.25 to 600; + and - change it.")  # fmt: skip
@click.option("--headless", is_flag=True, help="Print one line per alarm change and no screen.")
@click.option(
    "--limits",
    "limits_file",
    type=click.Path(path_type=Path),
    help="A limits profile (TOML) instead of the limits in the recording.",
)
@click.option("--redecode", is_flag=True,
              help="Compare FILE, a session, with what today's decoders and alarms make of it.")  # fmt: skip
@click.option("--at", "start", default="0", help="Where to begin: seconds, or h:mm:ss.")
def replay(
    file: Path,
    speed: float | None,
    headless: bool,
    limits_file: Path | None,
    redecode: bool,
    start: str,
) -> None:
    """Plays FILE on the screen, flagged against the limits that were set, or prints its alarms.

    FILE is anything that `ketamon import` reads. What is kept but can't be right (a SYS of 11647)
    is counted on standard error with the reason.

    With --redecode nothing is played: the bytes that a session keeps go through today's decoders,
    its entries through today's alarms, and each line that is not as it was shown then is printed
    with what it would be now. Exit 0: nothing differs. Exit 1: something does.
    """
    if redecode:
        if headless or limits_file is not None or speed is not None:
            raise click.UsageError(
                "--redecode plays nothing: leave --headless, --limits, --speed out"
            )
        from ketamon.commands.redecode import print_redecoded

        if not print_redecoded(file):
            click.get_current_context().exit(1)
        return
    start_s = seconds(start)
    if headless:
        print_timeline(file, limits_file)
        return
    from ketamon.commands.screen import play

    play(file, speed, limits_file, start_s)


def print_timeline(file: Path, limits_file: Path | None) -> None:
    """Prints the alarm lines as fast as they come; the summary goes to standard error."""
    from ketamon.core.profile import ProfileError
    from ketamon.engine.playback import timeline
    from ketamon.ledger.importers.recording import RecordingError, read_recording
    from ketamon.profiles import load_profile

    try:
        profile = load_profile(limits_file) if limits_file is not None else None
        recording = read_recording(file)
    except (RecordingError, ProfileError) as error:
        raise click.ClickException(str(error)) from None
    write = sys.stdout.buffer.write
    for entry in timeline(tuple(recording.entries), profile):
        write(entry.line + b"\n")
    sys.stdout.buffer.flush()
    for line in recording.summary():
        click.echo(line, err=True)
    if profile is None and not recording.has_limits:
        click.echo("no limits in the recording: nothing is flagged; add --limits FILE", err=True)


def seconds(text: str) -> float:
    """Reads 90, 1:30 or 2:10:00 as seconds; raises UsageError."""
    parts = text.split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = [-1.0]
    if len(parts) > 3 or not all(0 <= number < 1e9 for number in numbers):
        raise click.UsageError(
            f"--at {text}: give seconds or h:mm:ss", ctx=click.get_current_context()
        )
    total = 0.0
    for number in numbers:
        total = total * 60 + number
    return total
