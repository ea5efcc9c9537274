"""Every protocol that ketamon speaks: bytes in, readings out, no I/O and no clock.

A module a protocol; each opens with its frame and ends with its `PROTOCOL`. Others add theirs
through the entry-point group `ketamon.drivers`, by which these are found too.
"""

from ketamon_drivers.protocols import (
    contec_5byte,
    contec_v7,
    gatt_2a5e,
    gatt_2a5f,
    gatt_2a35,
    gatt_2a36,
    gatt_2a37,
    nonin_df8,
    suntech,
)
from ketamon_drivers.protocols.protocol import Decoder, ProtocolSpec

PROTOCOLS: dict[str, ProtocolSpec] = {
    module.PROTOCOL.name: module.PROTOCOL
    for module in (
        gatt_2a35, gatt_2a36, gatt_2a5e, gatt_2a5f, gatt_2a37, nonin_df8, contec_5byte, contec_v7,
        suntech,
    )
}  # fmt: skip
"""Each protocol by its name."""

__all__ = ["PROTOCOLS", "Decoder", "ProtocolSpec"]
