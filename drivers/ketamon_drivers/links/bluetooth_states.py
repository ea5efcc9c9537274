"""How a Bluetooth link may stand, and what leads from one state to another.

| state | meaning |
|---|---|
| opening | looked for, or connected and nothing heard yet |
| streaming | what comes is the family's protocol |
| silent | nothing for `silent_after_s`: it is asked for a sign of life, and connected anew |
| wrong_protocol | it lacks what its family has, or 5 s of packets and none is right |
| away | a cuff between two measurements: it connects for seconds and hangs up |
| lost | the link is gone, or Bluetooth is; the reason says what to do |
"""

BLUETOOTH_STATES: dict[tuple[str, str], str] = {
    ("opening", "valid"): "streaming",
    ("opening", "quiet"): "silent",
    ("opening", "garbled"): "wrong_protocol",
    ("opening", "gone"): "lost",
    ("streaming", "quiet"): "silent",
    ("streaming", "garbled"): "wrong_protocol",
    ("streaming", "gone"): "lost",
    ("streaming", "hung_up"): "away",
    ("silent", "valid"): "streaming",
    ("silent", "garbled"): "wrong_protocol",
    ("silent", "gone"): "lost",
    ("wrong_protocol", "valid"): "streaming",
    ("wrong_protocol", "quiet"): "silent",
    ("wrong_protocol", "gone"): "lost",
    ("away", "valid"): "streaming",
    ("away", "garbled"): "wrong_protocol",
    ("away", "gone"): "lost",
    ("lost", "opened"): "opening",
    ("lost", "valid"): "streaming",
    ("lost", "gone"): "lost",
    ("lost", "hung_up"): "away",
}
"""(state, event) → state; an event that isn't here changes nothing."""
