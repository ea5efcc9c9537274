"""`ketamon import` keeps a recording whole, `ketamon verify` finds what changed since."""

import os
import re
import stat
from pathlib import Path

import pytest

from ketamon.ledger.importers.recording import read_recording
from tests.commands.run import assert_refused, run
from tests.conftest import ROOT
from tests.ledger.session_files import ENTRIES, copy, made, spoiling

SAMPLES = [
    *sorted((ROOT / "sample_data").glob("charted_*.csv")),
    pytest.param(ROOT / "sample_data" / "icu_32h_1min.csv", marks=pytest.mark.slow),
]
LIMITS = ROOT / "ketamon" / "profiles" / "iv_adult.toml"
Capfd = pytest.CaptureFixture[str]


def fingerprint(text: str) -> str:
    [digits] = re.findall(r"fingerprint ([0-9a-f]{16})", text)
    return str(digits)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A made session file."""
    return made(tmp_path / "s.ketamon")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A short CSV."""
    file = tmp_path / "night.csv"
    file.write_text("time,HR,SPO2,SYS,DIA\n0,70,97,120,80\n60,71,0,11647,80\n")
    return file


# import


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_alarms_are_the_same_from_csv_session_file_and_lines(
    capfd: Capfd, tmp_path: Path, sample: Path
) -> None:
    session, lines, again = (tmp_path / name for name in ("a.ketamon", "b.ndjson", "c.ketamon"))
    for source, target in ((sample, session), (session, lines), (lines, again)):
        assert run(capfd, "import", source, "-o", target).code == 0
    for more in ([], ["--limits", LIMITS]):
        first, *others = (
            run(capfd, "replay", file, "--headless", *more)
            for file in (sample, session, lines, again)
        )
        assert first.code == 0
        assert [other.out for other in others] == [first.out] * 3


def test_session_file_and_lines_hold_the_same_entries(capfd: Capfd, tmp_path: Path) -> None:
    lines = tmp_path / "a.ndjson"
    lines.write_bytes(b"\n".join(entry.line for entry in ENTRIES))
    for source, target in (("a.ndjson", "b.ketamon"), ("b.ketamon", "c.ndjson")):
        assert run(capfd, "import", tmp_path / source, "-o", tmp_path / target).code == 0
    found = [read_recording(tmp_path / name).entries for name in ("b.ketamon", "c.ndjson")]
    assert found == [ENTRIES, ENTRIES]
    assert (tmp_path / "c.ndjson").read_bytes() == lines.read_bytes() + b"\n"


def test_acknowledgement_means_the_same_alarm_after_every_import(
    capfd: Capfd, tmp_path: Path
) -> None:
    note = b'{"t":0,"kind":"note","text":"before"}'
    answer = b'{"t":61,"kind":"acknowledge","condition":"sys_high","up_to_seq":%d}'
    # A line that is no entry leaves a gap in the numbers, and the acknowledgement counts with it.
    lines = [b"{no entry", note, *(entry.line for entry in ENTRIES[:9]), answer % 11]
    (tmp_path / "a.ndjson").write_bytes(b"\n".join(lines))
    for source, target in (("a.ndjson", "b.ketamon"), ("b.ketamon", "c.ndjson")):
        assert run(capfd, "import", tmp_path / source, "-o", tmp_path / target).code == 0
    numbers = [
        [entry.seq for entry in read_recording(tmp_path / name).entries]
        for name in ("a.ndjson", "b.ketamon", "c.ndjson")
    ]
    assert numbers == [list(range(2, 13))] * 3


def test_acknowledgement_without_alarms_beside_it_counts_in_the_numbers_of_the_run(
    capfd: Capfd, tmp_path: Path
) -> None:
    first, second = (
        b'{"t":%d,"kind":"acknowledge","up_to_seq":%d}' % x for x in ((61, 3), (71, 6))
    )
    reading = b'{"t":%d,"kind":"blood_pressure","device":"cuff","systolic":%d,"diastolic":80}'
    limits = b'{"t":0,"kind":"limits","profile":{"sys":{"high":{"medium":160,"high":180}}}}'
    lines = [limits, reading % (60, 172), first, reading % (70, 185), second]
    (tmp_path / "a.ndjson").write_bytes(b"\n".join(lines))
    run(capfd, "import", tmp_path / "a.ndjson", "-o", tmp_path / "b.ketamon")
    wanted, found = (
        run(capfd, "replay", tmp_path / name, "--headless").out
        for name in ("a.ndjson", "b.ketamon")
    )
    assert (
        wanted.count('"acknowledged"') == 2
    )  # the first, and its state; the second comes too early
    assert found == wanted


