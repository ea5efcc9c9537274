"""The state table of an alarm condition: (state, event) → (state, change). All of it is here.

Two rules: no code changes a condition's state but by a row of this table, and a pair that is not
in it changes nothing. `ketamon alarms --table` prints it.
"""

STATES = ("normal", "active", "acknowledged", "latched", "unresolved")

EVENTS = {
    "reached": "a level is reached from none",
    "rose": "the worst reached level has a higher priority than before",
    "fell": "the worst reached level ended, a milder one stands",
    "ended": "the last reached level ended",
    "ended_after_high": "the same, unanswered: it was HIGH since raised or last acknowledged, or raised from latched",
    "limits_removed": "the last reached level was removed from the profile",
    "lost": "no valid value for the vital's stale time, or its device is lost",
    "back": "the first valid value beyond any level or not inside by the margin; unanswered before the loss",
    "back_answered": "the same; acknowledged before or during the loss",
    "acknowledge": "a person at the chair acknowledges",
    "see": "a person who is not at the chair acknowledges",
    "realarm": "acknowledged and still violated after the re-alarm time, or a cuff reading worse",
    "timeout": "nobody answered within the escalation time",
    "confirm": "a second consecutive episodic reading beyond the limits, priority unchanged",
    "joined": "a technical condition that stands holds for another device too, or came about again",
    "flag": "an episodic reading beyond the limits, or a failed measurement, that changes nothing else",
}

TRANSITIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("normal", "reached"): ("active", "raised"),
    ("active", "rose"): ("active", "escalated"),
    ("active", "fell"): ("active", "deescalated"),
    ("active", "ended"): ("normal", "cleared"),
    ("active", "ended_after_high"): ("latched", "latched"),
    ("active", "limits_removed"): ("normal", "cleared"),
    ("active", "lost"): ("unresolved", "unresolved"),
    ("active", "acknowledge"): ("acknowledged", "acknowledged"),
    ("active", "see"): ("active", "seen"),
    ("active", "timeout"): ("active", "unanswered"),
    ("active", "confirm"): ("active", "confirmed"),
    ("active", "flag"): ("active", "reading_flagged"),
    ("active", "joined"): ("active", "realarmed"),
    ("acknowledged", "rose"): ("active", "escalated"),
    ("acknowledged", "fell"): ("acknowledged", "deescalated"),
    ("acknowledged", "ended"): ("normal", "cleared"),
    ("acknowledged", "limits_removed"): ("normal", "cleared"),
    ("acknowledged", "lost"): ("unresolved", "unresolved"),
    ("acknowledged", "realarm"): ("active", "realarmed"),
    ("acknowledged", "confirm"): ("acknowledged", "confirmed"),
    ("acknowledged", "flag"): ("acknowledged", "reading_flagged"),
    ("acknowledged", "joined"): ("active", "realarmed"),
    ("latched", "reached"): ("active", "raised"),
    ("latched", "acknowledge"): ("normal", "acknowledged"),
    ("latched", "see"): ("latched", "seen"),
    ("unresolved", "back"): ("active", "resumed"),
    ("unresolved", "back_answered"): ("acknowledged", "resumed"),
    ("unresolved", "fell"): ("unresolved", "deescalated"),
    ("unresolved", "ended"): ("normal", "cleared"),
    ("unresolved", "ended_after_high"): ("latched", "latched"),
    ("unresolved", "limits_removed"): ("normal", "cleared"),
    ("unresolved", "acknowledge"): ("unresolved", "acknowledged"),
    ("unresolved", "see"): ("unresolved", "seen"),
}
