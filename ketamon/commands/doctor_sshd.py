"""`ketamon doctor --sshd`: the rules for the way in from afar, and what the running sshd makes of them."""

import shutil
import subprocess
import sys
from pathlib import Path

from ketamon.commands.doctor_checks import Finding

PROFILE = Path(__file__).parents[1] / "profiles" / "sshd_ketamon.conf"
GROUP = "ketamon"
PLACE = "/etc/ssh/sshd_config.d/ketamon.conf"
SBIN = "/usr/sbin:/usr/local/sbin:/sbin"
WANTED = {
    "authenticationmethods": "publickey",
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "disableforwarding": "yes",
    "permituserrc": "no",
    "exposeauthinfo": "yes",
}
"""What sshd must say of itself for an account of the group; `forcecommand` is looked at apart."""
SUBJECT = "the way in from afar"


def rules(match: str = f"Group {GROUP}", door: str | None = None) -> list[str]:
    """The lines for sshd's configuration; `door` is the forced command."""
    found = shutil.which("ketamon")
    door = door or (f"{found} door" if found else f"{sys.executable} -m ketamon door")
    lines = PROFILE.read_text().splitlines()
    return [line.replace("{match}", match).replace("{door}", door) for line in lines]


def checked() -> Finding:
    """Asks sshd itself, which only root may do, what holds for an account of the group."""
    sshd = shutil.which("sshd") or shutil.which("sshd", path=SBIN)
    if sshd is None:
        return Finding(SUBJECT, "sshd is not installed, so nobody comes in",
                       "install OpenSSH's server, or leave it: the chair needs none")  # fmt: skip
    asked = subprocess.run(
        [sshd, "-T", "-C", f"user={member_of(GROUP)},host=far,addr=192.0.2.1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if asked.returncode:
        return Finding(SUBJECT, "sshd's configuration can't be read by this account",
                       "run `sudo ketamon doctor --sshd`")  # fmt: skip
    return judged(asked.stdout)


def judged(told: str) -> Finding:
    """Judges what `sshd -T` says."""
    settings = dict(line.lower().split(" ", 1) for line in told.splitlines() if " " in line)
    wrong = [
        f"{name} is {settings.get(name, 'not set')}, not {value}"
        for name, value in WANTED.items()
        if settings.get(name) != value
    ]
    if "ketamon" not in settings.get("forcecommand", "") or "door" not in settings["forcecommand"]:
        wrong.insert(0, "no forced command of ketamon's stands before a shell")
    if wrong:
        return Finding(SUBJECT, "; ".join(wrong),
                       f"`groupadd {GROUP}` if need be, put the lines of `ketamon doctor --sshd` into "
                       f"{PLACE}, then `sshd -t && systemctl reload ssh`")  # fmt: skip
    return Finding(SUBJECT, "sshd lets the group in to `feed` and `watch`, and to nothing else")


def member_of(group: str) -> str:
    """An account of the group, for sshd to judge; `nobody` where it has none or isn't there."""
    import grp

    try:
        members = grp.getgrnam(group).gr_mem
    except KeyError:
        return "nobody"
    return members[0] if members else "nobody"
