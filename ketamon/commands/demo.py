"""`ketamon demo`: something to look at at once, with no set-up."""

from pathlib import Path

import click

DEMO_FILE = "charted_bp_187_hr_108_6h.csv"
DEMO_START_S = 2 * 3600 + 14 * 60  # shortly before the pressure first crosses the nurse's limit
DEMO_SPEED = 30.0


@click.command()
def demo() -> None:
    """Plays a real, recorded patient whose pressure rises over the limit that the nurse had set."""
    from ketamon.commands.screen import play

    play(sample(DEMO_FILE), DEMO_SPEED, None, DEMO_START_S)


def sample(name: str) -> Path:
    """Finds a recording that ships with ketamon: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "sample_data", package.parent / "sample_data"):
        if (folder / name).is_file():
            return folder / name
    raise click.ClickException(
        f"{name} is not where ketamon was installed; run the demo in a checkout of the repository"
    )
