"""After a sound test: was it heard? Only a person can say."""

from dataclasses import dataclass
from typing import ClassVar

from ketamon.tui.desk import Desk, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.reasons import BACK, DIGITS, SPACE

CHOICES = ("heard it", "not heard")


@dataclass(frozen=True, slots=True)
class Heard:
    """Asks once the test was played."""

    KEYS: ClassVar[tuple[Key, ...]] = (SPACE, DIGITS, BACK)
    takes_text: ClassVar[bool] = False
    takes_back: ClassVar[bool] = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """Which it was, or later."""
        return self.KEYS

    def act(self, action: str, name: str, desk: Desk) -> None:
        """Sends what the person says; before the test was played there is nothing to say."""
        if action != "choose" or int(name) > len(CHOICES):
            return
        if desk.picture.audio.test not in ("played", "heard", "not_heard"):
            desk.say("the test has not been played yet")
            return
        open_panel(desk, None)
        desk.send("heard", heard=name == "1")
