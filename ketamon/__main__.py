"""The command line's door: `ketamon …` and `python -m ketamon …`."""

import os
import sys

import click

from ketamon.commands import cli


def main() -> None:
    """Runs the command that the arguments name, and turns every error into one sentence.

    Exit codes: 0 done, 1 the thing asked about is bad, 2 wrong usage or unreadable input.
    """
    try:
        code = cli.main(prog_name="ketamon", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        code = 130
    except click.UsageError as error:
        where = f"{error.ctx.command_path} -h" if error.ctx else "ketamon -h"
        message = error.format_message().rstrip(".")
        click.echo(
            f"ketamon: {' '.join(message.split())}; `{where}` shows what it takes.", err=True
        )
        code = 2
    except click.ClickException as error:
        click.echo(f"ketamon: {' '.join(error.format_message().split())}", err=True)
        code = 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
