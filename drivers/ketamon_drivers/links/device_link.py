"""One device for as long as the session lasts: opened, listened to, judged, opened again.

| state | meaning |
|---|---|
| opening | being opened, or open and nothing heard yet |
| streaming | what comes is the family's protocol |
| silent | no byte for `silent_after_s`: nothing raises an error when only the plug at the device is pulled |
| wrong_protocol | bytes for 5 s and no whole frame among them |
| lost | unplugged, or it can't be opened |

While it is silent its start sequence is sent again every 10 s: a device that was switched off, or
heard no keep-alive for too long, has forgotten that it was started. After 10 s of silence the port
is closed and opened once, because some bridges fall asleep. A lost
port is tried again after 0.5, 1, 2 and then every 5 s, for ever; its address is opened anew each
time, so that a device that comes back under another node is found by its own name.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ketamon_drivers.catalog import Family, protocol_of
from ketamon_drivers.links.port import Port, PortMissingError, Wire
from ketamon_drivers.protocols.protocol import Decoder
from ketamon_drivers.readings import Reading, Rejected

LINK_STATES: dict[tuple[str, str], str] = {
    ("opening", "valid"): "streaming",
    ("opening", "quiet"): "silent",
    ("opening", "garbled"): "wrong_protocol",
    ("opening", "gone"): "lost",
    ("streaming", "quiet"): "silent",
    ("streaming", "garbled"): "wrong_protocol",
    ("streaming", "gone"): "lost",
    ("silent", "valid"): "streaming",
    ("silent", "garbled"): "wrong_protocol",
    ("silent", "gone"): "lost",
    ("wrong_protocol", "valid"): "streaming",
    ("wrong_protocol", "quiet"): "silent",
    ("wrong_protocol", "gone"): "lost",
    ("lost", "opened"): "opening",
    ("lost", "gone"): "lost",
}
"""(state, event) → state; an event that isn't here changes nothing."""

BACK_OFF_S = (0.5, 1.0, 2.0, 5.0)
WRONG_AFTER_S = 5.0
REOPEN_AFTER_S = 10.0
START_AGAIN_S = 10.0
STOOD_STILL_S = 3.0
"""Real seconds for which a busy machine may hold our loop up without harm."""

OUTBOX = 8
"""Commands that may wait for their turn; more would be old when sent."""


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link's new state, and why in a sentence (empty while all is well)."""

    state: str
    reason: str


