"""What a device made of software is, whatever it hangs on."""

from collections.abc import Callable
from typing import Protocol as Interface


class VirtualDevice(Interface):
    """A device apart from its medium: bytes in, bytes out, and what it does by itself."""

    def attach(self, write: Callable[[bytes], None]) -> None:
        """Gives it the way out; a medium does so once, before `run`."""

    def received(self, data: bytes) -> None:
        """Takes bytes from the host, cut anyhow."""

    async def run(self) -> None:
        """Lives until cancelled. The medium that serves a device runs it."""
