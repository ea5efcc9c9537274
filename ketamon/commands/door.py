"""`ketamon door`: what OpenSSH lets in from afar, as its forced command, and nothing else.

| asked for (`SSH_ORIGINAL_COMMAND`) | what is run |
|---|---|
| nothing (a plain `ssh host`) | `ketamon watch`, in the terminal that ssh brings |
| `feed`, `feed CHAIR`, `feed --all` | that, on standard input and output |
| `watch`, `watch CHAIR` | that |
| anything else | nothing: one sentence, exit code 2 |

`ketamon` may stand before the word. No shell reads any of it.
"""

import os
import re
import sys

import click

from ketamon.commands.watch import SEATS

ASKED = "SSH_ORIGINAL_COMMAND"
WORDS = re.compile(r"(?:ketamon +)?(feed|watch)(?: +([A-Za-z0-9_][A-Za-z0-9_-]{0,19}|--all))? *")
LETTERS = 200
KEPT = (
    "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "TERM", "SSH_CONNECTION",
    "SSH_USER_AUTH", "KETAMON_RUN", "KETAMON_CONFIG", "XDG_RUNTIME_DIR", "NO_COLOR",
)  # fmt: skip
TERMS = re.compile(r"[A-Za-z0-9_.+-]{1,40}")


@click.command()
@click.option("--as", "seat", type=click.Choice(SEATS), help="The highest seat that comes in here.")
def door(seat: str | None) -> None:
    """Runs `feed` or `watch`, as ssh was asked to, and refuses all else: sshd's forced command.

    `ketamon doctor --sshd` prints the lines for sshd's configuration.
    """
    words = allowed(os.environ.get(ASKED, ""))
    if words is None:
        raise click.ClickException(
            "this door opens for `feed` and `watch` only, each with the name of a chair if need be"
        )
    if seat is not None:
        words += ["--as", seat]
    os.execve(
        sys.executable, [sys.executable, "-m", "ketamon", *words], environment(dict(os.environ))
    )


def allowed(asked: str) -> list[str] | None:
    """The words of ours that were asked for; None for anything else."""
    if not asked.strip():
        return ["watch"]
    found = WORDS.fullmatch(asked) if len(asked) <= LETTERS else None
    if found is None or (found[1] == "watch" and found[2] == "--all"):
        return None
    return [word for word in found.groups() if word]


def environment(given: dict[str, str]) -> dict[str, str]:
    """What the program may know of the caller's environment; a TERM that is none is a plain one."""
    kept = {name: value for name, value in given.items() if name in KEPT}
    if not TERMS.fullmatch(kept.get("TERM", "")):
        kept["TERM"] = "vt100"
    return {**kept, "KETAMON_DOOR": "1", "TEXTUAL_DISABLE_KITTY_KEY": "1"}
