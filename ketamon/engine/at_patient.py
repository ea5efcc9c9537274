"""What is shown of how things are fixed to the patient: places, an irregular pulse, a squeezed probe."""

from dataclasses import dataclass

from msgspec import structs

from ketamon.core.placement import PRESSURES, Placed
from ketamon.core.rhythm import APART_MS, DECIDES, WAIT_MS, Rhythm
from ketamon.core.squeeze import HELD
from ketamon.core.state import State
from ketamon.entries import Entry
from ketamon.feed.messages import CuffBar, PlacementView, RhythmView, VitalView
from ketamon_drivers.readings import BloodPressure, printable

IRREGULAR = "irregular_pulse"


def placement_view(placed: Placed) -> PlacementView | None:
    """Where everything is; None where nobody said."""
    cuff = placed.cuff
    size = None if cuff.size is None else printable(cuff.size)
    where = (cuff.arm, cuff.site, size, placed.probe_arm, placed.line_arm)
    return PlacementView(*where, placed.conflicts()) if any(where) else None


def rhythm_view(rhythm: Rhythm) -> RhythmView | None:
    """An irregular pulse, ticked or proposed; None while there is nothing to show."""
    if not rhythm.irregular and not rhythm.proposed:
        return None
    if not rhythm.taken:
        return RhythmView(rhythm.irregular, rhythm.proposed)
    return RhythmView(
        rhythm.irregular,
        rhythm.proposed,
        DECIDES - len(rhythm.taken),
        (rhythm.newest_ms + APART_MS) / 1000,
        (rhythm.began_ms + WAIT_MS) / 1000,
    )


@dataclass(slots=True)
class AtPatient:
    """Watches one core, and remembers what was told of it."""

    state: State
    placement: PlacementView | None = None  # as last told
    rhythm: RhythmView | None = None  # as last told
    held: tuple[float | None, str] = (None, "")  # as last told
    is_irregular: bool = False  # said the newest pressure
    taken: int = 0  # pressure readings that the core had accepted

    def touched(self, entry: Entry, already: tuple[str, ...]) -> tuple[str, ...]:
        """The vitals whose marks this entry changed, beside those already touched."""
        if self.state.pressures_taken != self.taken:
            self.taken = self.state.pressures_taken
            self.is_irregular = isinstance(entry.body, BloodPressure) and (
                IRREGULAR in entry.body.status
            )
        held = self._held()
        found = ("spo2",) if held != self.held and "spo2" not in already else ()
        self.held = held
        return found

    def changed(self) -> tuple[PlacementView | None, RhythmView | None]:
        """What is other than last told."""
        placement, rhythm = placement_view(self.state.placed), rhythm_view(self.state.rhythm)
        out = (
            None if placement == self.placement else placement,
            None if rhythm == self.rhythm else rhythm or RhythmView(),
        )
        self.placement, self.rhythm = placement, rhythm
        return out

    def marked(self, view: VitalView) -> VitalView:
        """A vital with the marks that come of how it is measured."""
        if view.vital == "spo2":
            until_t, held = self._held()
            return (
                view if until_t is None else structs.replace(view, cuff_until_t=until_t, held=held)
            )
        if view.vital not in PRESSURES:
            return view
        return structs.replace(
            view,
            status=(IRREGULAR,) if self.is_irregular and view.value is not None else view.status,
            suspended=self.state.placed.suspended(view.vital),
        )

    def bar(self, bar: CuffBar) -> CuffBar:
        """A reading for the trend, with whether it is comparable with the one before."""
        places = [one.place for one in list(self.state.measured)[-2:]]
        moved = len(places) > 1 and bool(places[0].moves(places[1]))
        return structs.replace(bar, irregular=self.is_irregular, moved=moved)

    def _held(self) -> tuple[float | None, str]:
        """Until when SpO2 is held at the latest, and the priority of the alarm that waits."""
        until_ms = self.state.squeeze.until_ms
        if until_ms is None:
            return None, ""
        level = self.state.tracks[HELD[0]].held
        return until_ms / 1000, "" if level is None else level.priority
