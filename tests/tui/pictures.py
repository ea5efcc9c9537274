"""Any picture: what hypothesis draws where a rule must hold for every one of them."""

from hypothesis import strategies as st

from ketamon.engine.limit_changes import SETTINGS
from ketamon.feed import messages as m
from ketamon.feed.alarm_views import LimitsView, SettingView
from ketamon.feed.flow_views import (
    BaselineReading,
    BaselineView,
    CriterionView,
    DischargeView,
    OpenItem,
    SetupView,
)
from ketamon.feed.picture import Picture
from ketamon.tui.keys import WINDOWS
from ketamon.tui.panels.away import Away
from ketamon.tui.panels.discharge import Discharge
from ketamon.tui.panels.going import Going
from ketamon.tui.panels.heard import Heard
from ketamon.tui.panels.limits import opened
from ketamon.tui.panels.review import Review
from ketamon.tui.panels.setup import Setup
from ketamon.tui.panels.skip import Skip
from ketamon.tui.scene import Scene
from ketamon.tui.typed import FIELDS, Typed
from ketamon.tui.views import VIEWS
from ketamon.vitals import CONDITIONS, VITALS

TIMES = st.floats(0, 864_000).map(lambda t: round(t, 3))
VALUES = st.integers(0, 400) | st.floats(0, 400).map(lambda v: round(v, 2)) | st.integers(-9, 10**6)
PRIORITIES = st.sampled_from(("low", "medium", "high"))
STATES = st.sampled_from(("active", "acknowledged", "latched", "unresolved"))
WORDS = st.text(max_size=30) | st.sampled_from(("", "FK-27", "患者 7", "a\x1b[2Jb", "é", "👩‍⚕️"))
TECHNICAL = ("oximeter_no_data", "device_lost", "record_failing", "from_the_future")
SEATS = ("nurse", "physician", "observer", "trainer", "from_the_future")
STATUS = ("sensor_off", "motion", "low_perfusion", "from_the_future")

levels = st.lists(
    st.builds(
        m.LimitView,
        st.sampled_from(("medium", "high", "high_now")),
        PRIORITIES,
        VALUES,
        st.sampled_from(("absolute", "baseline")),
    ),
    max_size=2,
).map(tuple)


@st.composite
def vitals(draw: st.DrawFn) -> m.VitalView:
    """A vital in any state, limits and baseline or none."""
    return m.VitalView(
        draw(st.sampled_from(tuple(VITALS))),
        draw(st.none() | VALUES),
        draw(st.none() | TIMES),
        draw(st.none() | st.sampled_from(("cuff", "oximeter", "strap", "person")) | WORDS),
        draw(st.sampled_from(("none", "valid", "lost"))),
        draw(st.sampled_from((None, 4.0, 120.0))),
        draw(st.sampled_from((None, 10.0, 180.0))),
        draw(st.sampled_from(("", "?"))),
        draw(st.lists(st.sampled_from(STATUS), max_size=2).map(tuple)),
        draw(st.none() | VALUES),
        draw(levels),
        draw(levels),
    )


@st.composite
def conditions(draw: st.DrawFn) -> m.ConditionView:
    """A condition of the patient or of a device, in any state but normal."""
    return m.ConditionView(
        draw(st.sampled_from((*CONDITIONS, *TECHNICAL))),
        draw(STATES),
        draw(PRIORITIES),
        draw(st.none() | VALUES),
        draw(st.none() | VALUES),
        draw(st.none() | st.sampled_from(("absolute", "baseline"))),
        draw(st.none() | VALUES),
        draw(TIMES),
        draw(TIMES),
        draw(st.integers(0, 10**6)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.none() | TIMES),
        draw(st.none() | WORDS),
        draw(st.lists(WORDS, max_size=2).map(tuple)),
        draw(WORDS),
    )


