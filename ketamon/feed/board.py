"""The board: what is known of many chairs on several machines, for those who look at all of them.

| a chair | counts as |
|---|---|
| is heard | its worst alarm; what nobody has answered before what somebody has |
| is not heard: its machine is gone, its engine is gone or silent | medium at least |
| its session has ended | nothing, and stays on the board |

No chair is ever taken off: what is no longer there is said to be gone, and since when. All times are
the viewer's own clock, in seconds.
"""

from dataclasses import dataclass, field
from typing import Literal

from ketamon.feed.many import Chairs, Said, Told
from ketamon.feed.messages import Bye, ConditionView, EntryMessage, Hello, Snapshot
from ketamon.feed.picture import Picture
from ketamon.vitals import CONDITIONS, PRIORITY_RANK

SILENT_S = 3.0
"""A beat comes each second: after so long without one nothing of a chair is current."""
UNHEARD_RANK = PRIORITY_RANK["medium"]
HERE = ""

State = Literal["waiting", "heard", "silent", "stopped", "host_gone", "ended"]
Key = tuple[str, str]  # host, chair


@dataclass(slots=True)
class HostSeen:
    """One machine: when it was last heard, or since when it is gone and why."""

    name: str
    heard: float | None = None
    gone_since: float | None = None
    why: str = ""


@dataclass(slots=True)
class ChairSeen:
    """One chair: its picture, when it was last heard, and since when its machine names it no more."""

    host: str
    chair: str
    heard: float
    picture: Picture = field(default_factory=Picture)
    stopped_since: float | None = None
    ended: bool = False
    _coming: Picture | None = None

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.host, self.chair

    @property
    def is_known(self) -> bool:
        """True once it has shown a picture."""
        return self.picture.hello is not None

    def hear(self, message: Told, clock: float) -> bool:
        """Takes in what its engine says; True where somebody should see that at once."""
        if not isinstance(message, Said):
            return False
        said, self.heard = message.message, clock
        if isinstance(said, Hello):  # the old picture stands until the new one is whole
            self._coming = Picture()
            self._coming.apply(said, clock)
            return False
        if isinstance(said, Snapshot) and self._coming is not None:
            self.picture, self._coming, self.ended = self._coming, None, False
        if isinstance(said, EntryMessage) and b'"kind":"end"' in bytes(said.entry):
            self.ended = True
        self.picture.apply(said, clock)
        view = said.view if isinstance(said, EntryMessage) else None
        return isinstance(said, Snapshot | Bye) or (view is not None and bool(view.conditions))

    @property
    def worst(self) -> ConditionView | None:
        """The worst alarm that stands there; the patient's before the equipment's of one priority."""
        return min(self.picture.standing(), key=_badness, default=None)


@dataclass(slots=True)
class Board:
    """All machines that are looked at, and every chair that was ever heard of there."""

    hosts: dict[str, HostSeen] = field(default_factory=dict)
    chairs: dict[Key, ChairSeen] = field(default_factory=dict)

    def look_at(self, host: str) -> None:
        """A machine that is to be on the board, whether it answers or not."""
        self.hosts.setdefault(host, HostSeen(host))

    def hear(self, host: str, told: Told, clock: float) -> bool:
        """Takes in what a machine says; True where somebody should see that at once."""
        seen = self.hosts.setdefault(host, HostSeen(host))
        news = seen.gone_since is not None
        seen.heard, seen.gone_since, seen.why = clock, None, ""
        if isinstance(told, Chairs):
            return self._named(host, told, clock) or news
        return self._chair(host, told.chair, clock).hear(told, clock) or news

    def lose(self, host: str, why: str, clock: float) -> None:
        """The way to a machine is lost, or is still not there; the first moment counts."""
        seen = self.hosts.setdefault(host, HostSeen(host))
        seen.why = why
        if seen.gone_since is None:
            seen.gone_since = clock if seen.heard is None else seen.heard

    def state(self, chair: ChairSeen, clock: float) -> State:
        """Whether what is known of a chair is current, and why not."""
        host = self.hosts.get(chair.host)
        if chair.ended:
            return "ended"
        if host is not None and host.gone_since is not None:
            return "host_gone"
        if chair.stopped_since is not None:
            return "stopped"
        if not chair.is_known:
            return "waiting" if clock - chair.heard <= SILENT_S else "silent"
        return "heard" if clock - chair.heard <= SILENT_S else "silent"

    def rank(self, chair: ChairSeen, clock: float) -> int:
        """3 high, 2 medium, 1 low, 0 nothing; what is not heard is medium at least."""
        state = self.state(chair, clock)
        if state == "ended":
            return 0
        worst = chair.worst
        rank = PRIORITY_RANK.get(worst.priority, 1) if worst is not None else 0
        return rank if state in ("heard", "waiting") else max(rank, UNHEARD_RANK)

    def in_order(self, clock: float) -> list[ChairSeen]:
        """All chairs, the worst first; of equally bad ones in the order of their names."""
        places = {host: at for at, host in enumerate(self.hosts)}

        def order(chair: ChairSeen) -> tuple[object, ...]:
            worst = chair.worst
            unheard = self.state(chair, clock) in ("silent", "stopped", "host_gone")
            answered = worst is not None and not waits(worst) and not unheard
            technical = worst is None or worst.condition not in CONDITIONS
            ended = self.state(chair, clock) == "ended"
            return (
                ended, -self.rank(chair, clock), answered, technical,
                places.get(chair.host, len(places)), _natural(chair.chair),
            )  # fmt: skip

        return sorted(self.chairs.values(), key=order)

    def gone(self) -> list[HostSeen]:
        """The machines that do not answer, the longest first."""
        found = [host for host in self.hosts.values() if host.gone_since is not None]
        return sorted(found, key=lambda host: host.gone_since or 0.0)

    def _chair(self, host: str, name: str, clock: float) -> ChairSeen:
        if (host, name) not in self.chairs:
            self.chairs[host, name] = ChairSeen(host, name, clock)
        return self.chairs[host, name]

    def _named(self, host: str, told: Chairs, clock: float) -> bool:
        news = False
        for name in told.chairs:
            news = news or (host, name) not in self.chairs
            self._chair(host, name, clock).stopped_since = None
        for chair in self.chairs.values():
            if (
                chair.host == host
                and chair.chair not in told.chairs
                and chair.stopped_since is None
            ):
                chair.stopped_since, news = clock, True
        return news


def waits(condition: ConditionView) -> bool:
    """True while the condition waits for somebody's answer."""
    if condition.state == "unresolved":
        return condition.acknowledged_t is None
    return condition.state in ("active", "latched")


def _badness(condition: ConditionView) -> tuple[int, bool, bool, float]:
    rank = PRIORITY_RANK.get(condition.priority, 0)
    return (-rank, not waits(condition), condition.condition not in CONDITIONS, condition.since_t)


def _natural(name: str) -> tuple[int, int, str]:
    return (0, int(name), "") if name.isdecimal() else (1, 0, name)
