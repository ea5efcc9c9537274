"""What the environment says of the terminal's characters."""

import os
from collections.abc import Mapping


def is_forced(environ: Mapping[str, str] | None = None) -> bool:
    """True behind sshd's forced command (`ketamon door`): a terminal of which nothing is asked."""
    return (os.environ if environ is None else environ).get("KETAMON_DOOR") == "1"


def ascii_only(environ: Mapping[str, str] | None = None) -> bool:
    """True where the locale is named and is not UTF-8.

    Python itself sets LC_CTYPE to C.UTF-8 when the locale is C, so that one is asked last.
    """
    env = os.environ if environ is None else environ
    named = env.get("LC_ALL") or env.get("LANG") or env.get("LC_CTYPE") or ""
    return named != "" and not named.upper().replace("-", "").endswith(("UTF8", "65001"))
