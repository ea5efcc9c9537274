"""What is no whole recording: one that was cut off, or that runs backwards."""


class NotWholeError(ValueError):
    """Says what is the matter and what to do; the caller puts the file's name before it."""


def cut_off(line: int | None = None) -> NotWholeError:
    """The error of a file whose last line has no end."""
    where = "" if line is None else f" in line {line}, its last"
    return NotWholeError(
        f"is cut off{where}; copy it again from its source, or take its last line out to use the rest"
    )


def assert_runs_forwards(first_ms: int | None, last_ms: int | None) -> None:
    """Single steps back are clamped and counted; a last time before the first is no recording."""
    if first_ms is not None and last_ms is not None and last_ms < first_ms:
        raise NotWholeError(
            "runs backwards: its last time is before its first; put its lines in order of time first"
        )
