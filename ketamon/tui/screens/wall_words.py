"""What the wall says of a chair in words."""

from ketamon.feed.beside import FRESH_S
from ketamon.feed.board import Board, ChairSeen, HostSeen
from ketamon.feed.messages import ConditionView
from ketamon.tui.scene import Scene, waits
from ketamon.tui.times import age_words, clock
from ketamon.tui.wall_keys import KEYS

UNHEARD = frozenset({"silent", "stopped", "host_gone"})
PHASES = {
    "setup": "SETUP", "baseline": "BASE", "dosing": "DOSE", "recovery": "RECOV", "ended": "ENDED",
}  # fmt: skip
DOSES = {
    "infusion started": "IV", "injection IM": "IM", "bolus": "bolus", "nasal device": "nasal",
    "lozenge": "loz", "other drug": "other",
}  # fmt: skip
"""How a dose's event begins, and what it is called where there is little room."""
STOPPED = {"infusion stopped early": "stopped", "infusion complete": "complete", "infusion paused": "paused"}  # fmt: skip


def count_words(count: int, what: str) -> str:
    """`1 machine`, `3 machines`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def host_words(host: HostSeen, at: float) -> str:
    """`ward: gone for 31 s: Connection refused; trying again`."""
    name = host.name or "this machine"
    since = age_words(at - (host.gone_since or at))
    why = f": {host.why}" if host.why else ""
    gone = f"gone for {since}" if host.heard is not None else f"not reached for {since}"
    return f"{name} {gone}, tried again{why}"


def unheard_words(state: str, seen: ChairSeen, board: Board | None, at: float) -> str:
    """`NO LINK 31 s`; with a board also why."""
    since = seen.heard if seen.stopped_since is None or state != "stopped" else seen.stopped_since
    word = {"silent": "NO LINK", "stopped": "STOPPED", "host_gone": "NO LINK"}[state]
    text = f"{word} {age_words(at - since)}, not current"
    host = board.hosts.get(seen.host) if board is not None else None
    return f"{text}: {host.why}" if state == "host_gone" and host is not None and host.why else text


def phase_words(scene: Scene) -> str:
    """`DOSE 24`: the phase, and for how many minutes."""
    picture = scene.picture
    if not picture.phase:
        return ""
    word = PHASES.get(picture.phase, picture.phase.upper()[:5])
    if picture.phase_t is None or picture.phase == "ended":
        return word
    return f"{word} {int(max(0.0, scene.now - picture.phase_t)) // 60}"


def dose_words(scene: Scene) -> str:
    """`IV 36 mg`: what was given last."""
    for event in reversed(scene.picture.events):
        for start, word in STOPPED.items():
            if event.text.startswith(start):
                return f"IV {word}"
        for start, word in DOSES.items():
            if event.text.startswith(start):
                return f"{word} {event.text.removeprefix(start).strip(' :')}".rstrip()
    return ""


def data_words(scene: Scene) -> str:
    """`live`, or how old the newest value of a device is that should come all the time."""
    shown = [scene.show(name) for name in ("hr", "spo2")]
    live = [s for s in shown if s.age_s is not None and s.state != "held"]
    if not live:
        return "" if scene.picture.hello is None else "no dev"
    age = min(s.age_s or 0.0 for s in live)
    return "live" if all(s.state == "live" for s in live) else age_words(age)


def answer_words(scene: Scene, worst: ConditionView) -> str:
    """Who has answered an alarm, or that nobody has."""
    takes = [viewer.who for viewer in scene.picture.viewers if viewer.takes]
    if takes:
        return f"taken by {takes[0]}"
    if worst.seen:
        return f"seen by {worst.seen[-1]}"
    if worst.state == "acknowledged":
        return f"acknowledged{f' by {worst.by}' if worst.by else ''}"
    return "not acknowledged" if waits(worst) else worst.state


def moment_words(scene: Scene) -> str:
    """What happened last at the chair, with its time; else who is there."""
    picture = scene.picture
    told = [event for event in picture.events if event.text]
    if told:
        at = clock(picture.started, told[-1].t, seconds=False)
        return f"{at} {told[-1].text}"
    there = [v.who for v in picture.viewers if v.seat == "nurse" and v.silent_s < FRESH_S]
    return f"at the chair: {there[0]}" if there else ""


def helping() -> list[tuple[str, str]]:
    """Key or column, and what it means."""
    marks = [("*** ** *", "the patient: high, medium, low; !!! !! ! equipment, or no link")]
    rows = [
        ("since", "for how long the worst alarm has had this priority"),
        ("BP ago Δ", "last pressure, how old, SYS against the baseline"),
        ("M", "MOAA/S"),
        ("phase", "phase and its minutes"),
        ("data", "live, or how old the newest value of the oximeter is"),
        ("order", "worst first; what nobody answered first; not heard counts as medium"),
    ]
    keys = [(key.shown, key.sentence) for key in KEYS if key.sentence]
    return keys + marks + rows
