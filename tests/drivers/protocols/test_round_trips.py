"""What an encoder writes, its decoder reads: for every reading that the protocol can carry."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, structs

from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.protocols.gatt_2a35 import MMHG_PER_KPA
from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.protocols.sfloat import NO_VALUE, encode_sfloat, sfloat
from ketamon_drivers.readings import (
    VALUELESS,
    BloodPressure,
    CuffPressure,
    DeviceInfo,
    HeartRate,
    Number,
    Oximetry,
    Pleth,
    Reading,
    Reply,
    Respiration,
)

nothing: st.SearchStrategy[None] = st.none()
pressures = st.none() | st.integers(1, 400)
pulses = st.none() | st.integers(1, 254)
saturations = st.none() | st.integers(1, 100)
tenths = st.none() | st.integers(1, 200).map(lambda n: n / 10)
times = st.none() | st.datetimes(
    datetime.fromisoformat("1583-01-01"), datetime.fromisoformat("9999-01-01")
).map(lambda when: when.replace(microsecond=0).isoformat())


def words(*known: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Any of these words, sorted."""
    return st.sets(st.sampled_from(known), max_size=3).map(lambda found: tuple(sorted(found)))


def cuff_status(found: tuple[str, ...]) -> bool:
    """A pulse is not both above and below its range."""
    return not {"pulse_above_range", "pulse_below_range"} <= set(found)


kilopascals = st.none() | st.integers(10, 400).map(lambda n: round(n / 10 * MMHG_PER_KPA, 1))
cuff_words = words(
    "body_movement", "cuff_too_loose", "improper_position", "irregular_pulse",
    "pulse_above_range", "pulse_below_range",
).filter(cuff_status)  # fmt: skip


@st.composite
def measurements(draw: st.DrawFn) -> BloodPressure:
    """What a Bluetooth cuff can say."""
    unit = draw(st.sampled_from(("mmHg", "kPa")))
    pressure = pressures if unit == "mmHg" else kilopascals
    time, status = draw(times), draw(cuff_words)
    if time is None and draw(st.booleans()):
        status = tuple(sorted((*status, "clock_not_set")))
    return BloodPressure(
        draw(pressure), draw(pressure), draw(pressure), unit, draw(pulses), time,
        draw(st.none() | st.integers(0, 254)), status,
    )  # fmt: skip


def oximetry(
    status: st.SearchStrategy[tuple[str, ...]],
    *,
    index: st.SearchStrategy[float | None] = nothing,
    when: st.SearchStrategy[str | None] = nothing,
    silent: frozenset[str] = VALUELESS,
) -> st.SearchStrategy[Oximetry]:
    """Readings whose values are null while a word in `silent` is set."""

    def with_status(found: tuple[str, ...]) -> st.SearchStrategy[Oximetry]:
        if silent & set(found):
            return st.builds(Oximetry, device_time=when, status=st.just(found))
        return st.builds(Oximetry, saturations, pulses, index, when, st.just(found))

    return status.flatmap(with_status)


plx_words = ("demonstration", "early_estimate", "equipment_malfunction", "from_storage",
             "interference", "invalid", "low_perfusion", "low_signal", "questionable", "searching",
             "sensor_disconnected", "sensor_fault", "sensor_off", "test")  # fmt: skip
finger = oximetry(words("searching", "sensor_off"), silent=VALUELESS | {"searching"})
index_finger = oximetry(
    words("searching", "sensor_off"), index=tenths, silent=VALUELESS | {"searching"}
)

bytewide = st.none() | st.integers(1, 255)


def at_most(value: Number | None, largest: int) -> Number | None:
    """The value, or the largest that there is room for."""
    return None if value is None else min(value, largest)


def hundredths(raw: int) -> Number:
    """A number with two decimals, whole where it is."""
    return raw // 100 if raw % 100 == 0 else raw / 100


def between(first: str, last: str) -> st.SearchStrategy[str | None]:
    """Times that a clock with a year of two digits can tell."""
    return st.none() | st.datetimes(
        datetime.fromisoformat(first), datetime.fromisoformat(last)
    ).map(lambda when: when.replace(microsecond=0).isoformat())


def memory(failures: st.SearchStrategy[str]) -> st.SearchStrategy[BloodPressure]:
    """Results whose measurement was not seen: values, or a failure with a word of its own."""
    return st.builds(
        BloodPressure, pressures, pressures, pressures, st.just("mmHg"), pulses,
        status=st.just(("from_storage",)),
    ) | failures.map(
        lambda word: BloodPressure(
            status=tuple(sorted({"cuff_error", "from_storage", "invalid", word}))
        )
    )  # fmt: skip


