"""A D-Bus of the test's own: needs no root, touches nothing of the machine's, and goes with the test."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import needs

needs_dbus = needs("dbus-daemon", "dbus-daemon (`apt install dbus-daemon`)")

ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"
"""Where programs look for the system's bus."""

CONFIGURATION = """<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """A daemon that can be killed and started again at the same address."""

    def __init__(self, configuration: Path) -> None:
        self._configuration = configuration
        self.address = ""
        self.start()

    def start(self) -> None:
        """Starts the daemon, and waits until it listens."""
        self._daemon = subprocess.Popen(
            [
                "dbus-daemon",
                f"--config-file={self._configuration}",
                "--nofork",
                "--print-address=1",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._daemon.stdout is not None
        with self._daemon.stdout as said:
            self.address = said.readline().strip().partition(",guid=")[0]

    def kill(self) -> None:
        """Ends the daemon, as a crash of it would; harmless after it ended."""
        if self._daemon.poll() is None:
            self._daemon.kill()
        self._daemon.wait()


@contextmanager
def private_bus() -> Iterator[PrivateBus]:
    """The system's bus, as far as this process can tell, is a fresh one of its own."""
    # Not pytest's folder for a test: a socket's name has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        configuration = Path(folder, "bus.conf")
        configuration.write_text(CONFIGURATION.format(folder=folder))
        bus = PrivateBus(configuration)
        before = os.environ.get(ADDRESS)
        os.environ[ADDRESS] = bus.address
        try:
            yield bus
        finally:
            bus.kill()
            if before is None:
                del os.environ[ADDRESS]
            else:
                os.environ[ADDRESS] = before
