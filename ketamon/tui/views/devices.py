"""The devices, the chair's sound, and who watches."""

from textwrap import wrap

from ketamon.feed.beside import FRESH_S
from ketamon.feed.messages import DeviceView
from ketamon.tui.scene import Scene
from ketamon.tui.times import age_words, clock
from ketamon.tui.widgets.audio import audio_words
from ketamon.tui.widgets.devices import SIGNS, words
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, row

INDENT = 3
SIGNAL = {
    "sensor_off": "probe off", "sensor_disconnected": "probe unplugged", "low_battery": "battery low",
}  # fmt: skip


def page(scene: Scene, width: int) -> Page:
    """The page."""
    devices = list(scene.picture.devices.values())
    rows = [part for device in devices for part in _device(scene, device, width)]
    if not devices:
        rows = [row(Piece(0, "no devices: what is measured is typed", "text")), BLANK]
    rows += _stored(scene)
    rows += _placement(scene, width)
    rows += _sound(scene, width)
    rows += _viewers(scene)
    return Page("DEVICES", rows=tuple(rows))


def _device(scene: Scene, device: DeviceView, width: int) -> list[Row]:
    good = device.state == "streaming"
    name = device.device
    head = row(
        Piece(0, SIGNS.get(device.state, "○"), "text" if good else "bright"),
        Piece(INDENT, name, "bright", bold=True),
        Piece(INDENT + len(name) + 2, words(scene, device), "text" if good else "bright"),
    )
    facts = [device.family, battery_words(device), signal_words(scene, device)]
    if good:
        facts.append(f"since {age_words(scene.now - device.since_t)}")
    if device.device == "cuff":
        facts.append("we can start it" if device.can_start else "only its own button starts it")
    lines = wrap(", ".join(fact for fact in facts if fact), max(8, width - INDENT - 3))
    lines += _cut(device.identity, width - INDENT - 3)
    rows = [head, *(row(Piece(INDENT, line, "text")) for line in lines)]
    if device.reason:
        rows += [row(Piece(INDENT, line, "bright"))
                 for line in wrap(device.reason, max(8, width - INDENT - 3))]  # fmt: skip
    return [*rows, BLANK]


def _cut(identity: str, room: int) -> list[str]:
    """An identity whole, over as many rows as it takes: its end tells devices apart."""
    return [identity[i : i + max(8, room)] for i in range(0, len(identity), max(8, room))]


def battery_words(device: DeviceView) -> str:
    """`battery 42 %`, `battery 2 of 3`; nothing where it is not told."""
    if device.battery_pct is not None:
        return f"battery {device.battery_pct:g} %"
    return f"battery {device.battery_level:g} of 3" if device.battery_level is not None else ""


def signal_words(scene: Scene, device: DeviceView) -> str:
    """What the device says of its signal, where a value of it is in use."""
    found = {
        SIGNAL.get(word, word.replace("_", " "))
        for view in scene.picture.vitals.values()
        if view.source == device.device
        for word in view.status
    }
    used = any(v.source == device.device for v in scene.picture.vitals.values())
    return f"signal: {', '.join(sorted(found))}" if found else "signal good" if used else ""


def _stored(scene: Scene) -> list[Row]:
    """Stored cuff readings that wait for a person to say what they are."""
    waits = scene.picture.quarantine
    if not waits:
        return []
    how = "k reviews them" if "review" in scene.able else "at the chair they are reviewed"
    rows = [row(Piece(0, "STORED, NOT COUNTED", "bright", bold=True), Piece(21, how, "dim"))]
    for reading in waits:
        pressure = "/".join(
            "–" if v is None else f"{v:g}" for v in (reading.systolic, reading.diastolic)
        )
        came = clock(scene.picture.started, reading.t, seconds=False)
        said = f", its clock said {reading.device_time}" if reading.device_time else ""
        rows.append(row(Piece(INDENT, f"{pressure}  came {came}{said}")))
    return [*rows, BLANK]


def _placement(scene: Scene, width: int) -> list[Row]:
    """Where cuff, probe and line are, and where they disturb each other."""
    placed = scene.picture.placement
    if placed is None:
        return []
    size = f", {placed.cuff_size}" if placed.cuff_size else ""
    where = [f"cuff {placed.cuff_arm or ''} {placed.cuff_site or ''}".rstrip() + size,
             f"probe {placed.probe_arm or '?'}", f"line {placed.line_arm or '?'}"]  # fmt: skip
    rows = [row(Piece(0, "ARMS", "dim", bold=True), Piece(6, "   ".join(where)))]
    rows += [row(Piece(6, line, "bright"))
             for told in placed.conflicts for line in wrap(told, max(8, width - 9))]  # fmt: skip
    return [*rows, BLANK]


def _sound(scene: Scene, width: int) -> list[Row]:
    audio = scene.picture.audio
    told = {"heard": "tested and heard", "not_heard": "the test was NOT heard", "failed":
            "the test failed", "played": "test played", "asked": "testing"}  # fmt: skip
    parts = [
        audio_words(scene) or "AUDIO: not yet known",
        told.get(audio.test, "not tested" + (": u tests it" if "sound" in scene.able else "")),
    ]
    lines = wrap("; ".join(p for p in (*parts, audio.why) if p), max(8, width - 9))
    return [
        row(Piece(0, "SOUND" if i == 0 else "", "dim", bold=True), Piece(6, line))
        for i, line in enumerate(lines)
    ] + [BLANK]


def _viewers(scene: Scene) -> list[Row]:
    """Who watches, from which seat, and how fresh that picture is."""
    rows = [row(Piece(0, "WATCHING", "dim", bold=True))]
    for viewer in scene.picture.viewers:
        silent = scene.picture.silent_s(viewer, scene.at)
        trip = "" if viewer.trip_s is None else f"  {viewer.trip_s:.1f} s"
        fresh = f"OK{trip}" if silent < FRESH_S else f"LOST {age_words(silent)}"
        takes = "  takes it" if viewer.takes else ""
        rows.append(row(
            Piece(INDENT, f"{viewer.seat} {viewer.who}"),
            Piece(INDENT + 24, fresh + takes, "text" if silent < FRESH_S else "bright"),
        ))  # fmt: skip
    return rows if len(rows) > 1 else []
