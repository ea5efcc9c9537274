"""Cuff readings whose clock isn't known: they count for nothing until a person vouches for them."""

from ketamon.engine.quarantine import WAIT_AT_MOST, Quarantine, waiting
from ketamon.entries import Review, make
from ketamon.feed.messages import EntryMessage
from ketamon.feed.picture import Picture
from ketamon_drivers.readings import BloodPressure
from tests.engine.chairside import Chairside, at_a_chair

HIGH = BloodPressure(190, 100, None, "mmHg", 88, "2031-01-01T00:00:00", 1)


def review(chair: Chairside, seq: int, verdict: str, seat: str = "nurse") -> str | None:
    return chair.ask("review_reading", seat, seq=seq, verdict=verdict).reason


def test_a_reading_in_quarantine_is_shown_and_neither_alarms_nor_counts() -> None:
    async def unsure(chair: Chairside) -> None:
        chair.phase()
        chair.take(waiting(HIGH), "cuff")
        await chair.until(10)

    chair = at_a_chair(unsure)
    assert not [e for e in chair.kept.of("alarm") if e.body.condition.startswith("sys")]
    assert chair.session.state.pressures_taken == 0
    assert chair.session.state.cuff.newest_ms is None
    (shown,) = chair.session.projector.quarantine.views()
    assert (shown.systolic, shown.diastolic, shown.pulse_rate, shown.user) == (190, 100, 88, 1)
    assert shown.device_time == HIGH.device_time


def test_an_accepted_reading_counts_from_the_time_at_which_it_came() -> None:
    async def accepted(chair: Chairside) -> None:
        chair.phase()
        await chair.until(10)
        seq = chair.take(waiting(HIGH), "cuff").seq
        await chair.until(130)
        assert review(chair, seq, "accept") is None

    chair = at_a_chair(accepted)
    assert [change for _, change in chair.changes("sys_high")] == ["raised"]
    assert chair.session.state.newest_pressure == (10_000, 190, 100)
    assert chair.session.projector.quarantine.views() == ()
    assert [e.body.verdict for e in chair.kept.of("review")] == ["accept"]
    (vouched,) = chair.kept.of("manual")
    assert vouched.by is not None
    assert (vouched.by.seat, vouched.device) == ("nurse", "cuff")


def test_a_reading_is_reviewed_once_and_by_the_chair_alone() -> None:
    async def reviewed(chair: Chairside) -> None:
        seq = chair.take(waiting(HIGH), "cuff").seq
        assert "physician seat can't" in (review(chair, seq, "accept", "physician") or "")
        assert "accept or set_aside" in (review(chair, seq, "perhaps") or "")
        assert review(chair, seq, "set_aside") is None
        assert "no such reading" in (review(chair, seq, "accept") or "")

    chair = at_a_chair(reviewed)
    assert not chair.kept.of("manual")
    assert chair.session.projector.quarantine.views() == ()


def test_a_viewer_follows_the_quarantine_and_a_resumed_session_still_knows_it() -> None:
    async def first(chair: Chairside) -> None:
        picture = Picture()
        chair.session.publish = lambda played: [
            picture.apply(EntryMessage(p.entry.seq, p.entry.line, p.view), 0.0) for p in played
        ]
        one = chair.take(waiting(HIGH), "cuff").seq
        two = chair.take(waiting(BloodPressure(120, 80)), "cuff").seq
        assert [view.seq for view in picture.quarantine] == [one, two]
        review(chair, one, "set_aside")
        assert [view.seq for view in picture.quarantine] == [two]

    async def resumed(_chair: Chairside) -> None:
        pass

    before = at_a_chair(first).kept.entries
    after = at_a_chair(resumed, before=before)
    assert [view.systolic for view in after.session.projector.quarantine.views()] == [120]


def test_the_list_is_bounded() -> None:
    quarantine = Quarantine()
    for seq in range(1, WAIT_AT_MOST + 3):
        assert quarantine.take(make(seq, 0, waiting(HIGH), "cuff"))
    assert [view.seq for view in quarantine.views()] == list(range(3, WAIT_AT_MOST + 3))
    assert not quarantine.take(make(99, 0, Review(1, "accept")))
