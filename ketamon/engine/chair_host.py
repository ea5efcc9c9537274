"""What viewers may ask of a chair: the feed's host for a running session."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ketamon.core.profile import AUDIO_PAUSE_MAX_S, ProfileError
from ketamon.engine.arguments import (
    TYPED,
    RefusedError,
    alarm_named,
    assert_allowed,
    assert_plausible,
    charted,
    number,
    text,
)
from ketamon.engine.audio import Audio
from ketamon.engine.devices import Devices
from ketamon.engine.feed_server import FeedServer
from ketamon.engine.gates import assert_lockable, assert_set_up, discharged
from ketamon.engine.limit_changes import differences, wanted
from ketamon.engine.live_session import LiveSession
from ketamon.engine.peers import Peer
from ketamon.engine.presence import CANNOT, LOST_S, TAKES, Presence
from ketamon.engine.quarantine import review
from ketamon.engine.seats import SOUND, refusal, seat_of
from ketamon.engine.talk import Comings, Talk
from ketamon.entries import (
    KINDS,
    PHASES,
    Acknowledge,
    Announced,
    Away,
    Baseline,
    By,
    Chart,
    Correction,
    Cuff,
    Entry,
    Limits,
    PauseAudio,
    Phase,
    Placement,
    Rhythm,
)
from ketamon.feed.messages import (
    PROTOCOL,
    Answer,
    AudioView,
    Beat,
    Command,
    Hello,
    Messages,
    Snapshot,
    Viewers,
)
from ketamon.vitals import CONDITIONS, TECHNICAL
from ketamon_drivers.readings import Manual

HIGHEST_SPEED = 60
PLACED = ("cuff_arm", "cuff_site", "cuff_size", "probe_arm", "line_arm")
LONGEST_SIZE = 12
CHART_KINDS = {"scale": "score"}
"""First part of an event's id, where it is not the kind."""


