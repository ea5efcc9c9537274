"""The keeper: starts an engine, says whether it came up, and starts it again when it dies or hangs.

`python -m ketamon.engine.keeper` runs `python -m ketamon.engine.chair` as its child. The request is
in the environment, which other accounts can't read as they can arguments. Standard library only:
nothing that an engine can break lives here.

| the engine | the keeper |
|---|---|
| prints its one line | passes it to whoever started the keeper |
| ends with 0, or 2 before that line | ends with the same |
| dies otherwise | starts it again, into the same session |
| writes nothing to the beat pipe for 10 s | kills it, and starts it again |
| dies again, started again three times within a minute | leaves a mark that `status` shows, gives up |

While an engine runs, the keeper also keeps the chair's sound going, in a process of its own that
outlives the engine: where the keeper gives up, that is what is left to tell.

An engine whose keeper was killed starts another one, which adopts it: it listens to the same beats,
and takes their end for the engine's death unless the last of them said that all was done. While a
keeper watches over an engine it holds the chair's `.keeper` file, so that others can tell.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from ketamon_drivers.lock_file import LockFile

REQUEST = "KETAMON_REQUEST"
KEEPER, ENGINE, SOUND = "ketamon.engine.keeper", "ketamon.engine.chair", "ketamon.sound"
SOUND_AGAIN_AFTER_S, SOUND_ENDS_WITHIN_S = 5.0, 1.0
STUCK_S = 10.0
STARTED_AGAIN_AT_MOST, WITHIN_S = 3, 60.0
READY_WITHIN_S = 30.0
WRONG_USAGE = 2
BEAT, DONE = b".", b"d"
"""What an engine writes to its keeper each second, and at its end."""
ASKED_AGAIN, ASKED_AGAIN_AFTER_S = 50, 0.01


def start(module: str, request: dict[str, Any], **how: Any) -> "subprocess.Popen[bytes]":
    """Starts one of our programs on a request; nothing that lies in this folder is taken for ours.

    `how` is Popen's. Raises OSError.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        env={**os.environ, REQUEST: json.dumps(request)},
        **how,
    )


