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

from ketamon_drivers.links.device_link import LINK_STATES

BLUETOOTH_STATES: dict[tuple[str, str], str] = LINK_STATES | {
    ("streaming", "hung_up"): "away",
    ("away", "valid"): "streaming",
    ("away", "garbled"): "wrong_protocol",
    ("away", "gone"): "lost",
    ("lost", "valid"): "streaming",
    ("lost", "hung_up"): "away",
}
"""(state, event) → state: as every link's, and a cuff's that hangs up; an event that isn't here
changes nothing."""