@dataclass(slots=True)
class ChairHost:
    """Answers for one chair. `set_speed` is None where time is real."""

    session: LiveSession
    devices: Devices
    title: str
    epoch: str
    set_speed: Callable[[float], None] | None = None
    speed: float = 1.0
    server: FeedServer | None = None
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    end_reason: str = ""
    end_by: By | None = None
    left: bool = False
    physician_may: tuple[str, ...] = ()
    seats: Mapping[str, str] = field(default_factory=dict)  # seat: the group that may take it
    trouble: str = ""  # why a session that has ended can't be closed yet
    audio: Audio = field(init=False)
    presence: Presence = field(init=False)
    talk: Talk = field(init=False)
    comings: Comings = field(init=False)
    _played_speed: float = 1.0

    def __post_init__(self) -> None:
        self._played_speed = self.speed or 1.0
        self.audio = Audio(self.session, self._tell_beside)
        self.presence = Presence(self.session, self._tell_beside)
        self.talk = Talk(self.session, self._tell_beside)
        self.comings = Comings(self.session)

    # -- what the server asks -------------------------------------------------------------------

    def hello(self, seat: str) -> Hello:
        """The first line for a viewer."""
        now_s = self.session.now_ms() / 1000
        return Hello(PROTOCOL, self.title, self.epoch, self.session.mode, seat, now_s, self.speed)

    def snapshot(self) -> Snapshot:
        """The picture now."""
        return self.session.snapshot()

    def beat(self) -> Beat:
        """Proof of life now."""
        session = self.session
        return Beat(session.now_ms() / 1000, session.keeps.recorded, self.speed, session.mode)

    def seat(self, peer: Peer, wanted: str | None) -> str:
        """The seat of an account."""
        return seat_of(peer, wanted, self.session.mode, self.seats)

    def command(self, command: Command, seat: str, who: str) -> Answer:
        """Carries a command out, or says why not; an entry that came of it is named by its seq."""
        args = command.args if isinstance(command.args, dict) else {}
        refused = refusal(command.name, seat, self.session.mode, self.physician_may)
        if refused is None and self.ending.is_set():
            if command.name == "end" and not self.trouble:
                return Answer(command.id, True)  # as somebody else has just asked
            refused = f"the session has ended{self.trouble and f', and waits to be closed: {self.trouble}'}"
        if refused is not None:
            return Answer(command.id, False, refused)
        by = By(account=who, seat=seat)
        before = self.session.state.seq
        try:
            _DO[command.name](self, args, by)
        except RefusedError as error:
            return Answer(command.id, False, str(error))
        seq = self.session.state.seq
        return Answer(command.id, True, None, seq if seq > before else None)

    def know_again(self, entries: list[Entry]) -> None:
        """Goes on with a session: who took responsibility, and what was told to be wrong."""
        self.audio.restore(entries)
        self.presence.restore(entries)
        self.talk.restore(entries)
        self.comings.restore(entries)

    def look_around(self) -> None:
        """A second of real time has passed: who watches, who draws, who sounds."""
        if self.server is None:
            return
        viewers = self.server.viewers
        if not self.ending.is_set():
            self.comings.look(viewers)
        self.presence.look(viewers)
        is_there = any(viewer.seat == SOUND for viewer in viewers)
        self.audio.look(is_there=is_there, screen_draws=self.presence.undrawn_s < LOST_S)

    def leave(self) -> None:
        """The engine is to stop without ending the session; one that is being closed goes on."""
        self.left = self.left or not self.ending.is_set() or bool(self.trouble)
        self.ending.set()

    # -- commands -------------------------------------------------------------------------------

    def _acknowledge(self, args: dict[str, Any], by: By) -> None:
        condition, drawn = args.get("condition"), args.get("up_to_seq")
        if condition not in (None, "all", *CONDITIONS, *TECHNICAL):
            raise RefusedError(f"{text(condition) or 'acknowledge'}: no such condition")
        if isinstance(drawn, bool) or not isinstance(drawn, int) or drawn < 0:
            raise RefusedError("say up_to_seq: the newest entry that was drawn")
        newest = self.session.state.seq
        self.session.take(Acknowledge(condition, min(drawn, newest)), by=by)

    def _cuff(self, args: dict[str, Any], by: By) -> None:
        action, reason = args.get("action"), text(args.get("reason"))
        refused: str | None = None
        match action:
            case "start":
                refused = self.devices.start_cuff(reason or "by key", by)
            case "stop":
                refused = self.devices.stop_cuff(reason or "by key", by)
            case "started":
                self.session.take(Cuff("started", reason or None), "cuff", by)
            case "skipped":
                if not reason:
                    refused = "say why the measurement is skipped"
                else:
                    self.session.take(Cuff("skipped", reason), "cuff", by)
            case _:
                refused = "cuff: the action is start, started, stop or skipped"
        assert_allowed(refused)

    def _manual(self, args: dict[str, Any], by: By) -> None:
        values = {name: args[name] for name in TYPED & args.keys() if args[name] is not None}
        if not values:
            raise RefusedError("nothing was typed")
        typed = {name: number(value, name) for name, value in values.items()}
        assert_plausible(typed)
        now_s = self.session.now_ms() / 1000
        measured = args.get("measured_t")
        at = now_s if measured is None else number(measured, "measured_t")
        if at > now_s:
            raise RefusedError("a measurement can't lie in the future")
        fields = {"kind": "manual", **typed, "measured_t": at}
        if isinstance(args.get("source"), str):
            fields["source"] = text(args["source"])
        self.session.take(msgspec.convert(fields, Manual), "person", by)

    def _review_reading(self, args: dict[str, Any], by: By) -> None:
        quarantine = self.session.projector.quarantine
        refused = review(quarantine, args.get("seq"), args.get("verdict"), self.session.take, by)
        assert_allowed(refused)

    def _away(self, args: dict[str, Any], by: By) -> None:
        sensors = args.get("sensors")
        given = [text(s) for s in sensors] if isinstance(sensors, list) else []
        minutes = number(args.get("minutes"), "minutes")
        body = Away(minutes, tuple(given), text(args.get("reason")) or None)
        state = self.session.state
        refused = state.away.refusal(body, dosing=self.session.projector.phase == "dosing")
        assert_allowed(refused)
        self.session.take(body, by=by)

    def _placement(self, args: dict[str, Any], by: By) -> None:
        given = {name: text(args[name]) for name in PLACED if args.get(name) is not None}
        given = {name: word[:LONGEST_SIZE] for name, word in given.items() if word}
        if not given:
            raise RefusedError(f"placement: give any of {', '.join(PLACED)}")
        try:
            body = msgspec.convert({"kind": "placement", **given}, Placement)
        except msgspec.ValidationError:
            raise RefusedError(
                "placement: an arm is left or right, a site upper_arm, forearm, wrist or leg"
            ) from None
        self.session.take(body, by=by)

    def _rhythm(self, args: dict[str, Any], by: By) -> None:
        irregular = args.get("irregular")
        if not isinstance(irregular, bool):
            raise RefusedError("rhythm: say irregular, true or false")
        self.session.take(Rhythm(irregular), by=by)

    def _chart(self, args: dict[str, Any], by: By) -> None:
        event = text(args.get("event"))
        head = event.partition(".")[0]
        kind = KINDS.get(CHART_KINDS.get(head, head))
        if kind is None or not issubclass(kind, Chart):
            raise RefusedError(
                f"{event or 'chart'}: no such event; it begins with its kind, as in dose.im"
            )
        assert_set_up(self.session, event, args, by)
        self.session.take(charted(kind, event, args, self.session.now_ms() / 1000), by=by)

    def _strike(self, args: dict[str, Any], by: By) -> None:
        of_seq, reason = args.get("seq"), text(args.get("reason"))
        events = self.session.projector.events
        line = next((one for one in events if one.seq == of_seq and one.charted), None)
        if line is None:
            raise RefusedError("strike: say the seq of what was charted in this session")
        of_seq = line.seq
        body = Correction(text=line.text, of_seq=of_seq, reason=reason or None)
        self.session.take(body, by=by)

    def _limits(self, args: dict[str, Any], by: By) -> None:
        """Changes single limits; `check` only tries it."""
        in_force, began = self.session.state.profile, self.session.projector.limits.began
        try:
            new = wanted(args, in_force, began)
        except ProfileError as error:
            raise RefusedError(str(error)) from None
        if args.get("check") is True:
            return
        reason = text(args.get("reason"))
        if not reason:
            raise RefusedError("limits: say why they are changed")
        self.session.take(Limits(new, changed=differences(in_force.raw, new), reason=reason), by=by)

    def _baseline(self, _args: dict[str, Any], by: By) -> None:
        assert_lockable(self.session)
        self.session.take(Baseline(), by=by)

    def _phase(self, args: dict[str, Any], by: By) -> None:
        phase = args.get("phase")
        if phase not in PHASES or phase == "ended":
            raise RefusedError(f"phase: give one of {', '.join(PHASES[:-1])}")
        assert_set_up(self.session, str(phase), args, by)
        self.session.take(Phase(str(phase)), by=by)

    def _end(self, args: dict[str, Any], by: By) -> None:
        if args.get("discharge") is True:
            by = discharged(self.session, args, by)
        self.end_reason, self.end_by = text(args.get("reason")), by
        self.ending.set()

    def _pause_audio(self, args: dict[str, Any], by: By) -> None:
        seconds = args.get("seconds")
        if seconds is not None and not 0 <= number(seconds, "seconds") <= AUDIO_PAUSE_MAX_S:
            raise RefusedError(f"a pause lasts at most {AUDIO_PAUSE_MAX_S} s; 0 ends it")
        if seconds is None:
            seconds = self.session.state.profile.audio_pause_ms / 1000
        self.session.take(PauseAudio(seconds), by=by)

    def _test_sound(self, _args: dict[str, Any], _by: By) -> None:
        assert_allowed(self.audio.test())

    def _heard(self, args: dict[str, Any], by: By) -> None:
        heard = args.get("heard")
        if not isinstance(heard, bool):
            raise RefusedError("heard: say true or false")
        assert_allowed(self.audio.heard(is_heard=heard, by=by))

    def _sound(self, args: dict[str, Any], _by: By) -> None:
        device, why = text(args.get("device")), text(args.get("why"))
        self.audio.said(can=args.get("can") is True, device=device, why=why)

    def _announced(self, args: dict[str, Any], by: By) -> None:
        ok, reason = args.get("ok"), text(args.get("reason")) or None
        what, where = text(args.get("what")) or "burst", text(args.get("where")) or None
        condition, priority = text(args.get("condition")), text(args.get("priority"))
        if ok is not None and not isinstance(ok, bool):
            raise RefusedError("announced: ok is true, false or null")
        body = Announced(where, ok, what, condition or None, priority or None, reason)
        self.audio.announced(body, by)

    def _take(self, args: dict[str, Any], by: By) -> None:
        self.presence.answer(TAKES, alarm_named(args), by)

    def _cannot(self, args: dict[str, Any], by: By) -> None:
        self.presence.answer(CANNOT, alarm_named(args), by)

    def _message(self, args: dict[str, Any], by: By) -> None:
        assert_allowed(self.talk.write(text(args.get("text")), by))

    def _read_message(self, args: dict[str, Any], by: By) -> None:
        assert_allowed(self.talk.read(args.get("seq"), by))

    def _reviewed(self, _args: dict[str, Any], by: By) -> None:
        self.talk.review(by)

    def _tell_beside(self, message: AudioView | Viewers | Messages) -> None:
        if self.server is not None:
            self.server.publish_beside(message)

    def _speed(self, args: dict[str, Any], _by: By) -> None:
        speed = number(args.get("speed"), "speed")
        if not 0 <= speed <= HIGHEST_SPEED:
            raise RefusedError(f"speed goes from 0 to {HIGHEST_SPEED}")
        self._change_speed(speed)

    def _pause(self, _args: dict[str, Any], _by: By) -> None:
        self._change_speed(0.0)

    def _play(self, _args: dict[str, Any], _by: By) -> None:
        self._change_speed(self._played_speed)

    def _change_speed(self, speed: float) -> None:
        if self.set_speed is None:
            raise RefusedError("time is real here: nothing can change its speed")
        if speed > 0:
            self._played_speed = speed
        self.set_speed(speed)
        self.speed = speed
        if self.server is not None:
            self.server.publish_beat()


_DO: dict[str, Callable[[ChairHost, dict[str, Any], By], None]] = {
    "acknowledge": ChairHost._acknowledge,
    "cuff": ChairHost._cuff,
    "manual": ChairHost._manual,
    "away": ChairHost._away,
    "placement": ChairHost._placement,
    "rhythm": ChairHost._rhythm,
    "chart": ChairHost._chart,
    "strike": ChairHost._strike,
    "limits": ChairHost._limits,
    "review_reading": ChairHost._review_reading,
    "baseline": ChairHost._baseline,
    "phase": ChairHost._phase,
    "end": ChairHost._end,
    "speed": ChairHost._speed,
    "pause": ChairHost._pause,
    "play": ChairHost._play,
    "pause_audio": ChairHost._pause_audio,
    "test_sound": ChairHost._test_sound,
    "heard": ChairHost._heard,
    "message": ChairHost._message,
    "read_message": ChairHost._read_message,
    "reviewed": ChairHost._reviewed,
    "sound": ChairHost._sound,
    "announced": ChairHost._announced,
    "take": ChairHost._take,
    "cannot": ChairHost._cannot,
}
