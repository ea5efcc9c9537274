"""`ketamon simulate`: one virtual device, an ordinary one to a session, with faults on demand."""

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from ketamon.commands.bedside import Bedside
    from ketamon_drivers.catalog import Family

USUAL = {"cuff": "suntech", "oximeter": "nonin-df8", "monitor": "ge-dri", "strap": "sig-strap"}
"""What a role is without `--as`."""


class Sides(click.Command):
    """Its help ends with the families that there are virtual devices of."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        for role in USUAL:
            with formatter.section(f"Families of {role}s"):
                formatter.write_dl([(f.name, f.title) for f in families_of(role)])
        with formatter.section("Commands while it runs"):
            formatter.write_dl([(f"{n} {v.takes}".strip(), v.line) for n, v in VERBS.items()])


def families_of(role: str) -> "list[Family]":
    """The families of a role that can be made of software."""
    from ketamon_drivers.catalog import every_family
    from ketamon_drivers.virtual.by_family import has_virtual_device

    return [f for f in every_family().values() if f.role == role and has_virtual_device(f)]


@click.command(cls=Sides)
@click.argument("role", type=click.Choice(list(USUAL)))
@click.option("--as", "name", metavar="FAMILY", help="The device's family, one of those below.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another patient, other noise."
)
@click.option("--tcp", is_flag=True, help="At a TCP port of this machine, not a pseudo-terminal.")
@click.option("--speed", type=click.FloatRange(0, 60), default=1.0, show_default=True,
              help="As in the session's own --speed.")  # fmt: skip
def simulate(role: str, name: str | None, seed: int, tcp: bool, speed: float) -> None:
    """Runs a virtual cuff, oximeter, monitor or strap on a simulated patient.

    The first line printed is what to give to `ketamon start --cuff` or `--oximeter`; a session with
    it is SIMULATED. Then it takes commands on standard input, until `quit` or ctrl+c. A Bluetooth
    device is on a virtual radio at a TCP port of this machine, and needs `pip install ketamon[sim]`.

    \b
    ketamon simulate oximeter --as contec-v7
    """
    from ketamon.commands.bedside import NoRadioError
    from ketamon_drivers.links.loops import ScaledLoop, run

    known = {family.name: family for family in families_of(role)}
    family = known.get(name or USUAL[role])
    if family is None:
        raise click.ClickException(
            f"there is no virtual {role} {name}: give one of {', '.join(known)}"
        )
    folder = Path(tempfile.mkdtemp(prefix="ketamon-sim-"))
    try:
        run(serve(family, seed, None if tcp else folder / family.name), ScaledLoop(speed))
    except NoRadioError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"no device can be served ({error.strerror or error}): close other programs and try again"
        ) from None
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def serve(family: "Family", seed: int, link: Path | None) -> None:
    """Serves the device and obeys, until it is told to quit."""
    from ketamon.commands.bedside import Bedside

    bedside = Bedside(family, seed, link)
    await bedside.serve()
    click.echo(f"{family.name}:{bedside.address}")
    sys.stdout.flush()
    quit_asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal takes the port away too
        loop.add_signal_handler(ending, quit_asked.set)
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # started with `&`, it must not be stopped
    obeying = loop.create_task(_obey_input(bedside, quit_asked))
    try:
        await quit_asked.wait()
    finally:
        obeying.cancel()
        await bedside.close()


async def _obey_input(bedside: "Bedside", quit_asked: asyncio.Event) -> None:
    """Takes a line after the other. At the input's end the device goes on: it may have had none."""
    from ketamon_drivers.links.loops import OwnThread

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(OwnThread(), _next_line):
        words = line.split()
        if words == ["quit"]:
            quit_asked.set()
            return
        if words:
            click.echo(await obey(bedside, words), err=True)


def _next_line() -> str:
    with contextlib.suppress(OSError, ValueError):  # closed, or not ours to read in the background
        return sys.stdin.readline()
    return ""


class Verb(NamedTuple):
    """A command that a running device takes."""

    takes: str
    line: str
    do: Callable[["Bedside", list[str]], "Awaitable[None] | None"]


class RefusedError(ValueError):
    """A command that can't be followed; one sentence that says what to do."""


def _chosen(words: list[str], *known: str) -> str:
    if len(words) != 1 or words[0] not in known:
        raise RefusedError(f"say which: {' or '.join(known)}")
    return words[0]


def _number(words: list[str], usual: int, least: int, most: int) -> int:
    given = words[0] if words else str(usual)
    if len(words) > 1 or not given.isdecimal() or not least <= int(given) <= most:
        raise RefusedError(f"give a number from {least} to {most}")
    return int(given)


def _alone(words: list[str]) -> None:
    if words:
        raise RefusedError(f"takes nothing more: leave {' '.join(words)} out")


def _plain(call: Callable[["Bedside"], "Awaitable[None] | None"]) -> Callable[["Bedside", list[str]], "Awaitable[None] | None"]:  # fmt: skip
    def do(bedside: "Bedside", words: list[str]) -> "Awaitable[None] | None":
        _alone(words)
        return call(bedside)

    return do


def _uuid(words: list[str]) -> str:
    if len(words) != 1 or not set(words[0].lower()) <= set("0123456789abcdef-"):
        raise RefusedError("give the characteristic's UUID, as 2A19")
    return words[0].upper()


def _carried(bedside: "Bedside", where: str) -> None:
    device = bedside.radio.device
    if where == "out":
        device.out_of_range()
    else:
        device.in_range()