averages = st.builds(
    Oximetry, saturations, pulses,
    status=words("low_battery", "low_perfusion", "motion", "questionable"),
    spo2_fast_pct=saturations, spo2_slow_pct=saturations, pulse_rate_slow_per_min=pulses,
) | st.just(Oximetry(status=("sensor_off",)))  # fmt: skip

CARRIES: dict[str, st.SearchStrategy[Reading]] = {
    "gatt-2a35": measurements(),
    "gatt-2a36": st.builds(CuffPressure, st.none() | st.integers(0, 300)),
    "gatt-2a5e": oximetry(words(*plx_words, "clock_not_set"), index=tenths, when=times),
    "gatt-2a5f": oximetry(words(*plx_words), index=tenths),
    "gatt-2a37": st.builds(
        HeartRate,
        st.none() | st.integers(1, 400),
        st.lists(st.integers(1, 65535).map(lambda n: n * 1000 / 1024), max_size=20).map(tuple),
        st.none() | st.booleans(),
        st.none() | st.integers(0, 65535),
    ),
    "nonin-df8": oximetry(
        words("low_battery", "low_perfusion", "motion", "questionable", "sensor_off")
    ),
    "contec-5byte": finger,
    "contec-v7": index_finger,
    "nonin-ble": oximetry(
        words("low_battery", "low_signal", "searching", "sensor_off"), index=tenths
    ),
    "contec-ff12": oximetry(words("sensor_off")).filter(
        lambda r: r.status != () or (r.spo2_pct, r.pulse_rate_per_min) != (None, None)
    ),
    "viatom-pc60": oximetry(words("searching", "sensor_off"), index=tenths)
    | st.builds(DeviceInfo, battery_level=st.integers(0, 3))
    | st.builds(Pleth, st.lists(st.integers(0, 127), min_size=5, max_size=5).map(tuple)),
    "viatom-o2ring": oximetry(
        st.sampled_from([(), ("sensor_off",), ("searching",)]),
        index=tenths,
        silent=VALUELESS | {"searching"},
    ).filter(lambda r: r.status != () or (r.spo2_pct, r.pulse_rate_per_min) != (None, None))
    | st.builds(
        lambda n: Reply(None, False, f"status {n}"), st.integers(1, 255)
    ),
    "viatom-bp2": memory(
        st.sampled_from(["body_movement", "cuff_too_loose", "equipment_malfunction", "low_signal"])
    )
    | st.builds(CuffPressure, st.integers(1, 30000).map(hundredths)),
    "berry-bci": oximetry(
        st.sets(
            st.sampled_from([
                ("invalid", "low_signal"), ("searching",), ("sensor_disconnected",), ("sensor_off",),
            ])
        ).map(lambda sets: tuple(sorted(word for words in sets for word in words))),
        silent=VALUELESS | {"searching"},
    ),
    "jumper": oximetry(st.just(()), index=tenths),
    "nonin-df2": averages,
    "nonin-df7": averages,
    "nonin-df13": oximetry(words("from_storage", "invalid", "low_battery"), when=times),
    "nonin-ascii": oximetry(st.just(())),
    "masimo-ascii": oximetry(
        words(
            "from_storage", "interference", "low_perfusion", "low_signal", "searching",
            "sensor_disconnected", "sensor_fault", "sensor_off",
        ),
        index=tenths.filter(lambda value: value is None or value < 20),
        when=between("2000-01-01", "2099-12-31"),
        silent=VALUELESS | {"searching"},
    ),
    "nellcor-ascii": oximetry(
        st.sets(
            st.sampled_from([
                ("interference",), ("invalid", "low_signal"), ("low_battery",), ("motion",),
                ("searching",), ("sensor_disconnected",), ("sensor_off",),
            ])
        ).map(lambda sets: tuple(sorted(word for words in sets for word in words))),
        when=between("1970-01-01", "2069-12-31").filter(bool),
    ),
    "ge-dri": oximetry(st.just(()))
    | st.builds(HeartRate, st.integers(1, 350))
    | st.builds(Respiration, st.integers(1, 99))
    | st.builds(
        BloodPressure, *[st.none() | st.integers(1, 319)] * 3, st.just("mmHg"), pulses
    ).filter(lambda r: (r.systolic_mmhg, r.diastolic_mmhg, r.mean_mmhg) != (None, None, None)),
    "berry-pm6750": oximetry(
        st.sampled_from([(), ("searching",), ("sensor_disconnected",), ("sensor_off",)]),
        silent=VALUELESS | {"searching"},
    ).map(lambda r: structs.replace(r, pulse_rate_per_min=at_most(r.pulse_rate_per_min, 250)))
    | st.builds(CuffPressure, st.integers(0, 150).map(lambda n: n * 2))
    | st.builds(HeartRate, st.integers(1, 250))
    | st.builds(Respiration, st.integers(1, 250))
    | st.builds(
        BloodPressure, bytewide, bytewide, bytewide, status=st.just(("from_storage",))
    ).filter(lambda r: (r.systolic_mmhg, r.diastolic_mmhg) != (None, None)),
    "par-nibp": memory(
        st.sampled_from(["body_movement", "cuff_too_loose", "equipment_malfunction", "low_signal"])
    ).filter(
        lambda r: len(r.status) > 1 or (r.systolic_mmhg, r.diastolic_mmhg) != (None, None)
    )
    | st.builds(CuffPressure, st.integers(0, 300))
    | st.just(Reply(None, True, "measurement ended")),
    "suntech": st.builds(BloodPressure, pressures, pressures, pressures, st.just("mmHg"), pulses)
    | st.builds(CuffPressure, st.integers(0, 300))
    | st.sampled_from([Reply("K", True, "measurement done"), Reply("B", False, "busy")])
    | st.sampled_from([
        BloodPressure(status=("cuff_error", "cuff_too_loose", "invalid")),
        BloodPressure(status=("cuff_error", "invalid")),
    ]),
}  # fmt: skip


