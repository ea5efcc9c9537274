"""A link that stands and says nothing: its number is old within 5 s, gone within 10, and back by itself."""

import asyncio

import pytest

from tests.drivers.bluetooth.chair import BluetoothChair, Path, at_a_chair
from tests.drivers.bluetooth.private_bus import needs_dbus

OLD_WITHIN_S, GONE_WITHIN_S, BACK_WITHIN_S = 5.0, 10.0, 15.0
STALLED_S = 20.0


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("A", id="virtual radio"),
        pytest.param("B", id="BlueZ", marks=[needs_dbus, pytest.mark.slow]),
        pytest.param("C", id="pseudo-terminal", marks=pytest.mark.slow),
    ],
)
def test_a_stalled_stream_is_shown_old_then_gone_and_is_back_by_itself(path: Path) -> None:
    async def act(chair: BluetoothChair) -> None:
        oximeter = await chair.streaming_serially() if path == "C" else await chair.streaming()
        began = chair.now_s
        assert chair.shown("spo2", began).state == "live"
        oximeter.stall()
        for within_s, state in ((OLD_WITHIN_S, "old"), (GONE_WITHIN_S, "lost")):
            await asyncio.sleep(began + within_s - chair.now_s)
            assert chair.shown("spo2", began + within_s).state == state
        assert chair.shown("spo2", chair.now_s).figures == "---"
        await asyncio.sleep(began + STALLED_S - chair.now_s)
        assert "oximeter_no_data" in chair.alarms()
        oximeter.resume()
        await chair.wait_for(
            lambda: chair.shown("spo2", chair.now_s).state == "live", BACK_WITHIN_S
        )

    chair = at_a_chair(path, act)
    assert "spo2_low" not in chair.alarms()
    assert {reading.spo2_pct for _, reading in chair.readings()} == {97}
