"""`ketamon limits check FILE`: what a limits profile says, with every default filled in."""

from pathlib import Path

import click


@click.group()
def limits() -> None:
    """Works with limits profiles (TOML)."""


@limits.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Checks FILE and prints the effective profile, defaults filled in and OFF where there is no limit.

    Exit 2, and one sentence with file, key and reason, if the profile can't be used.

    \b
    [profile]
    name = "IV infusion, adult (training)"
    version = 1
    [sys]
    high = { medium = 160, high = 180 }
    low = { medium = 90, high = 80 }
    rise_mmhg = { medium = 30, high = 40 }     # over the locked baseline
    [hr]
    high = { medium = 110, high = 130 }
    delay_s = { medium = 15, high = 10 }
    """
    from ketamon.core.profile import ProfileError
    from ketamon.profiles import as_toml, load_profile

    try:
        profile = load_profile(file)
    except ProfileError as error:
        raise click.ClickException(str(error)) from None
    click.echo(as_toml(profile), nl=False)


@limits.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="The name of the clinician who approves.")
@click.option("--config", type=click.Path(path_type=Path), help="The site's config.toml.")
def approve(file: Path, name: str, config: Path | None) -> None:
    """Approves FILE for sessions with real devices: binds NAME and today's date to its content.

    Works for accounts of the group that the site's config.toml names as [limits] approvers_group.
    An edited profile has to be approved again.
    """
    from ketamon.commands.site_config import SiteConfigError, load_site_config
    from ketamon.core.profile import ProfileError
    from ketamon.engine.wall import utc_now
    from ketamon.profiles import load_profile
    from ketamon.profiles.approval import ApprovalError
    from ketamon.profiles.approval import approve as write_approval
    from ketamon_drivers.readings import printable

    try:
        load_profile(file)
        site = load_site_config(config)
        who, day = printable(name), utc_now().date().isoformat()
        approval = write_approval(file, who, day, site.approvers_group)
    except (ProfileError, SiteConfigError, ApprovalError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file}: approved by {approval.name} on {approval.date}, as it is now")
