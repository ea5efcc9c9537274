"""The patient is away: what for, from which sensors, for how long; or back again.

`y` sends it as it stands: all the sensors that are bound, ten minutes. While dosing it needs a
reason. While somebody is away, `0` minutes say that the patient is back.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.tui.desk import Desk, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.reasons import BACK, DIGITS, OWN, SPACE, YES, Reasoned
from ketamon.tui.scene import Scene

MINUTES = (5, 10, 15)
BACK_AGAIN = 0
SENSORS = ("oximeter", "strap", "monitor", "cuff")


@dataclass(frozen=True)
class Away(Reasoned):
    """`choices`: the minutes there are; row 0 of `at` is minutes, each other one a sensor."""

    REASONS: ClassVar[tuple[str, ...]] = ("toilet", "walk", "probe change", "position change")
    KEYS: ClassVar[tuple[Key, ...]] = (
        SPACE, YES, DIGITS, OWN,
        Key(("up",), "", "", "", "previous", footer=False),
        Key(("down",), "↑↓", "choose", "", "next"),
        Key(("left",), "", "", "", "step_back", footer=False),
        Key(("right",), "←→", "change", "", "step_on"),
        BACK,
    )  # fmt: skip

    bound: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    choices: tuple[int, ...] = MINUTES
    minutes: int = 10
    at: int = 0
    dosing: bool = False

    def move(self, action: str, desk: Desk) -> None:
        """Chooses a row, or changes what stands there."""
        rows = 1 + len(self.bound)
        if action in ("next", "previous"):
            step = 1 if action == "next" else -1
            open_panel(desk, replace(self, at=(self.at + step) % rows, said=""))
        elif action in ("step_on", "step_back"):
            open_panel(desk, self._changed(1 if action == "step_on" else -1))

    def _changed(self, step: int) -> "Away":
        if self.at == 0:
            index = self.choices.index(self.minutes) + step
            index = max(0, min(len(self.choices) - 1, index))
            return replace(self, minutes=self.choices[index], said="")
        role = self.bound[self.at - 1]
        others = tuple(name for name in self.sensors if name != role)
        return replace(self, sensors=others if step < 0 else (*others, role), said="")

    @property
    def asks(self) -> bool:
        """While dosing; not for coming back."""
        return self.minutes != BACK_AGAIN and self.dosing

    def command(self) -> tuple[str, dict[str, Any]] | str:
        """What is sent."""
        if self.minutes != BACK_AGAIN and not self.sensors:
            return "from which sensor? choose one"
        named = [role for role in self.bound if role in self.sensors]
        return "away", {"minutes": self.minutes, "sensors": named}

    def done(self) -> str:
        """What is said afterwards."""
        return "back" if self.minutes == BACK_AGAIN else f"away {self.minutes} min"


def opened(scene: Scene) -> Away:
    """The panel for this moment: what is bound, and who is away already."""
    bound = tuple(role for role in SENSORS if role in scene.picture.devices)
    gone, dosing = scene.away, scene.picture.phase == "dosing"
    if gone is None:
        sensors = tuple(role for role in bound if role != "cuff") or bound
        return Away(bound=bound, sensors=sensors, dosing=dosing)
    more = () if gone.extended else MINUTES
    return Away(
        bound=bound, sensors=gone.sensors, choices=(BACK_AGAIN, *more), minutes=BACK_AGAIN,
        dosing=dosing,
    )  # fmt: skip
