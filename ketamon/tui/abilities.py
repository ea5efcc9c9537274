"""What this screen's viewer may do now, by mode, seat and cuff: only such keys are shown.

The engine decides. This table keeps away keys that it would refuse, and says why they are away.
"""

from collections.abc import Callable

from ketamon.feed.beside import MessageView
from ketamon.feed.picture import Picture

REPLAY, SIMULATED = "REPLAY", "SIMULATED"


def seat(picture: Picture) -> str:
    """The seat that the engine gave this viewer; an observer's until it has spoken."""
    return picture.hello.seat if picture.hello else "observer"


def seat_shown(picture: Picture) -> str:
    """The seat, where a screen says it: the nurse's goes without saying, a recording has none."""
    given = seat(picture)
    return "" if not picture.mode or picture.mode == REPLAY or given == "nurse" else given[:16]


def why_other_seat(picture: Picture, asked: str | None) -> str:
    """Why the seat is not the one asked for, in a sentence; empty where it is."""
    given = seat(picture)
    if asked is None or asked == given:
        return ""
    if asked == "trainer" and picture.mode != SIMULATED:
        why = "only a simulated session has a trainer"
    else:
        why = f"this account may not take the {asked} seat"
    return f"{why}: this screen is an {given}'s" if given == "observer" else f"{why}, but {given}"


def at_chair(picture: Picture) -> bool:
    """True for a seat that may touch cuff and chart: the nurse's; simulated, the trainer's too."""
    if picture.mode == REPLAY:
        return False
    return seat(picture) == "nurse" or (picture.mode == SIMULATED and seat(picture) == "trainer")


def is_afar(picture: Picture) -> bool:
    """True for who watches from somewhere else: a physician, an observer."""
    return picture.mode not in ("", REPLAY) and not at_chair(picture)


def _answers(picture: Picture) -> bool:
    return picture.mode == REPLAY or at_chair(picture) or seat(picture) == "physician"


def _sets_time(picture: Picture) -> bool:
    if picture.transport is not None:
        return True
    return picture.mode == SIMULATED and seat(picture) == "trainer"


def _cuff_waits(picture: Picture) -> bool:
    cuff = picture.cuff
    return at_chair(picture) and cuff is not None and cuff.state != "measuring"


def _cuff_stops(picture: Picture) -> bool:
    cuff = picture.cuff
    return at_chair(picture) and cuff is not None and cuff.state == "measuring" and cuff.can_start


def _skips(picture: Picture) -> bool:
    cuff = picture.cuff
    return at_chair(picture) and cuff is not None and cuff.due_t is not None


def changes_limits(picture: Picture) -> bool:
    """True for a seat that may change limits: at the chair, or a physician where the site says so."""
    if picture.mode == REPLAY:
        return False
    return at_chair(picture) or (seat(picture) == "physician" and picture.limits.physician)


def unread(picture: Picture) -> MessageView | None:
    """The oldest message that waits to be read by this viewer's side."""
    here = at_chair(picture)
    if not here and seat(picture) != "physician":
        return None
    waiting = (one for one in picture.messages if not one.read_by and one.from_chair != here)
    return next(waiting, None)


def _talks(picture: Picture) -> bool:
    """True where there is somebody to say something to, or something was said."""
    if seat(picture) == "physician" and picture.mode != REPLAY:
        return True
    afar = any(v.seat in ("physician", "observer") for v in picture.viewers)
    return at_chair(picture) and (afar or bool(picture.messages))


def _forwarded(picture: Picture) -> bool:
    return seat(picture) == "physician" and picture.mode != REPLAY and bool(picture.conditions)


def _sets_up(picture: Picture) -> bool:
    """True until dosing begins, and as long as something of it is open."""
    begins = picture.phase in (None, "setup", "baseline")
    return at_chair(picture) and (begins or (picture.setup.asked and bool(picture.setup.open)))


ABILITIES: dict[str, Callable[[Picture], bool]] = {
    "answer": _answers,
    "tape": lambda picture: picture.transport is not None,
    "time": _sets_time,
    "cuff": _cuff_waits,
    "stop": _cuff_stops,
    "type": at_chair,
    "sound": at_chair,
    "away": at_chair,
    "talk": _talks,
    "forwarded": _forwarded,
    "skip": _skips,
    "set_up": _sets_up,
    "discharge": lambda picture: at_chair(picture) and picture.phase == "recovery",
    "review": lambda picture: at_chair(picture) and bool(picture.quarantine),
}
"""Name of an ability, as `Key.needs` has it: whether this viewer has it now."""


def able(picture: Picture) -> frozenset[str]:
    """The abilities that this viewer has at this moment."""
    return frozenset(name for name, holds in ABILITIES.items() if holds(picture))


def why_not(picture: Picture, ability: str) -> str:
    """Why a key does nothing now, in a sentence; empty where it means nothing here at all."""
    if not picture.mode or picture.mode == REPLAY or ability in ("tape", "page", "back"):
        return ""
    if ability == "time":
        return "" if picture.mode != SIMULATED else "the trainer's seat changes the speed"
    if ability == "forwarded":
        return "" if at_chair(picture) else "no alarm waits for an answer from afar"
    if ability == "talk" and at_chair(picture):
        return "nobody watches from afar, and nothing was said"
    if not at_chair(picture):
        return f"the {seat(picture)} seat can't do that from here"
    if ability == "set_up":
        asked = picture.setup.asked
        return "nothing of the set-up is open" if asked else "this session began without its set-up"
    if ability == "discharge":
        return "discharge comes with recovery: g goes on with the session"
    if ability == "review":
        return "no stored reading waits"
    if picture.cuff is None:
        return "this chair has no cuff: type the reading"
    if ability == "skip":
        return "no BP is scheduled: nothing to skip"
    if picture.cuff.state != "measuring":
        return "the cuff is not measuring"
    if picture.cuff.can_start:
        return "the cuff is measuring; x stops it"
    return "the cuff is measuring; only its own button stops it"
