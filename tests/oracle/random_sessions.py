"""Sessions made by a seed: values at the edges of limits, moments that coincide.

Each session has a theme, so that deep states (latched, unresolved, acknowledged again) are
reached in a few dozen entries, and its times lie on a grid, so that deadlines fall together.
"""

from random import Random
from typing import Any, NamedTuple

from tests.oracle import builders as make
from tests.oracle.builders import Entry

SIDES = {
    "sys": ("high", "low"),
    "dia": ("high", "low"),
    "map": ("high", "low"),
    "hr": ("high", "low"),
    "spo2": ("low",),
    "rr": ("high", "low"),
    "moaas": ("low",),
}
MILD = {
    ("sys", "high"): 160,
    ("sys", "low"): 90,
    ("dia", "high"): 100,
    ("dia", "low"): 50,
    ("map", "high"): 120,
    ("map", "low"): 60,
    ("hr", "high"): 110,
    ("hr", "low"): 50,
    ("spo2", "low"): 94,
    ("rr", "high"): 24,
    ("rr", "low"): 10,
    ("moaas", "low"): 4,
}
STEP = {"sys": 20, "dia": 10, "map": 15, "hr": 10, "spo2": 4, "rr": 4, "moaas": 2}
THEMES = (
    "strap", "probe", "two", "cuff", "typed", "charted", "breath", "mixed",
    "squeezed", "squeezed", "irregular",
)  # fmt: skip


class RandomSession(NamedTuple):
    """Entries, and limits that replace those inside them (or None)."""

    entries: list[Entry]
    limits: dict[str, Any] | None


def session(seed: int) -> RandomSession:
    """The session of this seed."""
    return _Maker(Random(seed)).make()


def drawn(rng: Random) -> RandomSession:
    """A session of these choices."""
    return _Maker(rng).make()


