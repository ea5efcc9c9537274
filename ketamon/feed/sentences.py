"""The feed in plain sentences: what `tail` prints and a screen reader reads out."""

import datetime

from ketamon.feed.messages import (
    Bye,
    ConditionView,
    DeviceView,
    EntryMessage,
    EventLine,
    FromEngine,
    Hello,
    Snapshot,
    VitalView,
)
from ketamon.vitals import VITALS, condition_label, condition_sign


class Sentences:
    """Turns messages into lines: `14:02:10  SYS HIGH 172 > 160 raised, medium`."""

    def __init__(self, *, values: bool = False) -> None:
        self._values = values
        self._started: datetime.datetime | None = None

    def of(self, message: FromEngine) -> list[str]:
        """The lines that a message is worth; most are worth none."""
        match message:
            case Hello():
                return [f"{message.mode} session {message.session}, seat {message.seat}"]
            case Snapshot():
                return self._whole(message)
            case EntryMessage():
                return self._entry(message)
            case Bye():
                return [f"end: {message.reason}"]
        return []

    def _whole(self, snapshot: Snapshot) -> list[str]:
        if snapshot.started:
            self._started = datetime.datetime.fromisoformat(snapshot.started)
        at = self._clock(snapshot.t)
        lines = [f"{at}  phase {snapshot.phase}"] if snapshot.phase else []
        lines += [f"{at}  {words}" for v in snapshot.vitals if (words := value_words(v))]
        lines += [f"{at}  {words}" for d in snapshot.devices if (words := device_words(d))]
        return lines + [f"{at}  {condition_words(c)}" for c in snapshot.conditions]

    def _entry(self, message: EntryMessage) -> list[str]:
        view = message.view
        if view is None:
            return []
        if view.event is not None:
            return [f"{self._clock(view.event.t)}  {event_words(view.event)}"]
        if not self._values:
            return []
        return [
            f"{self._clock(v.t)}  {words}"
            for v in view.vitals
            if v.t is not None and (words := value_words(v))
        ]

    def _clock(self, t: float) -> str:
        """The wall clock at session time `t` where its beginning is known, else the time itself."""
        if self._started is not None:
            return (self._started + datetime.timedelta(seconds=t)).astimezone().strftime("%H:%M:%S")
        whole = int(t)
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def event_words(event: EventLine) -> str:
    """An event with its priority and who did it."""
    text = event.text + (f", {event.priority}" if event.priority else "")
    return text + (f" (by {event.who})" if event.who else "")


def device_words(device: DeviceView) -> str:
    """`cuff lost: unplugged`; nothing of one that is as it should be."""
    if device.state in ("streaming", "opening"):
        return ""
    state = device.state.replace("_", " ")
    return f"{device.device} {state}" + (f": {device.reason}" if device.reason else "")


def value_words(vital: VitalView) -> str:
    """`SYS 172 mmHg from cuff`; a lost value is said to be lost; nothing where none ever came."""
    facts = VITALS.get(vital.vital)
    if vital.value is None or facts is None:
        return ""
    number = f"{facts.label} {vital.value:g}{vital.mark}{' ' + facts.unit if facts.unit else ''}"
    if vital.state == "lost":
        return f"{facts.label} no data, was {vital.value:g}"
    return f"{number} from {vital.source}" if vital.source else number


def condition_words(condition: ConditionView) -> str:
    """`SYS HIGH 172 > 160, medium, not acknowledged`."""
    name, sign = condition_label(condition.condition), condition_sign(condition.condition)
    value = "" if condition.value is None else f" {condition.value:g}"
    limit = "" if condition.limit is None else f" {sign} {condition.limit:g}"
    state = "not acknowledged" if condition.state == "active" else condition.state
    return f"{name}{value}{limit}, {condition.priority}, {state}"
