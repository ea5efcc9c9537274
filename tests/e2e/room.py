"""A room for tests, as a process: virtual cuff and oximeter on pseudo-terminals.

`python room.py FOLDER SPEED [SYSTOLIC …]` prints the devices' addresses, one JSON line, and serves
them at that speed until its standard input closes. Each measurement gives the next systolic, the
last one again and again.
"""

import asyncio
import json
import sys
from pathlib import Path

from ketamon_drivers.links.loops import ScaledLoop, run
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.media import serve_pty
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter
from ketamon_drivers.virtual.suntech_cuff import Measurement, VirtualSunTechCuff

MEASURES_FOR_S = 20.0
SYSTOLIC = 150


async def serve(folder: Path, systolics: list[int]) -> None:
    """Serves both until whoever started this lets go of its standard input."""

    def measure() -> Measurement:
        systolic = systolics.pop(0) if len(systolics) > 1 else systolics[0]
        return Measurement(systolic, 90, 110, 75, MEASURES_FOR_S)

    addresses = {
        "cuff": "suntech:" + await serve_pty(VirtualSunTechCuff(measure), folder / "cuff"),
        "oximeter": "nonin-df8:"
        + await serve_pty(VirtualNoninOximeter(lambda: Oximetry(97, 75)), folder / "oximeter"),
    }
    print(json.dumps(addresses), flush=True)
    held = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(held), sys.stdin
    )
    await held.read()


if __name__ == "__main__":
    place, speed, *given = sys.argv[1:]
    run(serve(Path(place), [int(s) for s in given] or [SYSTOLIC]), ScaledLoop(float(speed)))
