"""`ketamon replay SESSION --redecode`: exit 0 where all is as it was shown, else what differs."""

from pathlib import Path

import msgspec
import pytest

from ketamon.commands import headless
from ketamon.entries import make
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import read_raw, read_session
from ketamon.profiles import FOLDER, load_profile
from ketamon_drivers.links.loops import VirtualLoop, run
from tests.commands.run import assert_refused
from tests.commands.run import run as ketamon
from tests.ledger.session_files import made


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes of a simulated patient, with all bytes of the devices."""
    path = tmp_path_factory.mktemp("session") / "s.ketamon"

    async def recorded() -> None:
        ledger = LiveLedger.create(path, inline=True)
        profile = load_profile(FOLDER / "demo.toml")
        await headless.session(3, 600, profile, ledger)  # type: ignore[arg-type]
        await ledger.close()

    run(recorded(), VirtualLoop())
    return path


def written(path: Path, before: Path, **changes: tuple[int, object]) -> Path:
    """The same bytes beside entries of which one reading, one alarm line or the head is another."""
    entries = list(read_session(before))
    for index, entry in enumerate(entries):
        if entry.kind == "session":
            body = msgspec.structs.replace(entry.body, versions={"ketamon": "0.0.1"})
            entries[index] = make(entry.seq, entry.t_ms, body)
    for kind, (nth, body) in changes.items():
        at = [index for index, entry in enumerate(entries) if entry.kind == kind][nth]
        old = entries[at]
        entries[at] = make(old.seq, old.t_ms, msgspec.structs.replace(old.body, **body), old.device)  # type: ignore[arg-type]

    async def recorded() -> None:
        ledger = LiveLedger.create(path, inline=True)
        for entry in entries:
            ledger.append(entry)
        for row in read_raw(before):
            ledger.append_raw(row.t_ms, row.kind.decode(), row.body)
        await ledger.close()

    run(recorded(), VirtualLoop())
    return path


def test_a_session_is_as_it_was_shown(session: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = ketamon(capfd, "replay", session, "--redecode")
    assert (code, err) == (0, "")
    assert out.splitlines()[-2:] == [
        f"{sum(e.is_reading for e in read_session(session))} readings, decoded again by "
        "ketamon 0.1.0: all are as they were shown (recorded by an unknown version)",
        f"{sum(e.kind == 'alarm' for e in read_session(session))} alarm lines, replayed by "
        "ketamon 0.1.0: the same, line by line (recorded by an unknown version)",
    ]


def test_what_differs_is_shown_then_and_now_with_both_versions(
    session: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = written(
        tmp_path / "o.ketamon", session, oximetry=(5, {"spo2_pct": 71}), alarm=(0, {"limit": 3})
    )
    code, out, err = ketamon(capfd, "replay", other, "--redecode")
    assert (code, err) == (1, "")
    first, then, now, verdict, *_ = out.splitlines()
    assert first.endswith(" oximeter")
    assert then.startswith("  then {")
    assert '"spo2":71' in then
    assert now.startswith("  now  {")
    assert '"spo2":71' not in now
    assert "ketamon 0.1.0: 1 differ (recorded by ketamon 0.0.1)" in verdict
    assert '"limit":3,' in out
    assert out.splitlines()[-1].endswith(": 1 differ (recorded by ketamon 0.0.1)")


def test_what_keeps_no_bytes_or_is_no_session_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    none = made(tmp_path / "none.ketamon")
    assert_refused(ketamon(capfd, "replay", none, "--redecode"), "keeps no bytes of devices")
    assert_refused(ketamon(capfd, "replay", tmp_path / "x", "--redecode"), "no such file")
    assert_refused(
        ketamon(capfd, "replay", none, "--redecode", "--headless"), "--redecode plays nothing"
    )
