"""One packet through each decoder: 2 µs for 2A35 and 2A5F, 1 µs for 2A37 (DESIGN 13).

Beside it, in the same run, `labmcp-ble-health` 0.1.3, the most correct public decoder found: run
in an environment of its own by uv, where that can be made.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable
from pathlib import Path

import pytest

from ketamon_drivers.protocols import PROTOCOLS

pytestmark = pytest.mark.bench

PACKETS = {
    "gatt-2a35": ("167c0056006100e807060f11111b33000000", 2.0),
    "gatt-2a5f": ("1c5f005a00200000000057f0", 2.0),
    "gatt-2a37": ("10482c03", 1.0),
}
"""A packet with every usual field, and its budget in µs."""

PEER = "labmcp-ble-health==0.1.3"
PEER_PROGRAM = """
import json, statistics, sys, timeit
from labmcp_ble_health import driver
parse = {
    "gatt-2a35": driver.parse_blood_pressure_measurement,
    "gatt-2a5f": driver.parse_plx_continuous,
    "gatt-2a37": driver.parse_heart_rate_measurement,
}
found = {}
for name, packet in json.loads(sys.argv[1]).items():
    raw, call = bytes.fromhex(packet), parse[name]
    found[name] = statistics.median(timeit.repeat(lambda: call(raw), number=5000, repeat=9)) / 5000
print(json.dumps(found))
"""


def microseconds(call: Callable[[], object]) -> float:
    """Median µs of one call."""
    return statistics.median(timeit.repeat(call, number=20_000, repeat=9)) / 20_000 * 1e6


def peer_microseconds(folder: Path) -> dict[str, float] | str:
    """Gives the peer's medians in µs, or in a sentence why they can't be had here."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    packets = json.dumps({name: packet for name, (packet, _) in PACKETS.items()})
    command = [uv, "run", "--no-project", "--quiet", "--python", sys.executable, "--with", PEER,
               "python", "-c", PEER_PROGRAM, packets]  # fmt: skip
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=240, check=True,
            env={key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return f"{PEER} can't be installed here ({type(error).__name__})"
    return {name: found * 1e6 for name, found in json.loads(ran.stdout).items()}


def test_packets_decode_in_budget_beside_a_peer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    peer = peer_microseconds(tmp_path)
    found = {}
    for name, (packet, _) in PACKETS.items():
        feed, raw = PROTOCOLS[name].decoder().feed, bytes.fromhex(packet)
        found[name] = microseconds(lambda feed=feed, raw=raw: feed(raw))  # type: ignore[misc]
    with capsys.disabled():
        print("\none packet        ours     budget   peer")
        for name, (_, budget) in PACKETS.items():
            theirs = (
                ""
                if isinstance(peer, str)
                else f"{peer[name]:6.2f} µs  x {peer[name] / found[name]:.1f}"
            )
            print(f"  {name:<12} {found[name]:6.2f} µs {budget:6.1f} µs  {theirs}")
        if isinstance(peer, str):
            print(f"  {peer}")
    for name, (_, budget) in PACKETS.items():
        assert found[name] < budget, name
