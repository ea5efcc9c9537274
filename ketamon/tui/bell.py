"""The terminal's bell, where the chair's sound process can't sound: once a burst, by the same rules.

Only a screen at the chair rings: elsewhere nobody is to take a bell for the chair's alarm.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from ketamon.feed.picture import Picture
from ketamon.feed.sounding import TEST, Burst, Sounding, is_paused, sounding
from ketamon.tui.abilities import REPLAY, at_chair


@dataclass(slots=True)
class Bell:
    """Whether to ring now; asked at each message, and each second."""

    state: Sounding = field(default_factory=Sounding)
    tests: int | None = None  # as many were asked for, when last looked at

    def due(
        self, picture: Picture, clock: float, again: Collection[str] = (), *, lost: bool = False
    ) -> Burst | None:
        """What the bell is to be rung for at the viewer's own `clock`."""
        ours = picture.audio.by == "bell" and picture.mode != REPLAY and at_chair(picture)
        paused = not ours or is_paused(picture, clock)
        test = self._test(picture)
        # a screen without an engine has the last picture only: its sound process tells that
        burst = self.state.step(clock, {} if lost else sounding(picture), again, paused=paused)
        return (test or burst) if ours else None

    def _test(self, picture: Picture) -> Burst | None:
        """A test that was asked for since."""
        before, self.tests = self.tests, picture.audio.tests
        is_new = before is not None and picture.audio.tests > before
        return Burst("high", TEST) if is_new and picture.audio.test == "asked" else None
