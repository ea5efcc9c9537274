"""`ketamon board [CHAIR …]`: a nurse's two to four chairs on one screen."""

import asyncio

import click

from ketamon.commands.watch import SEATS


@click.command()
@click.argument("chairs", nargs=-1, metavar="[CHAIR …]")
@click.option("--as", "seat", type=click.Choice(SEATS), help="The seat to take at each chair.")
def board(chairs: tuple[str, ...], seat: str | None) -> None:
    """Shows up to four chairs of this machine below one another: CHAIRs, or all that run.

    1-4 choose a chair; space, b, v, m and the other keys then act on that chair, whose name stands
    on the last row. After ten seconds without a key no chair is chosen. Leaving ends nothing.
    """
    from ketamon.commands.screen import check_terminal
    from ketamon.feed.chairs import running_chairs
    from ketamon.feed.paths import RunFolderError
    from ketamon.tui.board_app import run_board
    from ketamon.tui.screens.board import MOST

    check_terminal("`ketamon status` prints a line a chair instead")
    try:
        running = sorted(info.chair for info in running_chairs())
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    there = f"running: {', '.join(running)}" if running else "no session is running"
    for name in chairs:
        if name not in running:
            raise click.ClickException(f"chair {name} runs no session; {there}")
    named = tuple(dict.fromkeys(chairs))
    if len(named or running) > MOST:
        raise click.ClickException(
            f"a board has room for {MOST} chairs; name those that are yours ({there})"
        )
    if not running:
        raise click.ClickException(f"{there}; `ketamon start` begins one, `ketamon demo` shows one")
    reason = asyncio.run(run_board(named, seat=seat))
    if reason:
        raise click.ClickException(reason)
