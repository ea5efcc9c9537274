"""The way to another machine's chair: the user's own OpenSSH, so agent, jump hosts and config count.

What runs there is `ketamon feed [CHAIR]`, whether as a command or because the door there allows no
other. The first connection may ask for a passphrase; later ones, behind a screen, ask nothing.
"""

import asyncio
import re
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ketamon.feed.chairs import CHAIR_NAME
from ketamon.feed.messages import SNAPSHOT_LIMIT
from ketamon_drivers.readings import printable

SCHEME = "ssh://"
HOST = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}")
PASSWORD = re.compile(r":[^@/]*@")
OPTIONS = (
    "-T", "-C", "-e", "none",
    "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=2", "-o", "ConnectTimeout=10",
)  # fmt: skip
SILENT_OPTIONS = ("-o", "BatchMode=yes")
LAST_WORDS_S = 0.5
ENDS_WITHIN_S = 0.2
ALL = "--all"


class SshAddressError(ValueError):
    """An address that leads nowhere; one sentence that says what it looks like."""


@dataclass(frozen=True, slots=True)
class SshAddress:
    """`ssh://[USER@]HOST[:PORT][/CHAIR]`."""

    host: str
    user: str | None = None
    port: int | None = None
    chair: str | None = None

    @classmethod
    def parse(cls, text: str) -> "SshAddress":
        """Takes an address apart; raises SshAddressError. Nothing in it can become an option."""
        wrong = SshAddressError(
            f"{PASSWORD.sub(':…@', printable(text)[:80])!r} is no address: "
            "give ssh://[USER@]HOST[:PORT][/CHAIR]"
        )
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise wrong from None
        host, chair = parts.hostname or "", unquote(parts.path).strip("/")
        user = unquote(parts.username) if parts.username is not None else None
        if parts.scheme != "ssh" or parts.query or parts.fragment or parts.password is not None:
            raise wrong
        if not HOST.fullmatch(host) or (user is not None and not USER.fullmatch(user)):
            raise wrong
        if chair and not CHAIR_NAME.fullmatch(chair):
            raise wrong
        return cls(host, user, port, chair or None)

    @property
    def shown(self) -> str:
        """The machine, as a person says it."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    def command(self, *, asks: bool, what: str | None = None) -> list[str]:
        """Gives the program and its arguments; `asks`: it may ask for a passphrase."""
        words = ["ketamon", "feed", *([what] if what else [self.chair] if self.chair else [])]
        to = ["-p", str(self.port)] if self.port is not None else []
        name = self.host if self.user is None else f"{self.user}@{self.host}"
        return [
            "ssh",
            *OPTIONS,
            *(() if asks else SILENT_OPTIONS),
            *to,
            "--",
            name,
            " ".join(words),
        ]


class SshError(ConnectionError):
    """No way to that machine; the message says what ssh said."""


class SshConnection:
    """A running ssh: what the other machine says, and what is said to it."""

    def __init__(self, address: SshAddress, process: Process) -> None:
        if process.stdout is None or process.stdin is None or process.stderr is None:
            raise SshError(f"{address.shown}: ssh has no pipes")
        self.address = address
        self.reader, self.writer = process.stdout, process.stdin
        self._process, self._errors = process, process.stderr

    @classmethod
    async def open(cls, address: SshAddress, *, asks: bool, what: str | None = None) -> "SshConnection":  # fmt: skip
        """Starts ssh; raises SshError where there is none."""
        command = address.command(asks=asks, what=what)
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=SNAPSHOT_LIMIT
            )
        except FileNotFoundError:
            raise SshError("there is no ssh here: install OpenSSH's client") from None
        except OSError as error:
            raise SshError(f"ssh can't be started: {error.strerror}") from None
        return cls(address, process)

    async def reason(self) -> str:
        """Why it ended, in ssh's or the other machine's last words; empty where it said nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                said = (await self._errors.read(4096)).decode(errors="replace")
                lines = [line.strip() for line in said.splitlines() if line.strip()]
                last = printable(lines[-1])[:200] if lines else ""
                return last.removeprefix("ketamon: ")
        return ""

    async def close(self) -> None:
        """Ends ssh, also one that stands still."""
        self.writer.close()
        with suppress(TimeoutError):  # to one that has ended by itself no signal is sent
            async with asyncio.timeout(ENDS_WITHIN_S):
                await self._process.wait()
                return
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
