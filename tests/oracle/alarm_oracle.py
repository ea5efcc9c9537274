"""The alarm timeline of a session, worked out slowly from the whole history.

Nothing here is shared with the product: numbers are fractions, runs are found by reading the
history backwards, and deadlines by trying every moment at which anything could fall due.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.condition_oracle import Condition, Snapshot
from tests.oracle.history_oracle import Event, History, Mark, Source
from tests.oracle.limits_oracle import (
    CONDITIONS,
    PRESSURES,
    VITALS,
    Profile,
    exact,
    median,
    plausible,
    violates,
)
from tests.oracle.pressure_oracle import Accepted, Place, comparable, pressure_values

VALUELESS = {
    "sensor_off", "sensor_disconnected", "sensor_fault", "invalid", "from_storage",
    "early_estimate", "demonstration", "test",
}  # fmt: skip
NOT_LIVE = {"from_storage", "early_estimate", "demonstration", "test"}
HIGH = {"high", "high_now"}
HOLD_MS, RECOVERS_MS, ONE_INFLATION_MS = 60_000, 10_000, 30_000
REPEAT_MS, PATIENCE_MS = 60_000, 300_000
COPY_MS = 15_000
BASELINE_MS = 30 * 60_000

Line = dict[str, Any]
Session = Sequence[Mapping[str, Any]]


def timeline(entries: Session, limits: Mapping[str, Any] | None = None) -> list[Line]:
    """Every alarm line of the session; `limits` replaces all limits inside it."""
    return Oracle(limits).run(entries)


class Oracle:
    """One run over one session."""

    def __init__(self, limits: Mapping[str, Any] | None) -> None:
        """Starts with no limits, or with those that replace all others."""
        self.fixed = limits is not None
        self.profile = Profile(limits)
        self.lines: list[Line] = []
        self.histories = {vital: History(vital) for vital in VITALS}
        self.cadences: dict[str, Fraction] = {}
        self.baseline: dict[str, Fraction] = {}
        self.pressures: list[Accepted] = []
        self.place: Place = {}
        self.baseline_places: dict[str, Place] = {}
        self.probe: str | None = None
        self.squeezed_until: int | None = None
        self.pressed: int | None = None
        self.irregular = False
        self.three: list[tuple[int, Accepted]] = []  # when each came, and what it was
        self.mode: str | None = None
        self.moments: list[int] = []
        self.times: set[int] = set()
        self.seq = 0
        self.snapshots: list[tuple[int, str, Snapshot]] = []
        self.conditions: list[Condition] = []
        for name in CONDITIONS:
            vital, side = name.split("_")
            history = History(vital) if vital in PRESSURES else self.histories[vital]
            self.conditions.append(Condition(vital, side, history, self.emit, self.profile))
        self.apply(self.profile)

    def emit(self, line: Line) -> None:
        """Keeps a line, which takes the next seq as every entry does, and what stood after it."""
        self.lines.append(line)
        self.seq += 1
        condition = next(c for c in self.conditions if c.name == line["condition"])
        self.snapshots.append((self.seq, condition.name, condition.snapshot()))

    def run(self, entries: Session) -> list[Line]:
        """Feeds every entry, with all that falls due before it."""
        told = any(entry["kind"] == "alarm" for entry in entries)  # the lines have their seqs
        now = 0
        for ordinal, entry in enumerate(entries, 1):
            now = max(now, round(exact(entry["t"]) * 1000))  # a time that goes back is clamped
            self.until(now)
            if entry["kind"] == "end":
                break
            self.seq = entry.get("seq", ordinal if told else self.seq + 1)
            self.feed(now, entry)
            self.happened(now)
        return self.lines

    # --- time

    def spans(self) -> set[int]:
        """Every span after which something may fall due."""
        spans = self.profile.durations()
        if self.place:
            spans |= {HOLD_MS, RECOVERS_MS}
        if self.irregular:
            spans.add(PATIENCE_MS)
        for history in self.histories.values():
            spans |= {source.stale_ms for source in history.sources.values()}
        return spans

    def happened(self, now: int) -> None:
        """From this moment on, things may be timed."""
        if now not in self.times:
            self.times.add(now)
            for span in self.spans():
                heapq.heappush(self.moments, now + span)

    def respan(self, now: int) -> None:
        """Spans have changed: every past moment is a beginning again."""
        spans = self.spans()
        self.moments = sorted({t + span for t in self.times for span in spans if t + span >= now})

    def until(self, now: int) -> None:
        """Tries every moment up to and with `now`."""
        while self.moments and self.moments[0] <= now:
            moment = heapq.heappop(self.moments)
            again = bool(self.moments) and self.moments[0] == moment
            if not again and self.due(moment):
                self.happened(moment)
        self.due(now)

    def due(self, now: int) -> bool:
        """Does what has fallen due, kind by kind, each in table order; True if anything did."""
        before, changed = len(self.lines), False
        for vital in VITALS:
            lost = self.check_sources(vital, now)
            changed = changed or lost is not None
            for condition in self.conditions:
                if condition.vital == vital and lost:
                    condition.lost(now)
        if self.squeezed_until is not None and self.squeezed_until <= now:
            self.release(now)
            changed = True
        if self.three and self.three[0][0] + PATIENCE_MS <= now:
            self.decide([one for _, one in self.three], now, late=True)
            self.three, changed = [], True
        for condition in self.conditions:
            condition.levels_due(now)
        for condition in self.conditions:
            condition.realarm_if_due(now)
        for condition in self.conditions:
            condition.unanswered_if_due(now)
        return changed or len(self.lines) > before

    def check_sources(self, vital: str, now: int) -> bool | None:
        """Drops stale sources: True if the vital is lost by it, False if another is taken."""
        history = self.histories[vital]
        for source in history.sources.values():
            if source.stale_at(now):
                source.alive = False
        return self.choose(history, now)

    def choose(self, history: History, now: int) -> bool | None:
        """Takes the best source that is left, as `check_sources` says."""
        if history.in_use is None or history.in_use.alive:
            return None
        history.in_use = history.best()
        if history.in_use is None:
            history.newest_t = now
            history.events.append(Event(now, "loss"))
            return True
        # Charted, it was measured before a loss: not judged now or by other limits, as what is typed.
        mark: Mark = "typed" if history.in_use.charted else "standing"
        history.events.append(Event(now, mark, history.in_use.value))
        for condition in self.conditions:
            if condition.history is history:
                condition.watch()
        return False

    # --- entries

    def feed(self, now: int, entry: Mapping[str, Any]) -> None:
        """One entry."""
        kind = entry["kind"]
        if kind == "session":
            self.mode = entry.get("mode")
        elif kind == "device":
            self.device(now, entry)
        elif kind == "limits" and not self.fixed:
            self.apply(Profile(entry["profile"]), now)
        elif kind == "baseline":
            self.lock(now)
        elif kind == "acknowledge":
            self.acknowledge(now, entry)
        elif kind == "placement":
            self.moved(now, entry)
        elif kind == "rhythm":
            self.rhythm(now, irregular=entry.get("irregular", False))
        elif kind == "cuff" and entry.get("action") in {"start", "started"}:
            self.inflates(now)
        elif kind == "cuff" and entry.get("action") in {"stop", "failed", "inflated"}:
            self.lets_go(now)
        elif kind == "cuff_pressure" and (entry.get("pressure") or 0) >= 20:
            if self.pressed is None or now - self.pressed > ONE_INFLATION_MS:
                self.inflates(now)
            self.pressed = now
        elif kind == "score":
            self.score(now, entry)
        elif kind == "manual":
            self.manual(now, entry)
        elif kind in {"blood_pressure", "oximetry", "heart_rate", "respiration"}:
            self.reading(now, kind, entry)

    def device(self, now: int, entry: Mapping[str, Any]) -> None:
        """A device's cadence, or that it is lost."""
        name = entry.get("device") or ""
        if entry.get("cadence_s") is not None:
            self.cadences[name] = exact(entry["cadence_s"])
        for vital in VITALS:
            history = self.histories[vital]
            source = history.sources.get(name)
            if source:
                source.cadence_s = self.cadences.get(name, Fraction(1))
                if entry.get("state") == "lost" and not source.charted:
                    source.alive = False
        self.respan(now)
        self.due(now)

    def apply(self, profile: Profile, now: int = 0) -> None:
        """A profile comes into force."""
        self.profile = profile
        for condition in self.conditions:
            condition.profile = profile
        self.respan(now)
        self.judge_anew(now)

    def lock(self, now: int) -> None:
        """Locks the baseline of each vital that has two readings."""
        recent = [one for one in self.pressures if now - one.t <= BASELINE_MS]
        here = [one for one in recent if comparable(one.place, self.place)]
        for vital in VITALS:
            among = here if vital in PRESSURES else recent
            values = [v for one in among if (v := one.values.get(vital)) is not None]
            if len(values) >= (3 if self.irregular else 2):
                self.baseline[vital] = median(values)
                self.baseline_places[vital] = self.place
        self.judge_anew(now)

    def counting(self) -> dict[str, Fraction]:
        """The baseline without what was measured with the cuff elsewhere."""
        return {
            vital: base
            for vital, base in self.baseline.items()
            if vital not in PRESSURES or comparable(self.baseline_places[vital], self.place)
        }

    def judge_anew(self, now: int, vitals: Iterable[str] = VITALS) -> None:
        """Works out every effective limit and judges what stands."""
        for vital in vitals:
            history = self.histories[vital]
            mine = [c for c in self.conditions if c.vital == vital]
            base = self.counting()
            fresh = {c.side: self.profile.limits(vital, c.side, base) for c in mine}
            changed: set[tuple[str, str]] = set()
            for c in mine:
                for level in {*c.limits, *fresh[c.side]}:
                    old, new = c.limits.get(level), fresh[c.side].get(level)
                    if old is None or new is None or old.number != new.number:
                        changed.add((c.side, level))
            if changed:
                for one in {id(h): h for h in (history, *(c.history for c in mine))}.values():
                    one.events.append(Event(now, "changed", None, frozenset(changed)))
            for c in mine:
                if vital in PRESSURES and c.newest is not None:
                    levels = fresh[c.side]
                    high = any(
                        violates(c.side, c.newest, levels[name].number)
                        for name in HIGH & set(levels)
                    )
                    if high or not c.by_median:  # a reading that waits is judged only if HIGH
                        c.history.events.append(Event(now, "once", c.newest))
                c.judge_anew(now, fresh[c.side])

    # --- the cuff on the patient

    def moved(self, now: int, entry: Mapping[str, Any]) -> None:
        """Cuff, probe or line was put elsewhere; what is said for the first time was so before."""
        said = {p: entry[f"cuff_{p}"] for p in ("arm", "site", "size") if entry.get(f"cuff_{p}")}
        first = {part: word for part, word in said.items() if part not in self.place}
        for place in (*(one.place for one in self.pressures), *self.baseline_places.values()):
            for part, word in first.items():
                place.setdefault(part, word)
        self.place = {**self.place, **said}
        self.probe = entry.get("probe_arm") or self.probe
        self.respan(now)
        self.judge_anew(now, ("sys", "dia", "map"))  # no other limit moves with the cuff
        if self.squeezed_until is not None and not self.same_arm():
            self.release(now)
            for condition in self.conditions:
                condition.levels_due(now)

    def same_arm(self) -> bool:
        """True where the cuff is known to squeeze the probe's arm."""
        arm = self.place.get("arm")
        return arm is not None and arm == self.probe and self.place.get("site") != "leg"

    def inflates(self, now: int) -> None:
        """SpO2 is held from now, unless it is or the probe is elsewhere."""
        if self.same_arm() and self.squeezed_until is None:
            self.squeezed_until = now + HOLD_MS
            self.condition("spo2_low").held_until = self.squeezed_until

    def lets_go(self, now: int) -> None:
        """The probe recovers within some seconds."""
        if self.squeezed_until is not None:
            self.squeezed_until = min(self.squeezed_until, now + RECOVERS_MS)

    def release(self, now: int) -> None:
        """Nothing is held any more."""
        self.squeezed_until = None
        self.condition("spo2_low").release(now)

    def condition(self, name: str) -> Condition:
        """The condition of this name."""
        return next(c for c in self.conditions if c.name == name)

    def rhythm(self, now: int, *, irregular: bool) -> None:
        """Somebody says whether the pulse is irregular."""
        self.irregular, self.three = irregular, []
        for condition in self.conditions:
            condition.by_median = irregular and condition.vital in PRESSURES
        self.respan(now)
        self.judge_anew(now, ("sys", "dia", "map"))

    def judge_pressures(self, now: int, reading: Accepted) -> None:
        """Judges a pressure reading: alone, or one of three where the pulse is irregular."""
        given = [
            (c, value)
            for c in self.conditions
            if c.vital in PRESSURES and (value := reading.values[c.vital]) is not None
        ]
        for condition, value in given:
            condition.newest = value
        if not self.irregular:
            self.decide([reading], now)
            return
        turns = [(c, value) for c, value in given if c.violated(value) != c.reached]
        alone = {c.name for c, value in given if c.violated(value) & HIGH}
        decides: list[Accepted] = []
        if any(c.name in alone for c, _ in turns) or (turns and not self.three):
            self.three = [(now, reading)]
        elif not self.three:
            decides = [reading]
        elif reading.t - self.three[-1][1].t >= REPEAT_MS:
            self.three.append((now, reading))
            if len(self.three) == 3:
                decides, self.three = [one for _, one in self.three], []
        self.decide(decides, now, alone=alone, newest=reading)

    def decide(
        self,
        readings: list[Accepted],
        now: int,
        *,
        late: bool = False,
        alone: set[str] | frozenset[str] = frozenset(),
        newest: Accepted | None = None,
    ) -> None:
        """Each pressure condition by the median of these, or by the newest reading alone."""
        for condition in self.conditions:
            if condition.vital not in PRESSURES:
                continue
            among = [newest] if newest is not None and condition.name in alone else readings
            values = [v for one in among if (v := one.values[condition.vital]) is not None]
            if not values:
                continue
            ranked = sorted(values, reverse=condition.side == "low")
            value, previous = ranked[len(ranked) // 2], condition.history.held()
            condition.history.events.append(Event(now, "once", value))
            condition.reason = f"median of {len(values)}" if len(values) > 1 else None
            if late:
                condition.late(now, value)
            else:
                condition.single(now, value, previous)
            condition.reason = None

    def acknowledge(self, now: int, entry: Mapping[str, Any]) -> None:
        """A person acknowledges one condition or all, as far as they had seen it."""
        by = entry.get("by")
        seat = by.get("seat") if isinstance(by, Mapping) else None
        at_chair = seat in {None, "nurse"} or (seat == "trainer" and self.mode == "SIMULATED")
        up_to = entry.get("up_to_seq")
        then: dict[str, Snapshot] | None = None
        if up_to is not None:
            then = {name: states for seq, name, states in self.snapshots if seq <= up_to}
        for condition in self.conditions:
            if entry.get("condition") not in {None, "all", condition.name}:
                continue
            if then is not None and not condition.covered_by(then.get(condition.name)):
                continue
            condition.acknowledge(now, None if at_chair else repr(by))

    def score(self, now: int, entry: Mapping[str, Any]) -> None:
        """A score; only MOAA/S has limits."""
        value = entry.get("moaas")
        if value is None and entry.get("event") == "scale.moaas":
            value = entry.get("value")
        if isinstance(value, int | float):
            self.episodic(now, "moaas", value)

    # --- readings

    def manual(self, now: int, entry: Mapping[str, Any]) -> None:
        """What a person typed."""
        measured = entry.get("measured_t")
        then = now if measured is None else round(exact(measured) * 1000)
        pair = {"sys": entry.get("systolic"), "dia": entry.get("diastolic")}
        if any(value is not None for value in pair.values()):
            values = pressure_values({**pair, "map": None})
            newest = self.pressures[-1] if self.pressures else None
            copy = (
                newest is not None
                and values is not None
                and all(newest.values.get(vital) == values[vital] for vital in pair)
                and abs(then - newest.t) <= COPY_MS
            )
            if copy:
                return
            if values is not None:
                self.accept(now, Accepted(then, values, None, self.place))
        self.typed(now, "hr", then, entry.get("pulse_rate"))
        self.typed(now, "spo2", then, entry.get("spo2"))
        self.typed(now, "rr", then, entry.get("rr"))
        self.episodic(now, "moaas", entry.get("moaas"))

    def accept(self, now: int, reading: Accepted) -> None:
        """A pressure reading counts: it is judged and may enter a baseline."""
        values = {**reading.values, "hr": self.histories["hr"].held()}
        accepted = Accepted(reading.t, values, reading.key, self.place)
        self.pressures.append(accepted)
        self.judge_pressures(now, accepted)

    def typed(self, now: int, vital: str, measured: int, raw: Any) -> None:
        """A typed value, or a cuff's pulse: counts only while no device gives the vital."""
        history, value = self.histories[vital], plausible(vital, raw)
        if value is None or history.in_use is not None:
            return
        if history.newest_t is not None and measured < history.newest_t:
            return  # older than a loss, or than what was judged already
        history.newest_t = measured
        self.judge_single(now, vital, value, "typed")

    def episodic(self, now: int, vital: str, raw: Any) -> None:
        """A score."""
        value = plausible(vital, raw)
        if value is not None:
            self.judge_single(now, vital, value)

    def judge_single(self, now: int, vital: str, value: Fraction, mark: Mark = "once") -> None:
        """Judges one value by itself."""
        history = self.histories[vital]
        previous = history.held()
        history.events.append(Event(now, mark, value))
        for condition in self.conditions:
            if condition.vital == vital:
                condition.single(now, value, previous)

    def reading(self, now: int, kind: str, entry: Mapping[str, Any]) -> None:
        """What a device sent."""
        silent = bool(VALUELESS & set(entry.get("status") or ())) or entry.get("contact") is False
        device = entry.get("device")
        if kind == "blood_pressure" and not NOT_LIVE & set(entry.get("status") or ()):
            self.lets_go(now)
        if kind == "blood_pressure" and not silent:
            self.cuff(now, entry)
        elif kind == "oximetry":
            name = device or "oximeter"
            rank = 2 if name == "oximeter" else 3
            self.continuous(now, "hr", name, rank, None if silent else entry.get("pulse_rate"))
            self.continuous(now, "spo2", name, rank, None if silent else entry.get("spo2"))
        elif kind == "heart_rate":
            name = device or "strap"
            rank = 0 if name == "strap" else 1
            self.continuous(now, "hr", name, rank, None if silent else entry.get("heart_rate"))
        elif kind == "respiration":
            name = device or "monitor"
            self.continuous(now, "rr", name, 0, None if silent else entry.get("rr"))

    def cuff(self, now: int, entry: Mapping[str, Any]) -> None:
        """A finished measurement of the cuff."""
        key = sorted(
            (k, repr(v)) for k, v in entry.items() if k not in {"t", "seq"} and v not in (None, [])
        )
        mean, pulse = entry.get("mean") or None, entry.get("pulse_rate") or None
        values = pressure_values(
            {"sys": entry.get("systolic"), "dia": entry.get("diastolic"), "map": mean}
        )
        impossible = pulse is not None and plausible("hr", pulse) is None
        if impossible or values is None or all(value is None for value in values.values()):
            return
        if any(one.key == key and now - one.t <= COPY_MS for one in self.pressures):
            return
        self.accept(now, Accepted(now, values, key, self.place))
        self.typed(now, "hr", now, entry.get("pulse_rate"))

    def continuous(self, now: int, vital: str, name: str, rank: int, raw: Any) -> None:
        """A continuous device's value, or that it had none."""
        history = self.histories[vital]
        source = history.sources.get(name)
        if source is None:
            source = Source(name, rank, self.cadences.get(name, Fraction(1)))
            history.sources[name] = source
            self.respan(now)
        value = plausible(vital, raw)
        if value is None:
            source.in_invalid_run = True
            return
        source.in_invalid_run, source.alive = False, True
        source.last_valid_t, source.value = now, value
        if history.best() is not source:
            return
        history.in_use = source
        if source.charted:
            self.judge_single(now, vital, value)
            return
        history.events.append(Event(now, "value", value))
        for condition in self.conditions:
            if condition.vital == vital:
                condition.arrival(now, value)
