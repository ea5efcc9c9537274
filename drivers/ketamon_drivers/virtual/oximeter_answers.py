"""What virtual oximeters answer to commands, a class a protocol; most have none."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol as Interface

from ketamon_drivers.protocols import contec_ff12, contec_v7, nonin_df8

ACKNOWLEDGED, REFUSED = b"\x06", b"\x15"
SELECT_FORMAT = bytes.fromhex("02700202")
FORMATS = {"nonin-df2": 0x02, "nonin-df7": 0x07, "nonin-df8": 0x08, "nonin-df13": 0x0D}

COMMAND_START, COMMAND_BYTES = 0x7D, 9
WITHOUT_KEEP_ALIVE_S = 10.0
"""A V7 device that hears nothing for so long stops; hosts send a keep-alive every 5 s."""
MODEL = b"SIM-50 "
FF12_COMMAND_BYTES = 3
WITHOUT_HEARTBEAT_S = 4.0
"""An FF12 device that hears nothing for so long stops; hosts send a heartbeat every 1.5 s."""


class Answers(Interface):
    """What a device says to its host, and whether it streams."""

    def received(self, data: bytes) -> list[bytes]:
        """Takes bytes, cut anyhow; gives the answers to the commands that they complete."""

    def streams(self) -> bool:
        """True while it sends readings."""


class NoAnswers:
    """A device that only talks."""

    def received(self, data: bytes) -> list[bytes]:  # noqa: ARG002 it hears nothing
        """Takes no notice."""
        return []

    def streams(self) -> bool:
        """Always."""
        return True


class NoninAnswers(NoAnswers):
    """Says yes to the choice of its own format and no to every other."""

    def __init__(self, number: int) -> None:
        self._ours = number
        self._heard = bytearray()
        self._size = len(nonin_df8.PROTOCOL.commands["select_format_8"])

    def received(self, data: bytes) -> list[bytes]:
        """Answers each choice of format."""
        answers = []
        heard = self._heard
        heard += data
        while (at := heard.find(SELECT_FORMAT)) >= 0 and len(heard) >= at + self._size:
            asked = heard[at + len(SELECT_FORMAT)]
            del heard[: at + self._size]
            answers.append(ACKNOWLEDGED if asked == self._ours else REFUSED)
        if at < 0:
            del heard[: max(0, len(heard) - self._size)]
        return answers


class ContecV7Answers:
    """Streams from a start to a stop, or until it is not kept alive."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._kept_s: float | None = None

    def received(self, data: bytes) -> list[bytes]:
        """Obeys whole commands: nine bytes, and only the first has bit 7 clear."""
        answers: list[bytes] = []
        for byte in data:
            if byte == COMMAND_START:
                self._heard.clear()
            elif not byte & 0x80 or not self._heard:
                self._heard.clear()
                continue
            self._heard.append(byte)
            if len(self._heard) == COMMAND_BYTES:
                answers += self._obey(bytes(self._heard))
                self._heard.clear()
        return answers

    def streams(self) -> bool:
        """True while it was started and heard something lately."""
        now_s = asyncio.get_running_loop().time()
        if self._kept_s is not None and now_s - self._kept_s > WITHOUT_KEEP_ALIVE_S:
            self._kept_s = None
        return self._kept_s is not None

    def _obey(self, command: bytes) -> list[bytes]:
        known = contec_v7.COMMANDS
        now_s = asyncio.get_running_loop().time()
        if self._kept_s is not None:
            self._kept_s = now_s
        match command:
            case _ if command == known["start_realtime"]:
                self._kept_s = now_s
            case _ if command in (known["stop_realtime"], known["stop_storage_transfer"]):
                self._kept_s = None
                return [contec_v7.frame(contec_v7.STOPPED, b"")]
            case _ if command == known["ask_device_id"]:
                return [contec_v7.frame(contec_v7.DEVICE_ID, MODEL)]
            case _ if command == known["ask_perfusion_index_support"]:
                return [contec_v7.frame(contec_v7.INDEX_SUPPORT, b"\x01")]
            case _ if command != known["keep_alive"]:
                return [contec_v7.frame(contec_v7.FEEDBACK, bytes([command[2] & 0x7F, 5]))]
        return []


class ContecFF12Answers:
    """Streams from a start to a stop, or until it hears no heartbeat; says of a stop that it stopped."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._kept_s: float | None = None

    def received(self, data: bytes) -> list[bytes]:
        """Obeys whole commands; bit 7 is set in the first byte of each, and the last is the sum."""
        answers: list[bytes] = []
        for byte in data:
            if byte & 0x80:
                self._heard.clear()
            elif len(self._heard) == FF12_COMMAND_BYTES:
                continue
            self._heard.append(byte)
            command = bytes(self._heard)
            now_s = asyncio.get_running_loop().time()
            if command == contec_ff12.COMMANDS["stop"]:
                self._kept_s = None
                answers.append(contec_ff12.frame(contec_ff12.ANSWER, contec_ff12.STOPPED))
            elif command == contec_ff12.COMMANDS["start"] or (
                command in contec_ff12.COMMANDS.values() and self._kept_s is not None
            ):
                self._kept_s = now_s
        return answers

    def streams(self) -> bool:
        """True while it was started and heard something lately."""
        now_s = asyncio.get_running_loop().time()
        if self._kept_s is not None and now_s - self._kept_s > WITHOUT_HEARTBEAT_S:
            self._kept_s = None
        return self._kept_s is not None


ANSWERS: dict[str, Callable[[], Answers]] = {
    **{name: partial(NoninAnswers, number) for name, number in FORMATS.items()},
    "contec-v7": ContecV7Answers,
    "contec-ff12": ContecFF12Answers,
}


def answers_for(protocol: str) -> Answers:
    """Gives a fresh device's answers."""
    return ANSWERS.get(protocol, NoAnswers)()
