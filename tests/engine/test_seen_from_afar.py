"""What a physician answers from afar leaves the chair's alarms and its sound as they are, byte for byte."""

import asyncio
from typing import Any

from ketamon.feed.picture import Picture
from ketamon.feed.sounding import Burst, Sounding, is_paused, sounding
from ketamon_drivers.readings import BloodPressure
from tests.engine.chairside import Chairside, at_a_chair

LASTS_S = 400
FROM_AFAR: dict[int, list[tuple[str, dict[str, Any]]]] = {
    20: [("acknowledge", {"condition": "spo2_low", "up_to_seq": 10**6}), ("take", {"condition": "spo2_low"})],
    40: [("acknowledge", {"up_to_seq": 10**6}), ("message", {"text": "repeat please"})],
    60: [("cannot", {"condition": "sys_high"}), ("reviewed", {})],
    300: [("acknowledge", {"condition": "all", "up_to_seq": 10**6})],
}  # fmt: skip


def played(*, seen: bool) -> tuple[bytes, list[tuple[float, Burst]]]:
    """Alarm lines but for `seen`, and what sounded when, of one scene."""
    bursts: list[tuple[float, Burst]] = []

    async def act(chair: Chairside) -> None:
        chair.phase("dosing")
        chair.bind("oximeter")
        chair.spo2 = 86
        sound = Sounding()
        for second in range(LASTS_S):
            await chair.until(second)
            if second == 30:
                chair.take(BloodPressure(172, 90), "cuff")
            if second == 200:
                chair.spo2 = 97
            for name, args in FROM_AFAR.get(second, []) if seen else []:
                assert chair.ask(name, "physician", **args).ok
            picture = Picture()
            picture.apply(chair.session.snapshot(), float(second))
            paused = is_paused(picture, float(second))
            burst = sound.step(float(second), sounding(picture), paused=paused)
            if burst is not None:
                bursts.append((float(second), burst))

    chair = at_a_chair(act, mode="LIVE")
    lines = [e.line for e in chair.kept.of("alarm") if e.body.change != "seen"]
    assert any(e.body.change == "seen" for e in chair.kept.of("alarm")) is seen
    return b"".join(lines), bursts


def test_a_physicians_answers_leave_the_chairs_announcements_identical_byte_for_byte() -> None:
    alone, watched = played(seen=False), played(seen=True)
    assert alone[0].count(b'"raised"') >= 2
    assert b'"unanswered"' in alone[0]
    assert len(alone[1]) > 10
    assert watched == alone


def test_a_nurses_answer_does_change_them() -> None:
    async def act(chair: Chairside) -> None:
        chair.take(BloodPressure(172, 90), "cuff")
        await asyncio.sleep(1)
        assert chair.ask("acknowledge", condition="sys_high", up_to_seq=10**6).ok

    chair = at_a_chair(act, mode="LIVE")
    assert [change for _, change in chair.changes("sys_high")] == ["raised", "acknowledged"]
