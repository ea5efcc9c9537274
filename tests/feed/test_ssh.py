"""Addresses of other machines: what they mean, and that none can become an option of ssh."""

import pytest

from ketamon.feed.ssh import SshAddress, SshAddressError

MEANINGS = [
    ("ssh://ward", SshAddress("ward")),
    ("ssh://dr@ward.example", SshAddress("ward.example", "dr")),
    ("ssh://ward:2222/3", SshAddress("ward", None, 2222, "3")),
    ("ssh://dr@[::1]:22/A-1/", SshAddress("::1", "dr", 22, "A-1")),
]
WRONG = [
    "ssh://", "ssh:///1", "ward", "http://ward", "ssh://-oProxyCommand=x", "ssh://-v", "ssh://-l@ward",
    "ssh://ward/../x", "ssh://ward/1;rm", "ssh://ward:0x16", "ssh://ward:99999", "ssh://ward?x",
    "ssh://dr:secret@ward", "ssh://ward/--all", "ssh://wa rd", "ssh://ward/\x1b[2J",
]  # fmt: skip


@pytest.mark.parametrize(("text", "address"), MEANINGS)
def test_address_has_user_host_port_and_chair(text: str, address: SshAddress) -> None:
    assert SshAddress.parse(text) == address


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_address_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SshAddressError, match=r"is no address: give ssh://") as refused:
        SshAddress.parse(text)
    assert "secret" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_the_other_machine_runs_feed_for_the_chair_and_nothing_more() -> None:
    command = SshAddress("ward", "dr", 22, "3").command(asks=False)
    assert command[0] == "ssh"
    assert command[-3:] == ["--", "dr@ward", "ketamon feed 3"]
    assert "BatchMode=yes" in command
    assert "BatchMode=yes" not in SshAddress("ward").command(asks=True)
