"""bin/porchlight: runs a command; an expected failure is one sentence and exit code 1."""

from __future__ import annotations

import os
import sys

import click

from bot.commands import porchlight
from bot.supervisor.folders import settle
from bot.supervisor.problems import Problem, explained


def main(arguments: list[str]) -> int:
    """Runs the command named first in the arguments; its exit code."""
    folders = settle()
    try:
        code = porchlight.main(arguments, prog_name="bin/porchlight", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Problem as problem:
        print(f"bin/porchlight: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"bin/porchlight: {explained(error, folders.var)}", file=sys.stderr)
        return 1
    # A command that ends with click's Exit: its code is what main gives back here.
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
