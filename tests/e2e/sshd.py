"""A real OpenSSH server for tests: an ordinary process on the loopback, with keys and rules of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from ketamon.commands.doctor_sshd import rules
from tests.e2e.chair import ROOT, RealChair, wait_for

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
SEPARATION = Path("/run/sshd")
"""Root's sshd wants this folder; the distribution makes it when the service starts."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SshServer:
    """Lets this account in with one key, through ketamon's door and the profile that it ships."""

    def __init__(self, chair: RealChair, door: str | None = "door", name: str = "ssh") -> None:
        """`door`: ketamon's forced command; None for a host that is only gone through."""
        self.folder = chair.folder / name
        self.folder.mkdir(mode=0o700)
        self.port = self.seen_at = free_port()  # seen at: where its clients go, past what counts
        self.account = getpass.getuser()
        self.key, self.strangers_key = (self._key(name) for name in ("physician", "stranger"))
        host_key = self._key("host")
        (self.folder / "authorized").write_text(f"{self.key.with_suffix('.pub').read_text()}")
        (self.folder / "authorized").chmod(0o600)
        forced = self.folder / "forced"
        forced.write_text(f"#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m ketamon {door}\n")
        forced.chmod(0o755)
        self.config = self.folder / "sshd_config"
        self.config.write_text(
            "\n".join(
                (
                    f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {host_key}",
                    "PidFile none", "StrictModes no", "UsePAM no", "PermitRootLogin prohibit-password",
                    f"AuthorizedKeysFile {self.folder / 'authorized'}",
                    f"SetEnv KETAMON_RUN={chair.run} KETAMON_DATA={chair.data}",
                    *(rules("all", str(forced)) if door else ["LogLevel VERBOSE"]),
                    "",
                )
            )
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def _key(self, name: str) -> Path:
        path = self.folder / name
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True
        )
        return path

    def __enter__(self) -> Self:
        if os.getuid() == 0:
            SEPARATION.mkdir(mode=0o755, exist_ok=True)
        assert SSHD is not None
        log = self.folder / "log"
        self._process = subprocess.Popen([SSHD, "-D", "-f", str(self.config), "-E", str(log)])

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        wait_for(listens, self.log)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """What sshd says."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def client_options(self, key: Path | None = None) -> list[str]:
        """What `ssh`, `sftp` and `scp` are told, beside where to go."""
        return [
            "-F", str(self.client_config(key)),
        ]  # fmt: skip

    def client_config(self, key: Path | None = None) -> Path:
        """The physician's own configuration of ssh."""
        path = self.folder / f"config-{(key or self.key).name}"
        path.write_text(
            f"Host ward\n HostName 127.0.0.1\n Port {self.seen_at}\n User {self.account}\n"
            f" IdentityFile {key or self.key}\n IdentitiesOnly yes\n"
            f" UserKnownHostsFile {self.folder / 'known'}\n StrictHostKeyChecking accept-new\n"
            f" LogLevel ERROR\n"
        )
        return path

    def env(self) -> Mapping[str, str]:
        """An environment whose `ssh` reads that configuration: a wrapper before the real one."""
        real, wrapped = shutil.which("ssh"), self.folder / "bin"
        wrapped.mkdir(exist_ok=True)
        script = wrapped / "ssh"
        script.write_text(f'#!/bin/sh\nexec {real} -F {self.client_config()} "$@"\n')
        script.chmod(0o755)
        return {"PATH": f"{wrapped}:{os.environ['PATH']}"}

    def ask(self, program: str, *words: str, key: Path | None = None) -> "subprocess.CompletedProcess[str]":  # fmt: skip
        """Runs a client of OpenSSH to its end."""
        return subprocess.run(
            [program, *self.client_options(key), "-o", "BatchMode=yes", *words],
            capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
