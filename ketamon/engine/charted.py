"""What was charted in this session and stands: struck entries don't count, a newer one takes the place."""

from dataclasses import dataclass, field

from ketamon.entries import Chart, Correction, Entry
from ketamon_drivers.readings import printable

Number = int | float


@dataclass(slots=True)
class Charted:
    """Standing chart entries of some kinds, by event id, oldest first."""

    kinds: frozenset[str]
    standing: dict[str, list[Entry]] = field(default_factory=dict)

    def take(self, entry: Entry) -> bool:
        """Takes an entry; True if it changed what stands."""
        body = entry.body
        if isinstance(body, Correction):
            return self._strike(body.of_seq)
        if entry.kind not in self.kinds or not isinstance(body, Chart) or body.event is None:
            return False
        self.standing.setdefault(body.event, []).append(entry)
        return True

    def newest(self, event: str) -> Entry | None:
        """The newest of an event that stands."""
        found = self.standing.get(event)
        return found[-1] if found else None

    def seqs(self) -> dict[str, int]:
        """Seq of the newest of each event."""
        return {event: found[-1].seq for event, found in self.standing.items()}

    def number(self, event: str) -> Number | None:
        """The newest one's value, where it is a number."""
        found = self.newest(event)
        value = found.body.value if found is not None else None
        return value if isinstance(value, int | float) else None

    def text(self, event: str) -> str:
        """The newest one's words."""
        found = self.newest(event)
        return printable(found.body.text or "") if found is not None else ""

    def who(self, event: str) -> str:
        """Who entered the newest one."""
        found = self.newest(event)
        return who(found) if found is not None else ""

    def _strike(self, seq: int | None) -> bool:
        for event, found in self.standing.items():
            kept = [entry for entry in found if entry.seq != seq]
            if len(kept) < len(found):
                self.standing[event] = kept
                if not kept:
                    del self.standing[event]
                return True
        return False


def who(entry: Entry) -> str:
    """The person that an entry names, else the account."""
    by = entry.by
    return printable((by.person or by.account or by.seat or "") if by else "")


def when_s(entry: Entry) -> float:
    """When what it tells was: as charted, else when it came."""
    t_event = getattr(entry.body, "t_event", None)
    return float(t_event) if isinstance(t_event, int | float) else entry.t_ms / 1000
