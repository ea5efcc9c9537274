"""Short words for entries and lines, so that a session fits on a few lines."""

from typing import Any, NamedTuple

Entry = dict[str, Any]


class Scenario(NamedTuple):
    """A session, the limits that replace its own (or None), and the lines it must give."""

    name: str
    entries: list[Entry]
    limits: dict[str, Any] | None
    expected: list[Entry]


SYS = {"sys": {"high": {"medium": 160, "high": 180}, "low": {"medium": 90, "high": 80}}}
DIA = {"dia": {"high": {"medium": 100, "high": 110}}}
HR = {
    "hr": {
        "high": {"medium": 110, "high": 130},
        "low": {"medium": 50, "high": 40},
        "delay_s": {"medium": 15, "high": 10},
    }
}
SPO2 = {
    "spo2": {
        "low": {"medium": 94, "high": 90, "high_now": 85},
        "delay_s": {"medium": 15, "high": 10, "high_now": 5},
    }
}


def line(
    t: float,
    condition: str,
    change: str,
    state: str,
    priority: str,
    value: float | None,
    limit: float | None,
    basis: str | None = "absolute",
    reason: str | None = None,
) -> Entry:
    """One expected line."""
    found: Entry = {
        "t": float(t), "kind": "alarm", "condition": condition, "change": change, "state": state,
        "priority": priority, "value": value, "limit": limit, "basis": basis,
    }  # fmt: skip
    return found if reason is None else {**found, "reason": reason}


def bp(t: float, systolic: float | None, diastolic: float | None = None, **more: Any) -> Entry:
    """A finished measurement of the cuff."""
    pressures = {"systolic": systolic, "diastolic": diastolic}
    return {"t": t, "kind": "blood_pressure", "device": "cuff", **pressures, **more}


def hr(t: float, value: float | None, **more: Any) -> Entry:
    """A value of the strap."""
    return {"t": t, "kind": "heart_rate", "device": "strap", "heart_rate": value, **more}


def ox(t: float, spo2: float | None, pulse: float | None = None, **more: Any) -> Entry:
    """A value of the oximeter."""
    both = {"spo2": spo2, "pulse_rate": pulse}
    return {"t": t, "kind": "oximetry", "device": "oximeter", **both, **more}


def rr(t: float, value: float | None) -> Entry:
    """A breathing rate of the monitor."""
    return {"t": t, "kind": "respiration", "device": "monitor", "rr": value}


def typed(t: float, measured_t: float | None = None, **values: float) -> Entry:
    """Something that a person typed."""
    when = {} if measured_t is None else {"measured_t": measured_t}
    return {"t": t, "kind": "manual", "device": "person", **values, **when}


def moaas(t: float, value: float) -> Entry:
    """A sedation score."""
    return {"t": t, "kind": "score", "event": "scale.moaas", "value": value}


def ack(
    t: float, condition: str | None = None, up_to: int | None = None, seat: str = "nurse"
) -> Entry:
    """Somebody acknowledges."""
    entry: Entry = {"t": t, "kind": "acknowledge", "by": {"seat": seat}}
    if condition is not None:
        entry["condition"] = condition
    if up_to is not None:
        entry["up_to_seq"] = up_to
    return entry


def device(t: float, name: str, cadence: float | None = None, state: str | None = None) -> Entry:
    """A device's cadence or state."""
    entry: Entry = {"t": t, "kind": "device", "device": name}
    if cadence is not None:
        entry["cadence_s"] = cadence
    if state is not None:
        entry["state"] = state
    return entry


def set_limits(t: float, profile: dict[str, Any]) -> Entry:
    """A profile comes into force."""
    return {"t": t, "kind": "limits", "profile": profile}


def lock(t: float) -> Entry:
    """The baseline is locked."""
    return {"t": t, "kind": "baseline"}


def placement(t: float, **where: str) -> Entry:
    """Cuff, probe or line is put somewhere."""
    return {"t": t, "kind": "placement", **where}


def rhythm(t: float, *, irregular: bool) -> Entry:
    """Somebody says how the pulse is."""
    return {"t": t, "kind": "rhythm", "irregular": irregular}


def cuff(t: float, action: str) -> Entry:
    """The cuff is started, or stops."""
    return {"t": t, "kind": "cuff", "device": "cuff", "action": action}


def cuff_pressure(t: float, pressure: float | None) -> Entry:
    """What a cuff tells of its pressure."""
    return {"t": t, "kind": "cuff_pressure", "device": "cuff", "pressure": pressure}


def note(t: float) -> Entry:
    """Nothing but time."""
    return {"t": t, "kind": "note", "text": "later"}


def end(t: float) -> Entry:
    """The session is over."""
    return {"t": t, "kind": "end"}
