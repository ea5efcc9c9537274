"""The state table is whole: what it names exists, and nothing changes a state outside it."""

from ketamon.core.transitions import EVENTS, STATES, TRANSITIONS

CHANGES = {
    "raised", "escalated", "deescalated", "confirmed", "acknowledged", "seen", "realarmed",
    "unanswered", "unresolved", "resumed", "latched", "cleared", "held", "released",
    "reading_flagged",
}  # fmt: skip


def test_table_uses_known_states_events_and_changes() -> None:
    for (state, event), (after, change) in TRANSITIONS.items():
        assert state in STATES
        assert after in STATES
        assert event in EVENTS
        assert change in CHANGES


def test_every_event_and_state_is_used() -> None:
    assert {event for _, event in TRANSITIONS} == set(EVENTS)
    assert {state for state, _ in TRANSITIONS} == set(STATES)
    assert {change for _, change in TRANSITIONS.values()} == CHANGES


def test_loss_never_leads_to_normal() -> None:
    assert all(
        after == "unresolved" for (_, event), (after, _) in TRANSITIONS.items() if event == "lost"
    )