def test_import_says_what_it_read_and_what_it_made(
    capfd: Capfd, tmp_path: Path, table: Path
) -> None:
    ran = run(capfd, "import", table, "-o", tmp_path / "s.ketamon")
    assert ran.err == ""
    summary = read_recording(table).summary()
    assert "SYS outside" in "".join(summary)
    *first, last = ran.out.splitlines()
    assert first == summary
    assert last.startswith(f"{tmp_path / 's.ketamon'}: ")
    assert fingerprint(run(capfd, "verify", tmp_path / "s.ketamon").out) == fingerprint(last)


def test_session_file_counts_what_can_not_be_right_as_its_source_did(
    capfd: Capfd, tmp_path: Path, table: Path
) -> None:
    run(capfd, "import", table, "-o", tmp_path / "s.ketamon")
    ran = run(capfd, "replay", tmp_path / "s.ketamon", "--headless")
    assert "1 × SYS outside 30–300 mmHg: kept, not judged" in ran.err


def test_without_a_target_the_session_file_lies_here(
    capfd: Capfd, tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    ran = run(capfd, "import", table)
    assert ran.out.splitlines()[-1].startswith("night.ketamon: ")
    assert [file.name for file in here.iterdir()] == ["night.ketamon"]
    assert_refused(run(capfd, "import", table), "night.ketamon", "exists already", "-o")


def test_what_import_makes_is_private(capfd: Capfd, tmp_path: Path, table: Path) -> None:
    before = os.umask(0)
    try:
        for name in ("s.ketamon", "s.ndjson"):
            run(capfd, "import", table, "-o", tmp_path / name)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "s.ketamon").stat().st_mode) == 0o440
    assert stat.S_IMODE((tmp_path / "s.ndjson").stat().st_mode) == 0o600
    told = (ROOT / "SECURITY.md").read_text()
    assert "0600" in told
    assert "0440" in told


@pytest.mark.parametrize("name", ["s.ketamon", "s.ndjson"])
def test_target_that_exists_stays_as_it_is(
    capfd: Capfd, tmp_path: Path, table: Path, name: str
) -> None:
    (tmp_path / name).write_text("kept")
    assert_refused(run(capfd, "import", table, "-o", tmp_path / name), name, "exists already")
    assert (tmp_path / name).read_text() == "kept"
    assert_refused(run(capfd, "import", tmp_path / "none", "-o", tmp_path / name), "exists")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("s.csv", "ends in .ketamon or .ndjson"),
        ("s", "ends in .ketamon or .ndjson"),
        (".ketamon", "ends in"),
        ("no/s.ketamon", "make the folder first"),
        ("night.csv/s.ndjson", "its folder is a file"),
        ("x" * 250 + ".ketamon", "too long"),
    ],
)
def test_target_that_can_not_be_made_is_refused_with_what_to_do(
    capfd: Capfd, tmp_path: Path, table: Path, target: str, words: str
) -> None:
    assert_refused(run(capfd, "import", table, "-o", tmp_path / target), words)
    assert list(tmp_path.iterdir()) == [table]


def test_folder_that_is_missing_is_told_before_a_file_is_read(capfd: Capfd, tmp_path: Path) -> None:
    none, target = tmp_path / "none", tmp_path / "no" / "s.ketamon"
    assert_refused(run(capfd, "import", none, "-o", target), "make the folder first")


def test_what_is_no_recording_leaves_nothing_behind(capfd: Capfd, tmp_path: Path) -> None:
    for name in ("s.ketamon", "s.ndjson"):
        assert_refused(
            run(capfd, "import", tmp_path / "none", "-o", tmp_path / name), "no such file"
        )
        assert_refused(run(capfd, "import", tmp_path, "-o", tmp_path / name), "is a folder")
    assert list(tmp_path.iterdir()) == []