class DeviceLink:
    """Keeps one device connected and hands over what it says."""

    def __init__(
        self,
        port: Port,
        family: Family,
        *,
        on_reading: Callable[[Reading], None],
        on_bytes: Callable[[bytes], None],
        on_change: Callable[[LinkChange], None],
        on_open: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_open` is called after each opening, before anything is sent; `on_bytes` before the
        readings that they complete."""
        self.port, self.family = port, family
        self.state = "opening"
        self.reason = ""
        self._on_reading, self._on_bytes = on_reading, on_bytes
        self._on_change, self._on_open = on_change, on_open
        self._decoder: Decoder = self._fresh_decoder()
        self._wire: Wire | None = None
        self._ended: asyncio.Future[None] | None = None
        self._outbox: deque[bytes] = deque()
        self._outbox_timer: asyncio.TimerHandle | None = None
        self._watch_timer: asyncio.TimerHandle | None = None
        self._tries = 0
        self._may_reopen = True
        self._asked_s = self._sent_s = self._heard_s = self._started_s = 0.0
        self._garbled_since_s: float | None = None

    @property
    def is_open(self) -> bool:
        """True while bytes can be sent."""
        return self._wire is not None

    async def run(self) -> None:
        """Opens and listens, for ever until cancelled."""
        while True:
            await self._once()
            pause = BACK_OFF_S[min(self._tries, len(BACK_OFF_S) - 1)]
            self._tries += 1
            await asyncio.sleep(pause)

    def send(self, data: bytes) -> bool:
        """Sends bytes, not closer to those before than the device can take; False if it can't."""
        if self._wire is None or len(self._outbox) >= OUTBOX:
            return False
        self._asked_s = asyncio.get_running_loop().time()
        self._outbox.append(data)
        if self._outbox_timer is None:
            self._send_next()
        return True

    # -- opening and letting go -----------------------------------------------------------------

    async def _once(self) -> None:
        """One opening and what comes of it, until the wire has ended."""
        try:
            wire = await self.port.open()
        except OSError as error:  # a PortError, or what a port of others' making lets through
            if self.state != "lost" or not isinstance(error, PortMissingError):
                self._happened("gone", str(error))
            return
        loop = asyncio.get_running_loop()
        self._wire = wire
        self._ended = loop.create_future()
        self._decoder = self._fresh_decoder()
        self._garbled_since_s = None
        self._heard_s = self._asked_s = loop.time()
        self._sent_s = loop.time() - self.family.command_gap_s
        wire.start(self._received, self._closed)
        self._happened("opened", "")
        self._on_open()
        self._start_device()
        self._watch()
        try:
            await self._ended
        finally:
            self._let_go()

    def _start_device(self) -> None:
        """Sends what makes it speak."""
        self._started_s = asyncio.get_running_loop().time()
        for data in self.family.start:
            self.send(data)

    def _closed(self, reason: str) -> None:
        """The wire has ended by itself."""
        self._let_go()
        self._may_reopen = True
        self._happened("gone", reason)

    def _let_go(self) -> None:
        """Ends this opening, whoever wants it; harmless after the end."""
        wire, self._wire = self._wire, None
        if wire is None:
            return
        wire.close()
        self._outbox.clear()
        for timer in (self._outbox_timer, self._watch_timer):
            if timer is not None:
                timer.cancel()
        self._outbox_timer = self._watch_timer = None
        self._finish_decoding()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    # -- what comes and goes --------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        if self.state == "streaming" and now - self._heard_s > self._too_old_s():
            # Our own loop stood still, or silence would have been noticed: what waited in the
            # kernel meanwhile is old, and must not be taken for what is true now.
            self._heard_s = now
            self._on_bytes(data)
            self._decoder = self._fresh_decoder()
            return
        gap = self.family.packet_gap_s
        if gap is not None and now - self._heard_s >= gap:
            self._finish_decoding()
        self._heard_s = now
        self._on_bytes(data)
        readings = self._decoder.feed(data)
        if any(not isinstance(reading, Rejected) for reading in readings):
            self._garbled_since_s = None
            self._tries = 0
            self._may_reopen = True
            self._happened("valid", "")
        elif self._garbled_since_s is None:
            self._garbled_since_s = now
        elif now - self._garbled_since_s >= WRONG_AFTER_S:
            self._happened("garbled", self._wrong())
        for reading in readings:
            self._on_reading(reading)
        if self._watch_timer is None and self._wire is not None:
            self._watch()

    def _too_old_s(self) -> float:
        """How long our loop must have stood still for what waited to be thrown away."""
        speed: float = getattr(asyncio.get_running_loop(), "speed", 1.0)
        return max(self.family.silent_after_s, STOOD_STILL_S * speed)

    def _finish_decoding(self) -> None:
        """What is half there won't be finished; what it hid is read."""
        for reading in self._decoder.end():
            self._on_reading(reading)

    def _send_next(self) -> None:
        self._outbox_timer = None
        loop = asyncio.get_running_loop()
        while self._outbox and self._wire is not None:
            due = self._sent_s + self.family.command_gap_s
            if due > loop.time():
                self._outbox_timer = loop.call_at(due, self._send_next)
                return
            self._sent_s = loop.time()
            self._wire.write(self._outbox.popleft())

    # -- watching -------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Does what is due by now, and sets the one timer to what is due next."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        family = self.family
        keep_alive = family.keep_alive
        if keep_alive is not None and now >= self._asked_s + keep_alive[0]:
            self.send(keep_alive[1])
        quiet_at = self._heard_s + family.silent_after_s
        reopen_at = quiet_at + REOPEN_AFTER_S
        if now >= quiet_at and self.state != "silent":
            self._garbled_since_s = None
            self._finish_decoding()
            self._happened("quiet", self._quiet())
        if now >= reopen_at and self._may_reopen:
            self._may_reopen = False
            self._tries = 0
            self._let_go()
            return
        starts = bool(family.start) and self.state == "silent"
        if starts and now >= self._started_s + START_AGAIN_S:
            self._start_device()
        moments = [] if self.state == "silent" else [quiet_at]
        if starts:
            moments.append(self._started_s + START_AGAIN_S)
        if self.state == "silent" and self._may_reopen:
            moments.append(reopen_at)
        if keep_alive is not None:
            moments.append(self._asked_s + keep_alive[0])
        # With nothing to wait for, the next byte sets the timer.
        self._watch_timer = loop.call_at(min(moments), self._watch) if moments else None

    def _happened(self, event: str, reason: str) -> None:
        state = LINK_STATES.get((self.state, event))
        if state is not None and (state, reason) != (self.state, self.reason):
            self.state, self.reason = state, reason
            self._on_change(LinkChange(state, reason))

    def _quiet(self) -> str:
        return (
            f"nothing came for {self.family.silent_after_s:g} s: see that it is switched on and its "
            "cable is in at both ends"
        )

    def _wrong(self) -> str:
        return (
            f"what comes is not {self.family.name} at {self.family.where}: see that the right device "
            f"is at {self.port.address}"
        )

    def _fresh_decoder(self) -> Decoder:
        return protocol_of(self.family).decoder()
