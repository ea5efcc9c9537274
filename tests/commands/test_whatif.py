"""`ketamon whatif`: a table for people, an object for programs, one sentence for what can't be."""

import json
from pathlib import Path

import pytest

from tests.commands.run import assert_refused, run
from tests.conftest import ROOT

CHART = ROOT / "sample_data" / "charted_bp_187_hr_108_6h.csv"
PROFILES = ROOT / "ketamon" / "profiles"
LINES = """\
{"t":0,"kind":"limits","profile":{"sys":{"high":{"medium":160,"high":180}}}}
{"t":0,"kind":"blood_pressure","device":"cuff","systolic":172,"diastolic":80}
{"t":600,"kind":"blood_pressure","device":"cuff","systolic":185,"diastolic":80}
{"t":630,"kind":"acknowledge"}
{"t":1200,"kind":"blood_pressure","device":"cuff","systolic":150,"diastolic":80}
{"t":1800,"kind":"note"}
"""
TABLE = """\
{session}, 0:30:00 long
A  the session's own limits
B  {limits}: wider, version 3

                                                   A             B
alarms                                             1             1
alarms an hour                                   2.0           2.0
  HIGH                                           2.0           0.0
  MEDIUM                                         0.0           2.0
ended by themselves within 10 s          0 of 1, 0 %   0 of 1, 0 %
acknowledged                                       1             1
  after (median)                             0:10:30       0:00:30
  after (longest)                            0:10:30       0:00:30
minutes beyond a limit
  SYS HIGH                                      20.0          10.0
    of these beyond the limit for HIGH          10.0           0.0

0:00:00–0:20:00  SYS HIGH 185 > 180, HIGH in A, only MEDIUM in B
"""


@pytest.fixture
def wider(tmp_path: Path) -> Path:
    file = tmp_path / "wider.toml"
    file.write_text('[profile]\nname = "wider"\nversion = 3\n[sys]\nhigh = { medium = 175 }\n')
    return file


@pytest.fixture
def session(tmp_path: Path) -> Path:
    file = tmp_path / "session.ndjson"
    file.write_text(LINES)
    return file


def test_one_profile_stands_beside_the_sessions_own_limits(
    capfd: pytest.CaptureFixture[str], session: Path, wider: Path
) -> None:
    ran = run(capfd, "whatif", session, "--limits", wider)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == TABLE.format(session=session, limits=wider)


def test_json_holds_times_rates_and_differences(
    capfd: pytest.CaptureFixture[str], session: Path, wider: Path
) -> None:
    found = json.loads(run(capfd, "whatif", session, "--limits", wider, "--json").out)
    own, other = found["limits"]
    assert found["duration_s"] == 1800
    assert own["alarms_per_hour"] == {"all": 2.0, "high": 2.0, "medium": 0.0}
    assert own["acknowledged_after_s"] == {"median": 630, "longest": 630}
    assert other["minutes_beyond_limit"] == {"sys_high": 10}
    assert other["episodes"][0]["raised"] == 600
    assert found["differences"] == [{"in": "A", **own["episodes"][0], "others": {"B": "medium"}}]


def test_several_profiles_stand_beside_each_other_on_any_recording(
    capfd: pytest.CaptureFixture[str], wider: Path
) -> None:
    iv, im = PROFILES / "iv_adult.toml", PROFILES / "im_adult.toml"
    ran = run(capfd, "whatif", CHART, "--limits", iv, "--limits", wider, "--limits", im)
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()[1:4]] == ["A", "B", "C"]
    assert "SYS HIGH 187 > 180, HIGH in A, only MEDIUM in B" in ran.out


def test_limits_that_tell_the_same_say_so(
    capfd: pytest.CaptureFixture[str], session: Path, wider: Path
) -> None:
    ran = run(capfd, "whatif", session, "--limits", wider, "--limits", wider)
    assert ran.out.splitlines()[-1] == "each told the same alarms at the same priority"


def test_recording_without_limits_says_that_its_own_flag_nothing(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, wider: Path
) -> None:
    bare = tmp_path / "bare.ndjson"
    bare.write_text("".join(LINES.splitlines(keepends=True)[1:]))
    ran = run(capfd, "whatif", bare, "--limits", wider)
    assert ran.err == "no limits in the recording: A flags nothing\n"


def test_what_can_not_be_compared_is_refused_in_a_sentence(
    capfd: pytest.CaptureFixture[str], session: Path, wider: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[sys]\nhigh = { medium = 900 }\n")
    assert_refused(run(capfd, "whatif", session), "--limits")
    assert_refused(run(capfd, "whatif", session, "--limits", broken), "broken.toml", "sys.high")
    assert_refused(run(capfd, "whatif", session, "--limits", session), "is not TOML")
    assert_refused(run(capfd, "whatif", tmp_path / "no.csv", "--limits", wider), "no such file")
    assert_refused(run(capfd, "whatif", broken, "--limits", wider), "is not a recording")
    nine = [word for _ in range(9) for word in ("--limits", wider)]
    assert_refused(run(capfd, "whatif", session, *nine), "8 profiles at most")
