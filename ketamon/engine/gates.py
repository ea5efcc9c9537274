"""What a command waits for: a lock for readings; dosing for the set-up and discharge for its criteria,
either with a reason.
"""

from typing import Any

from ketamon.engine.arguments import RefusedError, text
from ketamon.engine.live_session import LiveSession
from ketamon.engine.setup import GIVEN
from ketamon.entries import By, Check, Discharge

LONGEST_NAME = 40
WAITS = GIVEN | {"dosing"}


def assert_lockable(session: LiveSession) -> None:
    """Refuses to lock a baseline of nothing."""
    view = session.projector.flow.baseline(session.state)
    if not view.medians:
        raise RefusedError(
            f"a baseline needs two pressures of the last 30 min at the cuff's place: there "
            f"{'is 1' if len(view.readings) == 1 else f'are {len(view.readings)}'}"
        )


def assert_set_up(session: LiveSession, what: str, args: dict[str, Any], by: By) -> None:
    """Refuses dosing in one sentence that names what is open; with an `override` it is recorded.

    `what`: the phase or event that is asked for.
    """
    left = session.projector.flow.setup.blocking(session.state) if what in WAITS else []
    if not left:
        return
    reason = text(args.get("override"))
    if not reason:
        raise RefusedError(f"dosing waits: {'; '.join(left)}")
    session.take(Check("check.override", text="; ".join(left)[:200], reason=reason), by=by)


def discharged(session: LiveSession, args: dict[str, Any], by: By) -> By:
    """Records how the criteria stood as the patient leaves, and gives who says so.

    RefusedError names what is open, unless `override` says why and `person` who.
    """
    flow, now_s = session.projector.flow, session.now_ms() / 1000
    left = flow.open_at_discharge(session.projector, now_s)
    reason, name = text(args.get("override")), text(args.get("person"))[:LONGEST_NAME]
    by = By(by.account, by.seat, name or by.person)
    if left and not (reason and name):
        raise RefusedError(f"discharge waits: {'; '.join(left)}")
    told = f"open: {'; '.join(left)}" if left else "all met"
    body = Discharge("discharge.criteria", text=told[:400], reason=reason if left else None)
    session.take(body, by=by)
    return by
