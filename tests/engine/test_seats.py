"""Who sits where: by the kernel's word and nothing else."""

import os

import pytest

from ketamon.engine.peers import Peer
from ketamon.engine.seats import SEATS, account, seat_of

OURS, ANOTHERS = Peer(os.getuid()), Peer(os.getuid() + 1, frozenset({"ward", "doctors"}))


@pytest.mark.parametrize(
    ("wanted", "mode", "seat"),
    [
        (None, "LIVE", "nurse"),
        ("observer", "LIVE", "observer"),
        ("physician", "LIVE", "physician"),
        ("trainer", "LIVE", "observer"),
        ("trainer", "SIMULATED", "trainer"),
        ("surgeon", "SIMULATED", "observer"),
        ("", "LIVE", "observer"),
    ],
)
def test_our_own_account_takes_the_seat_that_it_asks_for(
    wanted: str | None, mode: str, seat: str
) -> None:
    assert seat_of(OURS, wanted, mode) == seat


@pytest.mark.parametrize("wanted", [None, *SEATS])
@pytest.mark.parametrize("mode", ["LIVE", "SIMULATED"])
def test_another_account_watches_whatever_it_asks_for(wanted: str | None, mode: str) -> None:
    assert seat_of(ANOTHERS, wanted, mode) == "observer"


@pytest.mark.parametrize(
    ("groups", "wanted", "mode", "seat"),
    [
        ({"physician": "doctors"}, None, "LIVE", "physician"),
        ({"physician": "doctors"}, "physician", "LIVE", "physician"),
        ({"physician": "doctors"}, "nurse", "LIVE", "observer"),
        ({"physician": "doctors"}, "observer", "LIVE", "observer"),
        ({"physician": "doctors", "nurse": "ward"}, None, "LIVE", "nurse"),
        ({"physician": "doctors", "nurse": "ward"}, "physician", "LIVE", "physician"),
        ({"trainer": "ward"}, "trainer", "SIMULATED", "trainer"),
        ({"trainer": "ward"}, "trainer", "LIVE", "observer"),
        ({"physician": "surgeons"}, "physician", "LIVE", "observer"),
        ({"physician": "doctors"}, "sound", "LIVE", "observer"),
    ],
)
def test_another_account_sits_where_its_groups_let_it(
    groups: dict[str, str], wanted: str | None, mode: str, seat: str
) -> None:
    assert seat_of(ANOTHERS, wanted, mode, groups) == seat


def test_an_account_without_a_name_is_called_by_its_number() -> None:
    assert account(4_000_000_001) == "4000000001"
