"""A chair's feed comes back after its engine did; a recording's, and a goodbye, are final."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ketamon.feed.messages import PROTOCOL, Beat, Bye, FromEngine, Hello
from ketamon.tui import lasting_feed
from ketamon.tui.lasting_feed import LastingFeed

HELLO = {mode: Hello(PROTOCOL, "s", "1", mode, "nurse", 0.0, 1.0) for mode in ("LIVE", "REPLAY")}
LIVE: list[FromEngine] = [HELLO["LIVE"], Beat(1.0, 1, 1.0, "LIVE")]
BYE = Bye("gone")


class FakeClient:
    """Each connection says its part and ends; where there is no part, no engine answers."""

    parts: list[list[FromEngine] | None]
    asked: list[str | None]
    closed: int

    @classmethod
    async def connect(cls, _path: Path, seat: str | None = None, **_more: Any) -> "FakeClient":
        """The next part."""
        cls.asked.append(seat)
        part = cls.parts.pop(0) if cls.parts else None
        if part is None:
            raise ConnectionRefusedError
        made = cls()
        made.part = part
        return made

    part: list[FromEngine]

    async def messages(self) -> AsyncIterator[FromEngine]:
        """What this connection says."""
        for message in self.part:
            yield message

    async def close(self) -> None:
        """Counts."""
        type(self).closed += 1


async def told(
    monkeypatch: pytest.MonkeyPatch, *parts: list[FromEngine] | None
) -> list[FromEngine]:
    """What a screen is told when connections go like this; then it would try for ever."""
    FakeClient.parts, FakeClient.asked, FakeClient.closed = [*parts, [*LIVE, BYE], [BYE]], [], 0
    monkeypatch.setattr(lasting_feed, "FeedClient", FakeClient)
    monkeypatch.setattr(lasting_feed, "RETRY_S", 0.0)
    feed = await LastingFeed.connect(Path("/nowhere"), "nurse")
    return [message async for message in feed.messages()]


async def test_dead_engine_of_a_chair_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await told(monkeypatch, LIVE, None, None, LIVE)
    assert found == [*LIVE, *LIVE, *LIVE, BYE]
    assert set(FakeClient.asked) == {"nurse"}
    assert FakeClient.closed == 3


async def test_dead_engine_of_a_recording_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await told(monkeypatch, [HELLO["REPLAY"]]) == [HELLO["REPLAY"]]
    assert len(FakeClient.asked) == 1


async def test_goodbye_is_final_where_nobody_answers_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await told(monkeypatch, [*LIVE, BYE], None, LIVE) == [*LIVE, BYE]
    assert len(FakeClient.asked) == 2


async def test_screen_that_was_dropped_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await told(monkeypatch, [*LIVE, BYE], LIVE) == [*LIVE, *LIVE, *LIVE, BYE]


async def test_goodbye_before_the_first_beat_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await told(monkeypatch, [HELLO["LIVE"], BYE], LIVE) == [HELLO["LIVE"], BYE]
    assert len(FakeClient.asked) == 1


async def test_first_connection_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConnectionRefusedError):
        await told(monkeypatch, None, LIVE)
