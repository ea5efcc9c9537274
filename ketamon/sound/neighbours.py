"""Several chairs on one machine, one loudspeaker: one sound at a time, the worst chair's.

Each chair's sound process holds `chair-NAME.sound` and says beside it, each second, how bad the
worst is that it has to sound. A chair that is milder than another is silent; equals take turns.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ketamon_drivers.links.loops import boot_s
from ketamon_drivers.lock_file import LockFile, is_held

BELIEVED_S = 5.0  # a process that was stopped says nothing new
TURN_WITHIN_S = 5.0  # the longest burst takes less: whoever has the turn for longer stands still
LOOKS_EACH_S = 0.1


@dataclass(slots=True)
class Neighbours:
    """What this chair tells the others on the machine, and sees of them."""

    folder: Path
    chair: str
    held: LockFile | None = None

    def hold(self) -> bool:
        """Takes this chair's sound; False while another process has it."""
        self.held = self.held or LockFile.take(self._lock(self.chair))
        return self.held is not None

    def tell(self, rank: int) -> None:
        """Says how bad the worst is that this chair has to sound; 0 where there is nothing."""
        told = self._told(self.chair)
        part = told.with_suffix(".part")
        with suppress(OSError):
            part.write_text(json.dumps([rank, boot_s()]))
            part.replace(told)

    def worse_than(self, rank: int) -> str | None:
        """The name of a chair that has something worse to sound."""
        found: list[tuple[int, str]] = []
        for lock in self.folder.glob("chair-*.sound"):
            chair = lock.stem.removeprefix("chair-")
            if chair != self.chair and is_held(lock):
                found.append((self._rank_of(chair), chair))
        worst = max(found, default=(0, ""))
        return worst[1] if worst[0] > rank else None

    async def turn(self) -> LockFile | None:
        """Waits for the loudspeaker; None where whoever has it stands still, or it can't be had."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(TURN_WITHIN_S):
                while True:
                    turn = LockFile.take(self.folder / "sound.turn")
                    if turn is not None:
                        return turn
                    await asyncio.sleep(LOOKS_EACH_S)
        return None

    def leave(self) -> None:
        """This chair has nothing to sound any more."""
        with suppress(OSError):
            self._told(self.chair).unlink(missing_ok=True)
        if self.held is not None:
            with suppress(OSError):
                self.held.release(remove=True)

    def _rank_of(self, chair: str) -> int:
        with suppress(OSError, ValueError, TypeError):
            rank, at = json.loads(self._told(chair).read_text())
            if boot_s() - at <= BELIEVED_S:
                return int(rank)
        return 0

    def _lock(self, chair: str) -> Path:
        return self.folder / f"chair-{chair}.sound"

    def _told(self, chair: str) -> Path:
        return self.folder / f"chair-{chair}.sounds"
