"""bin/up, once the environments exist: `python -m bot.supervisor [--port …]`."""

from __future__ import annotations

import sys

from bot.supervisor.options import parse
from bot.supervisor.up import main

if __name__ == "__main__":
    sys.exit(main(parse(sys.argv[1:])))
