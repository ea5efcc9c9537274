"""Where cuff, probe and infusion line are, and what follows for the baseline (DESIGN 7.7).

A baseline of pressures holds for the place at which it was measured: with the cuff on another arm
or site, or with another size, limits relative to it don't count until one is locked there. Back
at the old place they count again. What was never told can't be told from anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ketamon.entries import Placement

PRESSURES = ("sys", "dia", "map")
PARTS = {"arm": "arm", "site": "site", "size": "size"}


@dataclass(slots=True, eq=False)
class Place:
    """Where a cuff is, and which; None: nobody said."""

    arm: str | None = None
    site: str | None = None
    size: str | None = None

    def moves(self, to: "Place") -> list[str]:
        """What is other there, in words; a part that one of them doesn't know is not."""
        found = []
        for part in ("arm", "site", "size"):
            here, there = getattr(self, part), getattr(to, part)
            if here is not None and there is not None and here != there:
                found.append(f"{part} {here} → {there}".replace("_", " "))
        return found


@dataclass(slots=True, eq=False)
class Placed:
    """Where everything is now; changed only by `told` and `locked`."""

    cuff: Place = field(default_factory=Place)
    probe_arm: str | None = None
    line_arm: str | None = None
    baseline: dict[str, Place] = field(default_factory=dict)  # vital: where it was measured

    def told(self, body: Placement, measured: Iterable[Place] = ()) -> None:
        """Takes what was entered; what is said for the first time was so all along."""
        before = self.cuff
        self.cuff = Place(
            body.cuff_arm or before.arm,
            body.cuff_site or before.site,
            body.cuff_size or before.size,
        )
        self.probe_arm = body.probe_arm or self.probe_arm
        self.line_arm = body.line_arm or self.line_arm
        for part in ("arm", "site", "size"):
            if getattr(before, part) is None:
                for place in (*self.baseline.values(), *measured):
                    if getattr(place, part) is None:
                        setattr(place, part, getattr(self.cuff, part))

    def locked(self, vitals: Iterable[str]) -> None:
        """A baseline of these was locked here."""
        self.baseline |= {vital: self.cuff for vital in vitals if vital in PRESSURES}

    def suspended(self, vital: str) -> str:
        """Why limits relative to the baseline of this vital don't count; empty if they do."""
        place = self.baseline.get(vital)
        moves = place.moves(self.cuff) if place is not None else []
        return f"cuff moved: {', '.join(moves)}" if moves else ""

    @property
    def on_probe_arm(self) -> bool:
        """True where the cuff squeezes the probe's arm; False while nobody said."""
        return self.cuff.arm is not None and self.cuff.arm == self.probe_arm and self.on_an_arm

    @property
    def on_an_arm(self) -> bool:
        """True unless the cuff is on a leg."""
        return self.cuff.site != "leg"

    def conflicts(self) -> tuple[str, ...]:
        """What disturbs what, in sentences."""
        found = []
        if self.on_probe_arm:
            found.append("the cuff is on the probe's arm: SpO2 is held while it inflates")
        if self.cuff.arm is not None and self.cuff.arm == self.line_arm and self.on_an_arm:
            found.append("the cuff is on the line's arm: it stops the flow while it inflates")
        return tuple(found)
