"""What `start` and `resume` ask of an engine, and the sentence in which it refuses."""

from typing import Any

import msgspec

from ketamon.entries import Mode


class ChairRequest(msgspec.Struct, frozen=True):
    """What `start` and `resume` ask of the process: one JSON object in its environment."""

    chair: str
    socket: str
    mode: Mode
    devices: dict[str, str] = {}  # role: FAMILY:ADDRESS
    title: str | None = None
    limits: dict[str, Any] | None = None
    approval: dict[str, Any] | None = None
    speed: float = 1.0
    phase: str = "setup"
    resume: str | None = None
    ends_with_stdin: bool = False
    beat_fd: int | None = None
    failed_mark: str | None = None
    physician_may: tuple[str, ...] = ()
    seats: dict[str, str] = {}  # seat: the group whose members may take it


class ChairError(ValueError):
    """A chair that can't be opened; one sentence that says what to do."""