class _Maker:
    """Builds one session; what it has set so far decides which values are edges."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.theme = rng.choice(THEMES)
        self.grid = rng.choice((500, 1000, 1000, 2500, 5000))
        self.t = 0
        self.entries: list[Entry] = []
        self.cadence: dict[str, float] = {}
        self.alarm = self.alarm_table()
        self.profile: dict[str, Any] = self.limits()
        self.held: dict[str, float] = {}

    def make(self) -> RandomSession:
        rng = self.rng
        outside = rng.random() < 0.3
        if rng.random() < 0.2:
            mode = rng.choice(("SIMULATED", "REPLAY"))
            self.entries.append({"t": 0, "kind": "session", "mode": mode})
        if not outside or rng.random() < 0.3:
            self.entries.append(make.set_limits(0, self.profile))
        for name in ("strap", "oximeter", "monitor"):
            if self.theme == "charted" or rng.random() < 0.7:
                self.entries.append(make.device(0, name, self.pick_cadence(name)))
        self.entries.append(make.typed(0, systolic=120, diastolic=75))
        if self.theme == "squeezed":
            self.entries.append(make.placement(0, cuff_arm="left", probe_arm="left"))
        if self.theme == "irregular":
            self.entries.append(make.rhythm(0, irregular=True))
        for _ in range(rng.randint(20, 70)):
            self.advance()
            self.entries.append(self.entry())
        if rng.random() < 0.15:
            self.entries.insert(rng.randint(len(self.entries) // 2, len(self.entries)), {})
            at = self.entries.index({})
            self.entries[at] = make.end(self.entries[at - 1]["t"])
        self.entries.append(make.note(self.t / 1000 + rng.choice((0, 10, 200, 700))))
        return RandomSession(self.entries, self.profile if outside else None)

    def advance(self) -> None:
        """On the grid, sometimes a millisecond beside it, sometimes far on."""
        rng = self.rng
        steps = rng.choice((0, 1, 1, 1, 1, 2, 2, 3, 5, 10))
        if rng.random() < 0.06:
            steps += rng.choice((60, 120, 180, 600)) * 1000 // self.grid
        self.t += steps * self.grid
        if rng.random() < 0.05:
            self.t += rng.choice((1, self.grid - 1))

    # --- limits

    def alarm_table(self) -> dict[str, Any]:
        rng = self.rng
        table: dict[str, Any] = {}
        if rng.random() < 0.6:
            table["realarm_s"] = rng.choice((20, 30, 60))
            table["realarm_again_s"] = rng.choice((40, 60, 90))
            table["escalate_s"] = rng.choice((10, 15, 20, 30))
        if rng.random() < 0.3:
            table["clear_for_s"] = rng.choice((0, 1, 2.5, 10))
        if rng.random() < 0.3:
            table["clear_margin"] = {"hr": rng.choice((0, 1, 3)), "rr": rng.choice((0, 2))}
        if rng.random() < 0.3:
            table["reannounce_mmhg"] = rng.choice((5, 10))
        return table

    def limits(self) -> dict[str, Any]:
        """Limits near the usual ones; a level, a side or a vital may be missing."""
        rng = self.rng
        found: dict[str, Any] = {}
        for vital, sides in SIDES.items():
            if rng.random() < 0.15:
                continue
            part: dict[str, Any] = {}
            for side in sides:
                sign = 1 if side == "high" else -1
                number = MILD[vital, side] + rng.choice((0, 0, 0, 1, -1)) * sign
                levels: dict[str, float] = {"medium": number}
                levels["high"] = number + sign * STEP[vital]
                if vital == "spo2" and rng.random() < 0.6:
                    levels["high_now"] = number + sign * 2 * STEP[vital]
                if rng.random() < 0.15:
                    del levels[rng.choice(list(levels))]
                if rng.random() > 0.1:
                    part[side] = levels
            if vital in {"sys", "dia"} and rng.random() < 0.5 and "high" in part:
                kind = rng.choice(("rise_mmhg", "rise_pct"))
                part[kind] = {"medium": rng.choice((20, 25)), "high": rng.choice((30, 35))}
                if rng.random() < 0.5:
                    part["only_above"] = MILD[vital, "high"] - 15
            if vital in {"hr", "spo2", "rr"} and part and rng.random() < 0.8:
                delays = {"medium": rng.choice((5, 10, 15)), "high": rng.choice((0, 5, 10))}
                if vital == "spo2":
                    delays["high_now"] = rng.choice((0, 5))
                part["delay_s"] = delays
            if part:
                found[vital] = part
        if self.alarm:
            found["alarm"] = self.alarm
        return found

    def pick_cadence(self, name: str) -> float:
        slow, fast = (61, 300), (1, 2, 5, 5, 10, 20, 30, 60)
        if self.theme == "charted":  # the strap may be lost: then a charted pulse is taken
            fast = (5, 20, 30) if name == "strap" else ()
        else:
            slow = ()
        self.cadence[name] = self.rng.choice((*slow, *fast))
        return self.cadence[name]

    # --- entries

    def entry(self) -> Entry:
        """One entry of the theme, or now and then one of another kind."""
        rng, t = self.rng, self.t / 1000
        chance = rng.random()
        if chance < 0.10:
            return self.acknowledge(t)
        if chance < 0.14:
            state = rng.choice(("lost", "lost", "silent", "streaming"))
            return make.device(t, rng.choice(("strap", "oximeter", "monitor", "cuff")), None, state)
        if chance < 0.18:
            self.profile = self.limits() if rng.random() < 0.6 else self.profile
            return make.set_limits(t, self.profile)
        if chance < 0.21:
            return make.lock(t)
        if chance < 0.23:
            return make.note(t)
        if chance < 0.24 and self.theme != "charted":
            name = rng.choice(("strap", "oximeter"))
            return make.device(t, name, self.pick_cadence(name))
        if chance < 0.28:
            return self.beside(t)
        theme = self.theme if rng.random() < 0.85 else rng.choice(THEMES)
        return self.reading(theme, t)

    def beside(self, t: float) -> Entry:
        """Where things are, how the pulse is, what the cuff does; and what must change nothing."""
        rng = self.rng
        what = rng.choice(("placement", "placement", "rhythm", "cuff", "pressure", "nothing"))
        if what == "placement":
            words = {
                "cuff_arm": ("left", "left", "right"),
                "probe_arm": ("left", "left", "right"),
                "cuff_site": ("upper_arm", "upper_arm", "forearm", "leg"),
                "cuff_size": ("M", "L"),
                "line_arm": ("left", "right"),
            }
            names = rng.sample(sorted(words), rng.choice((1, 1, 2)))
            return make.placement(t, **{name: rng.choice(words[name]) for name in names})
        if what == "rhythm":
            return make.rhythm(t, irregular=rng.random() < 0.6)
        if what == "cuff":
            return make.cuff(t, rng.choice(("start", "started", "stop", "failed", "inflated")))
        if what == "pressure":
            return make.cuff_pressure(t, rng.choice((None, 0, 19, 20, 150)))
        return rng.choice(
            (
                {"t": t, "kind": "pause_audio", "seconds": 120},
                {"t": t, "kind": "away", "minutes": 5, "sensors": ["oximeter", "strap"]},
                {"t": t, "kind": "phase", "phase": rng.choice(("dosing", "recovery"))},
                {"t": t, "kind": "cuff", "action": "skipped", "reason": "asleep"},
                {"t": t, "kind": "fault", "what": "record", "detail": "failing"},
            )
        )

    def acknowledge(self, t: float) -> Entry:
        rng = self.rng
        condition = rng.choice((None, None, None, "hr_high", "sys_high", "spo2_low", "rr_low"))
        up_to = rng.randint(1, 2 * len(self.entries)) if rng.random() < 0.4 else None
        seat = "physician" if rng.random() < 0.15 else "nurse"
        return make.ack(t, condition, up_to, seat)

    def reading(self, theme: str, t: float) -> Entry:
        """A reading that fits the theme."""
        rng = self.rng
        one = {
            "two": ("strap", "strap", "probe"),
            "charted": ("strap", "probe", "breath"),
            "mixed": ("strap", "probe", "cuff", "typed", "breath"),
            "squeezed": (*("probe",) * 7, "inflates", "inflates", "cuff"),
            "irregular": ("cuff", "cuff", "cuff", "cuff", "typed", "waits"),
        }.get(theme, (theme,))
        what = rng.choice(one)
        if what == "strap":
            more = {"contact": rng.choice((True, False))} if rng.random() < 0.1 else {}
            return make.hr(t, self.value("hr"), **more)
        if what == "probe":
            status = ("sensor_off", "from_storage", "early_estimate", "questionable", "invalid")
            more = {"status": [rng.choice(status)]} if rng.random() < 0.08 else {}
            pulse = self.value("hr") if rng.random() < 0.8 else None
            return make.ox(t, self.value("spo2"), pulse, **more)
        if what == "inflates":
            return make.cuff(t, rng.choice(("start", "started")))
        if what == "waits":  # so that readings lie about a minute apart, or none comes in time
            self.t += rng.choice((50_000, 60_000, 60_000, 300_000))
            return make.note(self.t / 1000)
        if what == "breath":
            return make.rr(t, self.value("rr"))
        if what == "cuff":
            return self.cuff(t)
        return self.typed(t)

    def cuff(self, t: float) -> Entry:
        rng = self.rng
        last = self.entries[-1]
        if last["kind"] == "blood_pressure" and "status" not in last and rng.random() < 0.3:
            return {**last, "t": t}
        if rng.random() < 0.08:
            return make.bp(t, None, None, status=[rng.choice(("cuff_error", "improper_position"))])
        more: dict[str, Any] = {}
        if rng.random() < 0.4:
            more["mean"] = self.value("map", clean=rng.random() < 0.9)
        if rng.random() < 0.5:
            more["pulse_rate"] = self.value("hr", clean=rng.random() < 0.95)
        if rng.random() < 0.05:
            more["status"] = [rng.choice(("from_storage", "irregular_pulse"))]
        systolic = self.value("sys", clean=rng.random() < 0.95)
        diastolic = self.value("dia", clean=True) if rng.random() < 0.9 else None
        return make.bp(t, systolic, diastolic, **more)

    def typed(self, t: float) -> Entry:
        rng = self.rng
        when = None
        if rng.random() < 0.6:
            when = max(0.0, t - rng.choice((0, 1, 5, 15, 15.001, 30, 60)))
        values: dict[str, float] = {}
        last = next((e for e in reversed(self.entries) if e.get("systolic")), None)
        if rng.random() < 0.4:
            if last and last.get("diastolic") and rng.random() < 0.4:
                values["systolic"], values["diastolic"] = last["systolic"], last["diastolic"]
            else:
                values["systolic"] = self.value("sys", clean=True) or 120
                values["diastolic"] = self.value("dia", clean=True) or 80
        for vital, key in (
            ("hr", "pulse_rate"),
            ("spo2", "spo2"),
            ("rr", "rr"),
            ("moaas", "moaas"),
        ):
            if rng.random() < 0.35:
                value = self.value(vital, clean=rng.random() < 0.95)
                if value is not None:
                    values[key] = value
        if rng.random() < 0.15:
            return make.moaas(t, rng.choice((0, 1, 2, 3, 4, 5, 6)))
        return make.typed(t, when, **(values or {"rr": 14}))

    def value(self, vital: str, *, clean: bool = False) -> float | None:
        """Often the last one, else an edge of a limit, else something usual or impossible."""
        rng = self.rng
        if vital in self.held and rng.random() < 0.5:
            return self.held[vital]
        if not clean and rng.random() < 0.12:
            bad: tuple[float | None, ...] = (None, 0, 1000, 39 if vital == "spo2" else 3)
            return rng.choice(bad if vital != "rr" else (None, 0, 1000, 81))
        part = self.profile.get(vital, {})
        edges = [n for side in ("high", "low") for n in part.get(side, {}).values()]
        usual = {"sys": 120, "dia": 75, "map": 90, "hr": 80, "spo2": 98, "rr": 14, "moaas": 5}
        if edges and rng.random() < 0.8:
            value = rng.choice(edges) + rng.choice((0, 1, -1, 2, -2, 3, -3, 15, -15))
            if rng.random() < 0.05:
                value += rng.choice((0.5, 0.1))
        else:
            value = usual[vital]
        top = {"spo2": 100, "moaas": 5, "dia": 129}.get(vital, 250)
        self.held[vital] = max(1 if vital in {"rr", "moaas"} else 40, min(top, value))
        return self.held[vital]