def _accept(bedside: "Bedside") -> None:
    device = bedside.radio.device
    device.radio.refuses_connects = False
    device.refuse_bonds(False)


def _bond(bedside: "Bedside", what: str) -> None:
    device = bedside.radio.device
    if what == "refuse":
        device.refuse_bonds()
    elif what == "forget":
        device.forget_bond()
    else:
        device.pairing_mode()


def _contact(bedside: "Bedside", where: str) -> None:
    bedside.has("loosen" if where == "off" else "tighten", "strap")()


def _adapter(bedside: "Bedside", state: str) -> None:
    adapter = bedside.radio.adapter
    if state == "off":
        adapter.switch_off()
    else:
        adapter.switch_on()


UNLIKELY = 0x0E
"""GATT's error for what has no other."""

VERBS: dict[str, Verb] = {
    "stall": Verb("", "nothing comes any more, and no error is seen", _plain(lambda b: b.stall())),
    "resume": Verb("", "it speaks again", _plain(lambda b: b.resume())),
    "unplug": Verb("", "the port vanishes", _plain(lambda b: b.unplug())),
    "replug": Verb("", "the port is back, under the same address", _plain(lambda b: b.replug())),
    "corrupt": Verb("[N]", "the next N bytes, or radio packets, are damaged (20)",
                    lambda b, w: b.corrupt(_number(w, 20, 1, 100_000))),
    "finger": Verb("off|on", "the probe is taken off, or put back",
                   lambda b, w: b.finger(_chosen(w, "off", "on") == "off")),
    "motion": Verb("[SECONDS]", "the patient moves for so long (20)",
                   lambda b, w: b.move(_number(w, 20, 1, 3600))),
    "battery": Verb("low|ok", "what the device says of its battery",
                    lambda b, w: b.battery(_chosen(w, "low", "ok") == "low")),
    "press": Verb("", "somebody presses START at the cuff", _plain(lambda b: b.press_start())),
    "fail": Verb("[ERROR]", "the next measurement fails, by SunTech's number (2: motion)",
                 lambda b, w: b.fail(_number(w, 2, 1, 99))),
    "drop": Verb("", "the Bluetooth link ends at once", _plain(lambda b: b.radio.device.drop())),
    "range": Verb("out|in", "the Bluetooth device is carried away, or back",
                  lambda b, w: _carried(b, _chosen(w, "out", "in"))),
    "fade": Verb("[DBM]", "its signal is that weak (90 is -90 dBm)",
                 lambda b, w: setattr(b.radio.device.radio, "rssi_dbm", -_number(w, 90, 20, 120))),
    "lose": Verb("[PERCENT]", "so many of its advertisements are lost (90)",
                 lambda b, w: setattr(b.radio.device.radio, "advert_loss", _number(w, 90, 0, 100) / 100)),
    "refuse": Verb("", "it refuses connections: the adapter's or its own slots are full",
                   _plain(lambda b: setattr(b.radio.device.radio, "refuses_connects", True))),
    "accept": Verb("", "it takes connections and bonds again", _plain(_accept)),
    "cut": Verb("[N]", "the next N packets have a wrong length (5)",
                lambda b, w: b.radio.device.cut_next(_number(w, 5, 1, 1000), 3)),
    "replay": Verb("[N]", "it sends N readings from its memory (20)",
                   lambda b, w: b.has("store", "memory to send")(_number(w, 20, 1, 200))),
    "clock": Verb("wrong|lost|right", "its clock is an hour ahead, not set, or right",
                  lambda b, w: b.clock(_chosen(w, "wrong", "lost", "right"))),
    "contact": Verb("off|on", "the strap is loose, or on the skin again",
                    lambda b, w: _contact(b, _chosen(w, "off", "on"))),
    "bond": Verb("refuse|forget|pair", "it refuses to pair, has lost its bond, or is set to pairing",
                 lambda b, w: _bond(b, _chosen(w, "refuse", "forget", "pair"))),
    "error": Verb("UUID", "it answers each use of a characteristic with a GATT error",
                  lambda b, w: b.radio.device.fail_characteristic(_uuid(w), UNLIKELY)),
    "duplicate": Verb("", "a second device of the same name is there", _plain(lambda b: b.duplicate())),
    "adapter": Verb("off|on", "the computer's Bluetooth is switched off, or on",
                    lambda b, w: _adapter(b, _chosen(w, "off", "on"))),
    "help": Verb("", "these commands", _plain(lambda _b: None)),
    "quit": Verb("", "the device is switched off", _plain(lambda _b: None)),
}  # fmt: skip


async def obey(bedside: "Bedside", words: list[str]) -> str:
    """Does what a line asks for; gives the sentence that tells it."""
    from ketamon.commands.bedside import NotThisDeviceError

    name, *rest = words
    verb = VERBS.get(name)
    if verb is None:
        return f"{name} is no command here: give one of {', '.join(VERBS)}"
    if name == "help":
        return "\n".join(f"{f'{n} {v.takes}':<22} {v.line}" for n, v in VERBS.items())
    try:
        doing = verb.do(bedside, rest)
        if doing is not None:
            await doing
    except (RefusedError, NotThisDeviceError) as error:
        return f"{name}: {error}"
    except OSError as error:
        return f"{name}: it could not be done ({error.strerror or error})"
    return f"{' '.join(words)}: done"