marks = st.builds(
    m.Mark, TIMES, st.sampled_from(("alarm", "cuff", "event", "phase")), PRIORITIES, WORDS
)
tapes = st.builds(
    m.Transport,
    TIMES,
    st.booleans(),
    st.sampled_from((0.25, 1.0, 600.0)),
    st.booleans(),
    st.lists(marks, max_size=6).map(tuple),
)
bars = st.builds(
    m.CuffBar,
    TIMES,
    st.none() | VALUES,
    st.none() | VALUES,
    st.none() | VALUES,
    flagged=st.sampled_from(("", "medium")),
)
events = st.builds(m.EventLine, TIMES, st.integers(0, 10**6), WORDS, WORDS, PRIORITIES)

devices = st.builds(
    m.DeviceView,
    st.sampled_from(("cuff", "oximeter", "strap")) | WORDS,
    st.sampled_from(
        ("opening", "silent", "wrong_protocol", "streaming", "lost", "from_the_future")
    ),
    TIMES,
    WORDS,
    WORDS,
    WORDS,
    st.booleans(),
)
cuffs = st.builds(
    m.CuffView,
    st.sampled_from(("idle", "press_start", "measuring", "from_the_future")),
    TIMES,
    st.none() | TIMES,
    st.booleans(),
    st.none() | VALUES,
    WORDS,
)
aways = st.builds(
    m.AwayView,
    TIMES,
    TIMES,
    st.lists(st.sampled_from(("cuff", "oximeter", "strap")) | WORDS, max_size=3).map(tuple),
    st.booleans(),
)
typed = st.builds(
    Typed,
    st.tuples(*(st.text("0123456789/", max_size=field.longest) for field in FIELDS)),
    st.integers(0, len(FIELDS) - 1),
    WORDS,
    st.booleans(),
    st.booleans(),
)

settings = st.lists(
    st.builds(
        SettingView,
        st.sampled_from(SETTINGS),
        st.none() | VALUES,
        st.none() | VALUES,
        st.none() | TIMES,
        WORDS,
        WORDS,
    ),
    max_size=9,
    unique_by=lambda setting: setting.key,
).map(tuple)
limits = st.builds(LimitsView, WORDS, st.integers(1, 9), WORDS, settings)
episodes = st.builds(
    m.EpisodeView,
    st.integers(0, 10**6),
    st.sampled_from((*CONDITIONS, *TECHNICAL)),
    PRIORITIES,
    TIMES,
    st.none() | TIMES,
    st.none() | VALUES,
    st.none() | VALUES,
    st.none() | TIMES,
    WORDS,
)
stored = st.builds(
    m.QuarantineView,
    st.integers(0, 99),
    TIMES,
    WORDS,
    st.none() | VALUES,
    st.none() | VALUES,
    device_time=st.none() | WORDS,
)
pauses = st.builds(m.PauseView, TIMES, TIMES, WORDS)
asking = {"reason": WORDS, "writing": st.booleans(), "said": WORDS}
panels = (
    typed
    | st.builds(Skip, **asking)
    | st.builds(Heard)
    | st.builds(Setup, st.sampled_from(("", "who", "dose", "checks", "read")), WORDS, WORDS)
    | st.builds(Discharge, st.sampled_from(("", "why", "name", "sure")), WORDS, WORDS, why=WORDS)
    | st.builds(
        Going,
        at=st.sampled_from(("", "why")),
        text=WORDS,
        said=WORDS,
        step=st.none() | st.integers(0, 3),
        reason=WORDS,
    )
    | st.builds(Review, st.integers(0, 99), WORDS)
    | st.builds(Away, **asking, bound=st.just(("oximeter", "cuff")), at=st.integers(0, 2))
)


