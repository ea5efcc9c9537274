"""What devices say of their own signal, battery and bytes (DESIGN 7.7).

| of a signal | begins | ends |
|---|---|---|
| off | 5 s after the first of readings that all say that the sensor is off | a valid value |
| poor | 30 s after the first poor reading with no good one since | 10 s of good ones |
| doubtful | an SpO2 of 1 to 39 | a plausible SpO2 |

A signal is one kind of reading of one device: a monitor's probe may be off while its ECG is not.
Charted ones are neither off nor poor. A gap of the signal's stale time, or the loss of its device,
breaks runs that lead to something and never ends what stands. Nothing here knows of conditions.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ketamon.core.plausible import NOT_LIVE, counted
from ketamon.entries import Device
from ketamon.vitals import DEFAULT_CADENCE_MS, VITALS, Number, stale_after_ms
from ketamon_drivers.readings import DeviceInfo, HeartRate, Oximetry, Respiration

OFF_WORDS = ("sensor_off", "sensor_disconnected", "sensor_fault")
POOR_WORDS = ("low_signal", "low_perfusion", "questionable", "motion", "interference")
OFF_AFTER_MS = 5_000
POOR_AFTER_MS = 30_000
GOOD_FOR_MS = 10_000
REJECTED_WITHIN_MS = 60_000
REJECTED_AT = 3
NEVER_MS = 1 << 62
BATTERY_LOW_PCT = 20
BATTERY_EMPTY_PCT = 10

USUAL_ROLE = {"oximetry": "oximeter", "heart_rate": "strap", "respiration": "monitor"}
"""Who gives readings of a kind where an entry doesn't say."""

SHOWN_AS = {"oximetry": "SpO2", "heart_rate": "HR", "respiration": "RR"}


class Heard(NamedTuple):
    """What one reading says of its signal; the words are empty where it says nothing of it."""

    valid: bool  # any vital
    plausible: bool  # an SpO2
    off: str
    poor: str
    doubtful: Number | None
    low_battery: bool


def heard(body: Any) -> Heard | None:
    """What a reading says of its signal; None for one that is not live."""
    status: tuple[str, ...] = () if isinstance(body, HeartRate) else body.status
    if status and NOT_LIVE.intersection(status):
        return None
    doubtful = saturation = None
    match body:
        case Oximetry():
            spo2, pulse = body.spo2_pct, body.pulse_rate_per_min
            saturation = counted("spo2", spo2, status)
            found = saturation or counted("hr", pulse, status)
            is_zero = 0 in (spo2, pulse)
            if spo2 is not None and 0 < spo2 < VITALS["spo2"].lowest:
                doubtful = spo2
        case HeartRate():
            found = counted("hr", body.heart_rate_per_min)
            is_zero = body.heart_rate_per_min == 0
            if body.contact is False:
                return Heard(False, False, "no skin contact", "", None, False)
        case Respiration():
            found, is_zero = counted("rr", body.rr_per_min, status), body.rr_per_min == 0
        case _:
            return None
    valid = found is not None
    off = _words(status, OFF_WORDS) or ("sensor off" if is_zero and not valid else "")
    poor, low = _words(status, POOR_WORDS), "low_battery" in status
    return Heard(valid, saturation is not None, off, poor, doubtful, low)


def _words(status: tuple[str, ...], of: tuple[str, ...]) -> str:
    return ", ".join(word.replace("_", " ") for word in status if word in of)


