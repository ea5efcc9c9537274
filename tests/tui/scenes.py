"""Made pictures for the screen's tests: one calm session, and what may happen in it."""

from dataclasses import replace
from typing import Any

from ketamon.feed.messages import (
    PROTOCOL,
    Beat,
    Bin,
    ConditionView,
    CuffBar,
    CuffView,
    DeviceView,
    EventLine,
    Hello,
    LimitView,
    Mark,
    Snapshot,
    Transport,
    VitalView,
)
from ketamon.feed.picture import Picture
from ketamon.tui.canvas import Canvas
from ketamon.tui.palette import THEMES
from ketamon.tui.scene import Scene
from ketamon.tui.screens.monitor import draw

NOW = 3600.0
STARTED = "2000-01-01T14:00:00"
SIZES = ((30, 6), (59, 15), (60, 16), (79, 23), (80, 24), (80, 36), (110, 36), (120, 40), (200, 60))
"""Each layout at its smallest, and just under it."""
TILED = tuple(size for size in SIZES if size[0] >= 60 and size[1] >= 16)


def limits(priorities: dict[str, float]) -> tuple[LimitView, ...]:
    """Levels named as their priority."""
    return tuple(LimitView(name, name, number) for name, number in priorities.items())


LIMITS: dict[str, dict[str, tuple[LimitView, ...]]] = {
    "sys": {
        "high": limits({"medium": 160, "high": 180}),
        "low": limits({"medium": 90, "high": 80}),
    },
    "dia": {"high": limits({"medium": 100, "high": 110})},
    "hr": {"high": limits({"medium": 110, "high": 130}), "low": limits({"medium": 50, "high": 40})},
    "spo2": {"low": limits({"medium": 94, "high": 90})},
}
CALM: dict[str, float] = {"sys": 131, "dia": 82, "map": 98, "hr": 76, "spo2": 97}
CONTINUOUS = {"hr", "spo2", "rr"}


def vital(name: str, value: float | None, age: float = 1.0, **changes: Any) -> VitalView:
    """A vital of the session at `NOW`: an oximeter's at 1 Hz, or a cuff's."""
    fast = name in CONTINUOUS
    known: dict[str, Any] = {
        "source": "oximeter" if fast else "cuff",
        "state": "valid",
        "old_after_s": 4.0 if fast else None,
        "stale_after_s": 10.0 if fast else None,
        **LIMITS.get(name, {}),
        **changes,
    }
    return VitalView(name, value, None if value is None else NOW - age, **known)


def condition(name: str = "sys_high", priority: str = "medium", **changes: Any) -> ConditionView:
    """A condition that was raised a while ago and that nobody has answered."""
    known: dict[str, Any] = {
        "state": "active", "value": 172, "limit": 160, "since_t": NOW - 42, "changed_t": NOW - 42,
        "seq": 50, **changes,
    }  # fmt: skip
    return ConditionView(name, priority=priority, **known)


TAPE = Transport(
    7200.0, True, 4.0, False,
    (
        Mark(100.0, "cuff"), Mark(600.0, "phase", text="dosing"), Mark(900.0, "alarm", "medium"),
        Mark(1200.0, "event", text="dizzy"), Mark(5000.0, "alarm", "high"),
    ),
)  # fmt: skip


CUFF = DeviceView("cuff", "streaming", 0.0, "suntech", "/dev/serial/by-id/usb-4711", "", True)
OXIMETER = DeviceView("oximeter", "streaming", 0.0, "nonin-df8", "usb-FTDI_A50285BI")
RESTS = CuffView("idle", NOW - 120, NOW + 258, True)


def picture(
    *vitals: VitalView, conditions: tuple[ConditionView, ...] = (), mode: str = "LIVE",
    seat: str = "nurse", speed: float = 1.0, recorded: int = 60, **changes: Any,
) -> Picture:  # fmt: skip
    """A session at `NOW`, seen from a seat: calm but for what is given."""
    told = {v.vital: v for v in (*(vital(n, v, 120.0 if n not in CONTINUOUS else 1.0)
                                   for n, v in CALM.items()), *vitals)}  # fmt: skip
    known: dict[str, Any] = {
        "title": "FK-27", "chair": "chair 2", "started": STARTED, "phase": "dosing",
        "phase_t": NOW - 1200, "vitals": tuple(told.values()), "conditions": conditions,
        "bars": tuple(CuffBar(NOW - 120 - 300 * i, 131 + i, 82, 98, flagged="")
                      for i in range(10, -1, -1)),
        "bins": tuple(Bin(name, t, low, low + 2) for name, low in (("hr", 75), ("spo2", 96))
                      for t in range(0, 3600, 10)),
        "events": (EventLine(NOW - 1200, 10, "phase dosing"),
                   EventLine(NOW - 300, 40, "symptom dizzy", "anna")),
        "transport": TAPE if mode == "REPLAY" else None,
        "devices": () if mode == "REPLAY" else (CUFF, OXIMETER),
        "cuff": None if mode == "REPLAY" else RESTS,
        **changes,
    }  # fmt: skip
    made = Picture()
    made.apply(Hello(PROTOCOL, "FK-27", "1", mode, seat, NOW, speed), 0.0)
    made.apply(Snapshot(60, NOW, mode, **known), 0.0)
    if mode != "REPLAY":
        made.apply(Beat(NOW, recorded, speed, mode), 0.0)
    return made


def scene(*vitals: VitalView, **changes: Any) -> Scene:
    """A scene of such a picture; what `Scene` has no field for goes to the picture."""
    own = {k: v for k, v in changes.items() if k in Scene.__dataclass_fields__}
    told = {k: v for k, v in changes.items() if k not in own}
    return replace(Scene(picture(*vitals, **told), NOW), **own)


def drawn(
    size: tuple[int, int], shown: Scene, theme: str = "dark", *, ascii_only: bool = False
) -> Canvas:
    """The scene on a canvas of that size."""
    return draw(*size, shown, THEMES[theme].means(ascii_only=ascii_only))


def text(size: tuple[int, int], shown: Scene, theme: str = "dark") -> str:
    """The scene as lines of text."""
    return drawn(size, shown, theme).text()


def words(shown: str) -> str:
    """Text with runs of blanks as one."""
    return " ".join(shown.split())
