"""How a chair sounds: what its sound process says of itself, and who sounds where that can't.

| told by the sound process | and a screen at the chair draws | by |
|---|---|---|
| it can, within the last seconds | | device |
| it can't, or is gone, or says nothing | yes | bell |
| the same | no | none: `fault audio failing` |

A sound test is asked for at the chair, played where alarms are played, and answered by a person:
one that nobody heard is a fault too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from ketamon.engine.live_session import LiveSession
from ketamon.entries import Announced, By, Entry, Fault
from ketamon.feed.beside import AudioView

SILENT_S = 5  # real seconds without a word of the sound process: it stands still, or is gone
BEGINS_S = 10  # so long is waited for the first word
PLAYED_WITHIN_S = 15
NOT_HEARD = "the sound test was not heard; turn the sound on and up, and test again"


@dataclass(slots=True)
class Audio:
    """Looked at each second of real time."""

    session: LiveSession
    tell: Callable[[AudioView], None] = lambda _view: None
    view: AudioView = AudioView()  # noqa: RUF009 (frozen)
    is_failing: bool = False
    is_heard: bool = True  # False once a test was not
    _can: bool = False
    _device: str = ""
    _why: str = ""
    _silent_s: int | None = None  # None: it has never said a word
    _age_s: int = 0
    _test_s: int = 0
    _tested: str = ""  # where the newest test was played

    def restore(self, entries: Iterable[Entry]) -> None:
        """Knows again what was told in the session that goes on."""
        for entry in entries:
            if isinstance(entry.body, Fault) and entry.body.what == "audio":
                self.is_failing = entry.body.detail == "failing"
            elif isinstance(entry.body, Announced) and entry.body.heard is not None:
                self.is_heard = entry.body.heard

    def said(self, *, can: bool, device: str, why: str) -> None:
        """The sound process says whether it can play, and on what."""
        self._can, self._device, self._why, self._silent_s = can, device, why, 0

    def announced(self, body: Announced, by: By) -> None:
        """Enters what was sounded where; of a test, asks whether it was heard."""
        self.session.take(body, by=by)
        if body.what == "test" and self.view.test == "asked":
            self._tested = body.where or ""
            self._show(replace(self.view, test="failed" if body.ok is False else "played"))

    def test(self) -> str | None:
        """Asks for a test; gives why it can't be, or None."""
        if self.view.by not in ("device", "bell"):
            return f"no sound can be given here: {self.view.why or 'the sound is just starting'}"
        self._test_s = 0
        self._show(replace(self.view, tests=self.view.tests + 1, test="asked"))
        return None

    def heard(self, *, is_heard: bool, by: By) -> str | None:
        """A person says whether the test was heard; gives why that can't be said, or None."""
        if self.view.test not in ("played", "heard", "not_heard"):
            return "no sound test was played; test the sound first"
        self.session.take(
            Announced(self._tested or self.view.by, True, "test", heard=is_heard), by=by
        )
        self.is_heard = is_heard
        self._show(replace(self.view, test="heard" if is_heard else "not_heard"))
        self._fault()
        return None

    def look(self, *, is_there: bool, screen_draws: bool) -> None:
        """A second has passed. `is_there`: the sound process is attached."""
        self._age_s += 1
        if self._silent_s is not None:
            self._silent_s += 1
        view = self._now(is_there, screen_draws)
        if view.test == "asked":
            self._test_s += 1
            if self._test_s > PLAYED_WITHIN_S:
                view = replace(view, test="failed")
        self._show(view)
        self._fault()

    def _now(self, is_there: bool, screen_draws: bool) -> AudioView:
        hears = is_there and self._silent_s is not None and self._silent_s <= SILENT_S
        if hears and self._can:
            return replace(self.view, by="device", device=self._device, why="")
        if self._silent_s is None and self._age_s < BEGINS_S:
            return self.view
        why = self._why if hears else "the sound process does not answer"
        if screen_draws:
            return replace(self.view, by="bell", device="", why=why)
        return replace(self.view, by="none", device="", why=why)

    def _show(self, view: AudioView) -> None:
        if view != self.view:
            self.view = view
            self.tell(view)

    def _fault(self) -> None:
        """Tells that nobody can hear anything, once, and that somebody can again."""
        silent = self.view.by == "none"
        failing = silent or not self.is_heard
        if failing == self.is_failing or not self.view.by:
            return
        self.is_failing = failing
        if failing:
            reason = f"no sound is given: {self.view.why}" if silent else NOT_HEARD
            self.session.take(Fault("audio", "failing", reason))
        else:
            self.session.take(Fault("audio", "back"))
