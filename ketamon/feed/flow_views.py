"""How far the session has come: what was set up, the baseline, what is open before the patient leaves.

The engine derives them from the entries of this session alone.
"""

import msgspec

Number = int | float


class OpenItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something not yet done: its line on the set-up page, and a sentence.

    `needed`: dosing is not begun without it, unless somebody gives a reason.
    """

    line: int
    text: str
    needed: bool = False


class SetupView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was entered of the patient and the plan; `done`: seq of each standing event, by its id.

    `asked`: the session began with its set-up, so dosing asks for it. `read_back` is who read all
    of it back, after its last change. `override`: why it was gone on with open items.
    `infusion_t`: when the infusion that runs was started.
    """

    asked: bool = False
    patient: str = ""
    identified_by: str = ""
    weight_kg: Number | None = None
    dose_mg: Number | None = None
    route: str = ""
    minutes: Number | None = None
    schedule: str = ""
    read_back: str = ""
    override: str = ""
    done: dict[str, int] = {}
    open: tuple[OpenItem, ...] = ()
    infusion_t: float | None = None


class BaselineReading(msgspec.Struct, frozen=True, array_like=True):
    """One pressure that counts for the baseline, and hr at that moment."""

    t: float
    systolic: Number | None
    diastolic: Number | None
    hr: Number | None


class BaselineView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The readings that a lock would count now, the medians it would give, highest minus lowest.

    `locked_t`, `locked_by`, `locked`: the newest lock, and its medians.
    """

    readings: tuple[BaselineReading, ...] = ()
    medians: dict[str, Number] = {}
    spread: dict[str, Number] = {}
    locked_t: float | None = None
    locked_by: str = ""
    locked: dict[str, Number] = {}


class CriterionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One criterion that the readings answer: whether it is met, and the fact that says so.

    `due_t`: time alone meets it then.
    """

    key: str
    words: str
    met: bool = False
    fact: str = ""
    due_t: float | None = None

    def met_at(self, t: float) -> bool:
        """Whether it is met at session time `t`."""
        return self.met if self.due_t is None else t >= self.due_t


class DischargeView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is asked before the patient leaves; `ended_t`: when dosing ended.

    `done`: seq of what was ticked by hand, by its id. Of a session not in recovery it is empty.
    """

    ended_t: float | None = None
    criteria: tuple[CriterionView, ...] = ()
    done: dict[str, int] = {}
