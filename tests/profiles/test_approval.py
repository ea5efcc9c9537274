"""Limits approved for patients: whose word counts, and for which content."""

import grp
import json
import os
import pwd
from pathlib import Path

import pytest

from ketamon.profiles import FOLDER
from ketamon.profiles.approval import ApprovalError, approval_of, approve

OURS = grp.getgrgid(pwd.getpwuid(os.getuid()).pw_gid).gr_name
"""A group that the account which runs this is in."""
NOT_OURS = next(g.gr_name for g in grp.getgrall() if g.gr_name != OURS and not g.gr_mem)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A copy of a profile that ships."""
    path = tmp_path / "iv.toml"
    path.write_bytes((FOLDER / "iv_adult.toml").read_bytes())
    return path


def beside(profile: Path) -> Path:
    return profile.with_name(profile.name + ".approval.json")


def test_an_approval_holds_for_the_content_as_it_is(profile: Path) -> None:
    given = approve(profile, "Dr. A", "2026-01-31", OURS)
    assert approval_of(profile, OURS) == given
    assert (given.name, given.date) == ("Dr. A", "2026-01-31")
    profile.write_text(profile.read_text() + "\n# a word more\n")
    with pytest.raises(ApprovalError, match="was edited after it was approved"):
        approval_of(profile, OURS)
    approve(profile, "Dr. A", "2026-02-01", OURS)
    assert approval_of(profile, OURS).date == "2026-02-01"


def test_what_nobody_approved_is_not_approved(profile: Path) -> None:
    with pytest.raises(ApprovalError, match="is not approved; have it approved: ketamon limits"):
        approval_of(profile, OURS)


def test_nothing_is_approved_where_nobody_may(profile: Path) -> None:
    approve(profile, "Dr. A", "2026-01-31", OURS)
    with pytest.raises(ApprovalError, match="nobody may approve limits here yet"):
        approval_of(profile, None)


def test_no_profile_that_ships_is_approved() -> None:
    for shipped in FOLDER.glob("*.toml"):
        with pytest.raises(ApprovalError):
            approval_of(shipped, OURS)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (None, "nobody may approve limits here yet"),
        (NOT_OURS, f"is not in the group {NOT_OURS}"),
        ("no-such-group", "is not in the group no-such-group"),
    ],
)
def test_only_the_sites_group_may_approve(profile: Path, group: str | None, words: str) -> None:
    with pytest.raises(ApprovalError, match=words):
        approve(profile, "Dr. A", "2026-01-31", group)
    assert not beside(profile).exists()


@pytest.mark.parametrize("group", [NOT_OURS, "no-such-group"])
def test_an_approval_by_another_account_does_not_count(profile: Path, group: str) -> None:
    approve(profile, "Dr. A", "2026-01-31", OURS)
    with pytest.raises(ApprovalError, match="who is not in the group"):
        approval_of(profile, group)


def test_an_approval_that_others_may_write_does_not_count(profile: Path) -> None:
    approve(profile, "Dr. A", "2026-01-31", OURS)
    beside(profile).chmod(0o664)
    with pytest.raises(ApprovalError, match="others than its owner may write it"):
        approval_of(profile, OURS)


def test_an_approval_is_the_approvers_own_file_whoever_wrote_one_before(profile: Path) -> None:
    beside(profile).write_text("{}")
    beside(profile).chmod(0o666)
    before, mask = beside(profile).stat().st_ino, os.umask(0o002)
    try:
        approve(profile, "Dr. A", "2026-01-31", OURS)
    finally:
        os.umask(mask)
    assert beside(profile).stat().st_ino != before
    assert beside(profile).stat().st_mode & 0o777 == 0o644
    assert [p.name for p in profile.parent.iterdir() if p not in (profile, beside(profile))] == []


@pytest.mark.parametrize("name", ["", "  "])
def test_an_approval_has_a_name(profile: Path, name: str) -> None:
    with pytest.raises(ApprovalError, match="give the name"):
        approve(profile, name, "2026-01-31", OURS)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", json.dumps({"name": "x", "date": "y"})])
def test_what_is_no_approval_is_called_none(profile: Path, text: str) -> None:
    beside(profile).write_text(text)
    with pytest.raises(ApprovalError, match="is no approval"):
        approval_of(profile, OURS)


def test_a_folder_that_may_not_be_written_says_what_to_do(profile: Path, tmp_path: Path) -> None:
    beside(profile).mkdir()
    with pytest.raises(ApprovalError, match="copy the profile to a folder of yours"):
        approve(profile, "Dr. A", "2026-01-31", OURS)
