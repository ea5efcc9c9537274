"""A cuff that a program can start: what may be sent to it when, and what its answers mean.

| state | meaning | leaves it by |
|---|---|---|
| idle | nothing was asked | `start` |
| asked | start was sent | `O` within 1 s, or it failed |
| measuring | its pressure is asked for each second | `K`, an error, an abort, 180 s |
| fetching | the result was asked for | the result within 1 s, or asked once more and then failed |

What protects the arm stands here, below everything that could go wrong above it: never two starts
within 30 s; abort sent twice for every stop and after every opening, as a cuff may stand inflated
from before; and a cuff that stands under pressure for 180 s, whoever started it, is told to let go
and that is told (A44). The words and bytes are SunTech's.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ketamon_drivers.links.device_link import DeviceLink
from ketamon_drivers.protocols.suntech import COMMANDS, REPLIES
from ketamon_drivers.readings import BloodPressure, CuffPressure, Reading, Reply

CUFF_STATES: dict[tuple[str, str], str] = {
    ("idle", "start"): "asked",
    ("idle", "K"): "fetching",  # started by hand at the cuff
    ("asked", "O"): "measuring",
    ("asked", "K"): "fetching",
    ("asked", "refused"): "idle",
    ("asked", "unanswered"): "idle",
    ("measuring", "K"): "fetching",
    ("measuring", "error"): "fetching",
    ("measuring", "A"): "idle",
    ("fetching", "result"): "idle",
    ("fetching", "unanswered"): "idle",
}
"""(state, event) → state. `stop`, `opened` and 180 s lead to idle from everywhere."""

BETWEEN_STARTS_S = 30.0
ABORTS_APART_S = 0.1
ANSWER_S = 1.0
POLL_S = 1.0
INFLATED_AT_MOST_S = 180.0
INFLATED_MMHG = 15
"""Above this a cuff presses on the arm; a cuff at rest shows a few mmHg at most."""
PRESSURE_COUNTS_FOR_S = 10.0
"""How long a pressure that was told is believed."""
ABORT_AGAIN_S = 5.0

ERROR_SENTENCES = (
    ("cuff_too_loose", "air leaks or the cuff is too loose"),
    ("body_movement", "the arm moved"),
    ("low_signal", "the pulse in the cuff was too weak"),
    ("equipment_malfunction", "the cuff module reports a fault of its own"),
)
"""What a person reads for the words of a failed measurement; the first that fits."""


@dataclass(frozen=True, slots=True)
class CuffEvent:
    """What a cuff did, in the words of the `cuff` entry.

    `start`: it took the start. `stop`: it was stopped at the cuff itself. `failed`: no result will
    come. `inflated`: it stood under pressure too long, or nobody knows, and was told to let go.
    """

    action: Literal["start", "stop", "failed", "inflated"]
    reason: str


class CuffControl:
    """Starts and stops one cuff over its link, and watches over it meanwhile."""

    def __init__(self, link: DeviceLink, *, on_event: Callable[[CuffEvent], None]) -> None:
        """The owner hands over every reading of the link, and says when it was opened."""
        self.state = "idle"
        self._link = link
        self._on_event = on_event
        self._started_s: float | None = None
        self._timer: asyncio.TimerHandle | None = None  # of the state: answer, poll
        self._limit: asyncio.TimerHandle | None = None  # 180 s after the start
        self._second_abort: asyncio.TimerHandle | None = None
        self._asked_again = False
        self._pressure_mmhg = 0.0
        self._pressure_s: float | None = None
        self._inflated_since_s: float | None = None
        self._aborted_s: float | None = None
        self._was_told = False

    @property
    def is_measuring(self) -> bool:
        """True from the start that was sent until its result, failure or stop."""
        return self.state != "idle"

    def start(self) -> str | None:
        """Sends a start; gives the reason in a sentence where it may not or can't be sent."""
        if self.is_measuring:
            return "the cuff is still measuring"
        now = self._now()
        if self._started_s is not None and now - self._started_s < BETWEEN_STARTS_S:
            left = BETWEEN_STARTS_S - (now - self._started_s)
            return (
                f"the cuff was started a moment ago: it can be started again in {math.ceil(left)} s"
            )
        if self._link.state != "streaming":
            return f"the cuff is not ready: {self._link.reason or 'it is being connected'}"
        self._finish_abort()  # one that came after the start would end what it starts
        if not self._link.send(COMMANDS["start_adult"]):
            return "the cuff is not ready: it is being connected"
        self._started_s = now
        self._was_told = False
        self._step("start")
        self._after(ANSWER_S, self._no_answer)
        self._limit = self._loop().call_later(INFLATED_AT_MOST_S, self._too_long)
        return None

    def stop(self, reason: str) -> None:  # noqa: ARG002 the owner records it, the cuff has no words
        """Tells the cuff to let go, twice, whatever it is doing."""
        self._rest()
        self._abort()

    def opened(self) -> None:
        """The link was opened anew: lets a cuff go that may stand inflated from before."""
        was_measuring = self.is_measuring
        self._rest()
        self._abort()
        self._inflated_since_s = None  # what it did meanwhile nobody saw
        if was_measuring:
            self._on_event(CuffEvent("failed", "the link to the cuff was lost while it measured"))

    def reading(self, reading: Reading) -> None:
        """Takes whatever the link read."""
        match reading:
            case Reply(command=str(letter)):
                self._answered(letter)
            case CuffPressure(pressure_mmhg=int() | float() as pressure):
                self._pressed(pressure)
            case BloodPressure():
                self._result(reading)

    # -- what the cuff says ---------------------------------------------------------------------

    def _answered(self, letter: str) -> None:
        match letter, self.state:
            case "O", "asked":
                self._step("O")
                self._started_s = self._now()  # the command may have waited for its turn
                self._poll()
                self._on_event(CuffEvent("start", ""))
            case "K", "idle" | "asked" | "measuring":
                self._fetch("K")
            case "E" | "T", "measuring":
                self._fetch("error")
            case "A", "measuring":
                self._step("A")
                self._rest()
                self._on_event(CuffEvent("stop", "the measurement was stopped at the cuff"))
            case "B" | "E" | "N" | "D" | "S" | "T", "asked":
                self._step("refused")
                self._rest()
                words = "busy with another measurement" if letter == "B" else REPLIES[letter][1]
                self._on_event(CuffEvent("failed", f"the cuff refused the start: {words}"))

    def _pressed(self, pressure_mmhg: float) -> None:
        now = self._now()
        self._pressure_mmhg, self._pressure_s = pressure_mmhg, now
        if pressure_mmhg <= INFLATED_MMHG:
            self._inflated_since_s = None
            self._was_told = False
        elif self._inflated_since_s is None:
            self._inflated_since_s = now
        elif now - self._inflated_since_s >= INFLATED_AT_MOST_S and not self._was_told:
            self._let_it_go()
        elif self._was_told and now - (self._aborted_s or 0.0) >= ABORT_AGAIN_S:
            self._abort()

    def _result(self, reading: BloodPressure) -> None:
        if self.state != "fetching":
            return
        self._step("result")
        self._rest()
        if "cuff_error" in reading.status:
            self._on_event(CuffEvent("failed", _sentence(reading.status)))

    # -- what is due ----------------------------------------------------------------------------

    def _poll(self) -> None:
        self._link.send(COMMANDS["get_cuff_pressure"])
        self._after(POLL_S, self._poll)

    def _fetch(self, event: str) -> None:
        self._step(event)
        self._asked_again = False
        self._link.send(COMMANDS["get_result"])
        self._after(ANSWER_S, self._no_answer)

    def _no_answer(self) -> None:
        if self.state == "fetching" and not self._asked_again:
            self._asked_again = True
            self._link.send(COMMANDS["get_result"])
            self._after(ANSWER_S, self._no_answer)
            return
        starting = self.state == "asked"
        self._step("unanswered")
        self._rest()
        if starting:
            self._abort()  # its answer may have been lost, and the start not
        what = "the start" if starting else "when asked for the result"
        self._on_event(CuffEvent("failed", f"the cuff did not answer {what}"))

    def _too_long(self) -> None:
        """180 s after a start there was no result."""
        if self._is_pressure_known() and self._pressure_mmhg <= INFLATED_MMHG:
            self._rest()
            self._abort()
            self._on_event(CuffEvent("failed", "the cuff gave no result within 180 s"))
        else:
            self._let_it_go()

    def _is_pressure_known(self) -> bool:
        told_s = self._pressure_s
        return told_s is not None and self._now() - told_s <= PRESSURE_COUNTS_FOR_S

    def _let_it_go(self) -> None:
        self._rest()
        self._abort()
        self._was_told = True
        self._on_event(
            CuffEvent(
                "inflated",
                "the cuff may have been inflated for 180 s and was told to let go: look at the arm "
                "and take the cuff off",
            )
        )

    def _abort(self) -> None:
        self._aborted_s = self._now()
        self._link.send(COMMANDS["abort"])
        if self._second_abort is not None:
            self._second_abort.cancel()
        self._second_abort = self._loop().call_later(ABORTS_APART_S, self._finish_abort)

    def _finish_abort(self) -> None:
        """Sends the second abort, if it wasn't yet."""
        if self._second_abort is not None:
            self._second_abort.cancel()
            self._second_abort = None
            self._link.send(COMMANDS["abort"])

    # -- small ones -----------------------------------------------------------------------------

    def _step(self, event: str) -> None:
        self.state = CUFF_STATES[self.state, event]

    def _rest(self) -> None:
        """Nothing is asked or waited for any more."""
        self.state = "idle"
        for timer in (self._timer, self._limit):
            if timer is not None:
                timer.cancel()
        self._timer = self._limit = None

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop().call_later(seconds, call)

    def _now(self) -> float:
        return self._loop().time()

    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()


def _sentence(status: tuple[str, ...]) -> str:
    return next(
        (words for word, words in ERROR_SENTENCES if word in status),
        "the cuff ended the measurement without a result",
    )
