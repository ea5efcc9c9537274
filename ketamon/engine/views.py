"""What is shown of one device, one condition, and of the patient's being away."""

from msgspec import structs

from ketamon.core.away import AwayFlow
from ketamon.core.technical import TechnicalTrack
from ketamon.core.tracks import Track
from ketamon.entries import Device
from ketamon.feed.messages import AwayView, ConditionView, DeviceView
from ketamon_drivers.readings import DeviceInfo, printable


def device_view(role: str, known: DeviceView | None, body: Device, t: float) -> DeviceView:
    """A device as this entry leaves it: what it doesn't say stays, a reason goes with its state."""
    before = known or DeviceView(role, since_t=t)
    state = body.state or before.state
    same = body.identity in (None, before.identity)
    return DeviceView(
        role,
        state,
        before.since_t if state == before.state else t,
        before.family if body.family is None else body.family,
        before.identity if body.identity is None else body.identity,
        (body.reason or "") if body.state is not None else before.reason,
        before.can_start if body.can_start is None else body.can_start,
        *((before.battery_pct, before.battery_level) if same else ()),
    )


def with_battery(known: DeviceView, info: DeviceInfo) -> DeviceView:
    """A device after it told its charge; what it didn't tell stays."""
    pct, level = info.battery_pct, info.battery_level
    return structs.replace(
        known,
        battery_pct=pct if isinstance(pct, int | float) else known.battery_pct,
        battery_level=level if isinstance(level, int | float) else known.battery_level,
    )


def condition_view(track: Track) -> ConditionView:
    """What is shown of one condition; of a normal one only that it is."""
    if track.state == "normal":
        return ConditionView(track.condition.name, "normal", "")
    latched = track.state == "latched"
    return ConditionView(
        track.condition.name,
        track.state,
        track.priority,
        track.latched_worst if latched else track.value,
        track.limit,
        track.basis,
        track.latched_worst if latched else track.worst,
        track.raised_ms / 1000,
        track.changed_ms / 1000,
        track.seq,
        track.unanswered,
        track.confirmed,
        None if track.acknowledged_ms is None else track.acknowledged_ms / 1000,
        track.by,
        track.seen,
        printable(track.reason) if isinstance(track, TechnicalTrack) else "",
    )


def away_view(away: AwayFlow, t: float) -> AwayView | None:
    """Whether the patient is away at `t`, and for how long."""
    if away.until_ms is None or away.until_ms <= t * 1000:
        return None
    return AwayView(away.since_ms / 1000, away.until_ms / 1000, away.sensors, away.extended)
