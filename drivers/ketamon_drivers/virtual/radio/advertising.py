"""What a device says of itself, and how that goes into 31 bytes on air."""

from dataclasses import dataclass

from bumble import data_types
from bumble.core import UUID, AdvertisingData, DataType

ADVERTISEMENT_BYTES = 31
EVERY_MS = 100.0
FLAGS = (
    AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device says of itself."""

    name: str
    """As advertised; a person chooses it from a list, nothing is bound by it."""
    address: str
    maker: str
    model: str
    serial: str


def advertisement(name: str, service: str, makers: tuple[int, bytes] | None) -> tuple[bytes, bytes]:
    """Gives what is advertised, and what is answered to those who ask: the name, if it had no room."""
    uuid = UUID(service)
    parts: list[DataType] = [data_types.Flags(FLAGS)]
    if len(uuid.uuid_bytes) == 2:
        parts.append(data_types.IncompleteListOf16BitServiceUUIDs([uuid]))
    else:
        parts.append(data_types.IncompleteListOf128BitServiceUUIDs([uuid]))
    if makers is not None:
        parts.append(data_types.ManufacturerSpecificData(*makers))
    named = data_types.CompleteLocalName(name)
    together = bytes(AdvertisingData([*parts, named]))
    if len(together) <= ADVERTISEMENT_BYTES:
        return together, b""
    return bytes(AdvertisingData(parts)), bytes(AdvertisingData([named]))