openings = st.builds(OpenItem, st.integers(1, 9), WORDS, st.booleans())
setups = st.builds(
    SetupView, st.booleans(), WORDS, WORDS, st.none() | VALUES, st.none() | VALUES,
    st.sampled_from(("", "iv", "im")), st.none() | VALUES, WORDS, WORDS, WORDS,
    st.just({"check.consent": 3}), st.lists(openings, max_size=4).map(tuple),
)  # fmt: skip
medians = st.dictionaries(st.sampled_from(("sys", "dia", "hr")), VALUES)
baselines = st.builds(
    BaselineView,
    st.lists(
        st.builds(BaselineReading, TIMES, st.none() | VALUES, st.none() | VALUES, st.none()),
        max_size=3,
    ).map(tuple),
    medians, medians, st.none() | TIMES, WORDS, medians,
)  # fmt: skip
leavings = st.builds(
    DischargeView,
    st.none() | TIMES,
    st.lists(
        st.builds(CriterionView, WORDS, WORDS, st.booleans(), WORDS, st.none() | TIMES), max_size=7
    ).map(tuple),
)


@st.composite
def bins(draw: st.DrawFn) -> m.Bin:
    """A bin, its lowest value not above its highest."""
    low, high = sorted((draw(VALUES), draw(VALUES)))
    t = draw(st.integers(0, 86_400)) * 10.0
    return m.Bin(draw(st.sampled_from(("hr", "spo2"))), t, low, high)


@st.composite
def snapshots(draw: st.DrawFn) -> m.Snapshot:
    """The whole of what an engine may say at once."""
    return m.Snapshot(
        draw(st.integers(0, 10**6)),
        draw(TIMES),
        draw(st.sampled_from(("LIVE", "SIMULATED", "REPLAY"))),
        draw(st.none() | WORDS),
        draw(st.none() | WORDS),
        draw(
            st.sampled_from(
                (None, "2000-01-01T14:00:00", "2000-01-01T14:00:00+02:00", "9999-12-31T23:59:59")
            )
            | WORDS
        ),
        draw(st.none() | st.sampled_from(("setup", "dosing", "ended")) | WORDS),
        draw(st.none() | TIMES),
        draw(st.none() | WORDS),
        draw(st.lists(vitals(), max_size=5).map(tuple)),
        draw(st.lists(conditions(), max_size=4).map(tuple)),
        draw(st.lists(bars, max_size=6).map(tuple)),
        draw(st.lists(bins(), max_size=8).map(tuple)),
        draw(st.lists(events, max_size=6).map(tuple)),
        draw(st.sampled_from((10, 60, 3600))),
        transport=draw(st.none() | tapes),
        devices=draw(st.lists(devices, max_size=3).map(tuple)),
        cuff=draw(st.none() | cuffs),
        away=draw(st.none() | aways),
        limits=draw(st.none() | limits),
        episodes=draw(st.lists(episodes, max_size=3).map(tuple)),
        quarantine=draw(st.lists(stored, max_size=2).map(tuple)),
        pause=draw(st.none() | pauses),
        setup=draw(st.none() | setups),
        baseline=draw(st.none() | baselines),
        discharge=draw(st.none() | leavings),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any moment of any picture, as any viewer has set up the screen."""
    picture = Picture()
    if draw(st.integers(0, 9)):
        told = draw(snapshots())
        seat, speed = draw(st.sampled_from(SEATS)), draw(st.sampled_from((0.0, 0.25, 1.0, 60.0)))
        picture.apply(m.Hello(m.PROTOCOL, "", "", told.mode, seat, told.t, speed), 0.0)
        picture.apply(told, 0.0)
    if draw(st.integers(0, 9)) == 0:
        picture.apply(m.Bye(draw(WORDS)), 0.0)
    shown = Scene(picture, picture.t)
    return Scene(
        picture,
        picture.t + draw(st.sampled_from((0.0, 0.5, 7.0, 4000.0))),
        draw(st.sampled_from((0.0, 2.9, 3.1, 100_000.0))),
        draw(st.sampled_from(WINDOWS)),
        draw(st.booleans()),
        draw(st.integers(0, 9)),
        draw(st.booleans()),
        draw(st.just("") | WORDS),
        draw(st.booleans()),
        draw(st.booleans()),
        opened(shown) if draw(st.integers(0, 3)) == 0 else draw(st.none() | panels),
        draw(st.booleans()),
        view=draw(st.sampled_from(("", *VIEWS))),
        scroll=draw(st.integers(0, 9)),
    )