# verify


def test_whole_file_verifies_with_its_count_and_fingerprint(capfd: Capfd, session: Path) -> None:
    ran = run(capfd, "verify", session)
    assert (ran.code, ran.err) == (0, "")
    assert f"all {len(ENTRIES)} entries hold" in ran.out
    digits = fingerprint(ran.out)
    for given in (digits, digits.upper(), f"{digits[:8]} {digits[8:]}"):
        assert run(capfd, "verify", session, "--head", given).code == 0


def test_edited_entry_is_named_and_its_text_is_not(capfd: Capfd, session: Path) -> None:
    target = copy(session, "edited.ketamon")
    with spoiling(target) as connection:
        connection.execute("UPDATE entry SET body = replace(body, 'ZZ', 'YY') WHERE seq = 7")
    ran = run(capfd, "verify", target)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == f"{target}: entry 7 was changed\n"
    assert_refused(run(capfd, "replay", target, "--headless"), "entry 7 was changed")


def test_file_made_anew_without_its_end_holds_but_not_against_the_fingerprint(
    capfd: Capfd, session: Path, tmp_path: Path
) -> None:
    digits = fingerprint(run(capfd, "verify", session).out)
    shorter = made(tmp_path / "shorter.ketamon", ENTRIES[:-2])
    assert run(capfd, "verify", shorter).code == 0
    ran = run(capfd, "verify", shorter, "--head", digits)
    assert (ran.code, ran.err) == (1, "")
    assert "its end was cut off" in ran.out


def test_entries_added_after_the_fingerprint_are_counted(
    capfd: Capfd, session: Path, tmp_path: Path
) -> None:
    earlier = fingerprint(run(capfd, "verify", made(tmp_path / "e.ketamon", ENTRIES[:-2])).out)
    ran = run(capfd, "verify", session, "--head", earlier)
    assert ran.code == 1
    assert f"2 entries came after the fingerprint {earlier}" in ran.out


@pytest.mark.parametrize("digits", ["", "12", "g" * 16, "0" * 65, "ZZCANARY"])
def test_fingerprint_that_can_be_none_is_refused(capfd: Capfd, session: Path, digits: str) -> None:
    assert_refused(run(capfd, "verify", session, "--head", digits), "16 digits")


def test_what_is_no_session_file_is_refused(capfd: Capfd, tmp_path: Path, table: Path) -> None:
    assert_refused(run(capfd, "verify", table), "is not a session file", "ketamon import")
    assert_refused(run(capfd, "verify", tmp_path), "is a folder")
    assert_refused(run(capfd, "verify", tmp_path / "none"), "no such file")
    assert_refused(run(capfd, "verify"), "FILE", "`ketamon verify -h`")


def test_cut_file_is_refused(capfd: Capfd, session: Path) -> None:
    cut = session.with_name("cut.ketamon")
    cut.write_bytes(session.read_bytes()[:9000])
    assert_refused(run(capfd, "verify", cut), "cut off", "take a copy")
    assert_refused(run(capfd, "replay", cut, "--headless"), "cut off", "take a copy")


def test_head_noted_beside_the_file_finds_what_its_chain_can_not(
    capfd: Capfd, session: Path
) -> None:
    from ketamon.ledger.anchors import Anchor, append_anchor

    digits = fingerprint(run(capfd, "verify", session).out)
    log = session.with_name("anchors.log")
    append_anchor(log, Anchor("2026-01-01T10:00:00Z", len(ENTRIES), digits, session.name))
    assert run(capfd, "verify", session).code == 0
    session.unlink()
    made(session, ENTRIES[:-2])
    ran = run(capfd, "verify", session)
    assert (ran.code, ran.err) == (1, "")
    assert "at 2026-01-01T10:00:00Z there were 13: its end was cut off" in ran.out


def test_session_is_checked_by_its_name_in_the_data_folder(
    capfd: Capfd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KETAMON_DATA", str(tmp_path))
    made(tmp_path / "night.ketamon")
    assert "entries hold" in run(capfd, "verify", "night").out
    assert_refused(run(capfd, "verify", "day"), "no such session")
