"""The pause of a chair's sound, as its entries tell it: who asked, until when, and what broke it.

It belongs to the seat at the chair. A seat elsewhere can't pause what sounds here.
"""

from dataclasses import dataclass

from ketamon.core.profile import AUDIO_PAUSE_MAX_S
from ketamon.entries import Alarm, Entry, PauseAudio
from ketamon.feed.parts import PauseView

BROKEN_BY = ("raised", "escalated", "realarmed")
"""Changes of a condition that a pause doesn't cover; `resumed` is not among them."""

ELSEWHERE = ("physician", "observer")


@dataclass(slots=True)
class AudioPause:
    """The pause that was asked for last; None when it was ended or broken."""

    view: PauseView | None = None

    def take(self, entry: Entry, usual_s: float) -> PauseView | None:
        """Gives what is to be told if this entry changed it; `usual_s` where nobody said how long."""
        t, before = entry.t_ms / 1000, self.view
        body = entry.body
        if isinstance(body, PauseAudio):
            if entry.by is not None and entry.by.seat in ELSEWHERE:
                return None
            seconds = usual_s if body.seconds is None else min(body.seconds, AUDIO_PAUSE_MAX_S)
            who = (entry.by.person or entry.by.account or "") if entry.by is not None else ""
            self.view = PauseView(t, round(t + seconds, 3), who) if seconds > 0 else None
        elif isinstance(body, Alarm) and body.change in BROKEN_BY:
            self.view = None
        if self.view == before:
            return None
        return self.view or PauseView()

    def at(self, t: float) -> PauseView | None:
        """The pause in force at `t`."""
        return self.view if self.view is not None and self.view.until_t > t else None
