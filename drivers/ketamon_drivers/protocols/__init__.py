"""Every protocol that ketamon speaks: bytes in, readings out, no I/O and no clock.

A module a protocol; each opens with its frame and ends with its `PROTOCOL`. Others add theirs
through the entry-point group `ketamon.drivers`, by which these are found too.
"""

from ketamon_drivers.protocols import (
    berry_bci,
    berry_pm6750,
    contec_5byte,
    contec_ff12,
    contec_v7,
    gatt_2a5e,
    gatt_2a5f,
    gatt_2a35,
    gatt_2a36,
    gatt_2a37,
    ge_dri,
    jumper,
    masimo_ascii,
    nellcor_ascii,
    nonin_ascii,
    nonin_ble,
    nonin_df2,
    nonin_df7,
    nonin_df8,
    nonin_df13,
    par_nibp,
    suntech,
    viatom_bp2,
    viatom_o2ring,
    viatom_pc60,
)
from ketamon_drivers.protocols.protocol import Decoder, ProtocolSpec

PROTOCOLS: dict[str, ProtocolSpec] = {
    module.PROTOCOL.name: module.PROTOCOL
    for module in (
        gatt_2a35, gatt_2a36, gatt_2a5e, gatt_2a5f, gatt_2a37, nonin_ble, contec_ff12, viatom_pc60,
        viatom_o2ring, viatom_bp2, berry_bci, jumper, contec_5byte, contec_v7, nonin_df2, nonin_df7,
        nonin_df8, nonin_df13, nonin_ascii, masimo_ascii, nellcor_ascii, suntech, ge_dri,
        berry_pm6750, par_nibp,
    )
}  # fmt: skip
"""Each protocol by its name."""

__all__ = ["PROTOCOLS", "Decoder", "ProtocolSpec"]
