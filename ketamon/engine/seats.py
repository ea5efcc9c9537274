"""Who may do what: seats from the kernel's word, commands by seat (DESIGN 10)."""

import os
import pwd
from collections.abc import Collection, Mapping
from types import MappingProxyType

from ketamon.engine.peers import Peer

NURSE, PHYSICIAN, OBSERVER, TRAINER = "nurse", "physician", "observer", "trainer"
SOUND = "sound"  # the chair's own sound process, which sees all and changes nothing
SEATS = (NURSE, PHYSICIAN, OBSERVER, TRAINER)
GIVEN_BY_GROUP = (NURSE, PHYSICIAN, TRAINER)
AT_CHAIR = frozenset({NURSE})
IN_SIMULATION = frozenset({TRAINER})
SIMULATED = "SIMULATED"

COMMANDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "acknowledge": (AT_CHAIR | {PHYSICIAN}, IN_SIMULATION),  # a physician's is `seen`
    "cuff": (AT_CHAIR, IN_SIMULATION),
    "manual": (AT_CHAIR, IN_SIMULATION),
    "review_reading": (AT_CHAIR, IN_SIMULATION),
    "away": (AT_CHAIR, IN_SIMULATION),
    "placement": (AT_CHAIR, IN_SIMULATION),
    "rhythm": (AT_CHAIR, IN_SIMULATION),
    "chart": (AT_CHAIR, IN_SIMULATION),
    "strike": (AT_CHAIR, IN_SIMULATION),
    "limits": (AT_CHAIR, IN_SIMULATION),
    "baseline": (AT_CHAIR, IN_SIMULATION),
    "phase": (AT_CHAIR, IN_SIMULATION),
    "end": (AT_CHAIR, IN_SIMULATION),
    "speed": (frozenset(), IN_SIMULATION),
    "pause": (frozenset(), IN_SIMULATION),
    "play": (frozenset(), IN_SIMULATION),
    "pause_audio": (AT_CHAIR, IN_SIMULATION),
    "test_sound": (AT_CHAIR, IN_SIMULATION),
    "heard": (AT_CHAIR, IN_SIMULATION),
    "take": (AT_CHAIR | {PHYSICIAN}, IN_SIMULATION),
    "cannot": (AT_CHAIR | {PHYSICIAN}, IN_SIMULATION),
    "message": (AT_CHAIR | {PHYSICIAN}, IN_SIMULATION),
    "read_message": (AT_CHAIR | {PHYSICIAN}, IN_SIMULATION),
    "reviewed": (AT_CHAIR | {PHYSICIAN}, IN_SIMULATION),
    "sound": (frozenset({SOUND}), frozenset()),
    "announced": (AT_CHAIR | {SOUND}, IN_SIMULATION),  # a screen at the chair rings its bell
}
"""Command: the seats that may give it in any session, and those that may in a simulated one."""


def seat_of(
    peer: Peer, wanted: str | None, mode: str, groups: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The seat of an account: ours may take any, nurse unless it asks for another.

    Others sit where the site's `groups` (seat: group) let them, the first of theirs unless they
    ask for another of them; all else watches.
    """
    if peer.uid != os.getuid():
        theirs = [
            seat
            for seat in GIVEN_BY_GROUP
            if groups.get(seat) in peer.groups and (seat != TRAINER or mode == SIMULATED)
        ]
        if wanted is None and theirs:
            return theirs[0]
        return wanted if wanted in theirs else OBSERVER
    if wanted == SOUND:
        return SOUND
    if wanted is None or wanted not in SEATS:
        return NURSE if wanted is None else OBSERVER
    return wanted if wanted != TRAINER or mode == SIMULATED else OBSERVER


def is_at_chair(seat: str, mode: str) -> bool:
    """True for the seat beside the patient: the nurse's; of a simulated one, the trainer's too."""
    return seat in AT_CHAIR or (mode == SIMULATED and seat in IN_SIMULATION)


def refusal(name: str, seat: str, mode: str, physician_may: Collection[str] = ()) -> str | None:
    """Why this seat may not give this command, in a sentence; None if it may.

    `physician_may`: the commands that this site lets a physician give from afar.
    """
    if name not in COMMANDS:
        return f"{name}: a session can't do that"
    always, simulated = COMMANDS[name]
    if seat == PHYSICIAN and name in physician_may:
        return None
    if seat in always or (mode == SIMULATED and seat in simulated):
        return None
    if not always and mode != SIMULATED:
        return f"{name}: only a simulated session can do that"
    who = " or ".join(sorted(always | (simulated if mode == SIMULATED else frozenset())))
    return f"{name}: the {seat} seat can't do that, the {who} can"


def account(uid: int) -> str:
    """The account's name, its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
