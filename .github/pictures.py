"""Takes the pictures of the README from the running program, in a real terminal.

    uv run --with pillow python .github/pictures.py [NAME …]

Each is a PNG and, beside it, the same cells as text. Needs the font DejaVu Sans Mono. Look at them
before they are kept: what stands there must be what the README says of it.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyte
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.e2e.terminal import Terminal  # noqa: E402

KETAMON = [sys.executable, "-m", "ketamon"]
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
WIDTH, HEIGHT, POINTS = 9, 19, 15  # pixels of a cell; size of the font
QUADRANTS = {char: bits for bits, char in enumerate("▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", 1)}
EIGHTHS = {char: eighths for eighths, char in enumerate("▁▂▃▄▅▆▇", 1)}
LOOKS = 200  # each half a second
FRONT, BACK = "#dddddd", "#000000"
NAMED = {"black": "#000000", "red": "#cc3333", "green": "#33aa33", "brown": "#bb9900",
         "blue": "#3465c4", "magenta": "#a050a0", "cyan": "#22a0a0", "white": "#cccccc"}  # fmt: skip


def save(screen: pyte.Screen, name: str) -> None:
    """Writes the cells as PNG and as text."""
    image = Image.new("RGB", (screen.columns * WIDTH, screen.lines * HEIGHT))
    pen = ImageDraw.Draw(image)
    fonts = [ImageFont.truetype(FONT.format(weight), POINTS) for weight in ("", "-Bold")]
    for y in range(screen.lines):
        for x in range(screen.columns):
            _cell(pen, fonts, screen.buffer[y][x], x * WIDTH, y * HEIGHT)
    image.save(HERE / f"{name}.png", optimize=True)
    lines = "\n".join(line.rstrip() for line in screen.display)
    (HERE / f"{name}.txt").write_text(lines + "\n")


def _cell(
    pen: ImageDraw.ImageDraw, fonts: list[ImageFont.FreeTypeFont], cell: pyte.screens.Char, x: int, y: int
) -> None:  # fmt: skip
    """Blocks edge to edge, as terminals paint them; the rest from the font."""
    front, back = _colour(cell.fg, FRONT), _colour(cell.bg, BACK)
    if cell.reverse:
        front, back = back, front
    pen.rectangle((x, y, x + WIDTH - 1, y + HEIGHT - 1), fill=back)
    char = cell.data[:1] or " "
    if char in QUADRANTS:
        across, down = (0, WIDTH // 2 + 1, WIDTH), (0, HEIGHT // 2 + 1, HEIGHT)
        for corner in range(4):
            if QUADRANTS[char] >> corner & 1:
                column, row = corner % 2, corner // 2
                box = (x + across[column], y + down[row],
                       x + across[column + 1] - 1, y + down[row + 1] - 1)  # fmt: skip
                pen.rectangle(box, fill=front)
    elif char in EIGHTHS:
        top = y + HEIGHT - round(HEIGHT * EIGHTHS[char] / 8)
        pen.rectangle((x, top, x + WIDTH - 1, y + HEIGHT - 1), fill=front)
    elif char != " ":
        pen.text((x, y), char, font=fonts[bool(cell.bold)], fill=front)


def _colour(name: str, default: str) -> str:
    return NAMED.get(name) or (default if name == "default" else f"#{name}")


# -- what is pictured -----------------------------------------------------------------------------


@contextmanager
def folders() -> Iterator[Mapping[str, str]]:
    """An environment of its own, so that nothing of this machine is in a picture."""
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        config = Path(folder) / "config.toml"
        config.touch()
        yield {**os.environ, "KETAMON_RUN": f"{folder}/run", "KETAMON_DATA": f"{folder}/data",
               "KETAMON_CONFIG": str(config)}  # fmt: skip


def wait_for(terminal: Terminal, words: str) -> None:
    """Looks until these words stand there: an alarm takes its time."""
    for _ in range(LOOKS):
        if words in " ".join(terminal.text.split()):
            return
        terminal.look(0.5)
    sys.exit(f"never saw {words}; the screen is:\n{terminal.text}")


def demo(size: tuple[int, int], name: str, *keys: str, **more: str) -> None:
    """The demo when its pressure has crossed the limit, after these keys."""
    with folders() as env, Terminal([*KETAMON, "demo"], size, {**env, **more}) as terminal:
        wait_for(terminal, "SYS HIGH")
        for key in keys:
            terminal.look(1.2)
            terminal.press(key)
        terminal.look(0.3)
        save(terminal.screen, name)
        for key in ("\x1b", "\x1b", "q", "y"):
            terminal.press(key)
        terminal.end()


def board(size: tuple[int, int], name: str, *keys: str) -> None:
    """Three chairs: the demo's, and two whose devices are simulated too."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, env: Mapping[str, str]) -> str:
        process = subprocess.Popen([*KETAMON, *arguments], env=env, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    with folders() as env:
        try:
            for number, chair in enumerate(("door", "window"), 1):
                told = {role: begin("simulate", role, "--as", family, "--seed", str(number), env=env)
                        for role, family in (("cuff", "suntech"), ("oximeter", "nonin-df8"))}  # fmt: skip
                options = [word for role, at in told.items() for word in (f"--{role}", at)]
                subprocess.run(
                    [*KETAMON, "start", "--no-screen", "--chair", chair, "--title", f"FK-{30 + number}",
                     "--phase", "dosing", *options], env=env, check=True, capture_output=True,
                )  # fmt: skip
            begin("demo", "--no-screen", env=env)
            with Terminal([*KETAMON, "board"], size, env) as terminal:
                terminal.until("demo")
                for key in ("2", "b", "3", "b"):
                    terminal.press(key)
                    terminal.look(0.5)
                wait_for(terminal, "SYS HIGH")
                terminal.look(30.0)  # the cuffs have measured by then
                for key in keys:
                    terminal.press(key)
                    terminal.look(0.5)
                save(terminal.screen, name)
        finally:
            for chair in ("door", "window"):
                subprocess.run([*KETAMON, "end", chair], env=env, check=False,
                               capture_output=True, stdin=subprocess.DEVNULL)  # fmt: skip
            for process in started:
                process.send_signal(signal.SIGINT)
                process.wait(20)


PICTURES: dict[str, Callable[[str], None]] = {
    "demo-120x40": lambda name: demo((120, 40), name),
    "demo-80x24": lambda name: demo((80, 24), name),
    "limits-80x24": lambda name: demo((80, 24), name, "\x1b", "l"),
    "chart-80x24": lambda name: demo((80, 24), name, "\x1b", "c", "1"),
    "alarms-120x40": lambda name: demo((120, 40), name, "\x1b", "a"),
    "night-80x24": lambda name: demo((80, 24), name, "\x1b", "n"),
    "board-120x40": lambda name: board((120, 40), name, "1"),
}


def main() -> None:
    """Takes those that are named, or all."""
    for name in sys.argv[1:] or PICTURES:
        PICTURES[name](name)
        print(f"{name}.png")


if __name__ == "__main__":
    main()
