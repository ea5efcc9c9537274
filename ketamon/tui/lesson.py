"""The demo's lesson: one line at a time in the newest event's place, each done by the key it names.

| line | until |
|---|---|
| five words to read | an alarm waits for an answer |
| space | nothing of the patient waits any more |
| b | the cuff measures |
| m | the sound is paused |
| that is all | some seconds later |

It looks at the picture, not at keys: what is done already is not asked for. `esc` ends it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from ketamon.tui.scene import Scene, waits

LAST_S = 10.0


class Step(NamedTuple):
    """One line, and when it has been followed."""

    line: str
    is_done: Callable[[Scene], bool]


def _alarm_waits(scene: Scene) -> bool:
    return any(waits(c) for c in scene.physiological)


def _is_measuring(scene: Scene) -> bool:
    return scene.picture.cuff is not None and scene.picture.cuff.state == "measuring"


STEPS = (
    Step("Pressure rises. Space answers alarms.", _alarm_waits),
    Step("Over its limit: press space  (esc: enough)", lambda scene: not _alarm_waits(scene)),
    Step("Press b: the cuff measures  (esc: enough)", _is_measuring),
    Step("Press m: the sound pauses  (esc: enough)", lambda scene: scene.pause is not None),
    Step("That is all. ? shows every key", lambda _scene: False),
)


@dataclass(slots=True)
class Lesson:
    """Where somebody is in it; `since`: when the present line came, on the viewer's own clock."""

    at: int = 0
    since: float = 0.0
    is_over: bool = False

    def line(self, scene: Scene) -> str:
        """What is to be read now; empty when it is over, or while nothing is current."""
        if scene.lost or not scene.picture.seq:
            return ""
        while not self.is_over and STEPS[self.at].is_done(scene):
            self.at, self.since = self.at + 1, scene.at
        if self.at == len(STEPS) - 1 and scene.at - self.since >= LAST_S:
            self.is_over = True
        return "" if self.is_over else STEPS[self.at].line

    def end(self) -> None:
        """Ends it."""
        self.is_over = True
