"""`ketamon wall`: all chairs of this machine, or of others through ssh, the worst first."""

import asyncio

import click

from ketamon.commands.watch import FROM_AFAR, SEATS


@click.command()
@click.argument("hosts", nargs=-1, metavar="[ssh://HOST …]")
@click.option("--here", is_flag=True, help="This machine's chairs too, beside those of the HOSTs.")
@click.option("--as", "seat", type=click.Choice(SEATS), help="The seat to take at an opened chair.")
def wall(hosts: tuple[str, ...], here: bool, seat: str | None) -> None:
    """Shows every chair of this machine, or of each HOST, in one list: the worst first.

    A HOST is ssh://[USER@]HOST[:PORT]; it comes through your own ssh, with its keys, agent, jump
    hosts and configuration, and is tried again for as long as the wall is open. Enter opens a
    chair, esc leads back. For information only: the alarms are at the chairs.
    """
    from ketamon.commands.screen import check_terminal
    from ketamon.feed.ssh import SshAddress, SshAddressError
    from ketamon.feed.ways import ways_to
    from ketamon.tui.wall_app import run_wall

    check_terminal("`ketamon status` prints a line a chair instead")
    try:
        addresses = [SshAddress.parse(host) for host in hosts]
    except SshAddressError as error:
        raise click.ClickException(str(error)) from None
    ways = ways_to(addresses, here=here or not hosts)
    reason = asyncio.run(run_wall(ways, seat=seat or FROM_AFAR))
    if reason:
        raise click.ClickException(reason)
