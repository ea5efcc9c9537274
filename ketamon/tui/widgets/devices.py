"""The devices: one row where the height allows; else the lane says which one is not streaming."""

from ketamon.feed.beside import FRESH_S
from ketamon.feed.messages import DeviceView
from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene
from ketamon.tui.times import age_words

SIGNS = {"streaming": "●", "lost": "×", "wrong_protocol": "×"}
"""Device state: its sign; any other has an empty circle."""

BAR_FROM = (110, 36)  # columns, rows: on smaller screens the lane says what is wrong


def has_bar(width: int, height: int, *, tape: bool) -> bool:
    """Whether a screen of that size has a row for the devices."""
    return width >= BAR_FROM[0] and height >= BAR_FROM[1] and not tape


def words(scene: Scene, device: DeviceView) -> str:
    """`streaming`, `silent 10 s`: a state, and since when where that is bad."""
    state = device.state.replace("_", " ")
    if device.state == "streaming":
        return state
    return f"{state} {age_words(scene.now - device.since_t)}"


def troubled(scene: Scene) -> list[DeviceView]:
    """The devices that do not stream, lost ones first."""
    found = [d for d in scene.picture.devices.values() if d.state != "streaming"]
    return sorted(found, key=lambda d: d.state != "lost")


def trouble(scene: Scene, told: str = "") -> str:
    """`oximeter silent 10 s: nothing comes`, for the lane; empty while all devices stream.

    Not of devices that the patient is away from, nor of those that what was `told` names.
    """
    away = scene.away.sensors if scene.away else ()
    return ", ".join(
        f"{d.device} {words(scene, d)}{': ' + d.reason if d.reason else ''}"
        for d in troubled(scene)
        if d.device not in away and f"{d.device}:" not in told
    )


def devicebar(c: Canvas, scene: Scene, x: int, y: int, width: int) -> None:
    """Role, family, sign and state of each device; the profile at the right, where there is room."""
    end = x + width
    devices = list(scene.picture.devices.values())
    if not devices and scene.picture.mode:
        x = c.put(x, y, "no devices", "dim") + 3
    for device in devices:
        good = device.state == "streaming"
        parts = (
            (f"{device.device} ", "dim"),
            (f"{device.family} " if device.family else "", "text"),
            (f"{SIGNS.get(device.state, '○')} ", "text" if good else "bright"),
            (words(scene, device), "dim" if good else "bright"),
            (f": {device.reason}" if device.reason and not good else "", "text"),
        )
        for text, ink in parts:
            x = c.put(x, y, fit(text, end - x), ink, bold=ink == "bright")
        x += 3
    profile = f"limits: {scene.picture.profile}" if scene.picture.profile else ""
    for aside, ink in ((profile, "dim"), (watchers(scene), "text")):
        if aside and x + len(aside) <= end:
            end = c.right(end, y, aside, ink) - 3


def watchers(scene: Scene) -> str:
    """`physician P1 watches`, `physician P1 LOST 40 s`: of those who are not at the chair."""
    told = []
    for viewer in scene.picture.viewers:
        if viewer.seat != "physician":
            continue
        silent = scene.picture.silent_s(viewer, scene.at)
        state = "watches" if silent < FRESH_S else f"LOST {age_words(silent)}"
        told.append(f"{viewer.seat} {viewer.who} {state}" + (", takes it" if viewer.takes else ""))
    return ", ".join(told)
