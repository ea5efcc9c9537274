"""Listening to a port until it is clear what speaks there. Nothing is ever written.

Opening a real port raises its DTR and RTS lines, as every program's opening does; no byte is sent,
so a device that only answers (SunTech, GE) is not heard.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ketamon_drivers.catalog import Family, SerialLine
from ketamon_drivers.links.hearing import Hearing, Verdict
from ketamon_drivers.links.port import Port, PortError

LISTEN_S = 4.0
LONGEST_S = 10.0
"""Where whole frames came, but too few for a claim: some devices speak every two seconds."""
LOOK_S = 0.25
KEPT_BYTES = 65536
"""Of a capture; a device that floods its line can't fill the memory."""

USUAL_LINES = (
    SerialLine(19200, parity="O"),
    SerialLine(115200),
    SerialLine(9600),
    SerialLine(19200),
)


@dataclass(slots=True)
class Tried:
    """What came at one setting of the line."""

    line: SerialLine
    came_bytes: int = 0
    captured: bytearray = field(default_factory=bytearray)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def sure(self) -> list[Verdict]:
        """The families that it is, the likeliest first; more than one where two are alike."""
        found = [verdict for verdict in self.verdicts if verdict.is_sure]
        return sorted(
            found, key=lambda v: (not v.family.has_checksum, v.family.line != self.line, -v.frames)
        )


def lines_of(families: Iterable[Family]) -> list[SerialLine]:
    """The line settings to try, the usual ones first."""
    theirs = [family.line for family in families if family.line and family.frames_per_s]
    plain = [SerialLine(line.baud, line.data_bits, line.parity, line.stop_bits) for line in theirs]
    return list(dict.fromkeys((*USUAL_LINES, *plain)))


async def probe(
    port_at: Callable[[SerialLine], Port],
    families: Iterable[Family],
    lines: Iterable[SerialLine],
    on_try: Callable[[SerialLine], None] = lambda _line: None,
) -> list[Tried]:
    """Listens at one setting after the other, until one is sure; raises PortError."""
    known = [family for family in families if family.line is not None]
    tried: list[Tried] = []
    for line in lines:
        on_try(line)
        tried.append(await _listen(port_at(line), line, known))
        if tried[-1].sure:
            break
    return tried


async def _listen(port: Port, line: SerialLine, families: list[Family]) -> Tried:
    loop = asyncio.get_running_loop()
    tried = Tried(line)
    hearings = [Hearing(family) for family in families]
    ended: list[str] = []

    def received(data: bytes) -> None:
        tried.came_bytes += len(data)
        tried.captured += data[: KEPT_BYTES - len(tried.captured)]
        for hearing in hearings:
            hearing.take(loop.time(), data)

    wire = await port.open()
    began = loop.time()
    try:
        wire.start(received, ended.append)
        while not ended:
            await asyncio.sleep(LOOK_S)
            now = loop.time()
            if now - began < LISTEN_S:
                continue
            is_sure = any(hearing.verdict(now).is_sure for hearing in hearings)
            may_be = any(hearing.may_become_sure() for hearing in hearings)
            if is_sure or not may_be or now - began >= LONGEST_S:
                break
    finally:
        wire.close()
    if ended:
        raise PortError(f"{port.address}: {ended[0]}")
    tried.verdicts = [hearing.verdict(loop.time()) for hearing in hearings]
    return tried
