"""What can be refused before anything is installed: wrong arguments and a port in use.

bin/up runs this with any Python that it finds (3.8 or later, standard library only), so that nobody
waits minutes for an installation to learn that port 8000 is taken.
"""

from __future__ import annotations

import sys

from bot.supervisor.options import parse
from bot.supervisor.ports import port_problem

HELP_GIVEN = 64  # the exit code that tells bin/up that there is nothing left to do


def main(arguments: list[str]) -> int:
    try:
        options = parse(arguments)
    except SystemExit as end:
        return int(end.code) if end.code else HELP_GIVEN
    problem = port_problem(options.host, options.port)
    if problem:
        print(f"Porchlight cannot start: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
