"""`python -m ketamon.sound SOCKET CHAIR`: a chair's sound, started by its keeper."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from ketamon.sound.neighbours import Neighbours
from ketamon.sound.sinks import sink_for
from ketamon.sound.sounder import Sounder


async def main(socket: Path, chair: str) -> None:
    """Sounds until the session has ended, or the keeper says so."""
    sounding = asyncio.current_task()
    assert sounding is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, sounding.cancel)
    await Sounder(socket, sink_for(), Neighbours(socket.parent, chair)).run()


if __name__ == "__main__":
    os.umask(0o077)
    # What the system's sound library has to say about missing cards is for nobody.
    sys.stderr = os.fdopen(os.dup(2), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
