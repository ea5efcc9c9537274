"""Who a device has bonded with, and whom it lets.

With the first host that asks, and then with that host only, until somebody brings it into pairing
mode. A bonded host may bond again: it has lost its own half.
"""

from collections.abc import Callable

from bumble.device import Connection
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate


class _Answer(PairingDelegate):
    """Says to a host whether it may bond."""

    def __init__(self, accepts: Callable[[], bool]) -> None:
        super().__init__()
        self._accepts = accepts

    async def accept(self) -> bool:
        """Says yes or no."""
        return self._accepts()


class Bonds:
    """The bonds of one device, in memory."""

    def __init__(self) -> None:
        self.store = MemoryKeyStore()
        self.refuses = False
        self.is_pairing = False
        """Somebody has brought it into pairing mode, and nobody has bonded since."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses of the hosts that it has bonded with."""
        return tuple(self.store.all_keys)

    def config(self, link: Connection) -> PairingConfig:
        """How it pairs with the host at the other end."""
        host = str(link.peer_address)
        answer = _Answer(lambda: self.accepts(host))
        return PairingConfig(sc=True, mitm=False, bonding=True, delegate=answer)

    def accepts(self, host: str) -> bool:
        """Tells whether this host may bond now."""
        return not self.refuses and (self.is_pairing or not self.hosts or host in self.hosts)

    def made(self, link: Connection) -> None:
        """A host has bonded: it is the only one."""
        self.is_pairing = False
        for other in self.hosts:
            if other != str(link.peer_address):
                del self.store.all_keys[other]

    def forget(self) -> None:
        """Loses them all; the hosts still have theirs."""
        self.store.all_keys.clear()
