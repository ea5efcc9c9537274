"""One packet through each decoder: 2 µs for 2A35 and 2A5F, 1 µs for 2A37 (DESIGN 13).

Beside it, in the same run and as ratios: `labmcp-ble-health` 0.1.3, the most correct public decoder
found, in an environment of its own by uv, where that can be made; and bumble, which decodes 2A37 only.
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

LABMCP = "labmcp-ble-health==0.1.3"
LABMCP_PROGRAM = """
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


def labmcp_microseconds(folder: Path) -> dict[str, float] | str:
    """Gives labmcp's medians in µs, or in a sentence why they can't be had here."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    packets = json.dumps({name: packet for name, (packet, _) in PACKETS.items()})
    command = [uv, "run", "--no-project", "--quiet", "--python", sys.executable, "--with", LABMCP,
               "python", "-c", LABMCP_PROGRAM, packets]  # fmt: skip
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=240, check=True,
            env={key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return (
            f"{LABMCP} is left out ({type(error).__name__}): `uv run --with {LABMCP}` must be able "
            "to install it"
        )
    return {name: found * 1e6 for name, found in json.loads(ran.stdout).items()}


def bumble_microseconds() -> dict[str, float] | str:
    """Gives bumble's median in µs, or in a sentence why it can't be had here."""
    try:
        from bumble.profiles.heart_rate_service import HeartRateService
    except ImportError:
        return "bumble is left out: install ketamon[sim]"
    raw = bytes.fromhex(PACKETS["gatt-2a37"][0])
    parse = HeartRateService.HeartRateMeasurement.from_bytes
    return {"gatt-2a37": microseconds(lambda: parse(raw))}


def beside(ours: float, theirs: dict[str, float] | str, name: str) -> str:
    """One cell: the peer's time, and how many of ours that is."""
    if isinstance(theirs, str) or name not in theirs:
        return f"{'–':>16}"
    return f"{theirs[name]:6.2f} µs  x {theirs[name] / ours:4.1f}"


def test_packets_decode_in_budget_beside_two_peers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    peers = {"labmcp": labmcp_microseconds(tmp_path), "bumble": bumble_microseconds()}
    found = {}
    for name, (packet, _) in PACKETS.items():
        feed, raw = PROTOCOLS[name].decoder().feed, bytes.fromhex(packet)
        found[name] = microseconds(lambda feed=feed, raw=raw: feed(raw))  # type: ignore[misc]
    with capsys.disabled():
        print("\none packet        ours     budget" + "".join(f"{peer:>19}" for peer in peers))
        for name, (_, budget) in PACKETS.items():
            cells = "   ".join(beside(found[name], theirs, name) for theirs in peers.values())
            print(f"  {name:<12} {found[name]:6.2f} µs {budget:6.1f} µs   {cells}")
        for theirs in peers.values():
            if isinstance(theirs, str):
                print(f"  {theirs}")
    for name, (_, budget) in PACKETS.items():
        assert found[name] < budget, name
