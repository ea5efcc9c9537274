"""The command line's door: `ketamon …` and `python -m ketamon …`."""

import errno
import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from ketamon.commands import cli

UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing a command's output can meet; commands turn what opening meets into a sentence."""


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
        _drop(sys.stdout)
        code = 0
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITTEN:
            raise
        with suppress(OSError):
            click.echo(
                f"ketamon: the output can't be written: {error.strerror}; "
                "make room, or send it elsewhere",
                err=True,
            )
        _drop(sys.stdout)
        _drop(sys.stderr)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _drop(stream: TextIO) -> None:
    """Lets what a stream still holds go nowhere, so that the interpreter's end is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