@dataclass(slots=True, eq=False)
class Signal:
    """One kind of reading of one device, over time. `calm`: a plain good value changes nothing."""

    role: str
    kind: str
    stale_ms: int | None  # None: charted
    calm: bool = False
    newest_ms: int = 0  # when anything came
    valid_ms: int | None = None  # when the newest valid value came; None: none ever did
    until_ms: int = 0  # a valid value before then comes without a gap
    run_ms: int | None = None  # the first of the valid values since it was last gone
    off_ms: int | None = None
    off: str = ""
    is_off: bool = False
    poor_ms: int | None = None
    poor: str = ""
    poor_now: bool = False  # the newest reading was
    is_poor: bool = False
    good_ms: int | None = None
    doubtful: Number | None = None

    def hear(self, t: int, said: Heard) -> None:
        """Takes what a reading says."""
        if t - self.newest_ms >= self.gap_ms:
            self.poor_ms = None
        self.newest_ms = t
        if said.doubtful is not None or said.plausible:
            self.doubtful = said.doubtful
        if said.valid:
            self._valid(t)
        elif said.off:
            self.off_ms, self.off = t if self.off_ms is None else self.off_ms, said.off
        elif not self.is_off:
            self.off_ms = None
        self._quality(t, said)
        self._look(t)

    @property
    def gap_ms(self) -> int:
        """How long nothing may come before its runs are broken; for ever if charted."""
        return NEVER_MS if self.stale_ms is None else self.stale_ms

    def due(self) -> int | None:
        """When it is off, or poor, if nothing comes that says otherwise."""
        if self.stale_ms is None:
            return None
        if self.off_ms is not None and not self.is_off:
            return self.off_ms + OFF_AFTER_MS
        if self.poor_ms is not None and self.poor_now and not self.is_poor:
            moment = self.poor_ms + POOR_AFTER_MS
            return moment if moment < self.newest_ms + self.stale_ms else None
        return None

    def fall_due(self, t: int) -> None:
        """Does what is due by `t`."""
        moment = self.due()
        if moment is not None and moment <= t:
            self._look(t)

    def lose(self) -> None:
        """Its device is lost: runs are broken, what stands goes on standing."""
        self.off_ms = self.off_ms if self.is_off else None
        self.poor_ms = self.good_ms = self.run_ms = None
        self.calm = False

    def slow(self, stale_ms: int | None) -> None:
        """Its cadence has changed."""
        self.stale_ms, self.calm = stale_ms, False
        self.until_ms = 0 if self.valid_ms is None else self.valid_ms + self.gap_ms

    def is_given(self, t: int) -> bool:
        """True while valid values come."""
        return self.run_ms is not None and t < self.until_ms

    def _valid(self, t: int) -> None:
        self.off_ms, self.off, self.is_off = None, "", False
        if t >= self.until_ms:
            self.run_ms = self.good_ms = None
        self.run_ms = t if self.run_ms is None else self.run_ms
        self.valid_ms, self.until_ms = t, t + self.gap_ms

    def _quality(self, t: int, said: Heard) -> None:
        self.poor_now = bool(said.poor) and not said.off
        if said.off:
            self.poor_ms = self.good_ms = None
        elif said.poor:
            self.poor_ms, self.good_ms = t if self.poor_ms is None else self.poor_ms, None
            self.poor = said.poor
        elif said.valid:
            self.poor_ms = None
            self.good_ms = t if self.good_ms is None else self.good_ms
            if t - self.good_ms >= GOOD_FOR_MS:
                self.is_poor = False

    def _look(self, t: int) -> None:
        """Lets time count."""
        if self.stale_ms is not None:
            if self.off_ms is not None and t - self.off_ms >= OFF_AFTER_MS:
                self.is_off, self.run_ms = True, None
            if self.poor_ms is not None and self.poor_now and t - self.poor_ms >= POOR_AFTER_MS:
                self.is_poor = True
        runs = (self.off_ms, self.poor_ms, self.doubtful)
        self.calm = runs == (None, None, None) and not self.is_poor and self.run_ms is not None


