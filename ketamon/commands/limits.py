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