class Keeper:
    """One chair's keeper. `run` gives the exit code."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.adopted: list[int] | None = request.pop("adopt", None)  # its pid, where it beats
        self.request = request
        self.engine: subprocess.Popen[bytes] | None = None
        self.beats = -1
        self.deaths: list[float] = []
        self.told_to_stop = False
        self.was_ready = self.adopted is not None
        self.held: LockFile | None = None
        self.last_error = ""
        self.sound: subprocess.Popen[bytes] | None = None
        self.sound_again_at = 0.0

    def run(self) -> int:
        """Keeps an engine running until its session has ended."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            if self.adopted is not None:
                code = self._adopt(*self.adopted)
            else:
                self._start()
                code = self._attend()
            if code == 0 or self.told_to_stop:
                self._end_sound()
                return 0
            if not self.was_ready:
                return code
            now = time.monotonic()
            self.deaths = [died for died in self.deaths if now - died < WITHIN_S] + [now]
            if len(self.deaths) > STARTED_AGAIN_AT_MOST:
                self._leave_mark()
                return 1

    def _start(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)  # should we be stopped for hours, the engine goes on
        self.engine = start(
            ENGINE,
            {**self.request, "beat_fd": writing},
            stdout=subprocess.PIPE,
            pass_fds=(writing,),
        )
        os.close(writing)
        self.beats = reading
        if self.told_to_stop:  # while there was no engine to be told
            self.engine.terminate()

    def _attend(self) -> int:
        """Waits for the engine's line, then for its beats; gives its exit code when it is gone."""
        engine = self.engine
        assert engine is not None
        assert engine.stdout is not None
        wait = READY_WITHIN_S
        answered = False
        watched: list[Any] = [engine.stdout, self.beats]
        while watched:
            ready, _, _ = select.select(watched, [], [], wait)
            if not ready:
                engine.kill()
                break
            if engine.stdout in ready:
                answered = self._answer(engine.stdout.readline()) or answered
                watched.remove(engine.stdout)
                wait = STUCK_S
            if self.beats in ready and not os.read(self.beats, 4096):
                watched.remove(self.beats)
            if self.was_ready:
                self._keep_sound()
        code = engine.wait()
        os.close(self.beats)
        engine.stdout.close()
        if not answered and not self.was_ready:
            log = self.request.get("log") or "its log"
            self._say({"error": f"the engine died while starting; {log} says where"})
            return code if code == WRONG_USAGE else 1
        return code

    def _adopt(self, pid: int, beats: int) -> int:
        """Listens to an engine that runs already, until it is gone; 0 where it was done."""
        self._hold()
        last = b""
        while True:
            ready, _, _ = select.select([beats], [], [], STUCK_S)
            if not ready:  # as long as nobody has closed the pipe, this is still its pid
                os.kill(pid, signal.SIGKILL)
                continue
            heard = os.read(beats, 4096)
            if not heard:
                break
            last = heard[-1:]
            self._keep_sound()
        self.adopted = None
        os.close(beats)
        return 0 if last == DONE else 1

    def _keep_sound(self) -> None:
        """Starts the chair's sound, and again when it has died; each beat brings us here."""
        now = time.monotonic()
        if now < self.sound_again_at or (self.sound is not None and self.sound.poll() is None):
            return
        self.sound_again_at = now + SOUND_AGAIN_AFTER_S
        with suppress(OSError):  # the engine sees that none is there, and tells it
            self.sound = subprocess.Popen(
                [sys.executable, "-P", "-m", SOUND, self.request["socket"], self.request["chair"]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def _end_sound(self) -> None:
        """The session has ended, or is left: nothing is to be sounded, and nobody watches any more."""
        if self.held is not None:
            self.held.release()
        if self.sound is None:
            return
        self.sound.terminate()
        try:
            self.sound.wait(SOUND_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.sound.kill()

    def _hold(self) -> None:
        """Shows that somebody watches over this chair's engine."""
        path = Path(self.request["socket"]).with_suffix(".keeper")
        for _ in range(ASKED_AGAIN):  # who only asks whether it is held, holds it for a moment
            with suppress(OSError):  # an engine that is watched over unseen is better than none
                self.held = self.held or LockFile.take(path)
            if self.held is not None:
                return
            time.sleep(ASKED_AGAIN_AFTER_S)

    def _answer(self, line: bytes) -> bool:
        """Passes the first ready or error on; from then on restarts go into the named session."""
        try:
            answer = json.loads(line)
        except ValueError:
            return False
        if "ready" in answer:
            self.request["resume"] = answer["session"]
            self._hold()
        self.last_error = answer.get("error", "")
        if not self.was_ready:
            self._say(answer)
        self.was_ready = self.was_ready or "ready" in answer
        return True

    def _say(self, answer: dict[str, Any]) -> None:
        """The one line for whoever started us; then nobody is listened to or spoken to."""
        try:
            os.write(1, json.dumps(answer).encode() + b"\n")
        except OSError:
            return  # the one who started us has gone
        finally:
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 1)
            os.close(null)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True
        if self.adopted is not None:
            os.kill(self.adopted[0], signal.SIGTERM)
        elif self.engine is not None:
            self.engine.terminate()

    def _leave_mark(self) -> None:
        """Says to all who look that nobody watches this chair any more."""
        mark = self.request.get("failed_mark")
        if mark:
            said = {"session": self.request.get("resume"), "error": self.last_error}
            Path(mark).touch(0o600)  # it names the session's file
            Path(mark).write_text(json.dumps(said))


if __name__ == "__main__":
    sys.exit(Keeper(json.loads(os.environ[REQUEST])).run())
