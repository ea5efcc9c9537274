"""The door from afar: two words and a chair's name pass, nothing else does."""

import pytest

from ketamon.commands.door import allowed, environment

PASSES = [
    ("", ["watch"]), ("  ", ["watch"]), ("feed", ["feed"]), ("watch", ["watch"]),
    ("ketamon feed", ["feed"]), ("ketamon feed 2", ["feed", "2"]), ("watch B-1", ["watch", "B-1"]),
    ("feed --all", ["feed", "--all"]),
]  # fmt: skip
STOPS = [
    "cat /etc/shadow", "feed; id", "feed\nid", "feed $(id)", "feed 1 2", "feed --as nurse",
    "watch --all", "watch --as nurse", "sh", "feed /etc/passwd", "FEED", "end", "ketamon end",
    "ketamon", "feed " + "1" * 21, "/usr/lib/openssh/sftp-server", "internal-sftp", "feed\x00",
    "scp -f x", " feed",
]  # fmt: skip


@pytest.mark.parametrize(("asked", "words"), PASSES)
def test_feed_and_watch_pass(asked: str, words: list[str]) -> None:
    assert allowed(asked) == words


@pytest.mark.parametrize("asked", STOPS)
def test_all_else_is_refused(asked: str) -> None:
    assert allowed(asked) is None


def test_only_what_a_screen_needs_of_the_environment_comes_in() -> None:
    given = {"TERM": "xterm\x1b[2J", "PYTHONPATH": "/tmp", "LD_PRELOAD": "x", "HOME": "/h"}
    assert environment(given) == {
        "TERM": "vt100", "HOME": "/h", "KETAMON_DOOR": "1", "TEXTUAL_DISABLE_KITTY_KEY": "1"
    }  # fmt: skip
    assert environment({"TERM": "screen-256color"})["TERM"] == "screen-256color"
