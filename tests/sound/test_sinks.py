"""Where bursts go: a device that takes them, or a reason why none does."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ketamon.feed.sounding import Burst
from ketamon.sound import sinks
from ketamon.sound.sinks import sink_for

LOW = Burst("low", "cuff_failed")


def test_the_library_plays_a_burst_to_its_end_on_its_null_device() -> None:
    async def play() -> tuple[str, str, float]:
        sink = sink_for({"KETAMON_SOUND": "silent"})
        refusal = await sink.refusal()
        loop = asyncio.get_running_loop()
        at = loop.time()
        return refusal, await sink.play(LOW), loop.time() - at

    refusal, why, seconds = asyncio.run(play())
    assert (refusal, why) == ("", "")
    assert LOW.lasts_s + 0.3 <= seconds < LOW.lasts_s + 2


def test_a_device_that_takes_nothing_did_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        backend = "deaf"

        def start(self, _source: Any) -> None:
            """Never asks for a sample."""

        def close(self) -> None:
            """Nothing."""

    async def opened(_self: object) -> Deaf:
        return Deaf()

    monkeypatch.setattr(sinks.DeviceSink, "_open", opened)
    monkeypatch.setattr(sinks, "TAKEN_WITHIN_S", -0.5)
    why = asyncio.run(sink_for({"KETAMON_SOUND": "silent"}).play(LOW))
    assert why == "the sound device takes nothing"


def test_without_a_device_or_the_library_it_is_said_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no sound device" in asyncio.run(sink_for({"KETAMON_SOUND": "none"}).refusal())

    def missing(_name: str) -> Any:
        raise ImportError

    monkeypatch.setattr(sinks, "import_module", missing)
    assert "pip install ketamon[audio]" in asyncio.run(sink_for({}).refusal())


def test_a_file_takes_a_line_for_each_burst(tmp_path: Path) -> None:
    sink = sink_for({"KETAMON_SOUND": f"file:{tmp_path / 'b'}"})
    assert asyncio.run(sink.play(LOW)) == ""
    assert json.loads((tmp_path / "b").read_text()) == {
        "priority": "low",
        "condition": "cuff_failed",
    }
    away = sink_for({"KETAMON_SOUND": f"file:{tmp_path / 'no' / 'b'}"})
    assert asyncio.run(away.play(LOW)) == "b: No such file or directory"


def test_a_device_never_falls_back_to_one_that_is_silent() -> None:
    sink: Any = sink_for({})
    assert sink._library.Backend.NULL not in sink._backends
    assert sink._backends
