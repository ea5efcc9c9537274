"""`ketamon watch [CHAIR]`: a screen on a running session."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ketamon.feed.ssh import SshAddress

SEATS = ("nurse", "physician", "observer", "trainer")
FROM_AFAR = "physician"


@click.command()
@click.argument("chair", required=False, metavar="[CHAIR|ssh://HOST[/CHAIR]]")
@click.option("--as", "seat", type=click.Choice(SEATS), help="The seat to take.")
def watch(chair: str | None, seat: str | None) -> None:
    """Opens a screen on CHAIR, or on the only one that is running. Leaving it ends nothing.

    A chair of another machine, ssh://[USER@]HOST[:PORT][/CHAIR], is drawn here; it comes through
    your own ssh with its keys, agent, jump hosts and configuration. There it is the physician's
    seat that is asked for, unless --as says otherwise.
    """
    from ketamon.commands.chairs import the_chair
    from ketamon.commands.screen import check_terminal
    from ketamon.feed.ssh import SCHEME, SshAddress, SshAddressError

    check_terminal("`ketamon tail` prints lines instead")
    if chair is not None and chair.startswith(SCHEME):
        try:
            address = SshAddress.parse(chair)
        except SshAddressError as error:
            raise click.ClickException(str(error)) from None
        open_screen(address, seat or FROM_AFAR)
        return
    open_screen(Path(the_chair(chair).socket), seat)


def open_screen(
    to: "Path | SshAddress", seat: str | None, *, ends: bool = False, teaches: bool = False
) -> None:
    """Draws the feed until somebody leaves; raises ClickException if it ended otherwise.

    With `ends` leaving the screen ends the session; with `teaches` it begins with a lesson.
    """
    from ketamon.tui.app import run_screen

    reason = asyncio.run(run_screen(to, seat=seat, ends=ends, teaches=teaches))
    if reason:
        raise click.ClickException(reason)