ALSO = dict.fromkeys(("masimo-ascii", "viatom-bp2", "viatom-o2ring", "viatom-pc60"), DeviceInfo)
"""What comes along with a measurement: the battery, the serial number."""


def test_every_protocol_has_readings_here() -> None:
    assert CARRIES.keys() == PROTOCOLS.keys()


@pytest.mark.parametrize("name", PROTOCOLS)
@settings(max_examples=50)
@given(data=st.data())
def test_decoder_reads_what_the_encoder_wrote(name: str, data: st.DataObject) -> None:
    reading = data.draw(CARRIES[name])
    spec = PROTOCOLS[name]
    decoder = spec.decoder()
    first, *others = decoder.feed(spec.encode(reading))
    assert first == reading
    assert all(isinstance(other, ALSO.get(name, ())) for other in others)
    assert decoder.end() == []
    assert decoder.skipped_bytes == 0


def test_fast_and_slow_pairs_are_kept_apart_from_the_normal_one() -> None:
    reading = Oximetry(97, 60, spo2_fast_pct=95, pulse_rate_fast_per_min=None,
                       spo2_slow_pct=98, pulse_rate_slow_per_min=61)  # fmt: skip
    spec = PROTOCOLS["gatt-2a5f"]
    assert spec.decoder().feed(spec.encode(reading)) == [reading]
    off = Oximetry(status=("sensor_off",), spo2_fast_pct=95, pulse_rate_fast_per_min=60)
    (read,) = spec.decoder().feed(spec.encode(off))
    assert isinstance(read, Oximetry)
    assert read.spo2_fast_pct is read.pulse_rate_fast_per_min is None
    assert read.spo2_slow_pct is UNSET


@pytest.mark.parametrize("name", PROTOCOLS)
def test_encoder_refuses_what_its_protocol_cannot_say(name: str) -> None:
    with pytest.raises(EncodeError, match=r"carries no Pleth|carry no Pleth"):
        PROTOCOLS[name].encode(Pleth((1,), 60))


@given(word=st.integers(0, 0xFFFF))
def test_every_sfloat_word_is_a_number_or_none_and_comes_back(word: int) -> None:
    value = sfloat(word)
    if word in NO_VALUE:
        assert value is None
    else:
        assert value is not None
        try:
            again = encode_sfloat(value)
        except EncodeError:  # 2046 and its kin: the plain word is one of the five
            assert value in {2046, 2047, -2048, -2047, -2046}
        else:
            assert sfloat(again) == value


@pytest.mark.parametrize("value", [1e9 + 1, 12345, 1e-12, float("nan"), float("inf"), 2046])
def test_sfloat_refuses_a_number_that_it_cannot_hold(value: float) -> None:
    with pytest.raises(EncodeError):
        encode_sfloat(value)
