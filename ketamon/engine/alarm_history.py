"""The session's alarms so far: each from when it was raised until it ended, made of alarm lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from ketamon.core.tracks import Track
from ketamon.entries import Alarm, Entry
from ketamon.feed.alarm_views import EpisodeView
from ketamon.vitals import PRIORITY_RANK
from ketamon_drivers.readings import printable

KEPT = 500
BEGINS = frozenset({"raised"})
ENDS = frozenset({"cleared", "latched"})


@dataclass(slots=True)
class AlarmHistory:
    """The newest `KEPT` episodes by the seq of their first line."""

    tracks: Mapping[str, Track]
    episodes: dict[int, EpisodeView] = field(default_factory=dict)
    standing: dict[str, int] = field(default_factory=dict)  # condition: the seq of its episode
    answers: str = ""  # who gave the newest acknowledgement: its lines come right after it

    def acknowledged(self, entry: Entry) -> None:
        """Notes who acknowledges."""
        by = entry.by
        self.answers = printable((by.person or by.account or by.seat or "") if by else "")

    def take(self, entry: Entry) -> tuple[EpisodeView, ...]:
        """Takes an alarm line; gives the episode that it began, changed or ended."""
        body: Alarm = entry.body
        seq = self.standing.get(body.condition)
        if seq is None or body.change in BEGINS:
            seq = entry.seq
            self.standing[body.condition] = seq
            before = EpisodeView(seq, body.condition, body.priority, entry.t_ms / 1000)
        else:
            before = self.episodes[seq]
        after = self._after(before, entry, body)
        if body.change == "cleared" or (body.change == "acknowledged" and body.state == "normal"):
            del self.standing[body.condition]
        if after == self.episodes.get(seq):
            return ()
        self.episodes[seq] = after
        if len(self.episodes) > KEPT:
            oldest = next(iter(self.episodes))
            del self.episodes[oldest]
            self.standing = {name: at for name, at in self.standing.items() if at != oldest}
        return (after,)

    def _after(self, before: EpisodeView, entry: Entry, body: Alarm) -> EpisodeView:
        """The episode with what this line tells; its figures are those of its worst moment."""
        track = self.tracks.get(body.condition)
        worse = before.value is None or (
            body.value is not None
            and (body.value < before.value if body.condition.endswith("_low") else body.value > before.value)
        )  # fmt: skip
        t = entry.t_ms / 1000
        answered = body.change == "acknowledged" and before.acknowledged_t is None
        ended = body.change in ENDS and before.ended_t is None
        reason = body.reason if isinstance(body.reason, str) else ""
        return msgspec.structs.replace(
            before,
            priority=max(before.priority, body.priority, key=lambda p: PRIORITY_RANK.get(p, 0)),
            value=body.value if worse else before.value,
            limit=body.limit if worse else before.limit,
            acknowledged_t=t if answered else before.acknowledged_t,
            by=self.answers if answered else before.by,
            seen=track.seen if track else before.seen,
            reason=printable(reason) or before.reason,
            ended_t=t if ended else before.ended_t,
            over=body.change if ended else before.over,
        )
