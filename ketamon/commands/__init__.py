"""The command line: one small module a command, imported only when it is used."""

import importlib
from typing import NamedTuple

import click


class Lazy(NamedTuple):
    """Where a command lives, and its line in the help."""

    module: str
    attribute: str
    line: str


COMMANDS: dict[str, Lazy] = {
    "demo": Lazy("demo", "demo", "Shows a simulated session, devices and all; needs no set-up."),
    "start": Lazy("start", "start", "Begins a session at a chair."),
    "watch": Lazy("watch", "watch", "Opens a screen on a running session."),
    "board": Lazy(
        "board", "board", "Shows a nurse's two to four chairs, and acts on the chosen one."
    ),
    "wall": Lazy("wall", "wall", "Shows all chairs, of other machines too, the worst first."),
    "end": Lazy("end", "end", "Ends a running session and closes its file."),
    "resume": Lazy("resume", "resume", "Goes on with a session that was interrupted."),
    "status": Lazy("status", "status", "Says which chairs run, and what alarms there."),
    "tail": Lazy("tail", "tail", "Prints a running session in plain sentences."),
    "feed": Lazy("feed", "feed", "Copies a running session's feed to standard output."),
    "door": Lazy("door", "door", "Lets `feed` and `watch` in from afar: sshd's forced command."),
    "sessions": Lazy("sessions", "sessions", "Lists what was recorded here, and what runs."),
    "review": Lazy("review", "review", "Notes that you have looked through a session."),
    "replay": Lazy("replay", "replay", "Plays a recording on the screen, or prints its alarms."),
    "whatif": Lazy("whatif", "whatif", "Says what other limits would have told of a recording."),
    "import": Lazy("import_", "import_", "Turns a recording into a session file."),
    "export": Lazy("export", "export", "Writes a session as CSV, lines of JSON or .vital."),
    "verify": Lazy("verify", "verify", "Checks a session file against its chain of hashes."),
    "limits": Lazy(
        "limits", "limits", "Checks a limits profile, or approves it for sessions with patients."
    ),
    "alarms": Lazy("alarms", "alarms", "Prints how an alarm lives."),
    "devices": Lazy(
        "devices", "devices", "Lists the devices that it knows; --scan: what is plugged in."
    ),
    "probe": Lazy("probe", "probe", "Listens to a port, and names what speaks there."),
    "simulate": Lazy(
        "simulate", "simulate", "Runs a virtual cuff, oximeter or monitor to connect to."
    ),
    "doctor": Lazy(
        "doctor", "doctor", "Looks at this machine, and says how to mend what is wrong."
    ),
    "decode": Lazy("decode", "decode", "Turns a device's bytes into readings."),
}
"""Every command, in the order of the help."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports none before it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"ketamon.commands.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])


CONTEXT = {"help_option_names": ["-h", "--help"]}


@click.group(cls=LazyGroup, context_settings=CONTEXT)
@click.version_option(package_name="ketamon", message="ketamon %(version)s")
def cli() -> None:
    """Watches vital signs in a ketamine session, flags what is beyond its limits, records it all.

    Not a medical device: for training, research and as a secondary display beside an approved
    monitor.
    """
