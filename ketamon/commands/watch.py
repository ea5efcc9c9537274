"""`ketamon watch [CHAIR]`: a screen on a running session."""

import asyncio
from pathlib import Path

import click

SEATS = ("nurse", "physician", "observer", "trainer")


@click.command()
@click.argument("chair", required=False)
@click.option("--as", "seat", type=click.Choice(SEATS), help="The seat to take.")
def watch(chair: str | None, seat: str | None) -> None:
    """Opens a screen on CHAIR, or on the only one that is running. Leaving it ends nothing."""
    from ketamon.commands.chairs import the_chair
    from ketamon.commands.screen import check_terminal

    if chair is not None and chair.startswith("ssh://"):
        raise click.ClickException(
            f"{chair}: another machine's chairs can't be drawn here yet; "
            "log in there with ssh and run `ketamon watch`"
        )
    check_terminal("`ketamon tail` prints lines instead")
    open_screen(Path(the_chair(chair).socket), seat)


def open_screen(socket: Path, seat: str | None, *, ends: bool = False) -> None:
    """Draws the feed until somebody leaves; raises ClickException if it ended otherwise.

    With `ends` leaving the screen ends the session.
    """
    from ketamon.tui.app import run_screen

    reason = asyncio.run(run_screen(socket, seat=seat, ends=ends))
    if reason:
        raise click.ClickException(reason)
