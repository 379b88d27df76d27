"""Becomes the command after --, in such a way that it ends when the supervisor does, even by kill -9.

    python -I -S leash.py SUPERVISOR_PID -- COMMAND ARGUMENT...

Linux alone can promise that (PR_SET_PDEATHSIG); elsewhere the command is started without the promise and
`orphans.py` tidies up at the next start. A file of its own, run before the command, because code between
fork and exec of a process with threads may hang.
"""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tie(parent: int) -> None:
    """Ends this process when its parent ends, from now on.

    Args:
        parent: the number of the process that has started this one.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("whoever has started this is gone")  # it died before the leash was on


def main(arguments: list[str]) -> None:
    command = arguments[2:]
    tie(int(arguments[0]))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
