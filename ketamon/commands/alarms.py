"""`ketamon alarms --table`: the state table that the core runs on."""

import click


@click.command()
@click.option("--table", is_flag=True, help="Print every (state, event) and what follows.")
def alarms(table: bool) -> None:
    """Prints how an alarm lives: its states, the events, and what each does in each state.

    This is the table that the alarm core runs on, not a description of it.
    """
    from ketamon.core.transitions import EVENTS, STATES, TRANSITIONS
    from ketamon.vitals import CONDITIONS, TECHNICAL

    if not table:
        raise click.UsageError("Add --table", ctx=click.get_current_context())
    click.echo("conditions   " + "  ".join(CONDITIONS))
    click.echo("states       " + "  ".join(STATES))
    click.echo()
    click.echo(f"{'state':<14}{'event':<18}{'state after':<14}{'change':<16}")
    for (state, event), (after, change) in TRANSITIONS.items():
        click.echo(f"{state:<14}{event:<18}{after:<14}{change:<16}")
    click.echo()
    for event, meaning in EVENTS.items():
        click.echo(f"{event:<18}{meaning}")
    click.echo()
    click.echo(f"{'technical':<20}{'dosing':<10}{'else':<10}raised by")
    for condition in TECHNICAL.values():
        name = condition.name
        for raised, (dosing, other) in zip(condition.raised, condition.priorities, strict=True):
            click.echo(f"{name:<20}{dosing:<10}{other:<10}{raised}")
            name = ""
        click.echo(f"{'':<40}ends by: {condition.ends}")
