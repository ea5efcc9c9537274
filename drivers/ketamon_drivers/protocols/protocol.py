"""What a protocol is: a name, a decoder, an encoder, and the few commands it may ever send.

Nothing here does I/O or knows the time. A decoder is told bytes in the order they came and gives
readings in the order they were said; where the bytes were cut makes no difference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from typing import Protocol as Interface

from ketamon_drivers.readings import Reading, Rejected

LARGEST_BUFFER_BYTES = 4096
"""No decoder keeps more than this, whatever it is fed."""

LARGEST_PACKET_BYTES = 512
"""The longest value an attribute can have (Bluetooth Core 5.4, Vol 3 Part F, 3.2.9)."""


class EncodeError(ValueError):
    """This protocol has no bytes for this reading; the message says why."""


class Decoder(Interface):
    """Bytes in, readings out; never raises, whatever the bytes."""

    @property
    def skipped_bytes(self) -> int:
        """Bytes so far that belonged to no reading."""
        ...

    def feed(self, data: bytes) -> list[Reading]:
        """Takes the next bytes and gives the readings that they complete."""
        ...

    def end(self) -> list[Reading]:
        """Gives up on what is half there, since the line fell silent or was closed."""
        ...


@dataclass(frozen=True)
class ProtocolSpec:
    """One protocol, as `ketamon decode` and the device catalogue know it."""

    name: str
    title: str
    """What speaks it, in a few words."""
    source: str
    """The document or the readings of others that the layout is from."""
    framing: Literal["packet", "stream"]
    """`packet`: each `feed` is one whole notification. `stream`: bytes as they come."""
    new_decoder: Callable[[str | None], Decoder]
    """Makes a decoder; the argument is the device's model, for models with quirks of their own."""
    encode: Callable[[Reading], bytes]
    """Gives the bytes that a device would send for a reading; EncodeError where there are none."""
    commands: Mapping[str, bytes] = field(default_factory=dict)
    """All that may be sent to such a device. None deletes, resets, calibrates or asks for all
    stored data."""
    quirky_models: tuple[str, ...] = ()
    """Models that depart from the protocol and are decoded their own way."""

    def decoder(self, model: str | None = None) -> Decoder:
        """Makes a fresh decoder for a device of this model."""
        return self.new_decoder(model)


def same_model(given: str | None, known: str) -> bool:
    """Tells whether a device's name for itself holds a known model's name: "Beurer BM 85", "BM85"."""
    return given is not None and known.lower() in given.lower().replace(" ", "").replace("-", "")


class PacketDecoder:
    """Decodes notifications: one packet a `feed`, nothing kept from one to the next."""

    def __init__(self, packet: Callable[[bytes], tuple[Reading, int]]) -> None:
        """`packet` gives the reading and how many bytes it used; ValueError says what is wrong."""
        self._packet = packet
        self.skipped_bytes = 0

    def feed(self, data: bytes) -> list[Reading]:
        """Takes one whole packet; one that is malformed is given back as `rejected`."""
        if not data:
            return []
        try:
            if len(data) > LARGEST_PACKET_BYTES:
                raise ValueError(f"{len(data)} bytes are longer than a notification can be")
            reading, used = self._packet(data)
        except ValueError as error:
            self.skipped_bytes += len(data)
            return [Rejected(str(error), data[:LARGEST_PACKET_BYTES].hex())]
        self.skipped_bytes += len(data) - used
        return [reading]

    def end(self) -> list[Reading]:
        """Packets come whole, so nothing is ever half there."""
        return []
