"""Product and oracle read the same recordings, each with its own reader, and agree."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.oracle import product
from tests.oracle.alarm_oracle import timeline
from tests.oracle.random_recordings import long_form, wide_form
from tests.oracle.recordings_oracle import OtherTableError, read

SHIPPED = product.ROOT / "sample_data"
MORE = product.ROOT.parent / "shared" / "recordings"
IV, IM, NASAL = (product.PROFILES / f"{route}_adult.toml" for route in ("iv", "im", "nasal"))
OTHERS = [pytest.param(profile, marks=pytest.mark.slow) for profile in (IM, NASAL)]
FORMS = (long_form, wide_form)


def recordings(folder: Path) -> list[Path]:
    """The folder's CSV and NDJSON files that are recordings of the forms read here."""
    found = []
    for file in sorted([*folder.glob("*.csv"), *folder.glob("*.ndjson")]):
        try:
            read(file)
        except OtherTableError:
            continue
        found.append(file)
    return found


def agree(file: Path, profile: Path | None) -> int:
    """Compares the lines of both and gives how many they are."""
    limits = None if profile is None else tomllib.loads(profile.read_text())
    expected = timeline(read(file), limits)
    assert product.replay(file, profile) == expected
    return len(expected)


def label(path: Path | None) -> str:
    return "its own limits" if path is None else path.stem


@pytest.mark.parametrize("profile", [None, IV, *OTHERS], ids=label)
@pytest.mark.parametrize("file", recordings(SHIPPED), ids=label)
def test_shipped_recording(file: Path, profile: Path | None) -> None:
    lines = agree(file, profile)
    assert lines > 0 or profile is None


@pytest.mark.skipif(
    not MORE.is_dir(), reason=f"no {MORE.parent.name}/{MORE.name} beside the repository"
)
@pytest.mark.parametrize("profile", [None, IV], ids=label)
@pytest.mark.parametrize("file", recordings(MORE), ids=label)
def test_other_recording(file: Path, profile: Path | None) -> None:
    agree(file, profile)


def csv(folder: Path, rows: list[str], header: str = "time,channel,value,unit,error") -> Path:
    """A long recording: each row is minute, channel, value and so on."""
    start, lines = datetime(2000, 1, 1, 8), [header]  # noqa: DTZ001
    for row in rows:
        minute, _, rest = row.partition(",")
        lines.append(f"{(start + timedelta(minutes=float(minute))).isoformat()},{rest}")
    file = folder / "made.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


SYS_LIMIT = ["0,LIMIT.SYS_HI,160,mmHg,0", "0,LIMIT.SYS_LO,90,mmHg,0"]
MADE = {
    # One row's time makes one reading; the next minute confirms.
    "rows of one time": ["1,SYS,165,mmHg,0", "1,DIA,80,mmHg,0", "2,SYS,166,mmHg,0"],
    # A second value of a channel at one time is another reading.
    "a channel twice": ["1,SYS,165,mmHg,0", "1,SYS,150,mmHg,0", "1,DIA,80,mmHg,0"],
    # A measurement with a 0, or with words in it, failed as a whole.
    "a failed measurement": ["1,SYS,165,mmHg,0", "2,SYS,150,mmHg,0", "2,DIA,0,mmHg,0", "3,SYS,error,mmHg,0"],
    # SYS not above DIA, or out of range: not judged.
    "impossible pressures": ["1,SYS,165,mmHg,0", "1,DIA,165,mmHg,0", "2,SYS,11647,mmHg,0"],
    # What the recording marks as an error is kept, and not judged.
    "an error": ["1,SYS,165,mmHg,1", "2,SYS,166,mmHg,artefact", "3,SYS,167,mmHg,0", "4,SYS,168,mmHg,"],
    # 21.4 kPa are 160.5 mmHg: beyond 160. 21.3 are 159.8.
    "kilopascal": ["1,SYS,21.3,kPa,0", "2,SYS,21.4,kPa,0", "2,DIA,10.6,kPa,0"],
    # Times that go back are clamped to the newest one.
    "times that go back": ["5,SYS,165,mmHg,0", "3,DIA,80,mmHg,0", "4,SYS,150,mmHg,0", "6,SYS,170,mmHg,0"],
    # Limits that can't be, or cross, leave the old ones.
    "impossible limits": ["1,SYS,165,mmHg,0", "2,LIMIT.SYS_HI,300,mmHg,0", "3,LIMIT.SYS_LO,170,mmHg,0",
                          "4,SYS,150,mmHg,0", "5,LIMIT.SYS_HI,140,mmHg,0", "6,SYS,145,mmHg,0"],
    # A new limit counts from its row on; the low one stays.
    "one limit changes": ["1,SYS,150,mmHg,0", "2,LIMIT.SYS_HI,140,mmHg,0", "3,SYS,85,mmHg,0"],
    # A pulse beside the heart rate comes from the oximeter, and counts when there's no other.
    "pulse of the oximeter": ["0,LIMIT.HR_HI,110,bpm,0", *[f"{m / 4},PULSE,120,bpm,0" for m in range(9)]],
    # 0 is a sensor that is off: no alarm.
    "a sensor that is off": ["0,LIMIT.SPO2_LO,90,%,0", *[f"{m / 4},SPO2,{m % 2 * 95},%,0" for m in range(9)]],
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_made_recording(name: str, tmp_path: Path) -> None:
    agree(csv(tmp_path, [*SYS_LIMIT, *MADE[name]]), None)


@pytest.mark.parametrize("profile", [None, IV], ids=label)
@pytest.mark.parametrize("form", FORMS)
def test_random_recordings(
    form: Callable[[int], str], profile: Path | None, tmp_path: Path
) -> None:
    compare(form, range(60), profile, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("profile", [None, IV], ids=label)
@pytest.mark.parametrize("form", FORMS)
def test_many_random_recordings(
    form: Callable[[int], str], profile: Path | None, tmp_path: Path
) -> None:
    compare(form, range(1000, 1000 + 500 * product.TIMES), profile, tmp_path)


def compare(form: Callable[[int], str], seeds: range, profile: Path | None, folder: Path) -> None:
    """Compares these recordings; names the seed that differs."""
    file, lines = folder / "made.csv", 0
    for seed in seeds:
        file.write_text(form(seed))
        with annotated(seed):
            lines += agree(file, profile)
    assert lines > len(seeds) or profile is None


@contextmanager
def annotated(seed: int) -> Iterator[None]:
    """Adds the seed to an error."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"seed {seed}")
        raise