@dataclass(slots=True, eq=False)
class Gear:
    """What is known of the devices beside their values."""

    signals: dict[tuple[str, str], Signal] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)  # role: why its link is gone
    charge_pct: dict[str, Number] = field(default_factory=dict)
    bars: dict[str, Number] = field(default_factory=dict)
    says_low: set[tuple[str, str]] = field(default_factory=set)  # (role, kind of reading)
    rejected: dict[str, tuple[int, ...]] = field(default_factory=dict)  # the newest moments
    rejecting: dict[str, str] = field(default_factory=dict)  # role: why the newest was
    identities: dict[str, str] = field(default_factory=dict)
    uneasy: bool = False  # something stands that a valid value may end

    def signal(self, role: str, kind: str, cadences: dict[str, int]) -> Signal:
        """The signal of this device and kind of reading, made on first sight."""
        key = (role, kind)
        if key not in self.signals:
            stale_ms = stale_after_ms(cadences.get(role, DEFAULT_CADENCE_MS))
            self.signals[key] = Signal(role, kind, stale_ms)
        return self.signals[key]

    def hear(self, signal: Signal, t: int, body: Any) -> None:
        """Takes a reading that is not plain."""
        said = heard(body)
        if said is None:
            return
        signal.hear(t, said)
        if said.valid:
            self.lost.pop(signal.role, None)
        self.battery_word(signal.role, signal.kind, low=said.low_battery)
        if said.low_battery:
            signal.calm = False

    def battery_word(self, role: str, kind: str, *, low: bool) -> None:
        """A reading says that its device's battery is low, or does not."""
        if low:
            self.says_low.add((role, kind))
        else:
            self.says_low.discard((role, kind))

    def info(self, role: str, body: DeviceInfo) -> None:
        """A device tells its charge; a later one counts alone."""
        if isinstance(body.battery_pct, int | float):
            self.charge_pct[role] = body.battery_pct
        if isinstance(body.battery_level, int | float):
            self.bars[role] = body.battery_level

    def bound(self, role: str, body: Device, cadences: dict[str, int]) -> None:
        """Takes a `device` entry: a link that is gone, another device, another cadence."""
        if body.identity is not None:
            if self.identities.setdefault(role, body.identity) != body.identity:
                self._exchanged(role)
            self.identities[role] = body.identity
        stale_ms = stale_after_ms(cadences.get(role, DEFAULT_CADENCE_MS))
        for signal in self.of(role):
            if signal.stale_ms != stale_ms:
                signal.slow(stale_ms)
            if body.state == "lost":
                signal.lose()
        if body.state == "lost":
            self.lost[role] = body.reason or "its link is gone"
        elif body.state == "streaming" and role == "cuff":
            self.lost.pop(role, None)  # it gives values only when it measures

    def reject(self, t: int, role: str, reason: str) -> None:
        """Bytes were malformed."""
        recent = [at for at in self.rejected.get(role, ()) if t - at < REJECTED_WITHIN_MS]
        self.rejected[role] = (*recent, t)[-REJECTED_AT:]
        if role in self.rejecting or len(self.rejected[role]) == REJECTED_AT:
            self.rejecting[role] = reason

    def of(self, role: str) -> list[Signal]:
        """The signals of a device."""
        return [signal for signal in self.signals.values() if signal.role == role]

    def due(self) -> int | None:
        """When something here falls due without an entry."""
        moments = [moment for s in self.signals.values() if (moment := s.due()) is not None]
        moments += [self.rejected[role][-1] + REJECTED_WITHIN_MS for role in self.rejecting]
        return min(moments, default=None)

    def fall_due(self, t: int) -> None:
        """Does what is due by `t`."""
        for signal in self.signals.values():
            signal.fall_due(t)
        for role in [*self.rejecting]:
            if self.rejected[role][-1] + REJECTED_WITHIN_MS <= t:
                del self.rejecting[role], self.rejected[role]

    def _exchanged(self, role: str) -> None:
        """Another device has this role: what the old one said of itself no longer counts."""
        self.charge_pct.pop(role, None)
        self.bars.pop(role, None)
        self.says_low = {key for key in self.says_low if key[0] != role}
