"""What a trend is drawn from keeps every peak, however many values fall into one of its spans."""

from hypothesis import given
from hypothesis import strategies as st

from ketamon.engine.playback import Playback
from tests.engine.recordings import recording

values = st.lists(
    st.tuples(st.integers(0, 200_000), st.integers(40, 100)), min_size=1, max_size=60
).map(lambda found: sorted(dict(found).items()))


@given(values)
def test_each_span_keeps_the_lowest_and_the_highest_value_in_it(
    given_values: list[tuple[int, int]],
) -> None:
    entries = recording(
        *(
            {"t": t / 1000, "kind": "oximetry", "device": "oximeter", "spo2": v}
            for t, v in given_values
        )
    )
    playback = Playback(entries)
    playback.seek(playback.duration_ms)
    expected: dict[float, list[int]] = {}
    for t, value in given_values:
        expected.setdefault(t // 10_000 * 10.0, []).append(value)
    bins = {b.t: b for b in playback.snapshot(playback.duration_ms).bins if b.vital == "spo2"}
    assert {t: (b.low, b.high) for t, b in bins.items()} == {
        t: (min(found), max(found)) for t, found in expected.items()
    }
