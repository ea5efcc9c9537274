"""Approval: a clinician's name, bound to the content of a limits profile by its hash.

It is a small file beside the profile. That the one who wrote it may approve is the system's word:
the file belongs to an account of the site's approvers' group. A profile that was edited since no
longer matches.
"""

import grp
import hashlib
import json
import os
import pwd
from dataclasses import asdict, dataclass
from pathlib import Path

NO_GROUP = (
    "nobody may approve limits here yet: name a group of accounts in the site's config.toml, as "
    '[limits] approvers_group = "…" (`ketamon start -h` says where the file is)'
)
ENDING = ".approval.json"
OWNERS_ALONE = 0o644


class ApprovalError(ValueError):
    """A profile that is not approved, or can't be; one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which content when."""

    name: str
    date: str
    sha256: str
    account: str


def approve(profile: Path, name: str, date: str, group: str | None) -> Approval:
    """Writes the approval beside the profile; raises ApprovalError."""
    if not name.strip():
        raise ApprovalError("give the name of the clinician who approves: --name NAME")
    if group is None:
        raise ApprovalError(NO_GROUP)
    account = _account(os.getuid())
    if not _is_member(os.getuid(), group):
        raise ApprovalError(f"{account} is not in the group {group}, which approves limits here")
    approval = Approval(name, date, _sha256(profile), account)
    part = _beside(profile).with_suffix(f".{os.getpid()}")
    try:
        # A new file, so that it is this account's own whoever wrote the one before.
        part.write_text(json.dumps(asdict(approval), indent=1) + "\n")
        part.chmod(OWNERS_ALONE)
        part.replace(_beside(profile))
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ApprovalError(
            f"{_beside(profile)}: can't be written ({error.strerror}); copy the profile to a "
            "folder of yours first"
        ) from None
    return approval


def approval_of(profile: Path, group: str | None) -> Approval:
    """Gives the approval that holds for the profile as it is now; raises ApprovalError."""
    if group is None:
        raise ApprovalError(NO_GROUP)
    how = f"have it approved: ketamon limits approve {profile} --name NAME"
    path = _beside(profile)
    try:
        raw = json.loads(path.read_text())
        approval = Approval(**{key: str(raw[key]) for key in ("name", "date", "sha256", "account")})
        found = path.stat()
    except FileNotFoundError:
        raise ApprovalError(f"{profile}: is not approved; {how}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ApprovalError(f"{path}: is no approval; {how}") from None
    if approval.sha256 != _sha256(profile):
        raise ApprovalError(f"{profile}: was edited after it was approved; {how}")
    if found.st_mode & 0o022:
        raise ApprovalError(f"{path}: others than its owner may write it; {how}")
    if group is None or not _is_member(found.st_uid, group):
        raise ApprovalError(
            f"{profile}: was approved by {_account(found.st_uid)}, who is not in the group that approves "
            f"limits here ({group}); {how}"
        )
    return approval


def _beside(profile: Path) -> Path:
    return profile.with_name(profile.name + ENDING)


def _sha256(profile: Path) -> str:
    return hashlib.sha256(profile.read_bytes()).hexdigest()


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _is_member(uid: int, group: str) -> bool:
    """Whether an account is in a group, as its first one or as one more."""
    try:
        known, person = grp.getgrnam(group), pwd.getpwuid(uid)
    except KeyError:
        return False
    return person.pw_gid == known.gr_gid or person.pw_name in known.gr_mem
