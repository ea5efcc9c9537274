"""Which alarms a person can have seen here: those that were named on the screen for a second.

An alarm that came back, got worse or is asked again counts anew from then.
"""

from collections.abc import Iterable

from ketamon.feed.messages import ConditionView
from ketamon.tui.scene import waits

SEEN_AFTER_S = 1.0
Alarm = tuple[str, str, str, float]  # condition, state, priority, since


class Named:
    """When each alarm that waits for an answer was first drawn, without a break since."""

    def __init__(self) -> None:
        self._since: dict[Alarm, float] = {}

    def drew(self, standing: Iterable[ConditionView], names: Iterable[str], at: float) -> None:
        """A frame was drawn that names these conditions."""
        drawn = set(names)
        shown = [
            (c.condition, c.state, c.priority, c.since_t)
            for c in standing
            if c.condition in drawn and waits(c)
        ]
        self._since = {alarm: self._since.get(alarm, at) for alarm in shown}

    def long(self, at: float) -> tuple[str, ...]:
        """The conditions that were drawn for long enough at this moment."""
        return tuple(alarm[0] for alarm, since in self._since.items() if at - since >= SEEN_AFTER_S)
