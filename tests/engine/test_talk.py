"""What people say over a session: read at the other end, known again; who came is entered once."""

from dataclasses import dataclass

import pytest

from ketamon.engine.seats import account
from ketamon.engine.talk import GONE_S, Comings, Talk
from ketamon.entries import By
from ketamon.feed.beside import Messages
from tests.engine.chairside import Chairside, at_a_chair

DOCTOR, NURSE = By("drx", "physician"), By("ann", "nurse")


@dataclass
class Visitor:
    account: str = "drx"
    seat: str = "physician"
    key: str = "SHA256:abc"


def said(chair: Chairside) -> list[tuple[str, str]]:
    return [(m.text, m.read_by) for m in chair.host.talk.said.values()]


def test_a_message_is_read_at_the_chair_and_the_receipt_says_by_whom() -> None:
    async def act(chair: Chairside) -> None:
        told: list[Messages] = []
        talk = Talk(chair.session, told.append)
        assert talk.write("repeat at 14:35 please", DOCTOR) is None
        (entry,) = chair.kept.of("message")
        assert talk.read(entry.seq, DOCTOR) == "a message is read at its other end"
        assert talk.read(entry.seq, NURSE) is None
        assert talk.read(entry.seq, NURSE) is None  # once is enough
        (view,) = told[-1].messages
        assert (view.who, view.text, view.read_by) == ("drx", "repeat at 14:35 please", "ann")
        assert len(chair.kept.of("message")) == 2
        again = Talk(chair.session)
        again.restore(chair.kept.entries)
        assert again.said == talk.said
        words = [event.text for event in chair.session.projector.events]
        assert words[-2:] == ["message: repeat at 14:35 please", "has read: repeat at 14:35 please"]

    at_a_chair(act, mode="LIVE")


def test_a_message_of_the_chair_is_read_by_the_physician() -> None:
    async def act(chair: Chairside) -> None:
        talk = chair.host.talk
        assert talk.write("come please", NURSE) is None
        (entry,) = chair.kept.of("message")
        assert talk.read(entry.seq, NURSE) is not None
        assert talk.read(entry.seq, DOCTOR) is None
        assert said(chair) == [("come please", "drx")]

    at_a_chair(act, mode="LIVE")


@pytest.mark.parametrize("text", ["", "x" * 500])
def test_what_is_no_message_is_refused_in_a_sentence(text: str) -> None:
    async def act(chair: Chairside) -> None:
        assert (chair.host.talk.write(text, DOCTOR) or "").startswith("message: ")
        assert (chair.host.talk.read("1", NURSE) or "").startswith("read_message: ")
        assert chair.kept.of("message") == []

    at_a_chair(act)


def test_what_was_not_read_outlasts_what_was() -> None:
    async def act(chair: Chairside) -> None:
        talk = chair.host.talk
        talk.write("first", DOCTOR)
        for n in range(30):
            talk.write(str(n), DOCTOR)
            talk.read(chair.kept.of("message")[-1].seq, NURSE)
        assert ("first", "") in said(chair)

    at_a_chair(act)


def persons(chair: Chairside) -> list[tuple[str | None, str | None]]:
    return [(e.body.state, e.body.key) for e in chair.kept.of("person")]


def test_who_comes_from_another_account_or_as_physician_is_entered_and_so_is_leaving() -> None:
    async def act(chair: Chairside) -> None:
        comings, visitor = Comings(chair.session), Visitor()
        comings.came(visitor)
        for _ in range(5):
            comings.look([visitor])
        assert persons(chair) == [("watching", "SHA256:abc")]
        for _ in range(GONE_S):
            comings.look([])
        comings.came(visitor)  # a link that came back in time is no coming
        assert len(persons(chair)) == 1
        for _ in range(GONE_S + 1):
            comings.look([])
        assert persons(chair) == [("watching", "SHA256:abc"), ("left", "SHA256:abc")]
        again = Comings(chair.session)
        again.restore(chair.kept.entries)
        assert again.here == {}

    at_a_chair(act)


def test_a_look_that_is_over_within_the_second_is_entered_too() -> None:
    async def act(chair: Chairside) -> None:
        Comings(chair.session).came(Visitor("eve", "observer", ""))
        assert persons(chair) == [("watching", None)]

    at_a_chair(act)


def test_the_chairs_own_screens_and_its_sound_are_not_entered() -> None:
    import os

    async def act(chair: Chairside) -> None:
        ours = account(os.getuid())
        own = [Visitor(ours, seat, "") for seat in ("nurse", "observer", "trainer", "sound")]
        Comings(chair.session).look(own)
        assert persons(chair) == []

    at_a_chair(act)
