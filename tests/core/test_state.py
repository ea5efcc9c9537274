"""A session knows nothing of another one, whatever came before it in the same process."""

from tests.core.session import LIMITS, Core

RISE = {**LIMITS, "sys": {**LIMITS["sys"], "rise_mmhg": {"medium": 20}, "only_above": 120}}


def first_patient(core: Core) -> None:
    """A low baseline, an alarm that latched, a lost oximeter, a cuff that failed."""
    core.tell(0, "placement", cuff_arm="left", probe_arm="left")
    for t in (1, 20):
        core.cuff(t, 100 + t)
    core.tell(30, "baseline")
    core.spo2(40, 84)
    core.cuff(60, 190)
    core.cuff(90, 110)
    core.tell(95, "cuff", "cuff", action="failed")
    core.tell(96, "rhythm", irregular=True)
    core.wait(200)


def second_patient(core: Core) -> list[bytes]:
    core.cuff(0, 135)
    core.spo2(10, 97)
    core.cuff(60, 165)
    core.wait(300)
    return [entry.line for entry in core.out]


def test_a_new_session_knows_nothing_of_the_one_before() -> None:
    alone = second_patient(Core(RISE))
    first_patient(Core(RISE))
    after = Core(RISE)
    assert after.state.baseline == {}
    assert {track.state for track in after.state.tracks.values()} == {"normal"}
    assert second_patient(after) == alone
